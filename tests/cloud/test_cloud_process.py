"""The cloud's process: starting, stopping, dying, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from typer.testing import CliRunner

from labs.cloud import client
from labs.cloud.cli import app
from labs.cloud.state import read_state
from tests.cloud.running import RunningCloud, runs, wait_for
from tests.cloud.stack import Stack


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a cloud that the test starts itself."""
    monkeypatch.setenv("COURSE_CLOUD_HOME", str(tmp_path / "cloud"))
    monkeypatch.setenv("COURSE_ENGINE", "process")
    return tmp_path / "cloud"


def test_stop_and_start_keep_the_port_and_change_the_key(home: Path) -> None:
    first = client.start()
    assert client.start() == first
    assert client.stop()
    assert not client.stop()
    assert client.status() is None and client.died() is None
    second = client.start()
    try:
        assert second.port == first.port
        assert second.secret_access_key != first.secret_access_key
        assert second.access_key_id != first.access_key_id
    finally:
        client.stop()


def test_a_taken_port_is_not_fought_for(home: Path) -> None:
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (home / "port").write_text(str(port))
        state = client.start()
        try:
            assert state.port != port
            assert int((home / "port").read_text()) == state.port
        finally:
            client.stop()


@pytest.mark.parametrize("memory", ["", "words", "-1", "99999999"])
def test_a_damaged_memory_of_the_port_is_no_obstacle(home: Path, memory: str) -> None:
    from labs.cloud.server import _listen

    home.mkdir()
    (home / "port").write_text(memory)
    with _listen(home) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_two_starts_at_once_end_with_one_cloud(home: Path) -> None:
    program = "from labs.cloud import client; print(client.start().pid)"
    starts = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    try:
        pids = {start.communicate(timeout=60)[0].strip() for start in starts}
        assert len(pids) == 1 and pids == {str(read_state(home).pid)}  # type: ignore[union-attr]
    finally:
        client.stop()


def test_a_start_during_a_stop_ends_with_a_cloud(home: Path) -> None:
    first = client.start()
    assert client.control("POST", "/stop") == {}
    wait_for(lambda: read_state(home) is None, what="the beginning of the end")
    second = client.start()
    try:
        assert second.pid != first.pid and client.status() is not None
    finally:
        client.stop()


def test_it_listens_on_loopback_only(cloud: RunningCloud) -> None:
    connections = psutil.Process(cloud.state.pid).net_connections("inet")
    listening = [connection.laddr for connection in connections if connection.status == "LISTEN"]
    assert listening and {address.ip for address in listening} == {"127.0.0.1"}


def test_kill_9_is_recognised_and_leaves_nothing_after_the_next_start(home: Path) -> None:
    cloud = RunningCloud(home, client.start())
    try:
        stack = Stack(cloud)
        # A program that ignores the stop signal and has a child of its own, in another session.
        stubborn = stack.image(
            {
                "app/main.py": "import signal, subprocess, time\n"
                "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                "print('child', subprocess.Popen(['sleep', '300'], start_new_session=True).pid)\n"
                "time.sleep(300)\n"
            }
        )
        stack.until(stack.run(stack.define(stack.container(image=stubborn))), "RUNNING")
        wait_for(stack.log_lines, what="the program's first line")
        left = psutil.Process(cloud.state.pid).children(recursive=True)
        left += [psutil.Process(int(line.split()[1])) for line in stack.log_lines()]
        assert len(left) >= 2
        os.kill(cloud.state.pid, signal.SIGKILL)
        wait_for(lambda: client.died(), what="the death to be recognised")
        assert client.died() == cloud.state and client.status() is None
        said = CliRunner().invoke(app, ["status"], env={"COURSE_LANG": "en"})
        assert said.exit_code == 1 and "ended abruptly" in said.output
        assert client.start().port == cloud.state.port
        assert [process for process in left if runs(process.pid)] == []
        assert client.died() is None
        assert RunningCloud(home, client.start()).client("ecs").list_clusters()["clusterArns"] == []
    finally:
        client.stop()


def test_a_state_file_of_another_process_is_not_believed(home: Path) -> None:
    state = client.start()
    client.stop()
    stale = state.__dict__ | {"pid": os.getpid(), "process_started": 1.0}
    (home / "state.json").write_text(json.dumps(stale))
    assert client.status() is None and client.died() is not None
    (home / "state.json").write_text("{")
    assert client.status() is None and client.died() is None
    with pytest.raises(client.CloudError, match="course cloud start"):
        client.environment()


def test_stop_ends_the_tasks(home: Path) -> None:
    cloud = RunningCloud(home, client.start())
    stack = Stack(cloud)
    stack.until(stack.run(), "RUNNING")
    children = psutil.Process(cloud.state.pid).children(recursive=True)
    assert children
    client.stop()
    assert [child for child in children if runs(child.pid)] == []
    assert not (home / "engine").exists()


def test_an_ephemeral_cloud_ends_with_its_process(tmp_path: Path) -> None:
    program = """
import os, sys
from labs.cloud import client
state = client.start()
print(state.pid, os.environ["COURSE_CLOUD_HOME"], flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""
    environment = os.environ | {
        "COURSE_CLOUD": "ephemeral",
        "COURSE_HOME": str(tmp_path),
        "COURSE_ENGINE": "process",
    }
    environment.pop("COURSE_CLOUD_HOME", None)  # of the module's cloud, which would be found running
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pid, folder = process.stdout.readline().split()
    assert runs(int(pid)) and Path(folder).is_dir()
    process.communicate("die\n")
    wait_for(lambda: not runs(int(pid)), what="the end of the cloud")
    assert not Path(folder).exists()
    assert list(tmp_path.iterdir()) == []


def test_the_learners_secrets_stay_out_of_the_cloud(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the learner's own")
    state = client.start()
    try:
        assert not [
            n for n in psutil.Process(state.pid).environ() if n in ("AWS_SECRET_ACCESS_KEY", "AWS_PROFILE")
        ]
    finally:
        client.stop()


def test_reset_empties_it_and_keeps_process_port_and_key(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    stack.serve(count=2)
    wait_for(lambda: len(stack.running()) == 2)
    processes = psutil.Process(cloud.state.pid).children(recursive=True)
    client.reset()
    assert read_state(cloud.home) == cloud.state
    assert [process for process in processes if runs(process.pid)] == []
    assert cloud.client("ecs").list_clusters()["clusterArns"] == []
    assert cloud.client("ecr").describe_repositories()["repositories"] == []
    status = client.status()
    assert status is not None and (status.services, status.tasks) == (0, 0)
    again = Stack(cloud)
    again.until(again.run(), "RUNNING")


def test_clients_at_once_get_whole_answers(cloud: RunningCloud) -> None:
    failures: list[Exception] = []

    def hammer(number: int) -> None:
        try:
            ecs, sqs = cloud.client("ecs"), cloud.client("dynamodb")
            for turn in range(25):
                name = f"hammer-{number}-{turn}"
                assert ecs.create_cluster(clusterName=name)["cluster"]["clusterName"] == name
                assert ecs.describe_clusters(clusters=[name])["clusters"][0]["status"] == "ACTIVE"
                sqs.list_tables()
                ecs.delete_cluster(cluster=name)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=hammer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_interrupted_start_leaves_no_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_CLOUD_HOME", str(tmp_path))
    spawn, spawned = client._spawn, []

    def spawn_and_note(*how: Any) -> Any:
        spawned.append(spawn(*how))
        return spawned[0]

    def interrupted_while_waiting() -> None:
        if spawned:
            raise KeyboardInterrupt

    monkeypatch.setattr(client, "_spawn", spawn_and_note)
    monkeypatch.setattr(client, "_running", interrupted_while_waiting)
    with pytest.raises(KeyboardInterrupt):
        client.start("process")
    assert spawned[0].poll() is not None


def test_the_command_in_both_languages(cloud: RunningCloud) -> None:
    run = CliRunner().invoke
    assert "answers on" in run(app, ["status"], env={"COURSE_LANG": "en"}).output
    assert "répond sur" in run(app, ["status"], env={"COURSE_LANG": "fr"}).output
    shown = json.loads(run(app, ["status", "--json"]).output)
    assert shown["endpoint"] == cloud.endpoint and shown["engine"] == "process"
    assert json.loads(run(app, ["env", "--json"]).output) == client.environment()
    lines = run(app, ["env"]).output
    assert f"export AWS_ENDPOINT_URL={cloud.endpoint}\n" in lines
    assert (
        f"set -gx AWS_ACCESS_KEY_ID {cloud.state.access_key_id}\n"
        in run(app, ["env", "--shell", "fish"]).output
    )
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines.splitlines())
    session = boto3.Session(
        exported["AWS_ACCESS_KEY_ID"], exported["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1"
    )
    assert session.client("sts", endpoint_url=exported["AWS_ENDPOINT_URL"]).get_caller_identity()


def test_the_commands_when_nothing_runs(home: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["status"]).exit_code == 1
    assert run(app, ["status", "--json"]).output.strip() == "null"
    for command in ("env", "reset"):
        done = run(app, [command])
        assert done.exit_code == 1 and "course cloud start" in done.output
    assert run(app, ["stop"]).exit_code == 0


def test_a_start_that_fails_shows_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_ENGINE", "docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{home}/nothing.sock")
    with pytest.raises(client.CloudError, match="no Docker Engine answers"):
        client.start()
