"""Notebook 06, the lab's steps 1 to 7: they are their own ground; here are the challenges set along the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.lab import order, ping, scan, waiting
from labs.chapters.model import Chapter
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "ready": {
            "fr": "Le labo part de rien : c’est vous qui construisez.",
            "en": "The lab starts from nothing: you do the building.",
        },
        "cleaned": {
            "fr": "Il ne reste rien de la boutique.",
            "en": "Nothing is left of the shop.",
        },
    }
)


def close_the_shop(lab: Lab) -> None:
    """Everything that the lab made; what the challenges set goes with it."""
    lab.clean_up()


CHAPTER = Chapter(
    "lab",
    say,
    prepare=(),
    clean=(close_the_shop,),
    challenges=(scan.CHALLENGE, ping.CHALLENGE, waiting.CHALLENGE, order.CHALLENGE),
)
