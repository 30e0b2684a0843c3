"""Every image of the shop scanned as it arrives: judged repository by repository, wherever it was set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.chapters.ecr.scanning import Scanning, look
from labs.checks.model import Challenge
from labs.checks.repositories import EXPECTED
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "l’analyse à la poussée", "en": "scanning on push"},
        "unscanned": {
            "fr": "une image poussée dans {name} ne serait pas analysée",
            "en": "an image pushed to {name} would not be scanned",
        },
        "hint_1": {
            "fr": "C’est un réglage de chaque dépôt, ou du registre pour les noms qui suivent un motif ; il se change après coup.",
            "en": "It is a setting of each repository, or of the registry for names that follow a pattern; it can be changed afterwards.",
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


def attempted(found: Scanning) -> bool:
    """Whether images of any of the shop's repositories are scanned, by its own setting or by the registry's rules."""
    return any(found.covers(name) for name in EXPECTED)


def problems(found: Scanning) -> Iterator[str]:
    """The repositories that were forgotten."""
    yield from (say("unscanned", name=name) for name in EXPECTED if not found.covers(name))


def scan_on_push(lab: Lab) -> None:
    """Have images scanned in all four repositories."""
    ecr = lab.session.client("ecr")
    for service in ("frontend", "products", "orders", "reviews"):
        ecr.put_image_scanning_configuration(
            repositoryName=f"frenchbakery/{service}", imageScanningConfiguration={"scanOnPush": True}
        )


CHALLENGE = Challenge("lab-scan", attempted, problems, say, (scan_on_push,), look=look)
