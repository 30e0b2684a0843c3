"""A task's life: which states it passes, what ECS does in each, and what DescribeTasks says in the end. Pure.

The words of AWS are those of the local cloud (`labs.cloud.task_words`), and so are the rules: who drains, who waits
for a program, who is left alone. Lengths are schematic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from labs.cloud.engine.base import OUT_OF_MEMORY
from labs.cloud.task_words import (
    ACTIVATING,
    BY_USER,
    DEACTIVATING,
    DEPROVISIONING,
    ESSENTIAL_EXITED,
    FAILED_CONTAINER_CHECKS,
    KILLED,
    PENDING,
    PROVISIONING,
    RUNNING,
    SPOT_INTERRUPTED,
    STOPPED,
    STOPPING,
    cannot_pull,
    failed_target_checks,
    host_terminated,
    image_not_found,
    scaled,
)

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:v3"
TARGET_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/0a1b2c3d4e5f6071"
DEPLOYMENT = "ecs-svc/1234567890123456789"
MACHINE = "i-0a1b2c3d4e5f60718"

EVENTS = ("stop", "scale-in", "image", "exit", "memory", "container-check", "target-check", "spot")
NEEDS_SERVICE = ("scale-in", "target-check")

AFTERWARDS = {  # what a service does, where it is not simply to start another task
    "scale-in": "not-replaced",
    "container-check": "replaced-first",
    "target-check": "replaced-first",
}

LENGTHS = {PROVISIONING: 2.4, PENDING: 4.8, ACTIVATING: 1.6, RUNNING: 6.0, DEACTIVATING: 1.4}
DRAINING = 4.0
GONE, TIDY, DEAF = 1.4, 1.8, 0.6  # of STOPPING: nothing runs; it leaves by itself; it is waited for
LAST = {DEPROVISIONING: 1.4, STOPPED: 1.6}


@dataclass(frozen=True)
class Case:
    """What the learner chose."""

    event: str
    fargate: bool = True
    service: bool = False
    balanced: bool = False
    listens: bool = True
    code: int = 1
    timeout: int = 30

    @property
    def possible(self) -> bool:
        """Whether this can happen to such a task."""
        return (self.event != "scale-in" or self.service) and (
            self.event != "target-check" or (self.service and self.balanced)
        )


@dataclass(frozen=True)
class Phase:
    """One state; `does` is the key of the text that says what ECS does meanwhile."""

    state: str
    desired: str
    does: str
    length: float


@dataclass(frozen=True)
class Ending:
    """What is left to read of a task that stopped."""

    code: str  # stopCode
    reason: str  # stoppedReason
    exit_code: int | None = None
    container_reason: str | None = None


@dataclass(frozen=True)
class Life:
    """All phases in order, and the ending; without one the task runs on."""

    case: Case
    phases: tuple[Phase, ...]
    ending: Ending | None
    remarks: tuple[str, ...] = field(default=())

    @property
    def states(self) -> tuple[str, ...]:
        """The states that it passed."""
        return tuple(phase.state for phase in self.phases)

    def start(self, state: str) -> float:
        """When it entered that state, in schematic units."""
        return sum(phase.length for phase in self.phases[: self.states.index(state)])

    @property
    def asked(self) -> float | None:
        """When desiredStatus became STOPPED."""
        passed = 0.0
        for phase in self.phases:
            if phase.desired == STOPPED:
                return passed
            passed += phase.length
        return None

    @property
    def signalled(self) -> bool:
        """Whether the program was still there to get the stop signal."""
        return self.ending is not None and _runs_until_stopped(self.case)

    def described(self) -> dict[str, Any]:
        """The part of DescribeTasks' answer that a search for the cause begins with."""
        running = self.ending is None
        status = RUNNING if running else STOPPED
        container: dict[str, Any] = {"name": "shop", "lastStatus": status}
        task: dict[str, Any] = {"lastStatus": status, "desiredStatus": status}
        if self.ending is not None:
            task |= {"stopCode": self.ending.code, "stoppedReason": self.ending.reason}
            if self.ending.exit_code is not None:
                container["exitCode"] = self.ending.exit_code
            if self.ending.container_reason is not None:
                container["reason"] = self.ending.container_reason
        if self.case.event == "container-check":
            container["healthStatus"] = "UNHEALTHY"
        return task | {"containers": [container]}


def live(case: Case) -> Life | None:
    """The life of a task to which this happens; None when it cannot."""
    if not case.possible:
        return None
    ending = _ending(case)
    return Life(case, tuple(_phases(case, ending)), ending, tuple(_remarks(case, ending)))


def _runs_until_stopped(case: Case) -> bool:
    """Whether a program is there when ECS comes to stop it; EC2 takes a Spot instance with all that is on it."""
    if case.event == "spot":
        return case.fargate
    return case.event in ("stop", "scale-in", "container-check", "target-check")


def _ending(case: Case) -> Ending | None:
    left = 0 if case.listens else KILLED
    match case.event:
        case "stop":
            return Ending("UserInitiated", BY_USER, left)
        case "scale-in":
            return Ending("ServiceSchedulerInitiated", scaled(DEPLOYMENT), left)
        case "image":
            reason = cannot_pull(image_not_found(IMAGE))
            return Ending("TaskFailedToStart", reason, container_reason=reason)
        case "exit":
            return Ending("EssentialContainerExited", ESSENTIAL_EXITED, case.code)
        case "memory":
            return Ending("EssentialContainerExited", ESSENTIAL_EXITED, KILLED, OUT_OF_MEMORY)
        case "container-check":
            if not case.service:
                return None  # nobody looks after a task that RunTask started
            return Ending("ServiceSchedulerInitiated", FAILED_CONTAINER_CHECKS, left)
        case "target-check":
            return Ending("ServiceSchedulerInitiated", failed_target_checks(TARGET_GROUP), left)
        case _:
            if case.fargate:
                return Ending("SpotInterruption", SPOT_INTERRUPTED, left)
            return Ending("TerminationNotice", host_terminated(MACHINE))


def _phases(case: Case, ending: Ending | None) -> Iterator[Phase]:
    where = "fargate" if case.fargate else "ec2"

    def up(state: str, does: str) -> Phase:
        return Phase(state, RUNNING, does, LENGTHS[state])

    yield up(PROVISIONING, f"provisioning-{where}")
    if case.event == "image":
        yield up(PENDING, "pending-fails")
    else:
        yield up(PENDING, f"pending-{where}")
        yield up(ACTIVATING, "activating-target" if case.balanced else "activating")
        yield up(RUNNING, "running" if ending else "running-on")
        if ending is None:
            return
        drains = case.balanced and ending.code == "ServiceSchedulerInitiated"
        does = "draining" if drains else "deregistered" if case.balanced else "deactivating"
        yield Phase(DEACTIVATING, STOPPED, does, DRAINING if drains else LENGTHS[DEACTIVATING])
    does, length = _stopping(case)
    yield Phase(STOPPING, STOPPED, does, length)
    yield Phase(DEPROVISIONING, STOPPED, f"deprovisioning-{where}", LAST[DEPROVISIONING])
    yield Phase(STOPPED, STOPPED, "stopped", LAST[STOPPED])


def _stopping(case: Case) -> tuple[str, float]:
    """What happens in STOPPING, and for how long."""
    if not _runs_until_stopped(case):
        return "stopping-gone", GONE
    if case.listens:
        return "stopping-tidy", TIDY
    return "stopping-deaf", DEAF * sqrt(case.timeout)  # long waits are drawn shorter than they are


def _remarks(case: Case, ending: Ending | None) -> Iterator[str]:
    """Keys of what else is worth knowing."""
    if case.event == "spot":
        yield "spot-fargate" if case.fargate else "spot-ec2"
    if case.event == "container-check":
        yield "check-times"
    if case.event == "exit":
        yield "exit-zero" if case.code == 0 else "exit-signal" if case.code > 128 else "exit-own"
    if case.event == "image":
        yield "image-causes"
    if ending is None:
        return
    if case.service:
        yield AFTERWARDS.get(case.event, "replaced")
    else:
        yield "never-replaced"
