"""`course start`: open the learner's working copy in JupyterLab, in their language."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from labs import learner
from labs.learner import Texts

app = typer.Typer()

FIRST_NOTEBOOK = "00_start.ipynb"
LOOPBACK = "127.0.0.1"

say = Texts(
    {
        "help": {
            "fr": "Ouvrir le cours dans JupyterLab, sur votre copie de travail.",
            "en": "Open the course in JupyterLab, on your working copy.",
        },
        "lang": {"fr": "Langue du cours (mémorisée).", "en": "Language of the course (remembered)."},
        "no_browser": {
            "fr": "Ouvrir le navigateur, ou seulement afficher l’adresse.",
            "en": "Open the browser, or only print the address.",
        },
        "port": {
            "fr": "Port de JupyterLab (8888, ou le suivant libre).",
            "en": "JupyterLab’s port (8888, or next).",
        },
        "opening": {
            "fr": "Cahiers : {folder}\nJupyterLab démarre et donne son adresse ci-dessous ; Ctrl+C ici l’arrête, vos réponses restent.",
            "en": "Notebooks: {folder}\nJupyterLab is starting and gives its address below; Ctrl+C here stops it, your answers stay.",
        },
        "kept": {
            "fr": "Vous avez modifié {name} : votre version reste, la nouvelle est à côté ({beside}).",
            "en": "You changed {name}: your version stays, the new one is beside it ({beside}).",
        },
    }
)


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
    folder = learner.home() / "jupyter"
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    settings = json.dumps(interface_settings(lang), indent=1)
    (folder / "labconfig" / "default_setting_overrides.json").write_text(settings, encoding="utf-8")
    return folder


def jupyter_command(folder: Path, *, browser: bool, port: int | None) -> list[str]:
    """JupyterLab on loopback, with its token, opening the first notebook of `folder`."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.root_dir={folder}",
    ]
    command += [f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}", "--LabApp.extension_manager=readonly"]
    if os.geteuid() == 0:  # in a container; Jupyter refuses root without it, and still asks for its token
        command += ["--allow-root"]
    if port is not None:
        command += [f"--ServerApp.port={port}"]
    if not browser:
        command += ["--no-browser"]
    return command


@app.command(help=say("help"))
def start(
    lang: Annotated[learner.Language | None, typer.Option(help=say("lang"))] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=say("no_browser"))] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=say("port"))] = None,
) -> None:
    """Refresh the working copy, start the local cloud, run JupyterLab until it ends, stop the cloud."""
    from labs import workspace
    from labs.cloud import client

    if lang is not None:
        learner.choose_language(lang)
        os.environ["COURSE_LANG"] = lang
    tongue = learner.language()
    refreshed = workspace.refresh(learner.home(), tongue)
    for name, beside in refreshed.kept.items():
        typer.echo(say("kept", name=name, beside=beside))
    typer.echo(say("opening", folder=refreshed.folder))

    already_running = client.status() is not None
    if not already_running:
        client.start()
    config_path = [str(configure(tongue)), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    commands = [
        str(Path(sys.executable).parent),
        os.environ.get("PATH", os.defpath),
    ]  # `!aws`, `!course`, terminals
    environment = os.environ | {
        "COURSE_LANG": tongue,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(config_path),
        "PATH": os.pathsep.join(commands),
    }
    server = subprocess.Popen(jupyter_command(refreshed.folder, browser=browser, port=port), env=environment)
    try:
        code = _wait(server)
    finally:
        if not already_running:
            client.stop()
    raise typer.Exit(code)


def _wait(server: subprocess.Popen[bytes]) -> int:
    """JupyterLab's exit code. Ctrl+C reaches it too, and it asks the learner itself whether to stop."""
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            continue
