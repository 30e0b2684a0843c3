"""The control API under `/_course/`: what `course cloud` and the views ask the running cloud."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil

from labs.cloud.runtime import DEFAULT_REGION, Runtime
from labs.cloud.state import State

if TYPE_CHECKING:
    from labs.cloud.controllers.loop import Controllers


ANSWER_FIRST = 0.2  # seconds, so that who asks for the stop hears that it was heard


class Control:
    """Answers control calls; a call returns what becomes the JSON answer, None for an unknown path."""

    def __init__(self, runtime: Runtime, controllers: Controllers, ask_to_stop: Callable[[], None]):
        self._runtime = runtime
        self._controllers = controllers
        self._ask_to_stop = ask_to_stop
        self._started = datetime.now(UTC)

    def __call__(self, method: str, path: str, body: bytes) -> Any:
        """Answer one signed call."""
        match method, path.removeprefix("/_course").split("/")[1:]:
            case "GET", ["status"]:
                return self._status()
            case "POST", ["reset"]:
                self._controllers.reset()
                return {}
            case "POST", ["stop"]:
                threading.Timer(ANSWER_FIRST, self._ask_to_stop).start()
                return {}
            case "GET", ["timeline"]:
                return {"events": self._runtime.timeline.since()}
            case "GET", ["timeline", number] if number.isdecimal():
                return {"events": self._runtime.timeline.since(int(number))}
            case "GET", ["load-balancers"]:
                return self._load_balancers()
            case "GET", ["access-log", *name]:
                return self._access_log("/".join(name))
            case "POST", ["interrupt"]:
                return self._interrupt(body)
            case "POST", ["expire-images"]:
                from labs.cloud.controllers.image_expiry import expire_images

                return expire_images(self._runtime)
            case "GET", ["pace"]:
                return {"minute": self._runtime.pace}
            case "PUT", ["pace"]:
                return self._set_pace(body)
        return None

    def _set_pace(self, body: bytes) -> dict[str, int]:
        """Make CloudWatch's minutes last as long as asked. Raises ValueError."""
        try:
            asked = json.loads(body)["minute"]
        except (ValueError, KeyError, TypeError):
            raise ValueError('expected {"minute": real seconds}') from None
        with self._runtime.lock:
            self._runtime.minutes.change(asked, self._runtime.clock.now())
        self._runtime.wake.set()
        return {"minute": self._runtime.pace}

    def _interrupt(self, body: bytes) -> dict[str, str]:
        """Take the capacity of a Fargate Spot task back, as AWS may at any time. Raises ValueError."""
        from moto.ecs.models import ecs_backends

        try:
            arn = str(json.loads(body)["task"])
        except (ValueError, KeyError, TypeError):
            raise ValueError('expected {"task": ARN}') from None
        with self._runtime.lock:
            backends = [backend for _, _, backend in ecs_backends.iter_backends()]
            if not any(backend.interrupt(arn) for backend in backends):
                raise ValueError(f"no running FARGATE_SPOT task has the ARN {arn}")
        self._runtime.wake.set()
        return {"task": arn}

    def state(self) -> State:
        """What goes into the state file."""
        runtime = self._runtime
        return State(
            pid=os.getpid(),
            process_started=psutil.Process().create_time(),
            port=runtime.port,
            endpoint=runtime.endpoint,
            region=DEFAULT_REGION,
            access_key_id=runtime.credentials.access_key_id,
            secret_access_key=runtime.credentials.secret_access_key,
            engine=runtime.engine.name,
            started_at=self._started.isoformat(),
        )

    def _status(self) -> dict[str, Any]:
        state = asdict(self.state())
        shown = {name: state[name] for name in ("endpoint", "region", "engine", "pid", "started_at")}
        return shown | {"uptime": (datetime.now(UTC) - self._started).total_seconds()} | self._counts()

    def _counts(self) -> dict[str, int]:
        from moto.ecs.models import ecs_backends

        with self._runtime.lock:
            backends = [backend for _, _, backend in ecs_backends.iter_backends()]
            tasks = [
                task for backend in backends for tasks in backend.tasks.values() for task in tasks.values()
            ]
            running = [task for task in tasks if task.last_status == "RUNNING"]
            return {
                "clusters": sum(
                    c.status == "ACTIVE" for backend in backends for c in backend.clusters.values()
                ),
                "services": sum(
                    s.status == "ACTIVE" for backend in backends for s in backend.services.values()
                ),
                "tasks": len(running),
                "containers": sum(len(task.containers) for task in running),
            }

    def _access_log(self, name: str) -> dict[str, list[str]]:
        """The latest requests as lines of AWS's access log: of `app/<name>/<number>`, or of all load balancers."""
        balancers = self._runtime.load_balancers
        return {
            arn: [entry.line() for entry in balancers.log(arn)]
            for arn in balancers.arns()
            if not name or arn.endswith(f":loadbalancer/{name}")
        }

    def _load_balancers(self) -> dict[str, str]:
        """Listener or load balancer ARN → its URL on this machine."""
        from moto.elbv2.models import elbv2_backends

        runtime = self._runtime
        with runtime.lock:
            arns = [
                arn
                for _, _, backend in elbv2_backends.iter_backends()
                for balancer in backend.load_balancers.values()
                for arn in (balancer.arn, *balancer.listeners)
            ]
        urls = {arn: runtime.load_balancers.url(arn) for arn in arns}
        return {arn: url for arn, url in urls.items() if url is not None}
