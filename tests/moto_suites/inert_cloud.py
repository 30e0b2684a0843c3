"""A pytest plugin that puts the local cloud's backends in moto's place, in process, with nothing running behind.

Loaded by tests.moto_suites into a pytest that collects moto's own tests. Controllers and engine are left out:
a task stays as it was asked for, a target as it was registered.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.update(MOTO_DISABLE_GLOBAL_CORS="true")

from labs.cloud.api.signing import Keyring
from labs.cloud.aws import patches
from labs.cloud.registry.images import Images
from labs.cloud.runtime import Runtime


class NoEngine:
    """Runs nothing, and is never asked to."""

    name = "none"

    def reach(self, loopback_url: str) -> str:
        return loopback_url

    def sweep(self) -> int:
        return 0

    def close(self) -> None:
        return None


def pytest_configure(config: Any) -> None:
    home = Path(tempfile.mkdtemp(prefix="moto-suites-"))
    runtime = Runtime(home=home, port=1, credentials=Keyring())
    patches.install(runtime)
    runtime.images = Images(runtime)
    runtime.engine = NoEngine()  # type: ignore[assignment]
    runtime.load_balancers.sync = lambda: None  # type: ignore[method-assign]
    config.addinivalue_line("markers", "aws_verified: moto's mark")
    config.stash_of_course = SimpleNamespace(runtime=runtime)
