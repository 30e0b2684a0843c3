"""A JupyterLab of the course: its settings, its process, the address where it answers."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from labs import learner

FIRST_NOTEBOOK = "00_start.ipynb"
LOOPBACK = "127.0.0.1"
START_SECONDS = 90  # for two slow cores that have never imported it
STOP_SECONDS = 20
TAIL = 12  # lines of the log that a learner is shown


class DidNotStart(Exception):
    """JupyterLab ended, or did not answer in time; the text is the end of its log."""


def home() -> Path:
    """What the course keeps of JupyterLab: settings, log, and who listens where."""
    return learner.home() / "jupyter"


def runtime() -> Path:
    """Where a running JupyterLab writes its address, and the page that a browser is sent to.

    Not Jupyter's own folder: that one is hidden, and a browser from a snap may not read hidden folders.
    """
    return home() / "runtime"


def log_file() -> Path:
    """What JupyterLab says; a learner's terminal stays readable."""
    return home() / "jupyterlab.log"


def interface_settings(lang: learner.Language) -> dict[str, object]:
    """JupyterLab's settings for the course: the learner's language, and no prompt that needs the internet."""
    return {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        "@jupyterlab/translation-extension:plugin": {"locale": "fr_FR" if lang == "fr" else "en"},
    }


def configure(lang: learner.Language) -> Path:
    """Write JupyterLab's settings under the learner's home; the folder to put on JUPYTER_CONFIG_PATH."""
    (home() / "labconfig").mkdir(parents=True, exist_ok=True)
    runtime().mkdir(mode=0o700, exist_ok=True)  # it holds the token
    settings = json.dumps(interface_settings(lang), indent=1)
    (home() / "labconfig" / "default_setting_overrides.json").write_text(settings, encoding="utf-8")
    return home()


def command(folder: Path, *, browser: bool, port: int | None) -> list[str]:
    """JupyterLab on loopback, with its token, opening the first notebook of `folder`."""
    options = [
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
        "--LabApp.extension_manager=readonly",
    ]
    if os.geteuid() == 0:  # in a container; Jupyter refuses root without it, and still asks for its token
        options += ["--allow-root"]
    if port is not None:
        options += [f"--ServerApp.port={port}"]
    if not browser:
        options += ["--no-browser"]
    if (
        "microsoft" in platform.release().lower()
    ):  # WSL: the browser is Windows’, which knows no path of Linux
        options += ["--ServerApp.use_redirect_file=False"]
    return [sys.executable, "-m", "jupyterlab", *options]


def environment(lang: learner.Language) -> dict[str, str]:
    """Ours, with the course's settings, language and commands in it."""
    config_path = [str(configure(lang)), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    commands = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]  # `!aws`, `!course`
    return os.environ | {
        "COURSE_LANG": lang,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(config_path),
        "JUPYTER_RUNTIME_DIR": str(runtime()),
        "PATH": os.pathsep.join(commands),
    }


class Server:
    """A JupyterLab that this process started."""

    def __init__(self, folder: Path, lang: learner.Language, *, browser: bool, port: int | None):
        settings = environment(lang)
        stop_those_left()
        with log_file().open("wb") as log:
            self.process = subprocess.Popen(
                command(folder, browser=browser, port=port),
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl+C in the terminal is for `course start` to judge
            )

    def address(self) -> str:
        """Where it answers, once it does. Raises DidNotStart."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            for told in running():
                if told["pid"] == self.process.pid:
                    return _page(told)
            time.sleep(0.05)
        raise DidNotStart("\n".join(log_file().read_text(errors="replace").splitlines()[-TAIL:]))

    def stop(self) -> None:
        """End it and its kernels; notebooks are saved as they are edited."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def running() -> Iterator[dict[str, Any]]:
    """What each living JupyterLab of this course folder says of itself."""
    import psutil

    for path in runtime().glob("jpserver-*.json"):
        with suppress(OSError, ValueError, psutil.Error):  # gone, or half written
            told = json.loads(path.read_text(encoding="utf-8"))
            if any("jupyterlab" in part for part in psutil.Process(told["pid"]).cmdline()):
                yield told


def first_address() -> str | None:
    """The address of a JupyterLab that is running already."""
    return next(map(_page, running()), None)


def _page(told: dict[str, Any]) -> str:
    token = f"?token={told['token']}" if told.get("token") else ""  # none where the learner chose a password
    return f"{told['url']}lab/tree/{FIRST_NOTEBOOK}{token}"


def stop_those_left() -> None:
    """End what a killed `course start` left running: nothing else would ever stop it."""
    import psutil

    for told in list(running()):
        with suppress(psutil.Error):
            left = psutil.Process(told["pid"])
            left.terminate()
            try:
                left.wait(STOP_SECONDS)
            except psutil.TimeoutExpired:
                left.kill()
