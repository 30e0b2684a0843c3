"""What Service Auto Scaling decides: (capacity, alarms, policies, when) → another capacity, or why not. Pure.

Sources: Application Auto Scaling User Guide, "How target tracking scaling for Application Auto Scaling works",
"How step scaling for Application Auto Scaling works", "Scaling activities"; ECS Developer Guide, "Automatically
scale your Amazon ECS service" [RULES 21 to 23].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["out", "in"]
# A target tracking policy's two alarms [RULES 21]: how many one-minute points each wants, all beyond its threshold.
HIGH_POINTS, LOW_POINTS = 3, 15
LOW_SHARE = 0.9  # the low alarm's threshold as a share of the target: observed, not documented
COOLDOWN = 300  # seconds, unless the policy says otherwise [RULES 22]
_ROUNDING = 1e-9  # 3 × 40 / 60 is 2, not a little more


@dataclass(frozen=True)
class TargetTracking:
    """Keep a metric, which falls as capacity grows, at `target`."""

    target: float

    def capacity(self, now: int, value: float) -> int:
        """As many as keep the metric at its target or below, if it is shared evenly."""
        return math.ceil(now * value / self.target - _ROUNDING)


@dataclass(frozen=True)
class Step:
    """An adjustment for `lower` ≤ value - threshold < `upper`; None has no end."""

    lower: float | None
    upper: float | None
    adjustment: int


@dataclass(frozen=True)
class StepScaling:
    """Another capacity by how far the metric is beyond the alarm's threshold."""

    kind: str  # ChangeInCapacity, PercentChangeInCapacity or ExactCapacity
    steps: tuple[Step, ...]
    threshold: float
    least_change: int = 0  # MinAdjustmentMagnitude, of a change in percent

    def capacity(self, now: int, value: float) -> int:
        """What the step for `value` asks for; `now` when there is none."""
        step = self._step(value - self.threshold)
        if step is None:
            return now
        if self.kind == "ExactCapacity":
            return max(step.adjustment, 0)
        change = step.adjustment if self.kind == "ChangeInCapacity" else self._percent(now, step.adjustment)
        return max(now + change, 0)

    def _step(self, beyond: float) -> Step | None:
        """Above the threshold a step holds its lower end; below, its upper one [API StepAdjustment]."""
        for step in self.steps:
            low = -math.inf if step.lower is None else step.lower
            high = math.inf if step.upper is None else step.upper
            if low <= beyond < high if beyond >= 0 else low < beyond <= high:
                return step
        return None

    def _percent(self, now: int, percent: int) -> int:
        """Rounded towards zero, but never to none: ±0.3 is ±1 [User Guide, "Scaling adjustment types"]."""
        change = now * percent / 100
        rounded = (
            math.trunc(change) if abs(change) >= 1 else int(math.copysign(math.ceil(abs(change)), change))
        )
        if rounded and abs(rounded) < self.least_change:
            return int(math.copysign(self.least_change, rounded))
        return rounded


@dataclass(frozen=True)
class Proposal:
    """A policy whose alarm went off, with the metric's latest value."""

    policy: str
    alarm: str
    rule: TargetTracking | StepScaling
    value: float
    cooldown_out: int = COOLDOWN  # seconds of CloudWatch
    cooldown_in: int = COOLDOWN
    low: bool = False  # target tracking: it was the low alarm


@dataclass(frozen=True)
class Last:
    """The latest scaling activity that alarms brought about."""

    direction: Direction
    minute: float  # of CloudWatch
    cooldown: int  # seconds of CloudWatch
    before: int  # the capacity that it started from

    def cooling(self, minute: float) -> bool:
        """Whether its cooldown is not over."""
        return (minute - self.minute) * 60 < self.cooldown


@dataclass(frozen=True)
class Facts:
    """What there is when alarms went off. `agreed`: every target tracking policy's low alarm is on."""

    desired: int
    least: int
    most: int
    minute: float
    last: Last | None = None
    deploying: bool = False
    agreed: bool = True
    no_out: bool = False  # suspended by the learner
    no_in: bool = False


@dataclass(frozen=True)
class Decision:
    """Another capacity by a proposal, or none, with AWS's code for the reason if it tells one."""

    proposal: Proposal
    desired: int | None = None
    reason: str | None = None
    last: Last | None = None


def decide(facts: Facts, proposals: Sequence[Proposal]) -> Decision | None:
    """What happens; None when nothing does and AWS tells nothing of it.

    The largest capacity wins, out before in. A scale-out does not wait for a scale-in's cooldown, and ends it.
    """
    rising = [each for each in proposals if not each.low and _capacity(each, facts.desired) > facts.desired]
    if rising:
        return _out(facts, rising)
    falling = [each for each in proposals if _capacity(each, facts.desired) < facts.desired]
    if falling:
        return _in(facts, falling)
    if not proposals:
        return None
    # The low alarm is on, but one task fewer would put the metric above its target: scaling in and out forever.
    code = "AutoScalingAnticipatedFlapping" if proposals[0].low else "AlreadyAtDesiredCapacity"
    if proposals[0].low and facts.desired <= facts.least:
        code = "AlreadyAtMinCapacity"
    return Decision(proposals[0], reason=code)


def _capacity(proposal: Proposal, base: int) -> int:
    return proposal.rule.capacity(base, proposal.value)


def _out(facts: Facts, rising: Sequence[Proposal]) -> Decision | None:
    last, base = facts.last, facts.desired
    if last is not None and last.direction == "out" and last.cooling(facts.minute):
        # What it added is part of what the next one asks for: only a larger one adds more [RULES 22].
        base = min(last.before, facts.desired)
    best = max(rising, key=lambda each: _capacity(each, base))
    if facts.desired >= facts.most:
        return Decision(best, reason="AlreadyAtMaxCapacity")
    # From below its minimum a service first comes up to it.
    wanted = min(max(_capacity(best, base), facts.least), facts.most)
    if facts.no_out or wanted <= facts.desired:
        return None
    return Decision(best, wanted, last=Last("out", facts.minute, best.cooldown_out, base))


def _in(facts: Facts, falling: Sequence[Proposal]) -> Decision | None:
    if facts.desired <= facts.least:
        return Decision(falling[0], reason="AlreadyAtMinCapacity")
    if facts.deploying:
        return Decision(falling[0], reason="TargetServicePutResourceAsUnscalable")
    # Target tracking policies must all agree; step scaling waits for nobody [RULES 23].
    ready = [each for each in falling if facts.agreed or not isinstance(each.rule, TargetTracking)]
    cooling = facts.last is not None and facts.last.direction == "in" and facts.last.cooling(facts.minute)
    if not ready or facts.no_in or cooling:
        return None
    best = max(ready, key=lambda each: _capacity(each, facts.desired))
    wanted = min(max(_capacity(best, facts.desired), facts.least), facts.most)
    return Decision(best, wanted, last=Last("in", facts.minute, best.cooldown_in, facts.desired))
