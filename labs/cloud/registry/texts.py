"""What the registry's part of the narration says."""

from __future__ import annotations

from labs.cloud.registry.lifecycle import PULLED, TRANSITIONED, Reason, Verdict
from labs.learner import LANGUAGES, Texts

say = Texts(
    {
        "image-expired": {
            "fr": "{repository}\u00a0: l’image {image} est supprimée (expire) par la règle {rule} de la politique "
            "de cycle de vie\u00a0: {because}. Sur AWS, cela peut prendre jusqu’à 24 heures.",
            "en": "{repository}: image {image} was deleted (expire) by rule {rule} of the lifecycle policy: "
            "{because}. On AWS this may take up to 24 hours.",
        },
        "image-archived": {
            "fr": "{repository}\u00a0: l’image {image} passe aux archives (transition) par la règle {rule} de la "
            "politique de cycle de vie\u00a0: {because}. Elle ne peut plus être tirée. Sur AWS, cela peut prendre "
            "jusqu’à 24 heures.",
            "en": "{repository}: image {image} went to the archive (transition) by rule {rule} of the lifecycle "
            "policy: {because}. It cannot be pulled any more. On AWS this may take up to 24 hours.",
        },
        "image-activated": {
            "fr": "{repository}\u00a0: l’image {image} est sortie des archives et peut de nouveau être tirée. "
            "Sur AWS, la restauration prend jusqu’à 20 minutes.",
            "en": "{repository}: image {image} came back from the archive and can be pulled again. "
            "On AWS, restoring takes up to 20 minutes.",
        },
        "image-scanned": {
            "fr": "{repository}\u00a0: image {image} analysée ({packages} paquets)\u00a0: {findings} vulnérabilité(s) "
            "de la liste hors ligne du {date}, qui n’en connaît que quelques-unes.",
            "en": "{repository}: image {image} scanned ({packages} packages): {findings} vulnerability finding(s) from "
            "the offline list of {date}, which knows only a few.",
        },
        "image-unsupported": {
            "fr": "{repository}\u00a0: image {image}\u00a0: l’analyse de base ne lit que les paquets du système "
            "(dpkg, apk), et il n’y en a pas ici.",
            "en": "{repository}: image {image}: basic scanning reads only the packages of the operating system "
            "(dpkg, apk), and there are none here.",
        },
        "image-unread": {
            "fr": "{repository}\u00a0: image {image}\u00a0: l’analyse a échoué\u00a0: une couche n’est pas lisible.",
            "en": "{repository}: image {image}: the scan failed: a layer cannot be read.",
        },
        "too-many": {
            "fr": "c’est la {rank}e en partant de la plus récente, et la règle en garde {count}",
            "en": "it is number {rank} from the youngest, and the rule keeps {count}",
        },
        "too-old": {
            "fr": "{days} jours depuis {moment}, et la règle en admet {count}",
            "en": "{days} days since {moment}, and the rule admits {count}",
        },
        "within": {"fr": "sa règle la garde", "en": "its rule keeps it"},
        "listed": {
            "fr": "une liste de manifestes y fait référence",
            "en": "a manifest list refers to it",
        },
        "unselected": {"fr": "aucune règle ne la sélectionne", "en": "no rule selects it"},
        "pushed": {"fr": "l’envoi", "en": "the push"},
        "pulled": {"fr": "le dernier téléchargement (ou l’envoi)", "en": "the last pull (or the push)"},
        "transitioned": {"fr": "l’archivage", "en": "the archiving"},
    }
)


def because(verdict: Verdict) -> dict[str, str]:
    """Why an image stays or goes: language → words."""
    rule, key = verdict.rule, verdict.reason.value
    if rule is None or verdict.reason not in (Reason.TOO_MANY, Reason.TOO_OLD):
        return {lang: say(key, lang=lang) for lang in LANGUAGES}
    moment = {PULLED: "pulled", TRANSITIONED: "transitioned"}.get(rule.count_type, "pushed")
    return {
        lang: say(
            key,
            lang=lang,
            rank=verdict.rank,
            days=round(verdict.days or 0, 1),
            count=rule.count,
            moment=say(moment, lang=lang),
        )
        for lang in LANGUAGES
    }
