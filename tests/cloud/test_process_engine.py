"""The process engine: real programs, without a cloud around them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from labs.cloud.engine.base import ContainerSpec, PullError, StartError, Status
from labs.cloud.engine.process import ProcessEngine
from labs.cloud.registry.images import Image, ImageNotFound
from tests.cloud.running import runs, wait_for
from tests.cloud.stack import tar

SHOW = "import json, os, sys; print(json.dumps([sys.argv, os.getcwd(), dict(os.environ), sys.executable]))"
SLEEP = "import time; print('up'); time.sleep(60)"


class FakeImages:
    """Images by reference, from a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.images: dict[str, Image] = {}

    def add(self, name: str, files: dict[str, str], **config: Any) -> str:
        path = self.folder / f"{name}.tar.gz"
        path.write_bytes(tar(files))
        settings = {"WorkingDir": "/app", "Cmd": ["python", "main.py"]} | config
        self.images[name] = Image(
            "us-east-1", name, f"sha256:{name}", {"config": settings}, "sha256:c", [path]
        )
        return name

    def resolve(self, reference: str) -> Image:
        if reference not in self.images:
            raise ImageNotFound(f"{reference}: not found")
        return self.images[reference]


@pytest.fixture
def images(tmp_path: Path) -> FakeImages:
    return FakeImages(tmp_path)


@pytest.fixture
def engine(tmp_path: Path, images: FakeImages) -> Iterator[ProcessEngine]:
    made = ProcessEngine(tmp_path / "home", images)  # type: ignore[arg-type]
    yield made
    made.close()


def spec(image: str, **changes: Any) -> ContainerSpec:
    settings: dict[str, Any] = {
        "task_id": "t", "name": "c", "image": image, "entry_point": None, "command": None, "environment": {},
        "working_directory": None, "user": None, "ports": (), "cpu_units": None, "memory_mib": None,
    }  # fmt: skip
    return ContainerSpec(**(settings | changes))


def finish(engine: ProcessEngine, made: ContainerSpec) -> tuple[Status, list[str]]:
    """Run to the end; the last status and the lines."""
    lines: list[bytes] = []
    started = engine.start(made, lines.append)
    wait_for(lambda: not engine.status(started.container_id).running, what="the end of the program")
    return engine.stop(started.container_id, 0), [line.decode() for line in lines]


def test_runs_the_images_command_in_its_folder_with_this_python(
    engine: ProcessEngine, images: FakeImages
) -> None:
    image = images.add("show", {"app/main.py": SHOW}, Env=["FROM_IMAGE=1", "BOTH=image", "PATH=/nowhere"])
    status, lines = finish(engine, spec(image, environment={"BOTH": "task"}))
    assert status.exit_code == 0
    argv, folder, environment, python = json.loads(lines[0])
    assert argv == ["main.py"] and folder.endswith("/app") and python == sys.executable
    assert (environment["FROM_IMAGE"], environment["BOTH"]) == ("1", "task")
    assert "/nowhere" not in environment["PATH"]


@pytest.mark.parametrize(
    ("config", "changes", "expected"),
    [  # Docker's rules for ENTRYPOINT and CMD
        ({"Entrypoint": ["python", "main.py"], "Cmd": ["a"]}, {}, ["a"]),
        ({"Entrypoint": ["python", "main.py"], "Cmd": ["a"]}, {"command": ("b", "c")}, ["b", "c"]),
        ({"Entrypoint": ["ignored"], "Cmd": ["ignored"]}, {"entry_point": ("python", "main.py")}, []),
        ({"Entrypoint": None, "Cmd": ["python3", "main.py", "x"]}, {}, ["x"]),
        ({"Cmd": ["/usr/local/bin/python", "/app/main.py"]}, {}, []),
        ({"Cmd": ["sh", "-c", "exec python main.py $WORD"]}, {"environment": {"WORD": "w"}}, ["w"]),
    ],
)
def test_entry_point_and_command(
    engine: ProcessEngine,
    images: FakeImages,
    config: dict[str, Any],
    changes: dict[str, Any],
    expected: list[str],
) -> None:
    image = images.add("show", {"app/main.py": SHOW}, **config)
    status, lines = finish(engine, spec(image, **changes))
    assert status.exit_code == 0, lines
    assert json.loads(lines[0])[0][1:] == expected


def test_nothing_of_the_learners_is_inherited(
    engine: ProcessEngine, images: FakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "PYTHONPATH", "HTTP_PROXY"):
        monkeypatch.setenv(name, "secret")
    _, lines = finish(engine, spec(images.add("show", {"app/main.py": SHOW})))
    environment = json.loads(lines[0])[2]
    assert "secret" not in environment.values()
    assert environment["HOME"] != str(Path.home()) and environment["AWS_CONFIG_FILE"] == os.devnull


def test_each_container_has_its_own_port(engine: ProcessEngine, images: FakeImages) -> None:
    program = (
        "import os, socket\ns = socket.create_server((os.environ['HOST'], int(os.environ['PORT'])))\n" + SLEEP
    )
    image = images.add("server", {"app/main.py": program})
    started = [
        engine.start(
            spec(image, task_id=task, ports=(8080, 9090), environment={"PORT": "8080"}), lambda _: None
        )
        for task in ("one", "two")
    ]
    ports = {address for one in started for address in one.addresses.values()}
    assert len(ports) == 4 and {host for host, _ in ports} == {"127.0.0.1"}
    for one in started:
        wait_for(lambda one=one: engine.status(one.container_id).running)
        engine.stop(one.container_id, 0)


TAKEN = "import socket; one = socket.create_server(('127.0.0.1', 0)); socket.create_server(one.getsockname())"


def test_one_whose_port_is_taken_is_told_of_the_engines(engine: ProcessEngine, images: FakeImages) -> None:
    image = images.add("deaf", {"app/main.py": TAKEN})
    status, _ = finish(engine, spec(image, ports=(8080,)))
    assert status.exit_code == 1
    assert status.reason is not None and "$HOST:$PORT" in status.reason
    worker, _ = finish(engine, spec(image))
    assert worker.reason is None


def test_a_crash_is_not_explained_by_the_port(engine: ProcessEngine, images: FakeImages) -> None:
    image = images.add("crash", {"app/main.py": "raise SystemExit(3)"})
    status, _ = finish(engine, spec(image, ports=(8080,)))
    assert (status.exit_code, status.reason) == (3, None)


def test_one_who_does_not_listen_is_told_while_it_runs(
    engine: ProcessEngine, images: FakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labs.cloud.engine.process.LISTEN_WITHIN", 0.1)
    image = images.add("deaf", {"app/main.py": SLEEP})
    container = engine.start(spec(image, ports=(8080,)), lambda _: None).container_id
    reason = wait_for(lambda: engine.status(container).reason, what="the reason")
    assert reason is not None and "$HOST:$PORT" in reason


@pytest.mark.parametrize(
    ("config", "changes", "reached"),
    [
        ({}, {"ports": (8080, 9090)}, 8080),
        ({}, {"ports": (8080, 9090), "environment": {"PORT": "9090"}}, 9090),
        ({}, {"ports": (8080,), "environment": {"PORT": "9090"}}, None),
        ({"Env": ["PORT=9090"]}, {"ports": (8080,)}, None),
        ({"ExposedPorts": {"8080/tcp": {}}}, {"ports": (8080,)}, 8080),
        ({"ExposedPorts": {"8080/tcp": {}}}, {"ports": (80,)}, None),
        ({"ExposedPorts": {"8080/tcp": {}}}, {"ports": (80,), "command": ("python", "main.py")}, 80),
    ],
)
def test_a_program_is_reached_on_its_own_port_only(  # a wrong containerPort stays wrong
    engine: ProcessEngine,
    images: FakeImages,
    config: dict[str, Any],
    changes: dict[str, Any],
    reached: int | None,
) -> None:
    text = "import os, time; print(os.environ['PORT'], flush=True); time.sleep(60)"
    image = images.add("port", {"app/main.py": text}, **config)
    lines: list[bytes] = []
    container = engine.start(spec(image, **changes), lines.append)
    wait_for(lambda: lines, what="the port")
    assert int(lines[0]) == (container.addresses[reached][1] if reached else 0)
    engine.stop(container.container_id, 0)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import sys; sys.exit(7)", 7),
        ("import os; os.kill(os.getpid(), 9)", 137),
        ("import os; os.kill(os.getpid(), 15)", 143),
        ("import os; os.kill(os.getpid(), 11)", 139),
        ("1 / 0", 1),
    ],
)
def test_exit_codes_are_dockers(
    engine: ProcessEngine, images: FakeImages, program: str, expected: int
) -> None:
    assert finish(engine, spec(images.add("exits", {"app/main.py": program})))[0].exit_code == expected


def started(
    engine: ProcessEngine, images: FakeImages, program: str, **config: Any
) -> tuple[str, list[bytes]]:
    """A program that printed its first line."""
    lines: list[bytes] = []
    container = engine.start(spec(images.add("program", {"app/main.py": program}, **config)), lines.append)
    wait_for(lambda: lines, what="the first line")
    return container.container_id, lines


def test_stop_sends_the_images_signal_and_waits(engine: ProcessEngine, images: FakeImages) -> None:
    program = "import signal, sys, time\nsignal.signal(signal.SIGINT, lambda *_: (print('bye'), sys.exit(5)))\nprint('up')\ntime.sleep(60)"
    container, lines = started(engine, images, program, StopSignal="SIGINT")
    assert engine.stop(container, 10).exit_code == 5
    assert lines[-1] == b"bye"


def test_stop_kills_one_who_stays_and_all_that_it_started(engine: ProcessEngine, images: FakeImages) -> None:
    program = (
        "import signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen(['sleep', '60']).pid)\ntime.sleep(60)"
    )
    container, lines = started(engine, images, program)
    assert engine.stop(container, 0.2).exit_code == 137
    wait_for(lambda: not runs(int(lines[0])), what="the end of the child")


def test_the_end_of_the_first_process_ends_the_container(engine: ProcessEngine, images: FakeImages) -> None:
    program = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"
    status, lines = finish(engine, spec(images.add("parent", {"app/main.py": program})))
    assert status.exit_code == 0
    wait_for(lambda: not runs(int(lines[0])), what="the end of the child")


def test_the_end_is_announced(engine: ProcessEngine, images: FakeImages) -> None:
    told: list[bool] = []
    engine.on_change = lambda: told.append(True)
    finish(engine, spec(images.add("short", {"app/main.py": "pass"})))
    assert told


def test_long_and_odd_output_is_passed_on(engine: ProcessEngine, images: FakeImages) -> None:
    program = "import sys\nsys.stdout.buffer.write(b'a' * 600000 + b'\\n\\xff\\n\\n' + b'end')\nsys.stderr.write('!')"
    lines: list[bytes] = []
    made = engine.start(spec(images.add("loud", {"app/main.py": program})), lines.append)
    wait_for(lambda: not engine.status(made.container_id).running)
    assert sorted(b"".join(lines)) == sorted(b"a" * 600000 + b"\xffend!")
    assert max(map(len, lines)) <= 256 * 1024


def test_what_cannot_be_pulled_or_started_says_so(engine: ProcessEngine, images: FakeImages) -> None:
    with pytest.raises(PullError, match="not found"):
        engine.start(spec("nothing"), lambda _: None)
    with pytest.raises(StartError, match="no-such-program"):
        engine.start(spec(images.add("a", {}, Cmd=["no-such-program"])), lambda _: None)
    with pytest.raises(StartError, match="no command"):
        engine.start(spec(images.add("b", {}, Cmd=None)), lambda _: None)
    broken = images.add("c", {})
    (images.folder / "c.tar.gz").write_bytes(b"broken")
    with pytest.raises(PullError, match="failed to extract"):
        engine.start(spec(broken), lambda _: None)


def test_a_workdir_cannot_leave_the_image(engine: ProcessEngine, images: FakeImages) -> None:
    image = images.add("show", {"app/main.py": SHOW}, Cmd=["python", "/app/main.py"])
    _, lines = finish(engine, spec(image, working_directory="/../../../etc"))
    assert json.loads(lines[0])[1].endswith("/images/sha256-show/etc")


def test_unknown_containers_are_just_not_running(engine: ProcessEngine) -> None:
    assert engine.status("nothing") == engine.stop("nothing", 1) == Status(running=False, exit_code=None)


def test_a_sweep_ends_what_a_dead_cloud_left_and_nothing_else(
    engine: ProcessEngine, images: FakeImages, tmp_path: Path
) -> None:
    container, _ = started(engine, images, SLEEP)
    other = ProcessEngine(tmp_path / "other", images)  # type: ignore[arg-type]
    bystander, _ = started(other, images, SLEEP)
    later = ProcessEngine(tmp_path / "home", images)  # type: ignore[arg-type]
    assert later.sweep() == 1
    wait_for(lambda: not engine.status(container).running)
    assert other.status(bystander).running
    assert later.sweep() == 0
    other.close()


def test_close_ends_everything_and_removes_the_files(
    engine: ProcessEngine, images: FakeImages, tmp_path: Path
) -> None:
    container, _ = started(engine, images, SLEEP)
    engine.close()
    assert not engine.status(container).running
    assert not (tmp_path / "home" / "engine").exists()


def test_usage_counts_what_the_program_and_its_children_use(
    engine: ProcessEngine, images: FakeImages
) -> None:
    busy = "import subprocess, sys, time\nx = bytearray(60_000_000)\nsubprocess.Popen(['sh', '-c', 'while :; do :; done'])\ntime.sleep(60)"
    started = engine.start(spec(images.add("busy", {"app/main.py": busy})), lambda line: None)
    wait_for(lambda: engine.usage(started.container_id).memory_bytes > 60_000_000)  # type: ignore[union-attr]
    wait_for(lambda: engine.usage(started.container_id).cpu_seconds > 0.3)  # type: ignore[union-attr]
    engine.stop(started.container_id, 0)
    assert engine.usage(started.container_id) is None


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("true",), 0),
        (("sh", "-c", 'test "$WORD" = bread && test -f /app/main.py && exit 3'), 1),
        (("sh", "-c", 'test "$WORD" = bread && test -f main.py && exit 3'), 3),
        (("python", "-c", "import os; os.kill(os.getpid(), 9)"), 137),
        (("no-such-command",), 127),
    ],
)
def test_a_command_runs_in_the_containers_environment(
    engine: ProcessEngine, images: FakeImages, command: tuple[str, ...], code: int
) -> None:
    image = images.add("sleep", {"app/main.py": SLEEP})
    started = engine.start(spec(image, environment={"WORD": "bread"}), lambda line: None)
    assert engine.execute(started.container_id, command, 30) == code
    engine.stop(started.container_id, 0)
    assert engine.execute(started.container_id, command, 30) == 137


def test_a_command_that_takes_too_long_is_killed(engine: ProcessEngine, images: FakeImages) -> None:
    started = engine.start(spec(images.add("sleep", {"app/main.py": SLEEP})), lambda line: None)
    with pytest.raises(TimeoutError):
        engine.execute(started.container_id, ("sh", "-c", "sleep 61.25 & sleep 61.25"), 0.3)
    wait_for(
        lambda: not any((p.info["cmdline"] or ())[1:] == ["61.25"] for p in psutil.process_iter(["cmdline"]))
    )
