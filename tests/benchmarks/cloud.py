"""The local cloud's speed, as ratios to plain moto on the same machine: `python -m tests.benchmarks.cloud [--engine docker]`.

Prints a table of figures and limits and exits with 1 when a limit is exceeded. In one run, because only the
ratio means something on a machine that is busy with other things: cold start, median call, memory after the same
calls, idle CPU, FrenchBakery from nothing to healthy, and how the API answers while 100 tasks run.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from labs.cloud import client
from labs.cloud.state import read_state
from labs.inventory import TAG

ROUNDS = 5  # starts of each server
CALLS = 200  # of each kind
IDLE = 20.0  # seconds
TASKS = 100
PATIENT = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=60)


class Report:
    """Lines of figure, limit and verdict."""

    def __init__(self) -> None:
        self.exceeded = 0

    def line(self, what: str, figure: str, value: float, limit: float) -> None:
        """Print one; `value` and `limit` in the same unit."""
        good = value <= limit
        self.exceeded += not good
        print(f"{what:<46} {figure:<46} {value:6.2f} ≤ {limit:g}  {'ok' if good else 'EXCEEDED'}", flush=True)


def clients(endpoint: str, key: str = "test", secret: str = "test") -> Callable[[str], Any]:
    """boto3 clients of a server, made once each."""
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1")
    made: dict[str, Any] = {}
    return lambda service: made.setdefault(
        service, session.client(service, endpoint_url=endpoint, config=PATIENT)
    )


def first_answer(ecs: Any) -> None:
    """Ask until it answers."""
    while True:
        try:
            ecs.list_clusters()
        except BotoCoreError:
            time.sleep(0.01)
        else:
            return


@contextmanager
def plain_moto() -> Iterator[tuple[Callable[[str], Any], psutil.Process, float]]:
    """moto_server: its clients, its process, seconds to the first answered ECS call."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    of = clients(f"http://127.0.0.1:{port}")
    ecs = of("ecs")
    start = time.perf_counter()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        first_answer(ecs)
        yield of, psutil.Process(process.pid), time.perf_counter() - start
    finally:
        process.kill()
        process.wait()


@contextmanager
def local_cloud(engine: str = "process") -> Iterator[tuple[Callable[[str], Any], psutil.Process, float]]:
    """The local cloud: the same three."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_CLOUD_HOME"] = str(Path(folder) / "cloud")
        boto3.Session(region_name="us-east-1").client("ecs", aws_access_key_id="x", aws_secret_access_key="x")
        start = time.perf_counter()
        state = client.start(engine=engine)
        of = clients(state.endpoint, state.access_key_id, state.secret_access_key)
        try:
            first_answer(of("ecs"))
            yield of, psutil.Process(state.pid), time.perf_counter() - start
        finally:
            client.stop()
            del os.environ["COURSE_CLOUD_HOME"]


def calls(of: Callable[[str], Any]) -> list[Callable[[], Any]]:
    """The same calls on either server, once the things they ask about are made."""
    ecs, ecr, elb = of("ecs"), of("ecr"), of("elbv2")
    ecs.create_cluster(clusterName="bakery")
    ecr.create_repository(repositoryName="bakery")
    web = {"name": "web", "image": "bakery", "memory": 128}
    return [
        lambda: ecs.register_task_definition(family="bakery", containerDefinitions=[web]),
        lambda: ecs.describe_task_definition(taskDefinition="bakery:1"),
        lambda: ecs.describe_clusters(clusters=["bakery"]),
        ecr.describe_repositories,
        elb.describe_load_balancers,
    ]


def against_moto(report: Report) -> None:
    """Cold start, median call, memory."""
    cold: dict[str, list[float]] = {"moto": [], "cloud": []}
    for _ in range(ROUNDS):
        for name, server in (("moto", plain_moto), ("cloud", local_cloud)):
            with server() as (_, _, seconds):
                cold[name].append(seconds)
    moto, cloud = statistics.median(cold["moto"]), statistics.median(cold["cloud"])
    report.line(
        "cold to the first answered ECS call, ratio",
        f"moto {moto:.2f} s, cloud {cloud:.2f} s",
        cloud / moto,
        1.5,
    )
    with plain_moto() as (theirs, their_process, _), local_cloud() as (ours, our_process, _):
        pairs = list(zip(calls(theirs), calls(ours), strict=True))
        for call in itertools.chain.from_iterable(pairs):
            call()  # once, so that everything is loaded
        # By turns, so that both servers meet the same machine.
        seconds = [(timed(their), timed(our)) for _ in range(CALLS) for their, our in pairs]
        moto, cloud = (statistics.median(side) for side in zip(*seconds, strict=True))
        report.line(
            "median call, ratio", f"moto {moto * 1000:.2f} ms, cloud {cloud * 1000:.2f} ms", cloud / moto, 1.2
        )
        moto, cloud = (process.memory_info().rss / 2**20 for process in (their_process, our_process))
        report.line(
            "memory after the same calls, ratio",
            f"moto {moto:.0f} MiB, cloud {cloud:.0f} MiB",
            cloud / moto,
            1.3,
        )
        our_process.cpu_percent()
        time.sleep(IDLE)
        idle = our_process.cpu_percent()
        report.line("idle CPU, % of a core", f"over {IDLE:.0f} s", idle, 3)


def bakery(report: Report, engine: str, limit: float) -> None:
    """The whole shop, four services of two tasks, from the empty cloud to every target healthy; images are built."""
    from labs import images
    from labs.lab import Lab
    from labs.session import connect

    with tempfile.TemporaryDirectory() as folder, local_cloud(engine):
        os.environ["COURSE_HOME"] = folder
        source, build_args = offline_source(Path(folder)) if engine == "docker" else (images.SOURCE, {})

        class OfflineLab(Lab):
            """Builds without a network: what is measured is the cloud."""

            def build(self, service: str, tag: str = TAG) -> images.BuiltImage:
                return images.build(service, source, tag=tag, build_args=build_args)

        lab = OfflineLab(connect())
        with redirect_stdout(io.StringIO()):
            lab.catch_up("cluster")  # the images are built and pushed
            start = time.perf_counter()
            lab.catch_up("shop")
            seconds = time.perf_counter() - start
        states = [
            target["TargetHealth"]["State"]
            for group in lab.session.client("elbv2").describe_target_groups()["TargetGroups"]
            for target in lab.session.client("elbv2").describe_target_health(
                TargetGroupArn=group["TargetGroupArn"]
            )["TargetHealthDescriptions"]
        ]
        assert states == ["healthy"] * 8, states
        report.line(
            f"FrenchBakery up from nothing, s ({engine})", "8 tasks, all targets healthy", seconds, limit
        )


def offline_source(folder: Path) -> tuple[Path, dict[str, str]]:
    """The shop's sources with the wheels that its Dockerfiles need, and the build arguments that say so."""
    from labs.cloud.engine.docker import client as engine_client
    from tests.base_image import OFFLINE, ROOT, wheels

    engine = engine_client()
    assert engine is not None, "no Docker Engine answers"
    copy = Path(shutil.copytree(ROOT / "frenchbakery", folder / "frenchbakery"))
    wheels(engine, copy / "wheels")
    return copy, OFFLINE


def hundred_tasks(report: Report) -> None:
    """How the API answers while a trivial service of 100 tasks runs."""
    from tests.cloud.running import RunningCloud, wait_for
    from tests.cloud.stack import Stack

    with local_cloud() as (of, _, _):
        home = Path(os.environ["COURSE_CLOUD_HOME"])
        state = read_state(home)
        assert state is not None
        stack = Stack(RunningCloud(home, state))
        ecs = of("ecs")
        image = stack.image({"app/main.py": "import signal; signal.pause()"})
        definition = stack.define(stack.container(image=image))

        def latency() -> float:
            return statistics.median(timed(lambda: ecs.list_clusters()) for _ in range(CALLS))

        before = latency()
        start = time.perf_counter()
        stack.serve("many", TASKS, definition)
        wait_for(lambda: stack.service("many")["runningCount"] == TASKS, 120, "RUNNING of every task")
        up = time.perf_counter() - start
        after = latency()
        report.line(
            f"API with {TASKS} tasks, ratio to idle",
            f"{before * 1000:.2f} → {after * 1000:.2f} ms; all RUNNING in {up:.1f} s",
            after / before,
            2,
        )


def timed(call: Callable[[], Any]) -> float:
    """The seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    """Run everything; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--engine", choices=("process", "docker"), default="process", help="for the shop")
    options = parser.parse_args()
    report = Report()
    against_moto(report)
    bakery(report, options.engine, 15 if options.engine == "process" else 40)
    hundred_tasks(report)
    return 1 if report.exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
