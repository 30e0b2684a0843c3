"""A real JupyterLab in a home of its own, and a notebook in it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labs.authoring.source import KERNEL

START_SECONDS = 60


class Lab:
    """A running JupyterLab; notebooks written into `folder` open at `url(name)`; `home` is the learner's."""

    def __init__(self, folder: Path, home: Path, root: str, token: str):
        self.folder = folder
        self.home = home
        self._root = root
        self._token = token

    def write(self, name: str, *code: str) -> Path:
        cells = [new_markdown_cell("# Quiz"), *(new_code_cell(text) for text in code)]
        path = self.folder / name
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
        return path

    def url(self, name: str) -> str:
        return f"{self._root}doc/tree/{name}?token={self._token}"


@pytest.fixture(scope="module")
def jupyterlab(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Lab]]:
    """Start a JupyterLab: `jupyterlab(theme="JupyterLab Dark")`. All end with the module."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(theme: str = "JupyterLab Light") -> Lab:
        base = tmp_path_factory.mktemp("lab")
        folder, config, runtime = (base / name for name in ("notebooks", "config", "runtime"))
        for path in (folder, config / "labconfig", runtime):
            path.mkdir(parents=True)
        settings = {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
            "@jupyterlab/apputils-extension:themes": {"theme": theme},
        }
        (config / "labconfig/default_setting_overrides.json").write_text(json.dumps(settings))
        token = secrets.token_hex(16)
        environment = os.environ | {
            "HOME": str(base),
            "COURSE_HOME": str(base / "course"),
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_CONFIG_PATH": str(config),
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "JUPYTER_DATA_DIR": str(base / "data"),
            "IPYTHONDIR": str(base / "ipython"),
            "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
        }
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": "0",
            "ServerApp.root_dir": str(folder),
            "IdentityProvider.token": token,
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        with (base / "log").open("wb") as log:
            server = subprocess.Popen(
                [*command, *(f"--{name}={value}" for name, value in options.items())],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        servers.append(server)
        return Lab(folder, base / "course", _root(server, runtime, base / "log"), token)

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def _root(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """The address that the server wrote down once it listened."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        for path in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text())["url"])
            except (ValueError, KeyError):
                break  # half written
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of a fresh browser profile; patient, for two cores may be busy."""
    from playwright.sync_api import expect

    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    yield context.new_page()
    context.close()
