"""A verdict in one or two friendly sentences."""

from __future__ import annotations

from collections.abc import Sequence

from labs.learner import LANGUAGES, Language, Texts
from quiz.model import Idea, Text, WrongIdea
from quiz.open_answer.rubric import Marking

say = Texts(
    {
        "correct": {"fr": "Oui, tout y est : {found}.", "en": "Yes, it is all there: {found}."},
        "partial": {
            "fr": "Bon début. Nous avons lu : {found}. Il manque : {missing}.",
            "en": "A good start. We read: {found}. Still missing: {missing}.",
        },
        "some": {
            "fr": "Bon début. Nous avons lu : {found}. Il en faut davantage, par exemple : {missing}.",
            "en": "A good start. We read: {found}. More is needed, for example: {missing}.",
        },
        "harm": {
            "fr": "L’essentiel y est ({found}), mais une affirmation pose problème : {wrong}.",
            "en": "The essentials are there ({found}), but one claim does harm: {wrong}.",
        },
        "contradicted": {
            "fr": "Une affirmation ne convient pas ici : {wrong}.",
            "en": "One claim does not fit here: {wrong}.",
        },
        "nothing": {
            "fr": "Nous n’avons pas trouvé l’idée attendue : {missing}.",
            "en": "We did not find the expected idea: {missing}.",
        },
        "empty": {"fr": "La réponse est vide.", "en": "The answer is empty."},
        "copied": {
            "fr": "Cette réponse reprend la question. Dites quelle solution vous choisiriez.",
            "en": "This answer repeats the question. Say which solution you would choose.",
        },
        "list": {
            "fr": "Cette réponse énumère des noms sans rien affirmer. Dites ce que vous feriez avec.",
            "en": "This answer lists names without a statement. Say what you would do with them.",
        },
        "not_recognised": {
            "fr": "Nous n’avons pas su lire cette réponse. Essayez avec d’autres mots, par exemple le nom du service ou ce qu’il fait.",
            "en": "We could not read this answer. Try other words, such as the name of the service or what it does.",
        },
    }
)


def fixed(key: str) -> Text:
    """One of the texts that need no ideas, in both languages."""
    return Text(fr=say(key, lang="fr"), en=say(key, lang="en"))


def explain(marking: Marking, all_required: bool) -> Text:
    """What was found, what is missing, what is wrong and why. `all_required`: every required idea counts."""
    return Text(**{lang: _explain(marking, all_required, lang) for lang in LANGUAGES})


def _explain(marking: Marking, all_required: bool, lang: Language) -> str:
    found, missing = _labels(marking.found, lang), _labels(marking.missing, lang)
    wrong = _labels(marking.contradicted, lang)
    if marking.verdict == "correct":
        return say("correct", lang, found=found)
    if marking.contradicted:
        key = "harm" if marking.verdict == "partial" else "contradicted"
        whys = [idea.why(lang) for idea in marking.contradicted if isinstance(idea, WrongIdea)]
        return " ".join([say(key, lang, found=found, wrong=wrong), *whys[:1]])
    if marking.verdict == "partial":
        return say("partial" if all_required else "some", lang, found=found, missing=missing)
    return say("nothing", lang, missing=missing)


def _labels(ideas: Sequence[Idea], lang: Language) -> str:
    return (" ; " if lang == "fr" else "; ").join(idea.label(lang) for idea in ideas)
