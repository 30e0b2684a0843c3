"""Challenge: one setting of the registry that has every image of the bakehouse scanned when it is pushed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

Rule = Mapping[str, Any]

NOW_AND_LATER = ("bakehouse/releases", "bakehouse/opened-next-year")
ELSEWHERE = ("frenchbakery/orders", "other/bakehouse")
ON_PUSH = (
    "SCAN_ON_PUSH",
    "CONTINUOUS_SCAN",
)  # the second, of enhanced scanning, begins with the push as well

say = Texts(
    {
        "title": {"fr": "analyser dès la poussée", "en": "scan on push"},
        "not_scanned": {
            "fr": "une image poussée dans {repository} ne serait pas analysée",
            "en": "an image pushed to {repository} would not be scanned",
        },
        "scanned": {
            "fr": "{repository} serait analysé aussi, alors que la consigne s’arrête au fournil",
            "en": "{repository} would be scanned too, though the task is about the bakehouse only",
        },
        "hint_1": {
            "fr": "Le réglage d’un dépôt ne vaut que pour lui. Le registre a le sien, qui vaut aussi pour les dépôts à "
            "venir.",
            "en": "A repository’s setting is for that one alone. The registry has its own, which also counts for "
            "repositories to come.",
        },
        "hint_2": {
            "fr": "L’appel est put_registry_scanning_configuration : un type d’analyse, et des règles qui choisissent "
            "les dépôts par leur nom.",
            "en": "The call is put_registry_scanning_configuration: a type of scan, and rules that select "
            "repositories by name.",
        },
        "hint_3": {
            "fr": "scanType vaut BASIC ; la règle a scanFrequency SCAN_ON_PUSH et un filtre WILDCARD « bakehouse/* ».",
            "en": "scanType is BASIC; the rule has scanFrequency SCAN_ON_PUSH and a WILDCARD filter “bakehouse/*”.",
        },
        "solution": {
            "fr": "Une règle, un filtre. L’appel remplace toute la configuration : on y remet ce qu’on veut garder.",
            "en": "One rule, one filter. The call replaces the whole configuration: put back what you want to keep.",
        },
    }
)


def look(session: CourseSession) -> Sequence[Rule]:
    """The rules of the registry's scanning configuration."""
    return session.client("ecr").get_registry_scanning_configuration()["scanningConfiguration"]["rules"]


def attempted(rules: Sequence[Rule]) -> bool:
    """Whether there is a rule."""
    return bool(rules)


def problems(rules: Sequence[Rule]) -> Iterator[str]:
    """Repositories that would be left out, and those that were not meant."""
    for names, wanted, key in ((NOW_AND_LATER, True, "not_scanned"), (ELSEWHERE, False, "scanned")):
        wrong = next((name for name in names if _scans(rules, name) != wanted), None)
        if wrong:
            yield say(key, repository=wrong)


def names_the_bakehouse(rule: Rule) -> bool:
    """Whether a rule was made for this chapter."""
    return any(each["filter"].startswith("bakehouse") for each in rule["repositoryFilters"])


def _scans(rules: Sequence[Rule], repository: str) -> bool:
    return any(
        rule["scanFrequency"] in ON_PUSH
        and any(_matches(each["filter"], repository) for each in rule["repositoryFilters"])
        for rule in rules
    )


def _matches(text: str, repository: str) -> bool:
    """As ECR filters: without an asterisk, every name that contains the text [User Guide: Filter wildcards]."""
    if "*" not in text:
        return text in repository
    return bool(re.fullmatch(".*".join(map(re.escape, text.split("*"))), repository))


def scan_the_bakehouse_on_push(lab: Lab) -> None:
    """Have the registry scan by the repositories' names."""
    lab.session.client("ecr").put_registry_scanning_configuration(
        scanType="BASIC",
        rules=[
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "bakehouse/*", "filterType": "WILDCARD"}],
            }
        ],
    )


CHALLENGE = Challenge("ecr-scan-on-push", attempted, problems, say, (scan_the_bakehouse_on_push,), look=look)
