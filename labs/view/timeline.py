"""What the cloud did, in plain words: the services' own events and the lives of their tasks, by time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from labs.learner import Texts, language
from labs.view.display import Shown

say = Texts(
    {
        "title": {"fr": "Ce que le cloud a fait", "en": "What the cloud did"},
        "line": {"fr": "Chronologie : {names}", "en": "Timeline: {names}"},
        "nothing": {"fr": "rien encore", "en": "nothing yet"},
        "when": {"fr": "Instant", "en": "When"},
        "who": {"fr": "Qui", "en": "Who"},
        "what": {"fr": "Quoi", "en": "What"},
        "seconds": {"fr": "{seconds} s", "en": "{seconds} s"},
        "started_one": {"fr": "démarre une tâche", "en": "starts a task"},
        "started": {"fr": "démarre {n} tâches", "en": "starts {n} tasks"},
        "registered_one": {
            "fr": "inscrit une cible auprès de l’équilibreur de charge",
            "en": "registers a target with the load balancer",
        },
        "registered": {
            "fr": "inscrit {n} cibles auprès de l’équilibreur de charge",
            "en": "registers {n} targets with the load balancer",
        },
        "deregistered_one": {
            "fr": "retire une cible de l’équilibreur de charge",
            "en": "takes a target off the load balancer",
        },
        "deregistered": {
            "fr": "retire {n} cibles de l’équilibreur de charge",
            "en": "takes {n} targets off the load balancer",
        },
        "stopped_one": {"fr": "arrête une tâche", "en": "stops a task"},
        "stopped": {"fr": "arrête {n} tâches", "en": "stops {n} tasks"},
        "draining_one": {
            "fr": "laisse une tâche finir ses requêtes avant de l’arrêter",
            "en": "lets a task finish its requests before stopping it",
        },
        "draining": {
            "fr": "laisse {n} tâches finir leurs requêtes avant de les arrêter",
            "en": "lets {n} tasks finish their requests before stopping them",
        },
        "steady": {
            "fr": "a autant de tâches saines que demandé : état stable",
            "en": "has as many healthy tasks as asked for: steady state",
        },
        "completed": {"fr": "a terminé son déploiement", "en": "has completed its deployment"},
        "failed": {"fr": "renonce à son déploiement : {why}", "en": "gives up its deployment: {why}"},
        "back": {
            "fr": "revient au dernier déploiement qui a réussi",
            "en": "goes back to the last deployment that succeeded",
        },
        "dropped_one": {
            "fr": "arrête une tâche qui n’avait pas fini de démarrer",
            "en": "stops a task that had not finished starting",
        },
        "dropped": {
            "fr": "arrête {n} tâches qui n’avaient pas fini de démarrer",
            "en": "stops {n} tasks that had not finished starting",
        },
        "unhealthy": {
            "fr": "voit une cible échouer à son contrôle de santé : {why}",
            "en": "sees a target fail its health check: {why}",
        },
        "sick": {
            "fr": "voit une tâche échouer au contrôle de santé de son conteneur",
            "en": "sees a task fail its container’s health check",
        },
        "unplaced": {"fr": "ne parvient pas à placer une tâche : {why}", "en": "cannot place a task: {why}"},
        "inconsistent": {
            "fr": "n’arrive pas à démarrer ses tâches : il espace ses essais",
            "en": "keeps failing to start its tasks: it waits longer between tries",
        },
        "rebalancing": {
            "fr": "rétablit l’équilibre entre les zones",
            "en": "evens out its tasks over the zones",
        },
        "balanced": {
            "fr": "a ses tâches bien réparties entre les zones",
            "en": "has its tasks spread evenly over the zones",
        },
        "created": {"fr": "{alias} est demandée", "en": "{alias} is asked for"},
        "running": {
            "fr": "{alias} tourne, {seconds} s après la demande",
            "en": "{alias} runs, {seconds} s after the request",
        },
        "ended": {"fr": "{alias} s’est arrêtée : {reason}", "en": "{alias} has stopped: {reason}"},
        "alias": {"fr": "la tâche {number}", "en": "task {number}"},
    }
)

# The wording of ECS's service events (Developer Guide, "Amazon ECS service event messages").
WORDINGS = (
    ("deregistered", re.compile(r"deregistered (?P<n>\d+) targets in ")),
    ("registered", re.compile(r"registered (?P<n>\d+) targets in ")),
    ("started", re.compile(r"has started (?P<n>\d+) tasks(: | in )")),
    ("stopped", re.compile(r"has stopped (?P<n>\d+) running tasks(: | in )")),
    ("dropped", re.compile(r"stopped (?P<n>\d+) pending tasks")),
    ("draining", re.compile(r"has begun draining connections on (?P<n>\d+) tasks")),
    ("steady", re.compile(r"has reached a steady state")),
    ("completed", re.compile(r"deployment completed")),
    ("failed", re.compile(r"deployment failed: (?P<why>.+)")),
    ("back", re.compile(r"rolling back to deployment ")),
    ("unhealthy", re.compile(r"is unhealthy in .*due to \(reason (?P<why>.+)\)")),
    ("sick", re.compile(r"failed container health checks")),
    ("unplaced", re.compile(r"was unable to place a task.*?Reason: (?P<why>.+)")),
    ("inconsistent", re.compile(r"is unable to consistently start tasks")),
    ("rebalancing", re.compile(r"AZ Rebalancing in progress")),
    ("balanced", re.compile(r"is AZ balanced")),
)


@dataclass(frozen=True)
class Row:
    """One thing that happened."""

    time: datetime
    who: str
    what: str


def rows(services: Iterable[Mapping[str, Any]], tasks: Iterable[Mapping[str, Any]]) -> list[Row]:
    """From describe_services and describe_tasks answers to one story in order of time."""
    found = [
        Row(event["createdAt"], service["serviceName"], _plain(event["message"]))
        for service in services
        for event in service.get("events", ())
    ]
    found += _lives(tasks)
    return sorted(found, key=lambda row: row.time)


def _plain(message: str) -> str:
    """The event in the learner's words; an unknown wording stays as ECS wrote it."""
    for key, wording in WORDINGS:
        if match := wording.search(message):
            values = {name: str(value) for name, value in match.groupdict().items()}
            return say(f"{key}_one" if values.get("n") == "1" else key, None, **values)
    return message


def _lives(tasks: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    numbers: dict[str, int] = {}
    for task in sorted(tasks, key=lambda each: each["createdAt"]):
        who = task.get("group", "").partition(":")[2] or task["taskArn"].rpartition("/")[2]
        numbers[who] = numbers.get(who, 0) + 1
        alias = say("alias", number=numbers[who])
        yield Row(task["createdAt"], who, say("created", alias=alias))
        if started := task.get("startedAt"):
            waited = _seconds(started - task["createdAt"])
            yield Row(started, who, say("running", alias=alias, seconds=waited))
        if stopped := task.get("stoppedAt"):
            yield Row(stopped, who, say("ended", alias=alias, reason=task.get("stoppedReason", "?")))


def _seconds(duration: timedelta) -> str:
    """Seconds with two decimals, as the learner's language writes them."""
    text = f"{duration.total_seconds():.2f}"
    return text.replace(".", ",") if language() == "fr" else text


def timeline(story: Sequence[Row]) -> Shown:
    """A table whose clock starts with the first row; a long one shows its end, and what came before on scrolling up."""
    names = ", ".join(sorted({row.who for row in story})) or say("nothing")
    if not story:
        return Shown(say("line", names=names), f"<p>{escape(say('line', names=names))}</p>")
    start = story[0].time
    header = "".join(
        f'<th scope="col" style="text-align:left">{escape(say(key))}</th>' for key in ("when", "who", "what")
    )
    body = "".join(
        f"<tr><td style='text-align:right;font-variant-numeric:tabular-nums'>"
        f"{escape(say('seconds', seconds=_seconds(row.time - start)))}</td>"
        f"<td style='text-align:left'>{escape(row.who)}</td><td style='text-align:left'>{escape(row.what)}</td></tr>"
        for row in story
    )
    table = (
        f"<table><caption>{escape(say('title'))}</caption><thead><tr>{header}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
    box = "max-height:24em;overflow:auto;display:flex;flex-direction:column-reverse;align-items:flex-start"
    return Shown(say("line", names=names), f'<div style="{box}">{table}</div>')
