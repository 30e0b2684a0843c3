"""Ready before the Saturday rush: judged by when the scheduled actions fall, and what they guarantee then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from labs.chapters.services.scaling import scheduled, target
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
YEAR = timedelta(days=366)  # that is looked at: summer time and winter time
MANY = 1000  # times of one action; an action that falls more often is no weekly one

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
        "short": {
            "fr": "le samedi, les {wanted} tâches ne sont pas garanties jusqu’à {closes} h : le minimum passe à {found}",
            "en": "on Saturdays the {wanted} tasks are not guaranteed until {closes}:00: the minimum becomes {found}",
        },
        "no_down": {
            "fr": "le samedi soir, le minimum est de {found} au lieu de {wanted}",
            "en": "on Saturday night the minimum is {found} instead of {wanted}",
        },
        "other_most": {
            "fr": "le samedi soir, le maximum est de {found} au lieu de {wanted} : la semaine entière en est changée",
            "en": "on Saturday night the maximum is {found} instead of {wanted}: the whole week is changed by it",
        },
        "fixed": {
            "fr": "pendant le coup de feu, le service ne pourrait pas dépasser {found} tâches",
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
    """A scheduled action: when it falls in a year, by the clocks of Paris, and the limits that it sets."""

    name: str
    falls: tuple[datetime, ...]
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Plan:
    """The scheduled actions, the service's own maximum, and when they were looked at."""

    actions: tuple[Action, ...]
    most: int
    now: datetime


def look(session: CourseSession) -> Plan:
    """Read the scheduled actions."""
    now, own = datetime.now(UTC), target(session)
    actions = tuple(
        Action(
            found["ScheduledActionName"],
            falls(
                found["Schedule"],
                found.get("Timezone", "UTC"),
                max(now, found.get("StartTime", now)),
                min(now + YEAR, found.get("EndTime", now + YEAR)),
            ),
            found.get("ScalableTargetAction", {}).get("MinCapacity"),
            found.get("ScalableTargetAction", {}).get("MaxCapacity"),
        )
        for found in scheduled(session)
    )
    return Plan(actions, own["MaxCapacity"] if own else 0, now)


def falls(expression: str, zone: str, begin: datetime, end: datetime) -> tuple[datetime, ...]:
    """When a recurring schedule falls between two moments. Never for `at` and `rate`."""
    schedule = parse(expression, zone, year_optional=True)
    found: list[datetime] = []
    while isinstance(schedule, Cron) and len(found) < MANY:
        following = schedule.after(found[-1] if found else begin)
        if following is None or following > end:
            break
        found.append(following)
    return tuple(moment.astimezone(PARIS) for moment in found)


def attempted(plan: Plan) -> bool:
    """Whether anything is scheduled."""
    return bool(plan.actions)


def problems(plan: Plan) -> Iterator[str]:
    """Every Saturday: four tasks for sure from seven to one, two again after that, and the rest of the week as before."""
    saturdays = _saturdays(plan.now)
    weekly = True
    for action in plan.actions:
        days = {moment.date() for moment in action.falls}
        if any(day.weekday() != SATURDAY for day in days):
            weekly = False
            yield say("day", name=action.name)
        elif not days.issuperset(saturdays):
            weekly = False
            yield say("once", name=action.name)
    if weekly:
        # The same sentence about many Saturdays is said once.
        yield from dict.fromkeys(text for day in saturdays for text in _day(plan, day))


def _saturdays(now: datetime) -> list[date]:
    """The whole Saturdays of the year that is looked at."""
    today = now.astimezone(PARIS).date()
    first = today + timedelta(days=(SATURDAY - today.weekday() - 1) % 7 + 1)
    return [first + timedelta(weeks=week) for week in range(52)]


def _day(plan: Plan, day: date) -> Iterator[str]:
    """What is wrong on one Saturday, which begins as each ends: with the usual limits."""
    changes = sorted(
        (
            (moment.hour + moment.minute / 60, action)
            for action in plan.actions
            for moment in action.falls
            if moment.date() == day
        ),
        key=lambda change: change[0],
    )
    least, most = USUAL, plan.most
    limits = [(0.0, least, most)]
    for hour, action in changes:
        least = least if action.least is None else action.least
        most = most if action.most is None else action.most
        limits.append((hour, least, most))
    at_seven = [each for each in limits if each[0] <= OPENS][-1]
    rush = [at_seven, *(each for each in limits if OPENS < each[0] < CLOSES)]
    if at_seven[1] < GUARANTEED:
        yield say("no_up", wanted=GUARANTEED)
    elif (lowest := min(each[1] for each in rush)) < GUARANTEED:
        yield say("short", wanted=GUARANTEED, closes=CLOSES, found=lowest)
    elif (highest := min(each[2] for each in rush)) <= GUARANTEED:
        yield say("fixed", found=highest)
    raised = [hour for hour, count, _ in limits if count >= GUARANTEED]
    if raised and raised[0] < EARLIEST:
        yield say("early", found=int(raised[0]))
    if least != USUAL:
        yield say("no_down", found=least, wanted=USUAL)
    if most != plan.most:
        yield say("other_most", found=most, wanted=plan.most)


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
