"""Fixtures of the shop's tests."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.frenchbakery.bakery import Bakery, open_bakery


@pytest.fixture
def bakery() -> Bakery:
    """The four services, with nothing in their stores but the first reviews."""
    return open_bakery()


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives ports of the loopback address that nobody listens on."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find
