"""The service scheduler's decisions: what to start and what to stop. Pure: facts in, plan out.

Rule numbers refer to AWS's documented behaviour (floor and ceiling of a deployment, health, zones); see RULES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from math import ceil, floor
from typing import Any

from labs.cloud.controllers.capacity import split

SETTLE = 40.0  # seconds after RUNNING for a task that nothing checks [RULES 10; API DeploymentConfiguration]
FIRST_DELAY = 5.0  # seconds of throttling after the first failed round of starts, doubled each time
LONGEST_DELAY = 27 * 60.0  # seconds [RULES 16]
SHORT_LIFE = 10.0  # seconds of RUNNING; a program that ends by itself sooner will do so again
BREATH = 3.0  # seconds until it is started again: AWS needs longer to bring up any task


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
    REBALANCING = "rebalancing"
    DRAINING = "draining"  # its container instance is being emptied


@dataclass(frozen=True)
class TaskFacts:
    """A task of the service whose desired status is RUNNING."""

    id: str
    deployment: str
    zone: str
    health: Health
    provider: str = ""  # its capacity provider
    rebalancing: bool = False  # started beside those that are wanted, to even out the zones
    instance: str = ""  # the container instance it is on, in EC2 capacity
    draining: bool = False  # that instance is being emptied: the task is replaced like an unhealthy one
    turn: int = 0  # by the placement strategy: the higher, the sooner it goes in a scale-in


@dataclass(frozen=True)
class DeploymentFacts:
    """A deployment: how many tasks it may have and how it stands."""

    id: str
    desired: int
    stable: bool = False  # it once was complete
    held: bool = False  # its starts are throttled
    failed: bool = False  # it starts nothing any more [RULES 14]
    strategy: tuple[Mapping[str, Any], ...] = ()  # its capacity provider strategy; none for a launch type


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
    rebalance: bool = False  # it is steady, and zone rebalancing is on

    @property
    def floor(self) -> int:
        """No task is stopped that would leave fewer healthy ones [RULES 9]."""
        return ceil(Fraction(self.desired * self.minimum_percent, 100))

    @property
    def ceiling(self) -> int:
        """No task is started that would make more [RULES 9]."""
        return floor(Fraction(self.desired * self.maximum_percent, 100))


@dataclass(frozen=True)
class Start:
    """Start a task of that deployment in that zone, on that capacity provider when it has a strategy."""

    deployment: str
    zone: str
    provider: str = ""
    replaces: bool = False  # an unhealthy one, which is stopped once this one is healthy
    rebalancing: bool = False
    instance: str = ""  # the container instance to start it on, for a daemon


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
    """A task's health [RULES 10, 13].

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
    """Seconds to hold back starts after so many tasks in a row never got to RUNNING [RULES 16, simple form]."""
    rounds = failures // max(1, desired)
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(rounds - 1, 20)) if rounds else 0.0


def complete(service: ServiceFacts, decided: Plan, alive: Set[str]) -> bool:
    """Whether the primary's healthy tasks are all there is, and nothing is left to do.

    `alive`: deployments of which a task still runs. Draining tasks belong to theirs: a roll-out is not over before
    they are.
    """
    primary = service.deployments[0]
    healthy = sum(task.deployment == primary.id and task.health is Health.HEALTHY for task in service.tasks)
    return (
        not primary.failed
        and not alive - {primary.id}
        and healthy == len(service.tasks) == service.desired
        and not (decided.starts or decided.stops)
    )


def plan(service: ServiceFacts) -> Plan:
    """What to start and stop now.

    Older deployments give way as the primary's tasks turn healthy; until then a task they lose is replaced with
    their own revision [RULES 12]. Unhealthy tasks are replaced first and stopped then, if the ceiling allows;
    else one makes room [RULES 11].
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
            self._stop_surplus(deployment, desired[deployment.id], deployment is primary)
        blocked = 0
        for deployment in (*older, primary):  # what was lost comes before what is new
            resting = deployment.held or deployment.failed
            blocked = 0 if resting else self._start(deployment, desired[deployment.id])
        stuck = False
        if blocked:
            self._make_room(blocked, older, desired)
            moving = (
                any(task.health is Health.PENDING for task in self.service.tasks) or self.service.replacing
            )
            stuck = not (self.starts or self.stops or moving)
        elif self.service.rebalance and not (older or self.starts or self.stops):
            self._rebalance(primary)
        return Plan(
            tuple(self.starts), tuple(self.stops.values()), {d.id: desired[d.id] for d in older}, stuck
        )

    def _kept(self, primary: DeploymentFacts, older: list[DeploymentFacts]) -> dict[str, int]:
        """How many tasks each older deployment keeps: what the primary does not provide yet, never more than it had.

        Of a failed one only what works is kept, for as long as it is needed; one that never was complete gets
        nothing any more, or its failures would take the place of what repairs them.
        """
        missing = max(0, self.service.desired - len(self._of(primary.id, Health.HEALTHY)))
        kept = {}
        for deployment in sorted(older, key=lambda deployment: not deployment.stable):
            healthy, pending = (len(self._of(deployment.id, s)) for s in (Health.HEALTHY, Health.PENDING))
            has = healthy if deployment.failed else healthy + pending
            most = deployment.desired if deployment.stable and not deployment.failed else has
            kept[deployment.id] = min(deployment.desired, most, missing)
            missing -= kept[deployment.id]
        return kept

    def _stop_surplus(self, deployment: DeploymentFacts, desired: int, primary: bool) -> None:
        """Stop what is beyond `desired`: unhealthy tasks that are replaced, then tasks that never got going."""
        healthy, unhealthy, pending = (
            self._of(deployment.id, state) for state in (Health.HEALTHY, Health.UNHEALTHY, Health.PENDING)
        )
        moved = primary and any(task.rebalancing for task in healthy)
        why = (
            Why.DEPLOYMENT
            if not primary
            else Why.REBALANCING
            if moved and len(healthy) > self.service.desired
            else Why.SCALING
        )
        replaced = (
            len(unhealthy) if deployment.failed else max(0, len(healthy) + len(unhealthy) - desired)
        )  # nothing comes to replace those of a failed one
        for task in self._crowded(unhealthy, deployment)[:replaced]:
            self._stop(task, Why.UNHEALTHY)
        if primary:  # a task that is to even out the zones is beyond `desired` on purpose until it is healthy
            pending = [task for task in pending if not task.rebalancing]
        surplus = len(healthy) + len(pending) - desired
        order = [*self._crowded(pending, deployment), *self._crowded(healthy, deployment)]
        for task in order[: max(0, surplus)]:
            self._stop(task, why)

    def _start(self, deployment: DeploymentFacts, desired: int) -> int:
        """Start what is missing as far as the ceiling allows; how many had to be left."""
        good = len(self._of(deployment.id, Health.HEALTHY)) + len(self._of(deployment.id, Health.PENDING))
        missing = max(0, desired - good)
        room = max(0, self.service.ceiling - len(self.service.tasks) - len(self.starts))
        unhealthy = sum(not task.draining for task in self._of(deployment.id, Health.UNHEALTHY))
        for number in range(min(missing, room)):
            self._begin(deployment, replaces=number < unhealthy)
        return max(0, missing - room)

    def _begin(self, deployment: DeploymentFacts, replaces: bool) -> None:
        provider = self._provider(deployment)
        zone = self._emptiest(deployment.id, provider)
        self.zones[zone] += 1
        self.starts.append(Start(deployment.id, zone, provider, replaces))

    def _make_room(self, blocked: int, older: list[DeploymentFacts], desired: dict[str, int]) -> None:
        """Stop tasks so that the primary's blocked starts can follow: older revisions first, within the floor."""
        before, growing = len(self.stops), {start.deployment for start in self.starts}
        for deployment in older:
            if deployment.id in growing:  # what it lost comes first
                continue
            for state in (Health.UNHEALTHY, Health.PENDING, Health.HEALTHY):
                for task in self._crowded(self._of(deployment.id, state), deployment):
                    if len(self.stops) - before < blocked and self._stop(task, Why.DEPLOYMENT):
                        left = sum(
                            len(self._of(deployment.id, good)) for good in (Health.PENDING, Health.HEALTHY)
                        )
                        desired[deployment.id] = min(desired[deployment.id], left)
        if len(self.stops) == before and not self.service.replacing:
            for task in self._crowded([t for t in self.service.tasks if t.health is Health.UNHEALTHY])[:1]:
                self._stop(task, Why.UNHEALTHY)

    def _rebalance(self, primary: DeploymentFacts) -> None:
        """Start, as far as the ceiling allows, what is missing where there is least; the surplus goes later.

        Balanced is what differs by one task at most, for each capacity provider by itself [DG service-rebalancing;
        RULES 17].
        """
        room = self.service.ceiling - len(self.service.tasks)
        for provider in sorted({task.provider for task in self.service.tasks}):
            counts = Counter(dict.fromkeys(self.service.zones, 0))
            counts.update(task.zone for task in self.service.tasks if task.provider == provider)
            while room > len(self.starts) and self.service.zones:
                emptiest = min(self.service.zones, key=lambda zone: counts[zone])
                fullest = max(counts, key=lambda zone: counts[zone])
                if counts[fullest] - counts[emptiest] <= 1:
                    break
                counts[fullest] -= 1
                counts[emptiest] += 1
                self.starts.append(Start(primary.id, emptiest, provider, rebalancing=True))

    def _stop(self, task: TaskFacts, why: Why) -> bool:
        if task.id in self.stops:
            return False
        if task.health is Health.HEALTHY:
            if self.healthy - 1 < self.service.floor:
                return False
            self.healthy -= 1
        moved = why is Why.UNHEALTHY and task.draining
        self.stops[task.id] = Stop(task.id, Why.DRAINING if moved else why)
        self.zones[task.zone] -= 1
        return True

    def _of(self, deployment: str, state: Health) -> list[TaskFacts]:
        return [task for task in self.tasks[deployment] if task.health is state and task.id not in self.stops]

    def _crowded(
        self, tasks: Iterable[TaskFacts], deployment: DeploymentFacts | None = None
    ) -> list[TaskFacts]:
        """The order to stop in: each next one from the provider that is most above its share, then as the placement
        strategy has it, then from the zone that then has most [RULES 17]."""
        left, zones, order = sorted(tasks, key=lambda task: task.id), Counter(self.zones), []
        own = Counter((task.provider, task.zone) for task in self.service.tasks if task.id not in self.stops)
        beyond: Counter[str] = Counter()
        if deployment is not None and deployment.strategy:
            beyond.update(self._providers(deployment.id))
            beyond.subtract(split(deployment.strategy, {}, self.service.desired))
        while left:
            task = max(
                left,
                key=lambda task: (
                    beyond[task.provider], task.turn, own[task.provider, task.zone], zones[task.zone]
                ),
            )  # fmt: skip
            left.remove(task)
            own[task.provider, task.zone] -= 1
            zones[task.zone] -= 1
            beyond[task.provider] -= 1
            order.append(task)
        return order

    def _emptiest(self, deployment: str, provider: str) -> str:
        """The zone with the fewest tasks of the deployment on that provider, then of the service [RULES 17].

        "" when there is none.
        """
        own = Counter(task.zone for task in self.tasks[deployment] if task.provider == provider)
        own.update(
            start.zone
            for start in self.starts
            if (start.deployment, start.provider) == (deployment, provider)
        )
        return min(self.service.zones, key=lambda zone: (own[zone], self.zones[zone]), default="")

    def _provider(self, deployment: DeploymentFacts) -> str:
        """Where the next task goes by the strategy's bases and weights; "" without a strategy."""
        shares = split(deployment.strategy, self._providers(deployment.id), 1)
        return next((name for name, count in shares.items() if count), "")

    def _providers(self, deployment: str) -> Counter[str]:
        counts = Counter(task.provider for task in self.tasks[deployment] if task.id not in self.stops)
        counts.update(start.provider for start in self.starts if start.deployment == deployment)
        return counts
