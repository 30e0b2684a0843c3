"""Tickets end, and only this cloud can write them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from labs.cloud.registry.tickets import Tickets


class StoppedClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


def test_a_ticket_says_what_was_written_until_it_ends() -> None:
    clock = StoppedClock()
    tickets = Tickets(clock)
    ticket, expires = tickets.issue({"use": "registry"}, timedelta(hours=12))
    assert expires == clock.time + timedelta(hours=12)
    clock.time += timedelta(hours=11, minutes=59)
    assert tickets.read(ticket) == {"use": "registry"}
    clock.time += timedelta(minutes=1)
    assert tickets.read(ticket) is None


def test_another_cloud_s_ticket_is_nothing() -> None:
    clock = StoppedClock()
    ticket, _ = Tickets(clock).issue({"use": "registry"}, timedelta(hours=12))
    assert Tickets(clock).read(ticket) is None


@pytest.mark.parametrize("text", ["", "x", "é", "AAAA", base64.urlsafe_b64encode(b"0" * 80).decode()])
def test_nonsense_is_nothing(text: str) -> None:
    assert Tickets(StoppedClock()).read(text) is None


def test_a_changed_ticket_is_nothing() -> None:
    tickets = Tickets(StoppedClock())
    ticket, _ = tickets.issue({"region": "us-east-1"}, timedelta(hours=12))
    raw = base64.urlsafe_b64decode(ticket).replace(b"us-east-1", b"eu-west-1")
    assert tickets.read(base64.urlsafe_b64encode(raw).decode()) is None
