"""Asserted, denied, set aside: what each sentence does with the products that it names."""

from __future__ import annotations

import pytest

from quiz.open_answer.matching import Reading
from quiz.open_answer.normalise import normalise
from quiz.open_answer.polarity import Polarities, Polarity
from quiz.open_answer.tokens import tokenise


def said(text: str, concept: str, lang: str = "fr") -> str:
    """The polarity of the last mention of the concept."""
    tokens = tokenise(normalise(text, lang))
    mentions = Reading(tokens).mentions()
    polarities = Polarities(tokens, mentions, lang)
    return [polarities.of(mention) for mention in mentions if mention.concept == concept][-1].value


@pytest.mark.parametrize(
    "text",
    [
        "Fargate.",
        "Sans hésiter Fargate",
        "without hesitation Fargate",
        "Pas d'EC2 : Fargate",
        "Pas ECS ni EC2, mais Fargate",
        "not EC2 but Fargate",
        "plutôt que EC2, Fargate",
        "rather than EC2 use Fargate",
        "instead of EC2 I would pick Fargate",
        "Fargate plutôt que EC2",
        "Fargate, not EC2",
        "EC2 is not what you want. Fargate is.",
        "no servers to manage with Fargate",
        "pas de serveurs à gérer avec Fargate",
        "you don't manage servers with Fargate",
        "on ne peut pas se passer de Fargate",
        "never without Fargate",
        "n'oubliez pas Fargate",
        "not only ECS but also Fargate",
        "why not Fargate?",
        "EC2 n'est pas adapté, donc Fargate",
        "I prefer Fargate to EC2",
        "Fargate is better than EC2",
        "avoid EC2 and use Fargate",
        "replace EC2 with Fargate",
        "Fargate isn't a bad choice",
        "ECS alone is not enough, you need Fargate",
        "EC2 non, Fargate oui",
        "EC2 exists. But I would go with Fargate",
        "Il vaut mieux que Fargate porte les conteneurs",
        "an EC2 profile plus a Fargate profile",
    ],
)
def test_fargate_is_asserted(text: str) -> None:
    assert said(text, "fargate", "en" if text.isascii() and " the " in text else "fr") == "asserted"


@pytest.mark.parametrize(
    "text",
    [
        "surtout pas Fargate",
        "pas Fargate",
        "not Fargate",
        "avoid Fargate",
        "éviter Fargate",
        "N'utilisez pas Fargate",
        "I wouldn't choose Fargate",
        "EC2 plutôt que Fargate",
        "EC2 instead of Fargate",
        "EC2, et surtout pas Fargate",
        "neither ECS nor Fargate",
        "ni ECS ni Fargate",
        "Fargate n'est pas une bonne solution",
        "Fargate is not suitable here",
        "Fargate ne convient pas, EC2 oui",
        "Don't use Fargate for this",
        "Fargate would be overkill",
        "Fargate est à éviter",
        "Fargate? Surely not.",
        "Fargate ? Non.",
        "EC2 oui, Fargate non",
        "Fargate reacts too late, so EC2",
        "Fargate serait du gaspillage, donc EC2",
        "Fargate was proposed, but I would not use it",
        "Fargate, je ne le prendrais pas",
        "anything but Fargate",
        "I prefer EC2 to Fargate",
        "EC2 est mieux que Fargate",
        "use EC2 over Fargate",
        "replace Fargate with EC2",
        "without Fargate",
        "not S3, ECS or Fargate",
        "sans Fargate",
    ],
)
def test_fargate_is_denied(text: str) -> None:
    assert said(text, "fargate", "en") == "denied"


@pytest.mark.parametrize(
    "text",
    [
        "With EC2 somebody would have to patch the hosts, so choose Fargate",
        "EC2 requires patching; Fargate does not",
        "EC2 does not remove the hosts, Fargate does",
        "avec EC2 il faudrait patcher, donc Fargate",
        "Fargate. The alternative, EC2, means patching hosts.",
        "Fargate. L'autre option, EC2, demande de patcher.",
    ],
)
def test_ec2_is_spoken_of_without_being_proposed(text: str) -> None:
    assert said(text, "ec2", "en") == "observed"


@pytest.mark.parametrize(
    "text",
    [
        "Why EC2? Use Fargate.",
        "One could use EC2, but Fargate is simpler",
        "Même si EC2 est connu, je prends Fargate",
        "although EC2 is common, Fargate",
        "EC2 would work. But I'd pick Fargate.",
        "EC2 convient, cela dit je prendrais Fargate",
        "People often take EC2, but Fargate is simpler",
        "Fargate rather than EC2, because EC2 needs patching",
    ],
)
def test_ec2_is_neither_asserted_nor_denied(text: str) -> None:
    assert said(text, "ec2", "en") == Polarity.NEUTRAL.value


@pytest.mark.parametrize(
    "text",
    [
        "EC2 is common. But I would also go with Fargate",
        "EC2 needs a lot of care, Fargate no",
        "Probably Fargate? It goes well with ECS",
        "Fargate is serverless, but we restrict it to ECS",
    ],
)
def test_what_stays_asserted(text: str) -> None:
    assert said(text, "fargate", "en") == "asserted"


# -- one mechanism each, in both languages -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "EC2, no thanks. Fargate"),
        ("en", "EC2: absolutely not. Fargate"),
        ("en", "EC2 (never again), Fargate"),
        ("en", "EC2 excluded. Fargate"),
        ("en", "EC2 ruled out since it needs patching, Fargate"),
        ("en", "EC2: too expensive. Fargate"),
        ("en", "we start everything on EC2. Don't. Fargate"),
        ("en", "EC2 is out of the question, Beanstalk too. Fargate"),
        ("fr", "EC2, non merci : Fargate"),
        ("fr", "EC2, très peu pour moi. Fargate"),
        ("fr", "EC2 : hors de question. Fargate"),
        ("fr", "EC2 exclu. Fargate"),
        ("fr", "EC2 écarté puisqu'il faut patcher, Fargate"),
        ("fr", "EC2 : mauvaise idée. Fargate"),
        ("fr", "on lance tout sur EC2. Surtout pas. Fargate"),
        ("fr", "EC2 est exclu. Fargate"),
    ],
)
def test_a_verdict_after_the_name_turns_it_down(lang: str, text: str) -> None:
    assert said(text, "ec2", lang) == "denied"
    assert said(text, "fargate", lang) == "asserted"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Fargate, no?"),
        ("en", "Fargate, right?"),
        ("en", "EC2 needs patching. Fargate, no."),
        ("en", "Isn't that what Fargate is for?"),
        ("en", "Nothing better than Fargate"),
        ("en", "Look no further than Fargate"),
        ("en", "You'd be mad to choose anything but Fargate"),
        ("en", "Nothing to administer with Fargate"),
        ("fr", "Fargate, non ?"),
        ("fr", "EC2 demande de patcher. Fargate, non."),
        ("fr", "N'est-ce pas ce que fait Fargate ?"),
        ("fr", "Rien de mieux que Fargate"),
        ("fr", "Je ne vois rien de mieux que Fargate"),
        ("fr", "Il faudrait être fou pour choisir tout sauf Fargate"),
        ("fr", "Rien à administrer avec Fargate"),
        ("fr", "un service, autrement dit Fargate"),
    ],
)
def test_words_of_refusal_that_refuse_nothing(lang: str, text: str) -> None:
    assert said(text, "fargate", lang) == "asserted"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I first thought of EC2, but then somebody has to patch it. So Fargate"),
        ("en", "At first I would have said EC2. However, Fargate has no servers"),
        ("en", "I used to start everything on EC2. Now it's Fargate"),
        ("en", "My first idea was EC2, but Fargate is simpler"),
        ("en", "I'm torn between EC2 and Fargate, but with nobody to patch: Fargate"),
        ("en", "Some people would use EC2. I use Fargate"),
        ("en", "If we needed GPUs I'd say EC2, but here it's Fargate"),
        ("fr", "Je pensais d'abord à EC2, mais non : Fargate"),
        ("fr", "J'aurais dit EC2, mais finalement Fargate"),
        ("fr", "Avant on mettait tout sur EC2, maintenant c'est Fargate"),
        ("fr", "Mon premier réflexe serait EC2, mais je prends Fargate"),
        ("fr", "J'hésite entre EC2 et Fargate, mais sans administrateur : Fargate"),
        ("fr", "Mon collègue ne jure que par EC2. Moi, Fargate"),
        ("fr", "S'il fallait des GPU je dirais EC2, mais ici c'est Fargate"),
    ],
)
def test_a_former_opinion_or_another_case_is_no_proposal(lang: str, text: str) -> None:
    assert said(text, "ec2", lang) in ("neutral", "denied")
    assert said(text, "fargate", lang) == "asserted"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I thought of Fargate"),
        ("en", "I thought of Fargate so that nobody manages servers"),
        ("en", "If I had to choose, I'd take Fargate with ECS"),
        ("en", "My first choice is Fargate"),
        ("en", "IAM is used to restrict it, on Fargate"),
        ("en", "Some would say Fargate"),
        ("fr", "Je pensais à Fargate"),
        ("fr", "Je pensais à Fargate, donc sans serveur à gérer"),
        ("fr", "Si je devais choisir, je prendrais Fargate avec ECS"),
        ("fr", "Mon premier choix, c'est Fargate"),
        ("fr", "Au départ, on met les conteneurs sur Fargate"),
        ("fr", "Certains diraient Fargate"),
    ],
)
def test_a_thought_that_is_not_given_up_is_a_proposal(lang: str, text: str) -> None:
    assert said(text, "fargate", lang) == "asserted"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "EC2 is flexible. Beanstalk hides it. I believe Fargate is the sensible choice"),
        ("en", "EC2 gives control. So Fargate."),
        ("en", "EC2 is well known, but for this the answer is Fargate"),
        ("en", "EC2 would isolate, but each one boots a whole system. Fargate is lighter"),
        ("en", "As soon as there is EC2, somebody must patch. So Fargate"),
        ("en", "EC2 is tedious; Fargate is not"),
        ("fr", "EC2 est souple. Beanstalk le cache. Je crois que Fargate est le bon choix"),
        ("fr", "EC2 donne la main. Donc Fargate."),
        ("fr", "EC2 est bien connu, mais ici la réponse est Fargate"),
        ("fr", "EC2 isole, mais chacune démarre un système entier. Fargate est plus léger"),
        ("fr", "Dès qu'il y a de l'EC2, quelqu'un doit patcher. Donc Fargate"),
        ("fr", "EC2, c'est pénible ; Fargate, non"),
    ],
)
def test_what_is_told_before_the_answer_is_no_proposal(lang: str, text: str) -> None:
    assert said(text, "ec2", lang) == "observed"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "EC2 is the best choice. Some add Fargate"),
        ("en", "I would use EC2. Fargate is serverless"),
        ("en", "EC2 and read-only images, but also Fargate"),
        ("en", "Use EC2 with several nodes"),
        ("en", "EC2."),
        ("en", "EC2 is cheap"),
        ("fr", "EC2 est le meilleur choix. On ajoute Fargate"),
        ("fr", "Je prendrais EC2. Fargate est sans serveur"),
        ("fr", "EC2 et des images en lecture seule, mais aussi Fargate"),
        ("fr", "Prendre EC2 avec plusieurs nœuds"),
        ("fr", "EC2."),
        ("fr", "EC2 est bon marché"),
    ],
)
def test_what_is_recommended_stays_a_proposal(lang: str, text: str) -> None:
    assert said(text, "ec2", lang) == "asserted"


@pytest.mark.parametrize(
    ("lang", "text", "polarity"),
    [
        ("en", "EC2 is heavier than Fargate, so Fargate", "denied"),
        ("en", "EC2 is less secure than Fargate, so I choose Fargate", "denied"),
        ("en", "EC2 is more work than Fargate. Fargate", "denied"),
        ("en", "Fargate is cheaper than EC2", "denied"),
        ("en", "Fargate is more secure than EC2", "denied"),
        ("en", "I'd rather have Fargate than move to EC2", "denied"),
        ("en", "EC2 is more expensive than Fargate but we know it", "asserted"),
        ("en", "EC2 is not heavier than Fargate, so EC2", "asserted"),
        ("fr", "EC2 est plus lourd que Fargate, donc Fargate", "denied"),
        ("fr", "EC2 est moins sûr que Fargate, je choisis donc Fargate", "denied"),
        ("fr", "EC2 demande plus de travail que Fargate. Fargate", "denied"),
        ("fr", "Fargate est moins cher qu'EC2", "denied"),
        ("fr", "Fargate est plus sûr qu'EC2", "denied"),
        ("fr", "Je préfère Fargate à EC2", "denied"),
        ("fr", "EC2 est plus cher que Fargate mais on le connaît", "asserted"),
        ("fr", "EC2 n'est pas plus lourd que Fargate, donc EC2", "asserted"),
    ],
)
def test_comparisons_turn_down_the_worse_one(lang: str, text: str, polarity: str) -> None:
    assert said(text, "ec2", lang) == polarity


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I would avoid EC2 and root"),
        ("en", "rule out EC2, Beanstalk and root"),
        ("en", "steer clear of EC2 and root"),
        ("en", "stay away from EC2, Lambda and root"),
        ("en", "I'd advise against EC2 and root"),
        ("en", "w/o any EC2 or root"),
        ("fr", "j'éviterais EC2 et root"),
        ("fr", "j'écarterais EC2, Beanstalk et root"),
        ("fr", "nous refuserions EC2 et root"),
        ("fr", "je bannirais EC2 et root"),
        ("fr", "on exclurait EC2, Lambda et root"),
        ("fr", "j'interdirais EC2 et root"),
    ],
)
def test_a_verb_of_avoiding_covers_its_whole_list(lang: str, text: str) -> None:
    assert said(text, "ec2", lang) == "denied"
    assert said(text, "run-as-root", lang) == "denied"


@pytest.mark.parametrize(
    "text",
    [
        "privileged: false",
        '"privileged": false,',
        "privileged=false",
        "privileged = no",
        "privileged: off",
        "Privileged : non.",
        "privileged: disabled",
    ],
)
def test_a_setting_switched_off_is_denied(text: str) -> None:
    assert said(text, "privileged-mode") == "denied"


@pytest.mark.parametrize("text", ["privileged: true", "privileged=true", "Solution: no root, privileged"])
def test_a_setting_switched_on_is_not(text: str) -> None:
    assert said(text, "privileged-mode") == "asserted"


@pytest.mark.parametrize(
    ("lang", "text", "polarity"),
    [
        ("fr", "une règle de cache pour que Fargate démarre vite", "asserted"),
        ("fr", "le cache de Fargate", "asserted"),
        ("en", "cache the image, then Fargate", "asserted"),
        ("fr", "AWS cache Fargate", "denied"),
        ("fr", "rien en Fargate", "denied"),
        ("fr", "pourquoi rien de mieux que Fargate", "asserted"),
        ("en", "Fargate is not useful for EKS", "denied"),
        ("fr", "Fargate n'est pas utile pour EKS", "denied"),
        ("en", "Fargate does not use EC2", "observed"),
    ],
)
def test_homonyms_and_adjectives(lang: str, text: str, polarity: str) -> None:
    assert said(text, "fargate", lang) == polarity
