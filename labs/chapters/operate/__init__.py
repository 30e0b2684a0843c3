"""Notebook 06b, the lab's steps 8 to 11: its ground is the shop that the earlier steps built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.chapters.model import Chapter
from labs.chapters.operate import mended, orders, pace, retention, sick
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "ready": {
            "fr": "La boutique est ouverte : quatre services, deux tâches chacun, une commande prise.",
            "en": "The shop is open: four services, two tasks each, one order taken.",
        },
        "cleaned": {
            "fr": "Il ne reste rien de la boutique, ni de ce qui la faisait vivre.",
            "en": "Nothing is left of the shop, nor of what kept it alive.",
        },
    }
)


def open_the_shop(lab: Lab) -> None:
    """Steps 1 to 7, as far as they are missing."""
    lab.catch_up("scaling")


def close_the_shop(lab: Lab) -> None:
    """Everything that the lab made, by hand or as a stack."""
    lab.clean_up()


CHAPTER = Chapter(
    "operate",
    say,
    prepare=(open_the_shop,),
    clean=(close_the_shop,),
    challenges=(
        orders.CHALLENGE,
        pace.CHALLENGE,
        mended.CHALLENGE,
        sick.CHALLENGE,
        retention.CHALLENGE,
    ),
)
