"""Runs a service as a process: `python -m frenchbakery.<service>`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from frenchbakery.common import logs
from frenchbakery.common.lifecycle import Lifecycle
from frenchbakery.common.settings import Settings, SettingsError
from frenchbakery.common.task import Task, identify


class DrainingServer(uvicorn.Server):
    """uvicorn that drains before it stops, and then exits with 0 (uvicorn would die of the signal itself)."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """First signal: drain. Second: stop at once."""
        if self._lifecycle.draining:
            self.should_exit = self.force_exit = True
        self._lifecycle.begin_drain()

    async def on_tick(self, counter: int) -> bool:
        """Runs ten times a second; true ends the main loop."""
        self.should_exit = self.should_exit or self._lifecycle.drained
        return await super().on_tick(counter)


def run(service: str, create_app: Callable[[Settings, Task], FastAPI]) -> None:
    """Read the environment, listen, serve until SIGTERM. Exits with 2 when the environment is wrong."""
    try:
        settings = Settings.from_environment(service, os.environ)
        task = identify(os.environ)
        logs.configure(service, task.id)
        app = create_app(settings, task)
    except SettingsError as problem:
        print(f"{service}: {problem}", file=sys.stderr)
        raise SystemExit(2) from problem
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than the 60 s of an Application Load Balancer: it must be the one to close
        timeout_graceful_shutdown=8,  # for requests in flight; ECS kills 30 s after SIGTERM
    )
    DrainingServer(config, app.state.lifecycle).run()
