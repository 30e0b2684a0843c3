"""The tests' own cloud ends with its test, however that ends."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cloud.running import run_cloud


def test_a_failing_body_leaves_no_cloud(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), contextmanager(run_cloud)(tmp_path) as cloud:
        state = cloud.state
        raise ZeroDivisionError
    assert not state.alive
