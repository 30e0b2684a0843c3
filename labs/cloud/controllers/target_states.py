"""Target health decided: states and reasons, what a probe's outcome does, which probe is due. Pure.

Time comes in as a number of seconds. `target_health` probes.

Sources: ELB API reference, TargetHealth (states, reason codes); ELB User Guide for Application Load
Balancers, "Health checks for your target groups" (a new target needs one passed check, a target that was
unhealthy needs the healthy threshold) and "Deregistration delay" (a target stays `draining` for the
whole delay, then becomes unused).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from labs.cloud.load_balancer.model import Target, TargetGroup

REGISTRATION_SECONDS = 5.0
"""A new target is `Elb.RegistrationInProgress` until it accepts a connection, at most this long: AWS takes
some seconds to register a target too, and a program may take as long to open its port."""

_KNOCK_SECONDS = 0.25  # between two looks at whether a registering target accepts connections


@dataclass(frozen=True)
class HealthState:
    """TargetHealth of the API: state, and unless healthy the reason code and its description."""

    state: str
    reason: str | None = None
    description: str | None = None


REGISTERING = HealthState("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = HealthState("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = HealthState("healthy")
TIMED_OUT = HealthState("unhealthy", "Target.Timeout", "Request timed out")
FAILED = HealthState("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
BROKEN = HealthState("unhealthy", "Elb.InternalError", "Health checks failed due to an internal error")
DRAINING = HealthState("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_REGISTERED = HealthState("unused", "Target.NotRegistered", "Target is not registered to the target group")
NOT_IN_USE = HealthState(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
STOPPED = HealthState("unused", "Target.InvalidState", "Target is in the stopped state")
NOT_IN_ZONE = HealthState(
    "unused",
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)
DISABLED = HealthState(
    "unavailable", "Target.HealthCheckDisabled", "Health checks are not enabled for this target"
)


def mismatch(status: int) -> HealthState:
    """Unhealthy because of a status code that the matcher does not accept."""
    return HealthState(
        "unhealthy", "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"
    )


def accepts(codes: str, status: int) -> bool:
    """Whether a matcher ("200", "200,202", "200-299") accepts a status. Raises ValueError if malformed."""
    for part in codes.split(","):
        low, _, high = part.strip().partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


Key = tuple[str, str, int]
"""Target group ARN, target id, port."""


@dataclass(frozen=True)
class Record:
    """What is known of one target. `passes` and `failures` count the latest checks in a row."""

    group: TargetGroup
    target: Target
    health: HealthState
    due: float | None = None  # when to probe next, or when draining ends
    registered: float = 0.0
    passes: int = 0
    failures: int = 0
    probing: bool = False
    ramp_from: float | None = None  # when its slow start began; None for a target that gets its full share


def after(record: Record, outcome: HealthState) -> Record:
    """The record after a health check: `outcome` is HEALTHY, or the unhealthy state that it speaks for."""
    check = record.group.check
    if outcome == HEALTHY:
        passes = record.passes + 1
        enough = record.health.state == "initial" or passes >= check.healthy_threshold
        health = HEALTHY if enough or record.health == HEALTHY else record.health
        return replace(record, passes=passes, failures=0, health=health)
    failures = record.failures + 1
    unhealthy = record.health.state == "unhealthy" or failures >= check.unhealthy_threshold
    return replace(record, passes=0, failures=failures, health=outcome if unhealthy else record.health)


@dataclass(frozen=True)
class Change:
    """A target's health changed; `before` is None for a target just registered.

    `in_a_row` is how many of the latest checks went the same way.
    """

    group: TargetGroup
    target: Target
    before: HealthState | None
    now: HealthState
    in_a_row: int = 0


@dataclass
class Book:
    """Every target's record, and what is due when. Not thread-safe."""

    records: dict[Key, Record] = field(default_factory=dict)

    def observe(self, groups: Iterable[TargetGroup], now: float) -> list[Change]:
        """Take in the registered targets: new ones start, vanished ones drain, the rest keep their record."""
        known_groups = {group.arn: group for group in groups}
        changes: list[Change] = []
        registered = {
            (group.arn, target.id, target.port): (group, target)
            for group in known_groups.values()
            for target in group.targets
        }
        for key, (group, target) in registered.items():
            changes += self._keep(key, self._registered(self.records.get(key), group, target, now))
        for key, record in list(self.records.items()):
            if key in registered:
                continue
            known = known_groups.get(key[0])
            if known is None or (record.health.state != "draining" and not self._drains(record, known)):
                del self.records[key]
            elif record.health.state != "draining":
                until = now + known.deregistration_delay
                drained = replace(record, group=known, health=DRAINING, due=until, probing=False)
                changes += self._keep(key, drained)
        return changes

    @staticmethod
    def _drains(record: Record, group: TargetGroup) -> bool:
        return group.deregistration_delay > 0 and record.health.state not in ("unused", "unavailable")

    @staticmethod
    def _registered(old: Record | None, group: TargetGroup, target: Target, now: float) -> Record:
        fixed = (
            NOT_IN_USE
            if not group.in_use
            else NOT_IN_ZONE
            if not target.served
            else STOPPED
            if target.address is None
            else DISABLED
            if not group.check.enabled
            else None
        )
        if fixed is not None:
            return Record(group, target, fixed)
        if old is None or old.health.state in ("unused", "unavailable", "draining"):
            return Record(group, target, REGISTERING, due=now, registered=now)
        return replace(old, group=group, target=target)

    def _keep(self, key: Key, record: Record) -> list[Change]:
        old = self.records.get(key)
        self.records[key] = record
        before = old.health if old else None
        if before == record.health:
            return []
        in_a_row = record.passes or record.failures
        return [Change(record.group, record.target, before, record.health, in_a_row)]

    def next_due(self) -> float | None:
        """When `take_due` will next have something to do; None when nothing is awaited."""
        return min(
            (r.due for r in self.records.values() if r.due is not None and not r.probing), default=None
        )

    def take_due(self, now: float) -> list[Record]:
        """The targets to probe now; each is not due again before its outcome. Forgets drained targets."""
        due = []
        for key, record in list(self.records.items()):
            if record.due is None or record.due > now or record.probing:
                continue
            if record.health.state == "draining":
                del self.records[key]
                continue
            # The interval runs from the start of one check to the start of the next.
            pause = _KNOCK_SECONDS if record.health == REGISTERING else record.group.check.interval
            self.records[key] = replace(record, probing=True, due=now + pause)
            due.append(record)
        return due

    def knocked(self, record: Record, accepted: bool, now: float) -> list[Change]:
        """A registering target did or did not accept a connection: health checks begin if so, or at the limit."""
        return self._finish(
            record,
            lambda current: (
                replace(current, health=CHECKING, due=now)
                if accepted or now >= current.registered + REGISTRATION_SECONDS
                else current
            ),
        )

    def checked(self, record: Record, outcome: HealthState, now: float = 0) -> list[Change]:
        """A health check ended."""
        return self._finish(record, lambda current: self._ramped(current, after(current, outcome), now))

    def _ramped(self, before: Record, record: Record, now: float) -> Record:
        """Slow start begins when a target turns healthy beside one that has its full share already."""
        slow = record.group.slow_start
        if slow <= 0 or record.health != HEALTHY or before.health == HEALTHY:
            return record
        settled = any(
            other.health == HEALTHY and (other.ramp_from is None or now - other.ramp_from >= slow)
            for key, other in self.records.items()
            if key[0] == record.group.arn
        )
        return replace(record, ramp_from=now if settled else None)

    def _finish(self, record: Record, step: Callable[[Record], Record]) -> list[Change]:
        key = (record.group.arn, record.target.id, record.target.port)
        current = self.records.get(key)
        # Deregistered, or deregistered and registered anew, while the probe was out: it says nothing.
        if current is None or not current.probing or current.registered != record.registered:
            return []
        return self._keep(key, step(replace(current, probing=False)))
