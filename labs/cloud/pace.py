"""How long a minute of CloudWatch lasts: the one place where the cloud's monitoring runs faster than a watch.

An alarm that wants three points of one minute needs three minutes on AWS. A lesson may not have them, so the
length of a *CloudWatch minute* can be chosen: 60 real seconds, or fewer. What is counted in CloudWatch's
minutes follows it: points, periods, alarms, scaling cooldowns, `rate()` schedules. What races real work never
does: starts, health checks, grace periods, draining. A time of day (`cron()`, `at()`) is a time of day.

Timestamps are never invented. A point carries the real time at which its minute began; at 6 seconds a minute
the points of one metric are 6 real seconds apart, and "Period 60" means one such minute, whenever it is asked
for. A minute keeps the length that it had, so points made at one pace stay what they were after a change.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime

USUAL = 60  # real seconds of a minute
FASTEST = 1  # a minute of one second still leaves the time to measure something


@dataclass(frozen=True)
class _Stretch:
    """From the real time `begins` (Unix seconds) on, minute number `first` and all that follow last `seconds`."""

    begins: float
    first: float
    seconds: int


class Pace:
    """Real time ↔ the number of CloudWatch's minute, as a line of straight stretches. Changed under the cloud's lock."""

    def __init__(self) -> None:
        self._stretches: tuple[_Stretch, ...] = (_Stretch(0.0, 0.0, USUAL),)

    @property
    def minute(self) -> int:
        """Real seconds of one minute, now."""
        return self._stretches[-1].seconds

    def change(self, seconds: int, now: datetime) -> None:
        """Let minutes last `seconds` from the next whole second on; the minute under way ends there.

        Raises ValueError unless `seconds` is a whole number from 1 to 60.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, int) or not FASTEST <= seconds <= USUAL:
            raise ValueError(f"a minute lasts a whole number of seconds, from {FASTEST} to {USUAL}")
        begins = math.ceil(now.timestamp())
        first = math.ceil(self.position(datetime.fromtimestamp(begins, UTC)))
        earlier = tuple(stretch for stretch in self._stretches if stretch.begins < begins)
        self._stretches = (*earlier, _Stretch(begins, first, seconds))

    def position(self, moment: datetime) -> float:
        """The minute in which `moment` lies, with its fraction."""
        at = moment.timestamp()
        stretch = self._stretches[bisect_right(self._stretches, at, key=lambda each: each.begins, lo=1) - 1]
        return stretch.first + (at - stretch.begins) / stretch.seconds

    def moment(self, position: float) -> datetime:
        """The real time of a position. What a change of pace cut off a minute counts as its last moment."""
        index = bisect_right(self._stretches, position, key=lambda each: each.first, lo=1) - 1
        stretch = self._stretches[index]
        at = stretch.begins + (position - stretch.first) * stretch.seconds
        if index + 1 < len(self._stretches):
            at = min(at, self._stretches[index + 1].begins)
        return datetime.fromtimestamp(at, UTC)

    def real(self, seconds: float) -> float:
        """How many real seconds `seconds` of CloudWatch's time last at the present pace."""
        return seconds * self.minute / USUAL
