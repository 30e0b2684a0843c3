"""A lab in a cloud with the process engine, for the modules that name this file in `pytest_plugins`.

One cloud serves all of them in a worker and is reset between them: a start costs much more than that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from labs.lab import Lab
from labs.session import _environment, connect
from tests.cloud.running import RunningCloud, emptied, lasting


@pytest.fixture(scope="session")
def _cloud_of_labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with lasting(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def lab(_cloud_of_labs: RunningCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A learner's lab, shared by the tests of one module: at first nothing is in the cloud, nor in their home folder."""
    home = _cloud_of_labs.home
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COURSE_CLOUD_HOME", str(home))
        patch.setenv("COURSE_ENGINE", "process")
        try:
            yield Lab(connect())
            emptied(_cloud_of_labs)
        finally:
            shutil.rmtree(home / "ledger", ignore_errors=True)
            _environment.restore()
