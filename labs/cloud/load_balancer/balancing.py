"""Which target gets a request: zones, algorithms, slow start and failing open.

Sources: ELB User Guide for Application Load Balancers, "Edit target group attributes" (algorithms, slow start
mode), "Health checks for your target groups" and "Target group health" (fail open), "Cross-zone load balancing".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from labs.cloud.load_balancer.model import Target, TargetGroup

Key = tuple[str, int]
"""A target's id and port."""


def eligible(group: TargetGroup, state: Callable[[Target], str]) -> list[Target]:
    """The targets that may get a request: the healthy ones, or, with too few of them, all in use (fail open)."""
    used = [(target, state(target)) for target in group.targets]
    used = [(target, now) for target, now in used if now != "unused"]
    healthy = [target for target, now in used if now == "healthy"]
    share = 100 * len(healthy) / len(used) if used else 0
    if len(healthy) >= group.minimum_count and share >= group.minimum_percentage:
        return healthy
    return [target for target, _ in used]


def ramp(age: float, slow_start: float) -> float:
    """The share, over 0 to 1, of a target that has been healthy for `age` seconds: it grows in a straight line."""
    return 1.0 if slow_start <= 0 else min(1.0, max(0.0, age / slow_start))


@dataclass
class Picker:
    """Remembers whose turn it is and what is under way. Not thread-safe: one loop uses it."""

    under_way: Counter[tuple[str, Key]] = field(default_factory=Counter)
    _credit: defaultdict[str, dict[Key, float]] = field(default_factory=lambda: defaultdict(dict))
    _zone: Counter[str] = field(default_factory=Counter)

    def pick(
        self,
        group: TargetGroup,
        targets: Sequence[Target],
        share: Callable[[Target], float] = lambda target: 1.0,
    ) -> Target:
        """The next of `targets` (not empty); `share` is each one's part of the requests, see `ramp`."""
        targets = self._in_one_zone(group, targets)
        if group.algorithm == "least_outstanding_requests":
            busy = {(each.id, each.port): self.under_way[group.arn, (each.id, each.port)] for each in targets}
            fewest = min(busy.values())
            targets = [each for each in targets if busy[each.id, each.port] == fewest]
        return self._in_turn(group.arn, targets, share)

    def _in_one_zone(self, group: TargetGroup, targets: Sequence[Target]) -> Sequence[Target]:
        """Without cross-zone balancing, the zones take turns: clients are spread over them by DNS."""
        zones = sorted({each.zone or "" for each in targets})
        if group.cross_zone or len(zones) < 2:
            return targets
        self._zone[group.arn] += 1
        zone = zones[self._zone[group.arn] % len(zones)]
        return [each for each in targets if (each.zone or "") == zone]

    def _in_turn(self, arn: str, targets: Sequence[Target], share: Callable[[Target], float]) -> Target:
        """Weighted round robin: everybody earns his share, who has most pays for all and gets the request."""
        credit = self._credit[arn]
        shares = {(each.id, each.port): max(share(each), 0.01) for each in targets}
        kept = {key: credit.get(key, 0.0) + part for key, part in shares.items()}
        winner = max(targets, key=lambda each: kept[each.id, each.port])
        kept[winner.id, winner.port] -= sum(shares.values())
        credit.update(kept)
        return winner

    def forget(self, known: Iterable[str]) -> None:
        """Drop what is remembered of target groups that are no longer among `known` ARNs."""
        known = set(known)
        for arn in self._credit.keys() - known:
            del self._credit[arn]
        for arn in self._zone.keys() - known:
            del self._zone[arn]
