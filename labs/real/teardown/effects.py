"""Carrying a step out: again and again while AWS is not ready, and for so long as patience lasts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from labs.real.guard import Refused
from labs.real.resources import KINDS
from labs.real.resources.model import Aws, is_gone
from labs.real.teardown.plan import Step
from labs.real.teardown.texts import say

PATIENCE = 20 * 60.0  # seconds of waiting in one teardown: AWS frees network interfaces in its own time
LONGEST_PAUSE = 15.0  # seconds between two looks

# What AWS answers while something else must go first, or is still going.
NOT_YET = frozenset(
    {
        "DependencyViolation",
        "DeleteConflict",
        "ResourceInUse",
        "ResourceInUseException",
        "ScalingActivityInProgress",
        "ResourceContention",
        "UpdateInProgressException",
        "ClusterContainsServicesException",
        "ClusterContainsTasksException",
        "ClusterContainsContainerInstancesException",
        "Client.InUse",
        "ConcurrentModification",
        "OperationAbortedException",
        # Too many calls, even for botocore's own repeats
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
NOT_YET_IN_WORDS = "while deployments are active"
"""What ECS says of a service that is still being deployed, under a code that means many things."""


class Patience:
    """How long a teardown may wait in all; `sleep` is injected by tests."""

    def __init__(self, seconds: float = PATIENCE, sleep: Callable[[float], None] = time.sleep):
        self.left = seconds
        self._sleep = sleep

    def pauses(self) -> Iterator[None]:
        """Pause between looks, ever longer, until patience ends."""
        pause = 1.0
        while self.left > 0:
            self._sleep(min(pause, self.left))
            self.left -= pause
            yield
            pause = min(pause * 1.5, LONGEST_PAUSE)


def carry_out(step: Step, aws: Aws, patience: Patience) -> str | None:
    """Do one step, again and again while AWS is not ready. Gives why it could not be done, or None."""
    kind, id_ = KINDS[step.resource.kind], step.resource.id
    problem = say("still there")
    for _ in _now_and(patience.pauses()):
        try:
            if step.action.do is not None:
                step.action.do(aws, id_)
                return None
            if kind.tags(aws, id_) is None:
                return None
        except ClientError as error:
            if is_gone(error):
                return None
            problem = str(error)
            if error.response["Error"]["Code"] not in NOT_YET and NOT_YET_IN_WORDS not in problem:
                return problem
        except (BotoCoreError, Refused) as error:  # no answer, or no longer the run's: the other steps go on
            return str(error)
    return problem


def _now_and(later: Iterator[None]) -> Iterator[None]:
    yield None
    yield from later
