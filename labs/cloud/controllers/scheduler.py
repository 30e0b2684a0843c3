"""The service scheduler's decisions: what to start and what to stop. Pure: facts in, plan out.

Rule numbers refer to AWS's documented behaviour (floor and ceiling of a deployment, health, zones).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from math import ceil, floor

SETTLE = 40.0  # seconds after RUNNING for a task that nothing checks [rule 10; API DeploymentConfiguration]
FIRST_DELAY = 5.0  # seconds of throttling after the first failed round of starts, doubled each time
LONGEST_DELAY = 27 * 60.0  # seconds [rule 16]


class Health(Enum):
    """What the scheduler makes of a task that should run."""

    PENDING = "pending"  # on its way: not RUNNING, or not checked yet
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class Why(Enum):
    """Why a task is stopped."""

    SCALING = "scaling"
    DEPLOYMENT = "deployment"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class TaskFacts:
    """A task of the service whose desired status is RUNNING."""

    id: str
    deployment: str
    zone: str
    health: Health


@dataclass(frozen=True)
class DeploymentFacts:
    """A deployment: how many tasks it may have, whether it ever was complete, whether its starts are held back."""

    id: str
    desired: int
    stable: bool = False
    held: bool = False


@dataclass(frozen=True)
class ServiceFacts:
    """All that a plan depends on."""

    desired: int
    minimum_percent: int
    maximum_percent: int
    deployments: tuple[DeploymentFacts, ...]  # the primary first, then newest first
    tasks: tuple[TaskFacts, ...]
    zones: tuple[str, ...]  # where tasks may be placed; the order breaks ties
    replacing: bool = False  # an unhealthy task is on its way down

    @property
    def floor(self) -> int:
        """No task is stopped that would leave fewer healthy ones [rule 9]."""
        return ceil(Fraction(self.desired * self.minimum_percent, 100))

    @property
    def ceiling(self) -> int:
        """No task is started that would make more [rule 9]."""
        return floor(Fraction(self.desired * self.maximum_percent, 100))


@dataclass(frozen=True)
class Start:
    """Start a task of that deployment in that zone."""

    deployment: str
    zone: str


@dataclass(frozen=True)
class Stop:
    """Stop that task."""

    task: str
    why: Why


@dataclass(frozen=True)
class Plan:
    """What to do now. `desired`: how many tasks each older deployment may keep from now on."""

    starts: tuple[Start, ...] = ()
    stops: tuple[Stop, ...] = ()
    desired: Mapping[str, int] = field(default_factory=dict)
    stuck: bool = False  # the deployment configuration allows neither a start nor a stop


def health(
    *,
    running_for: float | None,
    targets: Iterable[str],
    container: str | None,
    grace: float,
) -> Health:
    """A task's health [rules 10, 13].

    `running_for`: seconds since RUNNING, None before. `targets`: its state in each target group of the service.
    `container`: HEALTHY, UNHEALTHY or UNKNOWN when a container health check is defined, else None.
    `grace`: the health check grace period in seconds, which excuses both.
    """
    if running_for is None:
        return Health.PENDING
    states = list(targets)
    if not states and container is None:
        return Health.HEALTHY if running_for >= SETTLE else Health.PENDING
    if "unhealthy" in states or container == "UNHEALTHY":
        return Health.PENDING if running_for < grace else Health.UNHEALTHY
    if all(state == "healthy" for state in states) and container in (None, "HEALTHY"):
        return Health.HEALTHY
    return Health.PENDING


def start_delay(failures: int, desired: int) -> float:
    """Seconds to hold back starts after so many tasks in a row never got to RUNNING [rule 16, simple form]."""
    rounds = failures // max(1, desired)
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(rounds - 1, 20)) if rounds else 0.0


def plan(service: ServiceFacts) -> Plan:
    """What to start and stop now.

    Older deployments give way as the primary's tasks turn healthy; until then a task they lose is replaced with
    their own revision [rule 12]. Unhealthy tasks are replaced first and stopped then, if the ceiling allows;
    else one makes room [rule 11].
    """
    return _Planner(service).plan()


class _Planner:
    def __init__(self, service: ServiceFacts):
        self.service = service
        self.tasks: dict[str, list[TaskFacts]] = {deployment.id: [] for deployment in service.deployments}
        for task in service.tasks:
            self.tasks[task.deployment].append(task)
        self.healthy = sum(task.health is Health.HEALTHY for task in service.tasks)
        self.zones = Counter(task.zone for task in service.tasks)
        self.starts: list[Start] = []
        self.stops: dict[str, Stop] = {}

    def plan(self) -> Plan:
        primary, *older = self.service.deployments
        desired = {primary.id: self.service.desired} | self._kept(primary, older)
        for deployment in self.service.deployments:
            self._stop_surplus(
                deployment, desired[deployment.id], Why.SCALING if deployment is primary else Why.DEPLOYMENT
            )
        blocked = 0
        for deployment in (*older, primary):  # what was lost comes before what is new
            blocked = 0 if deployment.held else self._start(deployment, desired[deployment.id])
        stuck = False
        if blocked:
            self._make_room(blocked, older, desired)
            moving = (
                any(task.health is Health.PENDING for task in self.service.tasks) or self.service.replacing
            )
            stuck = not (self.starts or self.stops or moving)
        return Plan(
            tuple(self.starts), tuple(self.stops.values()), {d.id: desired[d.id] for d in older}, stuck
        )

    def _kept(self, primary: DeploymentFacts, older: list[DeploymentFacts]) -> dict[str, int]:
        """How many tasks each older deployment keeps: what the primary does not provide yet, never more than it had."""
        missing = max(0, self.service.desired - len(self._of(primary.id, Health.HEALTHY)))
        kept = {}
        for deployment in sorted(older, key=lambda deployment: not deployment.stable):
            kept[deployment.id] = min(deployment.desired, missing)
            missing -= kept[deployment.id]
        return kept

    def _stop_surplus(self, deployment: DeploymentFacts, desired: int, why: Why) -> None:
        """Stop what is beyond `desired`: unhealthy tasks that are replaced, then tasks that never got going."""
        healthy, unhealthy, pending = (
            self._of(deployment.id, state) for state in (Health.HEALTHY, Health.UNHEALTHY, Health.PENDING)
        )
        replaced = max(0, len(healthy) + len(unhealthy) - desired)
        for task in self._crowded(unhealthy)[:replaced]:
            self._stop(task, Why.UNHEALTHY)
        surplus = len(healthy) + len(pending) - desired
        for task in [*self._crowded(pending), *self._crowded(healthy)][: max(0, surplus)]:
            self._stop(task, why)

    def _start(self, deployment: DeploymentFacts, desired: int) -> int:
        """Start what is missing as far as the ceiling allows; how many had to be left."""
        good = len(self._of(deployment.id, Health.HEALTHY)) + len(self._of(deployment.id, Health.PENDING))
        missing = max(0, desired - good)
        room = max(0, self.service.ceiling - len(self.service.tasks) - len(self.starts))
        for _ in range(min(missing, room)):
            self.starts.append(Start(deployment.id, self._emptiest(deployment.id)))
        return max(0, missing - room)

    def _make_room(self, blocked: int, older: list[DeploymentFacts], desired: dict[str, int]) -> None:
        """Stop tasks so that the primary's blocked starts can follow: older revisions first, within the floor."""
        before = len(self.stops)
        for deployment in older:
            for state in (Health.UNHEALTHY, Health.PENDING, Health.HEALTHY):
                for task in self._crowded(self._of(deployment.id, state)):
                    if len(self.stops) - before < blocked and self._stop(task, Why.DEPLOYMENT):
                        left = sum(
                            len(self._of(deployment.id, good)) for good in (Health.PENDING, Health.HEALTHY)
                        )
                        desired[deployment.id] = min(desired[deployment.id], left)
        if len(self.stops) == before and not self.service.replacing:
            for task in self._crowded([t for t in self.service.tasks if t.health is Health.UNHEALTHY])[:1]:
                self._stop(task, Why.UNHEALTHY)

    def _stop(self, task: TaskFacts, why: Why) -> bool:
        if task.id in self.stops:
            return False
        if task.health is Health.HEALTHY:
            if self.healthy - 1 < self.service.floor:
                return False
            self.healthy -= 1
        self.stops[task.id] = Stop(task.id, why)
        self.zones[task.zone] -= 1
        return True

    def _of(self, deployment: str, state: Health) -> list[TaskFacts]:
        return [task for task in self.tasks[deployment] if task.health is state and task.id not in self.stops]

    def _crowded(self, tasks: Iterable[TaskFacts]) -> list[TaskFacts]:
        """The order to stop in: each next one from the zone that then has most [rule 17]."""
        left, counts, order = sorted(tasks, key=lambda task: task.id), Counter(self.zones), []
        while left:
            task = max(left, key=lambda task: counts[task.zone])
            left.remove(task)
            counts[task.zone] -= 1
            order.append(task)
        return order

    def _emptiest(self, deployment: str) -> str:
        """The zone with the fewest tasks of the deployment, then of the service [rule 17]; "" when there is none."""
        own = Counter(task.zone for task in self.tasks[deployment])
        own.update(start.zone for start in self.starts if start.deployment == deployment)
        zone = min(self.service.zones, key=lambda zone: (own[zone], self.zones[zone]), default="")
        self.zones[zone] += 1
        return zone
