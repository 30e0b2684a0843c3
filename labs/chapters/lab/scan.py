"""Every image of the shop scanned as it arrives: judged by the four repositories' own setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

say = Texts(
    {
        "title": {"fr": "l’analyse à la poussée", "en": "scanning on push"},
        "unscanned": {
            "fr": "une image poussée dans {name} ne serait pas analysée",
            "en": "an image pushed to {name} would not be scanned",
        },
        "hint_1": {
            "fr": "C’est un réglage de chaque dépôt ; il se change après coup.",
            "en": "It is a setting of each repository; it can be changed afterwards.",
        },
        "hint_2": {
            "fr": "L’appel commence par put_image et parle de scanning. Il y a quatre dépôts.",
            "en": "The call begins with put_image and is about scanning. There are four repositories.",
        },
        "hint_3": {
            "fr": 'put_image_scanning_configuration(repositoryName=…, imageScanningConfiguration={{"scanOnPush": True}}).',
            "en": 'put_image_scanning_configuration(repositoryName=…, imageScanningConfiguration={{"scanOnPush": True}}).',
        },
        "solution": {
            "fr": "Le même appel pour chacun des quatre dépôts.",
            "en": "The same call for each of the four repositories.",
        },
    }
)


def look(session: CourseSession) -> Mapping[str, bool]:
    """Read, for each repository of the shop, whether images are scanned when they are pushed."""
    pages = session.client("ecr").get_paginator("describe_repositories").paginate()
    return {
        each["repositoryName"]: each.get("imageScanningConfiguration", {}).get("scanOnPush", False)
        for each in pages.search("repositories")
        if each["repositoryName"].startswith("frenchbakery/")
    }


def attempted(found: Mapping[str, bool]) -> bool:
    """Whether any repository has its images scanned."""
    return any(found.values())


def problems(found: Mapping[str, bool]) -> Iterator[str]:
    """The repositories that were forgotten."""
    yield from (say("unscanned", name=name) for name, scanned in sorted(found.items()) if not scanned)


def scan_on_push(lab: Lab) -> None:
    """Have images scanned in all four repositories."""
    ecr = lab.session.client("ecr")
    for service in ("frontend", "products", "orders", "reviews"):
        ecr.put_image_scanning_configuration(
            repositoryName=f"frenchbakery/{service}", imageScanningConfiguration={"scanOnPush": True}
        )


CHALLENGE = Challenge("lab-scan", attempted, problems, say, (scan_on_push,), look=look)
