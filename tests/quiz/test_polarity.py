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
