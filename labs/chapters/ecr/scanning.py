"""Challenge: one setting of the registry that has every image of the bakehouse scanned when it is pushed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

Rule = Mapping[str, Any]

NOW_AND_LATER = ("bakehouse/releases", "bakehouse/opened-next-year")
ELSEWHERE = ("frenchbakery/orders", "other/bakehouse", "old-bakehouse/orders", "bakehouse-annex/orders")

say = Texts(
    {
        "title": {"fr": "analyser dès la poussée", "en": "scan on push"},
        "enhanced": {
            "fr": "le registre est en analyse avancée ({kind}), que facture Amazon Inspector",
            "en": "the registry is set to enhanced scanning ({kind}), which Amazon Inspector bills",
        },
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


@dataclass(frozen=True)
class Scanning:
    """The registry's type of scan and rules, and the repositories that are scanned by a setting of their own."""

    rules: Sequence[Rule] = ()
    kind: str = "BASIC"
    by_themselves: frozenset[str] = frozenset()

    def covers(self, repository: str) -> bool:
        """Whether an image that is pushed there is scanned."""
        return repository in self.by_themselves or self.by_rule(repository)

    def by_rule(self, repository: str) -> bool:
        """Whether the registry itself sees to that."""
        return any(
            rule["scanFrequency"] == "SCAN_ON_PUSH"
            and any(_matches(each["filter"], repository) for each in rule["repositoryFilters"])
            for rule in self.rules
        )


def look(session: CourseSession) -> Scanning:
    """Read the registry's configuration, and the settings of its repositories."""
    ecr = session.client("ecr")
    found = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    pages = ecr.get_paginator("describe_repositories").paginate()
    by_themselves = frozenset(
        each["repositoryName"]
        for page in pages
        for each in page["repositories"]
        if each["imageScanningConfiguration"]["scanOnPush"]
    )
    return Scanning(found["rules"], found["scanType"], by_themselves)


def attempted(found: Scanning) -> bool:
    """Whether the registry has been told anything."""
    return bool(found.rules) or found.kind != "BASIC"


def problems(found: Scanning) -> Iterator[str]:
    """Another kind of scan, repositories that would be left out, and those that were not meant."""
    if found.kind != "BASIC":
        yield say("enhanced", kind=found.kind)
        return
    for names, wanted, key in ((NOW_AND_LATER, True, "not_scanned"), (ELSEWHERE, False, "scanned")):
        wrong = next((name for name in names if found.by_rule(name) != wanted), None)
        if wrong:
            yield say(key, repository=wrong)


def names_the_bakehouse(rule: Rule) -> bool:
    """Whether a rule was made for this chapter."""
    return any(each["filter"].startswith("bakehouse") for each in rule["repositoryFilters"])


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
