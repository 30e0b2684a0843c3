"""Ready before the Saturday rush: judged by when the scheduled actions fall, and what they guarantee then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from labs.chapters.services.scaling import scheduled
from labs.checks.model import Challenge
from labs.cloud.schedule_expressions import Cron, parse
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = 5
OPENS, CLOSES = 7, 13  # o'clock in Paris
EARLIEST = 5  # nobody pays for the night
GUARANTEED = 4  # tasks during the rush
USUAL = 2  # and otherwise

say = Texts(
    {
        "title": {"fr": "le samedi matin", "en": "Saturday mornings"},
        "once": {
            "fr": "l’action « {name} » ne revient pas chaque semaine",
            "en": "the action “{name}” does not come back every week",
        },
        "day": {
            "fr": "l’action « {name} » tombe aussi un autre jour que le samedi, à Paris",
            "en": "the action “{name}” also falls on another day than Saturday, in Paris",
        },
        "no_up": {
            "fr": "à sept heures le samedi, rien ne garantit {wanted} tâches",
            "en": "at seven on Saturdays nothing guarantees {wanted} tasks",
        },
        "early": {
            "fr": "les tâches sont payées bien avant l’ouverture : dès {found} h",
            "en": "the tasks are paid for long before opening time: from {found}:00 on",
        },
        "no_down": {
            "fr": "l’après-midi, le minimum ne revient pas à {wanted}",
            "en": "in the afternoon the minimum does not come back to {wanted}",
        },
        "fixed": {
            "fr": "pendant le coup de feu, le service ne pourrait plus dépasser {found} tâches",
            "en": "during the rush the service could not go beyond {found} tasks",
        },
        "hint_1": {
            "fr": "Deux rendez-vous par semaine : l’un relève le minimum, l’autre le redescend. Aucun ne fixe le nombre de tâches.",
            "en": "Two appointments a week: one raises the minimum, the other lowers it again. Neither sets the number of tasks.",
        },
        "hint_2": {
            "fr": "put_scheduled_action prend un Schedule « cron(…) » et un Timezone. Sans fuseau, l’heure est celle d’UTC, et se décale deux fois par an.",
            "en": "put_scheduled_action takes a Schedule, “cron(…)”, and a Timezone. Without one the hour is UTC’s, and shifts twice a year.",
        },
        "hint_3": {
            "fr": "cron(30 6 ? * SAT *) avec MinCapacity 4, cron(0 13 ? * SAT *) avec MinCapacity 2, MaxCapacity 8 dans les deux, Timezone Europe/Paris.",
            "en": "cron(30 6 ? * SAT *) with MinCapacity 4, cron(0 13 ? * SAT *) with MinCapacity 2, MaxCapacity 8 in both, Timezone Europe/Paris.",
        },
        "solution": {
            "fr": "Le plancher monte et descend à heure fixe ; entre les deux, la politique de la vitrine garde la main.",
            "en": "The floor moves up and down by the clock; in between, the window’s own policy stays in charge.",
        },
    }
)


@dataclass(frozen=True)
class Action:
    """A scheduled action: when it falls next, twice, and the limits that it sets."""

    name: str
    falls: tuple[datetime, ...]
    least: int | None
    most: int | None


def look(session: CourseSession) -> tuple[Action, ...]:
    """Read the scheduled actions."""
    return tuple(
        Action(
            found["ScheduledActionName"],
            falls(found["Schedule"], found.get("Timezone", "UTC"), datetime.now(UTC)),
            found.get("ScalableTargetAction", {}).get("MinCapacity"),
            found.get("ScalableTargetAction", {}).get("MaxCapacity"),
        )
        for found in scheduled(session)
    )


def falls(expression: str, zone: str, now: datetime) -> tuple[datetime, ...]:
    """The next eight times of a recurring schedule: more than a week of a daily one. None of `at` or `rate`."""
    schedule = parse(expression, zone, year_optional=True)
    found: list[datetime] = []
    while isinstance(schedule, Cron) and len(found) < 8:
        following = schedule.after(found[-1] if found else now)
        if following is None:
            break
        found.append(following)
    return tuple(moment.astimezone(PARIS) for moment in found)


def attempted(actions: Sequence[Action]) -> bool:
    """Whether anything is scheduled."""
    return bool(actions)


def problems(actions: Sequence[Action]) -> Iterator[str]:
    """Every Saturday: four tasks for sure before seven, two again once the rush is over."""
    for action in actions:
        if len(action.falls) < 2:
            yield say("once", name=action.name)
        elif {moment.weekday() for moment in action.falls} != {SATURDAY}:
            yield say("day", name=action.name)
    raised = [
        action
        for action in actions
        if (action.least or 0) >= GUARANTEED and any(_hour(moment) <= OPENS for moment in action.falls)
    ]
    if not raised:
        yield say("no_up", wanted=GUARANTEED)
    for action in raised:
        if (first := min(_hour(moment) for moment in action.falls)) < EARLIEST:
            yield say("early", found=int(first))
        if action.most is not None and action.most <= GUARANTEED:
            yield say("fixed", found=action.most)
    if not any(
        action.least is not None and action.least <= USUAL and all(_hour(m) >= CLOSES for m in action.falls)
        for action in actions
    ):
        yield say("no_down", wanted=USUAL)


def _hour(moment: datetime) -> float:
    return moment.hour + moment.minute / 60


def schedule_saturdays(lab: Lab) -> None:
    """Raise the minimum before the rush, and lower it afterwards."""
    scaling = lab.session.client("application-autoscaling")
    window = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/services/window",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**window, MinCapacity=2, MaxCapacity=8)
    for name, schedule, least in [
        ("saturday-rush", "cron(30 6 ? * SAT *)", 4),
        ("saturday-calm", "cron(0 13 ? * SAT *)", 2),
    ]:
        scaling.put_scheduled_action(
            **window,
            ScheduledActionName=name,
            Schedule=schedule,
            Timezone="Europe/Paris",
            ScalableTargetAction={"MinCapacity": least, "MaxCapacity": 8},
        )


CHALLENGE = Challenge("services-saturday", attempted, problems, say, (schedule_saturdays,), look=look)
