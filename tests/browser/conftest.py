"""A real JupyterLab in a home of its own, and a notebook in it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labs.authoring.source import KERNEL

START_SECONDS = 60


class Lab:
    """A test's own folder in a running JupyterLab: `home` is the learner's, what `write` puts there opens at `url(name)`."""

    def __init__(self, folder: Path, settings: Path, root: str, token: str):
        self.folder = folder
        self.home = folder / "course"
        self._settings = settings
        self._root = root
        self._token = token
        folder.mkdir()

    def write(self, name: str, *code: str) -> Path:
        cells = [new_markdown_cell("# Quiz"), *(new_code_cell(text) for text in code)]
        path = self.folder / name
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
        return path

    def url(self, name: str, view: str = "doc") -> str:
        folder = self.folder.name
        return f"{self._root}{view}/workspaces/{folder}/tree/{folder}/{name}?token={self._token}"

    def theme(self, name: str) -> None:
        """What pages look like from their next loading on."""
        path = self._settings / "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"theme": name}))

    def end(self) -> None:
        """End the kernels, and forget the settings."""
        with requests.Session() as session:
            session.headers["Authorization"] = f"token {self._token}"
            for kernel in session.get(f"{self._root}api/kernels").json():
                session.delete(f"{self._root}api/kernels/{kernel['id']}")
        shutil.rmtree(self._settings, ignore_errors=True)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Lab]]:
    """One JupyterLab for all tests: `jupyterlab(folder)` is a new folder in it."""
    base = tmp_path_factory.mktemp("lab")
    folder, config, runtime, startup = (
        base / name for name in ("notebooks", "config", "runtime", "ipython/profile_default/startup")
    )
    for path in (folder, config / "labconfig", runtime, startup):
        path.mkdir(parents=True)
    # A kernel starts in its notebook's folder.
    (startup / "home.py").write_text("import os; os.environ['COURSE_HOME'] = os.path.abspath('course')")
    settings = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
    }
    (config / "labconfig/default_setting_overrides.json").write_text(json.dumps(settings))
    token = secrets.token_hex(16)
    environment = os.environ | {
        "HOME": str(base),
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
    try:
        root = _root(server, runtime, base / "log")
        yield lambda name: Lab(folder / name, base / "settings", root, token)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def lab(jupyterlab: Callable[[str], Lab], page: Any) -> Iterator[Lab]:
    """A folder in JupyterLab for one test; its kernels end with it."""
    lab = jupyterlab(secrets.token_hex(8))
    yield lab
    lab.end()


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
    """A page of a fresh browser profile, which asks nothing of another host; patient, for two cores may be busy."""
    from playwright.sync_api import expect

    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
