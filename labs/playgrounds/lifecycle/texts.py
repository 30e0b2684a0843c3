"""What the lifecycle playground says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {
            "fr": "Le dépôt frenchbakery/orders et sa politique de cycle de vie",
            "en": "The repository frenchbakery/orders and its lifecycle policy",
        },
        "policy": {"fr": "Politique (JSON)", "en": "Policy (JSON)"},
        "later": {"fr": "Laisser passer, sans rien pousser", "en": "Let time pass, with no push"},
        "days": {"fr": "jours", "en": "days"},
        "summary": {
            "fr": "{gone} expirent, {archived} vont aux archives, {left} restent. Avant : {before} Go, soit "
            "{cost_before} USD par mois ; après : {after} Go, soit {cost_after} USD.",
            "en": "{gone} expire, {archived} go to the archive, {left} stay. Before: {before} GB, that is "
            "{cost_before} USD a month; after: {after} GB, that is {cost_after} USD.",
        },
        "image": {"fr": "Image", "en": "Image"},
        "pushed": {"fr": "Poussée", "en": "Pushed"},
        "pulled": {"fr": "Tirée", "en": "Pulled"},
        "size": {"fr": "Taille", "en": "Size"},
        "outcome": {"fr": "Sort", "en": "Outcome"},
        "rule": {"fr": "Règle", "en": "Rule"},
        "why": {"fr": "Pourquoi", "en": "Why"},
        "ago": {"fr": "il y a {days} j", "en": "{days} d ago"},
        "megabytes": {"fr": "{size} Mo", "en": "{size} MB"},
        "never": {"fr": "jamais", "en": "never"},
        "untagged": {"fr": "sans étiquette", "en": "untagged"},
        "member": {"fr": "membre de multi-1.0", "en": "member of multi-1.0"},
        "expire": {"fr": "expire", "en": "expires"},
        "transition": {"fr": "va aux archives", "en": "is archived"},
        "stay": {"fr": "reste", "en": "stays"},
        "archived": {"fr": "reste, archivée", "en": "stays, archived"},
        "rank": {
            "fr": "n° {rank} en partant de la plus récente ; la règle en garde {count}",
            "en": "number {rank} from the youngest; the rule keeps {count}",
        },
        "age": {
            "fr": "{days} j depuis {moment} ; la règle en admet {count}",
            "en": "{days} d since {moment}; the rule admits {count}",
        },
        "pushed_moment": {"fr": "la poussée", "en": "the push"},
        "pulled_moment": {"fr": "le dernier tirage (ou la poussée)", "en": "the last pull (or the push)"},
        "archived_moment": {"fr": "l’archivage", "en": "the archiving"},
        "listed": {
            "fr": "une liste de manifestes y fait référence",
            "en": "a manifest list refers to it",
        },
        "unselected": {"fr": "aucune règle ne la choisit", "en": "no rule selects it"},
        "out_of_reach": {
            "fr": "{why}. Seule, la règle {others} l’aurait prise : trop tard, l’image est à la règle {rule}",
            "en": "{why}. Alone, rule {others} would have taken it: too late, the image is rule {rule}’s",
        },
        "line": {"fr": "{image} : {outcome} ({why})", "en": "{image}: {outcome} ({why})"},
        "by_rule": {"fr": "règle {rule}, {why}", "en": "rule {rule}, {why}"},
        "refused": {"fr": "ECR refuse cette politique", "en": "ECR refuses this policy"},
        "syntax": {
            "fr": "Le texte cesse d’être du JSON à la ligne {line}, colonne {column}.",
            "en": "The text stops being JSON at line {line}, column {column}.",
        },
    }
)
