"""The cloud's process: `python -m labs.cloud --home FOLDER`, started by labs.cloud.client, stopped through its API.

One process per home folder (a lock file that dies with it), on one loopback port that is remembered and used
again when it is free.
"""

from __future__ import annotations

import argparse
import fcntl
import functools
import gc
import importlib
import logging
import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import botocore.session

from labs.cloud.repetition import Unrepeated
from labs.cloud.state import read_state, state_file, write_state

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

ALREADY_RUNNING = 3  # exit code: another cloud holds this home folder
CONNECTIONS = 1000  # at once; every task's SDK keeps some open
# Thresholds of the garbage collector at the start, where nearly all that is loaded stays: to look through it as often
# as usual takes a third of the time. What is garbage after all goes a moment later, and the usual thresholds are back.
GARBAGE_WHILE_LOADING = (50_000, 10, 10)
GARBAGE = gc.get_threshold()
MOMENT = 2.0  # seconds
PATIENCE = 60.0  # seconds to wait for one that is starting or stopping

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run a cloud until it is told to stop; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m labs.cloud")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--ephemeral", action="store_true", help="stop when standard input ends; erase the home"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Unrepeated())
    logging.getLogger("botocore").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no news
    home: Path = options.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    lock = _take(home)
    if lock is None:
        return ALREADY_RUNNING
    with lock:
        gc.set_threshold(*GARBAGE_WHILE_LOADING)
        cloud = Cloud(home)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: cloud.ask_to_stop())
        if options.ephemeral:
            threading.Thread(target=_until_input_ends, args=(cloud,), daemon=True).start()
        try:
            cloud.run()
        finally:
            if options.ephemeral:
                shutil.rmtree(home, ignore_errors=True)
    return 0


def _take(home: Path) -> IO[str] | None:
    """The lock on this home, held until the process ends however it ends; None when a running cloud has it.

    Waits while the other one is still starting or already stopping: it has no state file then.
    """
    file = _private(home / "lock")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = read_state(home)
            if state is not None and state.alive:
                break
            time.sleep(0.05)
        else:
            return file
    file.close()
    return None


def _until_input_ends(cloud: Cloud) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    cloud.ask_to_stop()


def _listen(home: Path) -> socket.socket:
    """A loopback socket on the remembered port, or on a free one that is then remembered."""
    memory = home / "port"
    try:
        remembered = int(memory.read_text())
    except (OSError, ValueError):
        remembered = 0
    for port in (remembered, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            break
        except (OSError, OverflowError):
            listener.close()
    with _private(memory) as file:
        file.truncate()
        file.write(str(listener.getsockname()[1]))
    return listener


def _private(path: Path) -> IO[str]:
    """The file, opened for reading and writing, that nobody else may open; made if there is none."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)  # one that an earlier version has made, too
    return os.fdopen(descriptor, "r+")


class Cloud:
    """The whole cloud, wired: runtime, patched moto, front door, controllers, engine."""

    def __init__(self, home: Path):
        # moto reads this when it is imported, so no moto line may run before.
        os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"
        os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
        shutil.rmtree(home / "registry", ignore_errors=True)  # the cloud is volatile
        # moto makes session after session to list Regions; each would read EC2's whole model anew.
        botocore.session.create_loader = functools.cache(botocore.session.create_loader)
        importlib.import_module("moto.ec2.models")
        gc.collect()  # moto's list of Regions leaves botocore's endpoints behind, in a cycle
        from labs.cloud.api.control import Control
        from labs.cloud.api.gateway import Gateway
        from labs.cloud.api.metadata import TaskEndpoints
        from labs.cloud.api.signing import Keyring
        from labs.cloud.authorization.authorizer import Authorizer
        from labs.cloud.aws import patches
        from labs.cloud.cloudformation.operations import StackOperations
        from labs.cloud.controllers.alarms import AlarmController
        from labs.cloud.controllers.cluster_scaling import ClusterScaling
        from labs.cloud.controllers.ecs_events import EcsEvents
        from labs.cloud.controllers.image_expiry import ImageExpiry
        from labs.cloud.controllers.image_scans import ImageScans
        from labs.cloud.controllers.instances import InstanceController
        from labs.cloud.controllers.load_balancing import LoadBalancing
        from labs.cloud.controllers.logs import LogShipper
        from labs.cloud.controllers.loop import Controllers
        from labs.cloud.controllers.metrics import MetricsController
        from labs.cloud.controllers.scaling.controller import ScalingController
        from labs.cloud.controllers.schedules import ScheduleController
        from labs.cloud.controllers.services import ServiceController
        from labs.cloud.controllers.tasks import TaskController
        from labs.cloud.engine import choose
        from labs.cloud.registry.application import Registry
        from labs.cloud.registry.images import Images
        from labs.cloud.runtime import Runtime

        self.listener = _listen(home)
        self.runtime = runtime = Runtime(
            home=home, port=self.listener.getsockname()[1], credentials=Keyring()
        )
        patches.install(runtime)
        runtime.authorizer = Authorizer(runtime)
        runtime.stack_operations = StackOperations()
        runtime.images = Images(runtime)
        runtime.engine = choose(home, runtime.images, runtime.port)
        runtime.engine.on_change = runtime.wake.set
        scaling = ScalingController(runtime)
        self.controllers = Controllers(
            runtime,
            [
                runtime.stack_operations,
                InstanceController(runtime),
                ClusterScaling(runtime),
                TaskController(runtime, LogShipper(runtime)),
                ServiceController(runtime),
                LoadBalancing(runtime),
                MetricsController(runtime),
                AlarmController(runtime, scaling),
                scaling,
                ScheduleController(runtime),
                ImageExpiry(runtime),
                ImageScans(runtime),
                EcsEvents(runtime),
            ],
        )
        self.control = Control(runtime, self.controllers, self.ask_to_stop)
        self.gateway = Gateway(
            runtime, moto_application(runtime), Registry(runtime), self.control, TaskEndpoints(runtime)
        )
        self._stop = threading.Event()

    def ask_to_stop(self) -> None:
        """Make `run` return; safe from a signal handler and from a request."""
        self._stop.set()

    def run(self) -> None:
        """Serve until asked to stop, then leave nothing behind."""
        import waitress.server

        from labs.cloud.api.plain_http import plain_channel

        swept = self.runtime.engine.sweep()
        if swept:
            log.warning("an earlier cloud died without stopping; removed %s of its containers", swept)
        server = waitress.server.create_server(
            self.gateway,
            sockets=[self.listener],
            threads=8,
            ident=None,
            clear_untrusted_proxy_headers=True,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,  # select() ends at 1024 file descriptors
        )
        server.channel_class = plain_channel(self.gateway.largest_body)
        thread = threading.Thread(target=server.run, name="api", daemon=True)
        thread.start()
        self.runtime.load_balancers.start()
        self.controllers.start()
        write_state(self.runtime.home, self.control.state())
        log.info("listening on %s, engine: %s", self.runtime.endpoint, self.runtime.engine.name)
        if not self._stop.wait(MOMENT):
            gc.set_threshold(*GARBAGE)
            gc.collect()
        self._stop.wait()
        log.info("stopping")
        state_file(self.runtime.home).unlink(missing_ok=True)
        self.controllers.close()
        self.runtime.load_balancers.close()
        self.runtime.engine.close()
        server.close()
        shutil.rmtree(self.runtime.home / "registry", ignore_errors=True)


def moto_application(runtime: Runtime) -> Any:
    """moto's dispatcher, without debug mode, CORS or HTML error pages."""
    from flask import Flask
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.exceptions import HTTPException

    from labs.cloud.aws import patches

    def unknown_route(error: HTTPException) -> HTTPException:
        if hasattr(error, "error_type"):  # an AWS error that moto raised
            return error
        raise NotImplementedError(str(error))

    def create(service: Any) -> Flask:
        if service is None:
            raise NotImplementedError("a service that moto does not have")
        patches.before_first_call(runtime, service)
        app = create_backend_app(service)
        app.debug = False
        app.config["PROPAGATE_EXCEPTIONS"] = True  # to the gateway, which answers in AWS's shape
        app.register_error_handler(HTTPException, unknown_route)
        return app

    return DomainDispatcherApplication(create)
