"""`course start` as a learner runs it: JupyterLab answers on loopback, and the end leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from labs import start
from labs.cloud import client

DEADLINE = 60  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answers(url: str, process: subprocess.Popen[bytes]) -> dict[str, object]:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.poll() is None, "JupyterLab ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return dict(json.load(answer))
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {DEADLINE} s")


def test_it_opens_the_working_copy_and_leaves_nothing_running(course_home: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from labs.cli import app; app()", "start", "--lang", "fr"]
    environment = os.environ | {"JUPYTER_TOKEN": "a-token-for-this-test", "COURSE_ENGINE": "process"}
    with subprocess.Popen(
        [*command, "--no-browser", "--port", str(port)], env=environment, start_new_session=True
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            assert "version" in wait_until_answers(f"{address}/api", process)
            with pytest.raises(urllib.error.HTTPError, match="403"):  # no token, no course
                urllib.request.urlopen(f"{address}/api/contents", timeout=5)
            contents = wait_until_answers(f"{address}/api/contents?token=a-token-for-this-test", process)
            assert start.FIRST_NOTEBOOK in [entry["name"] for entry in contents["content"]]  # type: ignore[attr-defined]
            assert client.status() is not None
            process.send_signal(signal.SIGTERM)
            process.wait(DEADLINE)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert client.status() is None
    assert json.loads((course_home / "settings.json").read_text())["language"] == "fr"


@pytest.mark.parametrize(("lang", "locale"), [("fr", "fr_FR"), ("en", "en")])
def test_jupyterlab_speaks_the_learners_language_and_asks_nothing_of_the_internet(
    course_home: Path, lang: str, locale: str
) -> None:
    folder = start.configure(lang)  # type: ignore[arg-type]
    settings = json.loads((folder / "labconfig" / "default_setting_overrides.json").read_text())
    assert settings["@jupyterlab/translation-extension:plugin"] == {"locale": locale}
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_it_never_listens_beyond_loopback(tmp_path: Path) -> None:
    command = start.jupyter_command(tmp_path, browser=False, port=None)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert not any("token=" in part or "password" in part for part in command)


def test_a_wrong_language_or_port_is_refused_with_a_reason() -> None:
    from typer.testing import CliRunner

    for wrong, reason in ((["--lang", "de"], "de"), (["--port", "70000"], "65535")):
        done = CliRunner().invoke(start.app, wrong)
        assert done.exit_code == 2
        assert reason in done.output
