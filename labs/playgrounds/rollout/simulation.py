"""A roll-out on paper: the local cloud's own decisions, over tasks that behave as the learner says. Pure.

What to start and stop, what is healthy, which failures count and when it is over are decided by the functions that
move the local cloud's services. Here is only what surrounds them: tasks, a clock, and who is the primary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from labs.cloud.controllers.circuit_breaker import CircuitBreaker, Failure
from labs.cloud.controllers.scheduler import (
    BREATH,
    DeploymentFacts,
    Health,
    Plan,
    ServiceFacts,
    TaskFacts,
    Why,
    complete,
    health,
    plan,
    start_delay,
)
from labs.cloud.controllers.target_states import (
    HEALTHY,
    REGISTERING,
    REGISTRATION_SECONDS,
    Record,
    after,
    mismatch,
)
from labs.cloud.load_balancer.model import HealthCheck, Target, TargetGroup

Version = Literal["good", "crashes", "fails_check", "no_image"]

BOOT = 20.0  # seconds from the start of a task to RUNNING: its network interface, its image
CRASH = 3.0  # seconds of RUNNING after which a version that crashes ends
CHECK = HealthCheck()  # the load balancer's defaults
POLL = 1.0  # seconds between two looks of the scheduler while something moves
HORIZON = 30 * 60.0  # seconds; what is not over then is not drawn to its end
REST = 60.0  # seconds that are drawn of a state in which nothing moves any more

GROUP = TargetGroup("web", "web", "HTTP", check=CHECK)
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class Setting:
    """A service with `desired` healthy tasks of its old version, and the new version that is deployed at time 0.

    `warm`: seconds of RUNNING until a task answers its health check. `drain`: the deregistration delay.
    """

    desired: int = 4
    minimum: int = 100
    maximum: int = 200
    version: Version = "good"
    warm: float = 20.0
    grace: float = 0.0
    drain: float = 60.0
    breaker: bool = True
    rollback: bool = True

    @property
    def circuit_breaker(self) -> CircuitBreaker:
        """As the local cloud reads it from a deployment configuration."""
        switches = {"enable": self.breaker, "rollback": self.rollback}
        return CircuitBreaker.of({"deploymentCircuitBreaker": switches})


class Kind(Enum):
    """What a step of the roll-out is about."""

    START = "start"
    HEALTHY = "healthy"
    DRAIN = "drain"  # from the load balancer's list, then stopped
    STOP = "stop"  # before it was RUNNING
    GONE = "gone"  # drained
    FAIL = "fail"
    THROTTLE = "throttle"
    TRIP = "trip"
    BACK = "back"
    STALL = "stall"
    STUCK = "stuck"
    COMPLETE = "complete"
    RETURNED = "returned"  # complete, after a roll-back


@dataclass(frozen=True)
class Step:
    """`count` tasks of a version did this; of a failure, how many there are by now."""

    at: float
    kind: Kind
    version: str
    count: int = 0


@dataclass(frozen=True)
class Frame:
    """How many tasks there are from `at` on. `waiting` are not healthy (yet), `draining` are on their way out."""

    at: float
    old: int
    new: int
    waiting: int
    draining: int


@dataclass(frozen=True)
class Story:
    """All of a roll-out: what there was when, and the steps. `ended`: why nothing more happens; None at the horizon."""

    setting: Setting
    facts: ServiceFacts
    frames: tuple[Frame, ...]
    steps: tuple[Step, ...]
    until: float
    ended: Kind | None
    failures: int  # most of the new version, as the circuit breaker counts
    threshold: int

    @property
    def lowest(self) -> int:
        """Fewest healthy tasks at any time."""
        return min(frame.old + frame.new for frame in self.frames)

    @property
    def highest(self) -> int:
        """Most tasks at any time, without those that drain: what the ceiling is about."""
        return max(frame.old + frame.new + frame.waiting for frame in self.frames)

    @property
    def short(self) -> float:
        """Seconds with fewer healthy tasks than desired."""
        ends = [*(frame.at for frame in self.frames[1:]), self.until]
        return sum(
            end - frame.at
            for frame, end in zip(self.frames, ends, strict=True)
            if frame.old + frame.new < self.setting.desired
        )


def unfold(setting: Setting) -> Story:
    """What happens after the new version is deployed."""
    return _Service(setting).unfold()


@dataclass
class _Task:
    id: str
    deployment: str
    started: float
    running: float | None = None
    record: Record | None = None  # the load balancer's, once it is registered
    next_check: float = 0.0
    active: bool = True
    unhealthy: bool = False  # stopped for its health: it is being replaced
    gone_at: float | None = None  # when it is drained
    failure: Failure | None = None  # not counted yet


@dataclass
class _Deployment:
    id: str
    version: Version
    desired: int
    stable: bool = False
    failed: bool = False
    failures: int = 0
    failed_starts: int = 0
    next_start: float = 0.0
    proven: set[str] = field(default_factory=set)

    def facts(self, now: float) -> DeploymentFacts:
        return DeploymentFacts(self.id, self.desired, self.stable, now < self.next_start, self.failed)


class _Service:
    def __init__(self, setting: Setting):
        self.setting = setting
        self.breaker = setting.circuit_breaker
        new, old = (
            _Deployment(NEW, setting.version, setting.desired),
            _Deployment(OLD, "good", setting.desired, stable=True),
        )
        self.by_id = {NEW: new, OLD: old}
        self.deployments = [new, old]
        self.tasks = [self._old_task(number) for number in range(setting.desired)]
        self.now = 0.0
        self.frames: list[Frame] = []
        self.steps: list[Step] = []
        self.worst = 0
        self.stuck = False

    def _old_task(self, number: int) -> _Task:
        task = _Task(f"old-{number:03}", OLD, -HORIZON, -HORIZON)
        task.record = Record(GROUP, Target(task.id, 80, None), HEALTHY)
        task.next_check = HORIZON  # it works: nothing to find out
        self.by_id[OLD].proven.add(task.id)
        return task

    # Time

    def unfold(self) -> Story:
        facts, ended = self._facts(), None
        while ended is None and self.now <= HORIZON:
            self._live()
            moved = self._look()
            ended = self._ending()
            following = self._next_change()
            if following is None and not moved and ended is None:
                ended = Kind.STUCK if self.stuck else Kind.STALL
                self._tell(ended, self.deployments[0].id)
            self.now = min(self.now + POLL if moved or following is None else following, self.now + HORIZON)
        last = self.steps[-1].at
        until = HORIZON if ended is None else last + max(REST, last / 8)
        return Story(
            self.setting, facts, tuple(self.frames), tuple(self.steps), until, ended, self.worst,
            self.breaker.threshold(self.setting.desired),
        )  # fmt: skip

    def _ending(self) -> Kind | None:
        primary = self.deployments[0]
        if primary.stable:
            return self.steps[-1].kind
        nothing_starts = primary.failed and not any(not task.active for task in self.tasks)
        return Kind.STALL if nothing_starts and self.steps[-1].kind is Kind.STALL else None

    def _next_change(self) -> float | None:
        """When a task or a throttled deployment will next have something new; None when nothing ever will."""
        moments = [moment for task in self.tasks for moment in self._changes(task)]
        moments += [each.next_start for each in self.deployments]
        return min((moment for moment in moments if moment > self.now), default=None)

    def _changes(self, task: _Task) -> Iterator[float]:
        if task.gone_at is not None:
            yield max(task.gone_at, self.now + POLL)
        elif task.running is None:
            yield task.started + BOOT
        else:
            if self.by_id[task.deployment].version == "crashes":
                yield task.running + CRASH
            yield task.running + self.setting.grace
            if not self._settled(task):
                yield task.next_check

    def _settled(self, task: _Task) -> bool:
        """Whether its further health checks can change nothing."""
        return task.record is not None and task.record.health == HEALTHY

    # The world

    def _live(self) -> None:
        for task in list(self.tasks):
            if task.gone_at is not None:
                if task.gone_at <= self.now and task.failure is None:  # what failed is counted first
                    self.tasks.remove(task)
            elif task.running is None:
                if task.started + BOOT <= self.now:
                    self._boot(task)
            else:
                self._run(task)
        self._tell_gone()

    def _boot(self, task: _Task) -> None:
        if self.by_id[task.deployment].version == "no_image":
            self._end(task, Failure.NOT_STARTED)
            return
        task.running = self.now
        task.record = Record(GROUP, Target(task.id, 80, None), REGISTERING)
        task.next_check = self.now + REGISTRATION_SECONDS

    def _run(self, task: _Task) -> None:
        deployment = self.by_id[task.deployment]
        assert task.running is not None and task.record is not None
        age = self.now - task.running
        if deployment.version == "crashes" and age >= CRASH:
            self._end(task, Failure.ENDED)
            deployment.next_start = self.now + BREATH  # its life was short
        elif task.next_check <= self.now and not self._settled(task):
            answers = deployment.version == "good" and age >= self.setting.warm
            task.record = after(task.record, HEALTHY if answers else mismatch(500))
            task.next_check += CHECK.interval

    def _end(self, task: _Task, failure: Failure) -> None:
        task.active, task.failure, task.gone_at = False, failure, self.now

    # One look of the scheduler, in the order of the local cloud's service controller

    def _look(self) -> bool:
        """Whether something changed."""
        before = len(self.steps)
        facts = self._facts()
        self._count(facts)
        if not self._fail():
            facts = self._facts()
            decided = plan(facts)
            self.stuck = decided.stuck
            self._carry_out(decided)
            self._settle(facts, decided)
        self._draw()
        return len(self.steps) > before

    def _facts(self) -> ServiceFacts:
        setting = self.setting
        return ServiceFacts(
            setting.desired,
            setting.minimum,
            setting.maximum,
            tuple(each.facts(self.now) for each in self.deployments),
            tuple(
                TaskFacts(t.id, t.deployment, "a", self._health(t))
                for t in self.tasks
                if t.active and t.deployment in {each.id for each in self.deployments}
            ),
            ("a",),
            replacing=any(task.unhealthy for task in self.tasks),
        )

    def _health(self, task: _Task) -> Health:
        state = "initial" if task.record is None else task.record.health.state
        running_for = None if task.running is None else self.now - task.running
        return health(running_for=running_for, targets=[state], container=None, grace=self.setting.grace)

    def _count(self, facts: ServiceFacts) -> None:
        """Take in, once each, tasks that turned healthy and tasks that failed."""
        turned = {OLD: 0, NEW: 0}
        for fact in facts.tasks:
            deployment = self.by_id[fact.deployment]
            if fact.health is Health.HEALTHY and fact.id not in deployment.proven:
                deployment.proven.add(fact.id)
                turned[deployment.id] += 1
                if self.breaker.reset_on_healthy_task:
                    deployment.failures = 0
        for name, count in turned.items():
            if count:
                self._tell(Kind.HEALTHY, name, count)
        for deployment in self.deployments:
            self._count_failures(deployment)

    def _count_failures(self, deployment: _Deployment) -> None:
        own = [task for task in self.tasks if task.deployment == deployment.id]
        running = any(task.active and task.running is not None for task in own)
        if deployment.failed_starts and running:
            deployment.failed_starts, deployment.next_start = 0, 0.0
        failed = [task for task in own if task.failure is not None]
        for task in failed:
            assert task.failure is not None
            if not deployment.stable:
                deployment.failures += self.breaker.counts(task.failure, running)
            if task.failure is Failure.NOT_STARTED:
                deployment.failed_starts += 1
                delay = start_delay(deployment.failed_starts, self.setting.desired)
                deployment.next_start = self.now + delay
            task.failure = None
        if failed and not deployment.failed:
            self._tell(Kind.FAIL, deployment.id, deployment.failures)
            if deployment.next_start > self.now + BREATH:
                self._tell(Kind.THROTTLE, deployment.id, round(deployment.next_start - self.now))
        if deployment.id == NEW and not deployment.failed:
            self.worst = max(self.worst, deployment.failures)

    def _fail(self) -> bool:
        """Whether the circuit breaker ends the primary now; the deployment that was complete then takes over again."""
        primary = self.deployments[0]
        over = primary.stable or primary.failed
        if over or not self.breaker.tripped(primary.failures, self.setting.desired):
            return False
        primary.failed = True
        self._tell(Kind.TRIP, primary.id, primary.failures)
        candidate = next((each for each in self.deployments[1:] if each.stable), None)
        if self.breaker.rollback and candidate is not None:
            candidate.stable, candidate.desired = False, self.setting.desired
            candidate.failures, candidate.failed_starts, candidate.next_start = 0, 0, 0.0
            self.deployments = [candidate, *(each for each in self.deployments if each is not candidate)]
            self._tell(Kind.BACK, candidate.id)
        else:
            self._tell(Kind.STALL, primary.id)
        return True

    def _carry_out(self, decided: Plan) -> None:
        by_task = {task.id: task for task in self.tasks}
        for name, desired in decided.desired.items():
            self.by_id[name].desired = desired
        told: dict[tuple[Kind, str], int] = {}
        for stop in decided.stops:
            task = by_task[stop.task]
            task.active = False
            if stop.why is Why.UNHEALTHY:
                task.unhealthy, task.failure = True, Failure.CHECKS
            task.gone_at = self.now if task.running is None else self.now + self.setting.drain
            kind = Kind.STOP if task.running is None else Kind.DRAIN
            told[kind, task.deployment] = told.get((kind, task.deployment), 0) + 1
        for start in decided.starts:
            number = len(self.tasks) + len(self.steps) * 1000
            self.tasks.append(_Task(f"{start.deployment}-{number:09}", start.deployment, self.now))
            told[Kind.START, start.deployment] = told.get((Kind.START, start.deployment), 0) + 1
        for (kind, name), count in told.items():
            self._tell(kind, name, count)

    def _settle(self, facts: ServiceFacts, decided: Plan) -> None:
        alive = {task.deployment for task in self.tasks}
        primary = self.deployments[0]
        self.deployments = [
            each for each in self.deployments
            if each is primary or each.stable or each.desired or each.id in alive
        ]  # fmt: skip
        if complete(facts, decided, alive) and not primary.stable:
            primary.stable = True
            self._tell(Kind.COMPLETE if primary.id == NEW else Kind.RETURNED, primary.id)

    # What is told

    def _tell(self, kind: Kind, version: str, count: int = 0) -> None:
        self.steps.append(Step(self.now, kind, version, count))

    def _tell_gone(self) -> None:
        """Nothing but the last drained task is worth a step: each roll-out ends with it."""
        if not self.frames or not self.frames[-1].draining or any(not task.active for task in self.tasks):
            return
        self._tell(Kind.GONE, "", self.frames[-1].draining)

    def _draw(self) -> None:
        healthy = {OLD: 0, NEW: 0}
        waiting = draining = 0
        for task in self.tasks:
            if not task.active:
                draining += task.running is not None and task.gone_at is not None and task.gone_at > self.now
            elif self._health(task) is Health.HEALTHY:
                healthy[task.deployment] += 1
            else:
                waiting += 1
        frame = Frame(self.now, healthy[OLD], healthy[NEW], waiting, draining)
        if self.frames and self.frames[-1].at == self.now:
            self.frames.pop()
        if not self.frames or replace(self.frames[-1], at=self.now) != frame:
            self.frames.append(frame)
