"""Target health: which registered targets answer their health check, with AWS's states and reasons.

`target_states` decides; here the targets are probed. Time is always real: a probe races a real process, so it
must not run on a compressed clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import aiohttp
from yarl import URL

from labs.cloud.controllers.target_states import (
    BROKEN,
    FAILED,
    HEALTHY,
    NOT_REGISTERED,
    REGISTERING,
    TIMED_OUT,
    Book,
    Change,
    HealthState,
    Record,
    accepts,
    mismatch,
)
from labs.cloud.load_balancer.balancing import ramp
from labs.cloud.load_balancer.model import HealthCheck, Snapshot, Target, TargetGroup

_log = logging.getLogger(__name__)

_PEEK_BYTES = 64 * 1024  # read of the body of an answer; only its status counts
_HEADER_BYTES = 32 * 1024  # of one header of an answer, as much as a load balancer passes on
_HANG_UP_SECONDS = 0.25  # within which whoever accepts for a program that does not listen hangs up


class Addresses(Protocol):
    """The part of `labs.cloud.network.AddressBook` that is needed here."""

    def resolve(self, ip: str, port: int) -> tuple[str, int] | None:
        """The socket where a private address and port really listen, or None."""


class TargetHealth:
    """Probes targets on an asyncio loop and answers about their health from any thread.

    `on_change` hears of each change of health, on whichever thread noticed it and with no lock held here.
    `monotonic` is in seconds.
    """

    def __init__(
        self,
        addresses: Addresses,
        on_change: Callable[[Change], None] = lambda change: None,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        self._addresses = addresses
        self._on_change = on_change
        self._monotonic = monotonic
        self._book = Book()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look = asyncio.Event()

    def state(self, target_group_arn: str, target_id: str, port: int) -> HealthState:
        """The health of a target; NOT_REGISTERED when unknown. `target_id` is its address or instance id."""
        record = self._book.records.get((target_group_arn, target_id, port))
        return record.health if record else NOT_REGISTERED

    def share(self, group: TargetGroup, target: Target) -> float:
        """A healthy target's share of the requests, over 0 to 1: less than 1 during its slow start."""
        record = self._book.records.get((group.arn, target.id, target.port))
        if record is None or record.ramp_from is None:
            return 1.0
        return ramp(self._monotonic() - record.ramp_from, group.slow_start)

    def targets(self, target_group_arn: str) -> list[Target]:
        """The targets that DescribeTargetHealth lists: those registered, and those still draining."""
        with self._lock:
            return [r.target for key, r in self._book.records.items() if key[0] == target_group_arn]

    def observe(self, snapshot: Snapshot) -> None:
        """Take in a new configuration; new targets are probed at once."""
        with self._lock:
            changes = self._book.observe(snapshot.target_groups.values(), self._monotonic())
        self._tell(changes)
        self._again()

    async def run(self) -> None:
        """Probe whatever is due, until cancelled. Sleeps until the next check is due."""
        self._loop = asyncio.get_running_loop()
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        probes: set[asyncio.Task[None]] = set()  # the loop itself keeps only weak references
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        ) as session:
            try:
                while True:
                    self._look.clear()
                    with self._lock:
                        due = self._book.take_due(self._monotonic())
                        wake = self._book.next_due()
                    for record in due:
                        probe = asyncio.create_task(self._probe(session, record))
                        probes.add(probe)
                        probe.add_done_callback(probes.discard)
                    # Not wait_for: in Python 3.11 it can swallow a cancellation.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(
                            None if wake is None else max(0.0, wake - self._monotonic())
                        ):
                            await self._look.wait()
            finally:
                for probe in probes:
                    probe.cancel()

    async def _probe(self, session: aiohttp.ClientSession, record: Record) -> None:
        check, target = record.group.check, record.target
        place = self._addresses.resolve(target.address or "", check.port or target.port)
        if target.check_blocked:
            place = None
        if record.health == REGISTERING:
            accepted = place is not None and await _connects(place, check.timeout)
            with self._lock:
                changes = self._book.knocked(record, accepted, self._monotonic())
        else:
            # A private address where nothing is: on AWS packets to it get no answer, not even a refusal.
            outcome = await _check(session, check, place, target) if place else TIMED_OUT
            with self._lock:
                changes = self._book.checked(record, outcome, self._monotonic())
        self._look.set()
        self._tell(changes)

    def _tell(self, changes: list[Change]) -> None:
        for change in changes:
            self._on_change(change)

    def _again(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look.set)


async def _connects(place: tuple[str, int], timeout: float) -> bool:
    """Whether a program listens there. A Docker Engine accepts for a container in which none does, then hangs up."""
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(*place)
    except (OSError, TimeoutError):
        return False
    try:
        async with asyncio.timeout(_HANG_UP_SECONDS):
            return bool(await reader.read(1))
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()


async def _check(
    session: aiohttp.ClientSession, check: HealthCheck, place: tuple[str, int], target: Target
) -> HealthState:
    if check.protocol not in ("HTTP", "HTTPS"):
        return HEALTHY if await _connects(place, check.timeout) else FAILED
    host, port = place
    try:
        async with session.get(
            URL(f"{check.protocol.lower()}://{host}:{port}{check.path}", encoded=True),
            headers={
                "Host": f"{target.address}:{check.port or target.port}",
                "User-Agent": "ELB-HealthChecker/2.0",
            },
            timeout=aiohttp.ClientTimeout(total=check.timeout),
            allow_redirects=False,
            ssl=False,  # like an ALB, which does not validate a target's certificate
        ) as answer:
            await answer.content.read(_PEEK_BYTES)  # hanging up on a body makes some servers log an error
            return HEALTHY if accepts(check.codes, answer.status) else mismatch(answer.status)
    except TimeoutError:
        return TIMED_OUT
    except (aiohttp.ClientError, OSError):
        return FAILED
    except Exception:  # a setting that the API let through: this target is unhealthy, the others go on
        _log.exception("health check of %s:%s", target.id, target.port)
        return BROKEN
