"""Notebook 00: a shop that lacks only its front, and four first things to do with it."""

from __future__ import annotations

from labs.chapters.model import Chapter
from labs.chapters.start import crowd, night, order, oven
from labs.chapters.start.ground import build_foundations, open_the_back, take_everything_away
from labs.learner import Texts

say = Texts(
    {
        "ready": {
            "fr": "Tout est prêt derrière : images, réseau, équilibreur de charge, et trois services. La vitrine est à vous.",
            "en": "All is ready behind: images, network, load balancer and three services. The front is yours to put up.",
        },
        "cleaned": {
            "fr": "La boutique est rangée : services, tâches, réseau, images, rôles, journaux, table. Il ne reste rien.",
            "en": "The shop is put away: services, tasks, network, images, roles, logs, table. Nothing is left.",
        },
    }
)

CHAPTER = Chapter(
    "start",
    say,
    prepare=(build_foundations, open_the_back),
    clean=(take_everything_away,),
    challenges=(order.CHALLENGE, crowd.CHALLENGE, night.CHALLENGE, oven.CHALLENGE),
)
