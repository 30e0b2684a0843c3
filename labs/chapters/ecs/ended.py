"""How a task that was to run to its end did end: what three challenges judge alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labs.learner import Texts

say = Texts(
    {
        "not_stopped": {
            "fr": "la dernière tâche de {family} n’est pas arrêtée",
            "en": "the last task of {family} has not stopped",
        },
        "not_started": {
            "fr": "la tâche n’a pas démarré : {reason}",
            "en": "the task did not start: {reason}",
        },
        "failed": {
            "fr": "le conteneur {name} est sorti avec le code {code}",
            "en": "the container {name} left with exit code {code}",
        },
    }
)


@dataclass(frozen=True)
class Ended:
    """A task's status and stoppedReason, and the exit code of the container that counts."""

    status: str = "STOPPED"
    reason: str = ""
    exit_code: int | None = 0
    container: str = ""


def of(task: Mapping[str, Any], container: str) -> Ended:
    """The end of a task as DescribeTasks tells it, judged by that container."""
    [found] = [each for each in task["containers"] if each["name"] == container]
    return Ended(task["lastStatus"], task.get("stoppedReason", ""), found.get("exitCode"), container)


def problems(ended: Ended, family: str) -> Iterator[str]:
    """It stopped, after it had started, with exit code 0."""
    if ended.status != "STOPPED":
        yield say("not_stopped", family=family)
    elif ended.exit_code is None:
        yield say("not_started", reason=ended.reason)
    elif ended.exit_code:
        yield say("failed", name=ended.container, code=ended.exit_code)
