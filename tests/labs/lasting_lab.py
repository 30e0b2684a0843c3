"""A lab in a cloud with the process engine, for the modules that name this file in `pytest_plugins`.

One cloud serves all of them in a worker and is reset between them: a start costs much more than that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from labs.cloud import client
from labs.cloud.pace import USUAL
from labs.cloud.state import read_state
from labs.lab import Lab
from labs.session import _environment, connect
from tests.cloud.running import RunningCloud, run_cloud


@pytest.fixture(scope="session")
def _cloud_of_labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    started = contextmanager(run_cloud)(tmp_path_factory.mktemp("cloud"))
    with started as running, pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_CLOUD_HOME")  # who does not ask for `lab` does not find it
        yield running


@pytest.fixture(scope="module")
def lab(_cloud_of_labs: RunningCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A learner's lab, shared by the tests of one module: at first nothing is in the cloud, nor in their home folder."""
    home, state = _cloud_of_labs.home, _cloud_of_labs.state
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COURSE_CLOUD_HOME", str(home))
        patch.setenv("COURSE_ENGINE", "process")
        yield Lab(connect())
        assert read_state(home) == state, "a test has ended the cloud of all modules"
        client.reset()
        client.set_pace(USUAL)
        shutil.rmtree(home / "ledger")
        _environment.restore()
