"""The Docker Engine behind the local cloud, on a real one."""

from __future__ import annotations

import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from labs.cloud.engine.base import ContainerSpec, ExecFormatError, Limit, Mount, PullError, StartError
from labs.cloud.engine.docker.bridge import GATEWAY, NETWORK
from labs.cloud.engine.docker.engine import HOME_LABEL, DockerEngine
from labs.cloud.registry.images import Image, ImageNotFound
from labs.images.model import ENGINE_FREE_LABEL
from tests.base_image import python_image
from tests.cloud.running import wait_for

pytestmark = pytest.mark.engine


class Api(BaseHTTPRequestHandler):
    """Stands for the cloud's API: says what reached it."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "host": self.headers["Host"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def loopback_server() -> Iterator[int]:
    """The port of an HTTP server that listens on loopback only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class HeldImages:
    """Finds images that the engine holds already; nothing is pulled."""

    def __init__(self, client: Any):
        self._client = client
        self.labels: dict[str, str] = {}
        self.architecture = "amd64"

    def resolve(self, reference: str) -> Image:
        import docker

        try:
            found = self._client.images.get(reference)
        except docker.errors.ImageNotFound:
            raise ImageNotFound(f"failed to resolve ref {reference}: not found") from None
        return Image(
            "us-east-1",
            "held",
            "sha256:" + "0" * 64,
            {"architecture": self.architecture, "config": {"Labels": self.labels}},
            found.id,
            [],
        )


@pytest.fixture
def images(engine: Any) -> HeldImages:
    return HeldImages(engine)


@pytest.fixture
def running(engine: Any, images: HeldImages, loopback_server: int, tmp_path: Path) -> Iterator[DockerEngine]:
    import docker

    subject = DockerEngine(tmp_path, images, loopback_server, docker.from_env())  # type: ignore[arg-type]
    yield subject
    subject.close()
    assert not engine.containers.list(all=True, filters={"label": f"course.home={tmp_path}"})


@pytest.fixture
def python(engine: Any) -> str:
    return python_image(engine)


def spec(image: str, *command: str, **others: Any) -> ContainerSpec:
    values: dict[str, Any] = {
        "task_id": os.urandom(16).hex(),
        "name": "app",
        "image": image,
        "entry_point": None,
        "command": command,
        "environment": {},
        "working_directory": None,
        "user": None,
        "ports": (),
        "cpu_units": 256,
        "memory_mib": 128,
    }
    return ContainerSpec(**(values | others))


def ended(engine: DockerEngine, container_id: str) -> Any:
    """How the container ended, once it has."""
    wait_for(lambda: not engine.status(container_id).running, what="the end of the container")
    return engine.status(container_id)


def run_to_end(engine: DockerEngine, what: ContainerSpec) -> tuple[list[str], Any]:
    """The container's lines and how it ended."""
    lines: list[bytes] = []
    started = engine.start(what, lines.append)
    status = ended(engine, started.container_id)
    engine.stop(started.container_id, 1)
    return [line.decode() for line in lines], status


def test_output_arrives_as_whole_lines_and_the_exit_code_is_kept(running: DockerEngine, python: str) -> None:
    program = (
        "import sys; sys.stdout.write('half'); sys.stdout.flush(); sys.stderr.write('other\\n'); "
        "sys.stderr.flush(); print(' and half'); print('no newline', end=''); sys.exit(3)"
    )
    lines, status = run_to_end(running, spec(python, "python", "-c", program))
    assert sorted(lines) == ["half and half", "no newline", "other"]
    assert (status.running, status.exit_code, status.oom_killed) == (False, 3, False)


def test_a_container_answers_on_a_published_loopback_port(running: DockerEngine, python: str) -> None:
    what = spec(python, "python", "-m", "http.server", "8080", ports=(8080,))
    started = running.start(what, lambda line: None)
    host, port = started.addresses[8080]
    assert host == "127.0.0.1"

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"http://{host}:{port}/", timeout=2).status == 200
        except OSError:
            return False

    assert wait_for(answers)
    assert running.status(started.container_id).running
    assert running.stop(started.container_id, 0).exit_code == 137  # PID 1 without a handler ignores SIGTERM
    with pytest.raises(OSError):
        socket.create_connection((host, port), timeout=1)


def test_stop_sends_the_stop_signal_and_waits(running: DockerEngine, python: str) -> None:
    program = (
        "import os, signal, sys, time\n"  # the handler may run inside print, which does not nest
        "signal.signal(signal.SIGUSR1, lambda *_: (os.write(1, b'draining\\n'), sys.exit(7)))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    lines: list[bytes] = []
    started = running.start(spec(python, "python", "-c", program, stop_signal="SIGUSR1"), lines.append)
    wait_for(lambda: lines)
    status = running.stop(started.container_id, 20)
    assert (status.exit_code, lines) == (7, [b"ready", b"draining"])
    assert running.status(started.container_id).exit_code is None  # forgotten


def test_too_much_memory_kills_the_container(running: DockerEngine, python: str) -> None:
    changed: list[bool] = []
    running.on_change = lambda: changed.append(True)
    _, status = run_to_end(running, spec(python, "python", "-c", "x = b'x' * 2**30", memory_mib=64))
    assert status.exit_code == 137
    assert status.oom_killed
    assert status.reason == "OutOfMemoryError: Container killed due to memory usage"
    assert wait_for(lambda: changed)


def test_user_root_filesystem_capabilities_and_environment(running: DockerEngine, python: str) -> None:
    program = (
        "import os\nprint(os.getuid(), os.environ['COLOUR'], os.getcwd())\n"
        "try: open('/x', 'w')\nexcept OSError as error: print(error.strerror)\n"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('CapEff')][0])"
    )
    lines, status = run_to_end(
        running,
        spec(
            python, "python", "-c", program,
            user="10001", read_only_root=True, linux_drop=("ALL",), environment={"COLOUR": "blé"}, working_directory="/tmp",
        ),
    )  # fmt: skip
    assert lines == ["10001 blé /tmp", "Read-only file system", "0" * 16]
    assert status.exit_code == 0


def test_processor_and_memory_limits_reach_the_engine(
    running: DockerEngine, engine: Any, python: str
) -> None:
    what = spec(python, "sleep", "60", cpu_units=256, memory_mib=64)
    started = running.start(what, lambda line: None)
    limits = engine.containers.get(started.container_id).attrs["HostConfig"]
    assert (limits["NanoCpus"], limits["Memory"]) == (250_000_000, 64 * 2**20)


def test_more_processors_than_the_machine_has_are_cut_to_what_it_has(
    running: DockerEngine, python: str
) -> None:
    _, status = run_to_end(running, spec(python, "true", cpu_units=32768))
    assert status.exit_code == 0


def test_an_unknown_image_and_an_unknown_command_are_told_apart(running: DockerEngine, python: str) -> None:
    with pytest.raises(PullError, match="not found"):
        running.start(spec("127.0.0.1:1/absent:v1"), lambda line: None)
    with pytest.raises(StartError, match="no-such-program"):
        running.start(spec(python, "no-such-program"), lambda line: None)


def test_an_image_made_without_an_engine_is_refused(
    running: DockerEngine, images: HeldImages, python: str
) -> None:
    images.labels = {ENGINE_FREE_LABEL: "true"}
    with pytest.raises(StartError, match="built without a container engine"):
        running.start(spec(python), lambda line: None)


def test_sweep_removes_what_an_earlier_cloud_of_this_home_left_and_nothing_else(
    running: DockerEngine, engine: Any, python: str, tmp_path: Path
) -> None:
    own = {HOME_LABEL: str(tmp_path)}
    engine.containers.run(python, ["sleep", "60"], labels=own, detach=True)
    engine.containers.create(python, ["sleep", "60"], labels=own)  # never started
    stranger = engine.containers.create(python, ["sleep", "60"], labels={"course.home": "/elsewhere"})
    try:
        assert running.sweep() == 2
        assert running.sweep() == 0
        stranger.reload()
    finally:
        stranger.remove(force=True)


def test_a_container_removed_behind_our_back_has_ended(
    running: DockerEngine, engine: Any, python: str
) -> None:
    started = running.start(spec(python, "sleep", "60"), lambda line: None)
    engine.containers.get(started.container_id).remove(force=True)
    assert ended(running, started.container_id).exit_code in (None, 137)


FETCH = """
import sys, urllib.request, urllib.error
for url, header in zip(sys.argv[1::2], sys.argv[2::2]):
    request = urllib.request.Request(url, headers={"Authorization": header} if header else {})
    try:
        print(urllib.request.urlopen(request, timeout=5).read().decode())
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError as error:
        print("unreachable")
"""


def test_a_task_reaches_signed_calls_and_its_own_endpoints_but_not_the_control_api(
    running: DockerEngine, loopback_server: int, python: str
) -> None:
    base = running.reach(f"http://127.0.0.1:{loopback_server}")
    assert base == f"http://{GATEWAY}:{loopback_server}"
    signed = "AWS4-HMAC-SHA256 Credential=x"
    calls = [
        (f"{base}/", signed),
        (f"{base}/_course/tasks/secret/credentials?x=%20", ""),
        (f"{base}/", ""),
        (f"{base}/_course/status", signed),
        (f"{base}/v2/", "Basic QVdTOng="),
        (f"http://127.0.0.1:{loopback_server}/", signed),
    ]
    lines, _ = run_to_end(
        running, spec(python, "python", "-c", FETCH, *[word for call in calls for word in call])
    )
    host = f"{GATEWAY}:{loopback_server}"
    assert json.loads(lines[0]) == {"path": "/", "host": host}
    assert json.loads(lines[1]) == {"path": "/_course/tasks/secret/credentials?x=%20", "host": host}
    assert lines[2:] == ["403", "403", "403", "unreachable"]


def test_a_listener_is_relayed_once_a_task_is_told_of_it(running: DockerEngine, python: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://{GATEWAY}:{server.server_port}/products"
        before, _ = run_to_end(running, spec(python, "python", "-c", FETCH, address, ""))
        assert before == ["unreachable"]
        assert running.reach(f"http://127.0.0.1:{server.server_port}/products") == address
        after, _ = run_to_end(running, spec(python, "python", "-c", FETCH, address, ""))
        assert json.loads(after[0])["path"] == "/products"
    finally:
        server.shutdown()
        server.server_close()


def test_addresses_elsewhere_are_left_alone(running: DockerEngine) -> None:
    assert running.reach("https://example.com/x") == "https://example.com/x"


def test_closing_removes_containers_and_network(
    engine: Any, images: HeldImages, loopback_server: int, tmp_path: Path, python: str
) -> None:
    import docker

    subject = DockerEngine(tmp_path, images, loopback_server, docker.from_env())  # type: ignore[arg-type]
    subject.reach(f"http://127.0.0.1:{loopback_server}")
    for _ in range(4):
        subject.start(spec(python, "sleep", "60"), lambda line: None)
    assert engine.networks.list(names=[NETWORK])
    subject.close()
    assert not engine.containers.list(all=True, filters={"label": f"course.home={tmp_path}"})
    assert not engine.networks.list(names=[NETWORK])


def test_usage_is_what_the_engine_counts(running: DockerEngine, python: str) -> None:
    text = "x = bytearray(40_000_000)\nwhile True: pass"
    started = running.start(spec(python, "python3", "-c", text), lambda line: None)
    wait_for(lambda: (u := running.usage(started.container_id)) and u.memory_bytes > 40_000_000)
    wait_for(lambda: (u := running.usage(started.container_id)) and u.cpu_seconds > 0.2)
    running.stop(started.container_id, 0)
    assert running.usage(started.container_id) is None


def test_a_command_runs_beside_the_program(running: DockerEngine, python: str) -> None:
    what = spec(python, "sleep", "60", environment={"WORD": "bread"})
    started = running.start(what, lambda line: None)

    def run(*command: str, timeout: float = 30) -> int:
        return running.execute(started.container_id, command, timeout)

    assert run("true") == 0
    assert run("/bin/sh", "-c", 'test "$WORD" = bread && exit 3') == 3
    assert run("no-such-command") in (126, 127)
    with pytest.raises(TimeoutError):
        run("sleep", "60", timeout=0.3)
    running.stop(started.container_id, 0)
    assert run("true") == 137


def test_the_containers_of_a_task_share_one_localhost(
    running: DockerEngine, python: str, engine: Any
) -> None:
    serve = "import http.server; http.server.test(http.server.SimpleHTTPRequestHandler, port=8080)"
    ask = (
        "import time, urllib.request\n"
        "for _ in range(100):\n"
        "    try: print(urllib.request.urlopen('http://localhost:8080/').status); break\n"
        "    except OSError: time.sleep(.1)"
    )
    task = {"task_id": os.urandom(16).hex(), "shared_ports": (8080,)}
    server = running.start(
        spec(python, "python3", "-c", serve, name="web", ports=(8080,), **task), lambda line: None
    )
    lines, _ = run_to_end(running, spec(python, "python3", "-c", ask, name="side", **task))
    assert lines == ["200"]
    host, port = server.addresses[8080]
    wait_for(lambda: urllib.request.urlopen(f"http://{host}:{port}/").status == 200)
    assert running.stop(server.container_id, 0).exit_code == 137
    running.release(task["task_id"])  # type: ignore[arg-type]
    assert not engine.containers.list(all=True, filters={"label": f"course.task={task['task_id']}"})


def test_volumes_are_shared_within_a_task_and_go_with_it(
    running: DockerEngine, python: str, engine: Any
) -> None:
    task = {"task_id": os.urandom(16).hex()}
    write = "open('/data/bread', 'w').write('baguette')"
    _, status = run_to_end(
        running, spec(python, "python3", "-c", write, mounts=(Mount("shelf", "/data"),), **task)
    )
    assert status.exit_code == 0
    read = (Mount("shelf", "/shelf", read_only=True), Mount("shelf", "/window", read_only=True))
    show = "print(open('/shelf/bread').read(), open('/window/bread').read())"
    lines, _ = run_to_end(running, spec(python, "python3", "-c", show, mounts=read, **task))
    assert lines == ["baguette baguette"]
    _, status = run_to_end(
        running, spec(python, "python3", "-c", "open('/shelf/x', 'w')", mounts=read, **task)
    )
    assert status.exit_code == 1
    assert engine.volumes.list(filters={"label": f"course.task={task['task_id']}"})
    running.release(task["task_id"])
    assert not engine.volumes.list(filters={"label": f"course.task={task['task_id']}"})


def test_the_tasks_memory_is_for_all_its_containers(running: DockerEngine, python: str) -> None:
    hold = "import time; x = bytearray({}_000_000); print('up'); time.sleep(60)"
    task = {"task_id": os.urandom(16).hex(), "shared_ports": (), "memory_mib": None, "task_memory_mib": 128}
    small = running.start(
        spec(python, "python3", "-c", hold.format(50), name="small", **task), lambda _: None
    )
    large = spec(python, "python3", "-c", hold.format(90), name="large", **task)
    _, status = run_to_end(running, large)
    assert (status.exit_code, status.oom_killed) == (137, True)
    assert running.status(small.container_id).running
    running.stop(small.container_id, 0)
    running.release(task["task_id"])  # type: ignore[arg-type]


def test_the_tasks_memory_is_looked_at_again_soon(running: DockerEngine, python: str) -> None:
    grow = "import time; print('up', flush=True); time.sleep(3); x = bytearray({}_000_000); time.sleep(60)"
    task = {"task_id": os.urandom(16).hex(), "shared_ports": (), "memory_mib": None, "task_memory_mib": 128}
    started = [
        running.start(spec(python, "python3", "-c", grow.format(size), **task), print) for size in (60, 90)
    ]
    status = ended(running, started[1].container_id)
    assert (status.exit_code, status.oom_killed) == (137, True)
    running.stop(started[0].container_id, 0)
    running.release(task["task_id"])  # type: ignore[arg-type]


def test_an_image_for_another_processor_does_not_run(running: DockerEngine, python: str) -> None:
    running._images.architecture = "arm64"  # type: ignore[attr-defined]
    with pytest.raises(ExecFormatError, match="exec python3: exec format error"):
        running.start(spec(python, "python3", architecture="amd64"), lambda line: None)


def test_what_linux_offers_to_a_container(running: DockerEngine, python: str) -> None:
    text = (
        "import os, resource\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE), os.getpid() != 1, os.statvfs('/cache').f_blocks > 0)\n"
        "open('/cache/x', 'w').write('warm')"
    )
    lines, status = run_to_end(
        running,
        spec(
            python, "python3", "-c", text, read_only_root=True, tmpfs={"/cache": "size=1m"},
            ulimits=(Limit("nofile", 512, 1024),), init_process=True, shared_memory_mib=8,
            memory_reservation_mib=64, cpu_shares=128, labels={"team": "bread"},
        ),
    )  # fmt: skip
    assert (lines, status.exit_code) == (["(512, 1024) True True"], 0)


class Wire:
    """A socket in front of the engine's, which the test can cut."""

    def __init__(self, path: Path):
        self.path = path
        self._open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self.path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.path.unlink()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(
                    os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
                )
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def test_an_engine_that_goes_away_loses_its_tasks_and_leaves_nothing(
    engine: Any, images: HeldImages, loopback_server: int, tmp_path: Path, python: str
) -> None:
    import docker

    wire = Wire(tmp_path / "e.sock")
    client = docker.DockerClient(f"unix://{wire.path}", timeout=20)
    subject = DockerEngine(tmp_path, images, loopback_server, client)  # type: ignore[arg-type]
    task = {"task_id": os.urandom(16).hex(), "shared_ports": (8080,), "ports": (8080,)}
    mine = {"label": f"course.task={task['task_id']}"}
    lost = subject.start(spec(python, "sleep", "60", **task), lambda line: None)
    wire.cut()
    status = ended(subject, lost.container_id)
    assert (status.lost, status.exit_code) == (True, None) and "does not answer" in status.reason
    subject.release(str(task["task_id"]))
    with pytest.raises(StartError, match="Cannot connect to the Docker Engine"):
        subject.start(spec(python, "true"), lambda line: None)
    assert len(engine.containers.list(filters=mine)) == 2  # it and the one with its network
    wire.mend()
    lines, _ = run_to_end(subject, spec(python, "echo", "again"))
    assert lines == ["again"] and not engine.containers.list(all=True, filters=mine)
    subject.close()
