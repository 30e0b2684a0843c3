"""`course cloud …`: the local cloud from a terminal."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from labs.cloud import client
from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Le cloud local : le démarrer, l’arrêter, le vider, savoir ce qui y tourne.",
            "en": "The local cloud: start it, stop it, empty it, see what runs in it.",
        },
        "start": {
            "fr": "Démarrer le cloud local, s’il ne tourne pas déjà.",
            "en": "Start the local cloud, unless it runs already.",
        },
        "stop": {
            "fr": "Arrêter le cloud local ; tout ce qu’il contient disparaît.",
            "en": "Stop the local cloud; everything in it is gone.",
        },
        "status": {
            "fr": "Dire si le cloud local tourne, et ce qui y tourne.",
            "en": "Tell whether the local cloud runs, and what runs in it.",
        },
        "reset": {
            "fr": "Vider le cloud local sans l’arrêter : mêmes adresse et clé, plus aucune ressource.",
            "en": "Empty the local cloud without stopping it: same address and key, no resource left.",
        },
        "env": {
            "fr": 'Écrire les variables qui dirigent la CLI AWS et les SDK vers le cloud local. Exemple : eval "$(course cloud env)"',
            "en": 'Print the variables that point the AWS CLI and SDKs at the local cloud. Example: eval "$(course cloud env)"',
        },
        "engine option": {
            "fr": "Faire tourner les conteneurs avec Docker (docker) ou sans (process).",
            "en": "Run containers with Docker (docker) or without (process).",
        },
        "json option": {"fr": "Écrire en JSON.", "en": "Print as JSON."},
        "shell option": {
            "fr": "Le shell qui lira ces lignes.",
            "en": "The shell that will read these lines.",
        },
        "running": {
            "fr": "[green]●[/] Le cloud local répond sur [bold]{endpoint}[/] (conteneurs : {engine}).",
            "en": "[green]●[/] The local cloud answers on [bold]{endpoint}[/] (containers: {engine}).",
        },
        "docker": {"fr": "Docker Engine", "en": "Docker Engine"},
        "process": {
            "fr": "processus de cette machine, sans isolation",
            "en": "processes of this machine, not isolated",
        },
        "stopped": {"fr": "Le cloud local est arrêté.", "en": "The local cloud is stopped."},
        "not running": {
            "fr": "○ Le cloud local ne tourne pas. Pour le démarrer : course cloud start",
            "en": "○ The local cloud is not running. To start it: course cloud start",
        },
        "died": {
            "fr": "[yellow]▲[/] Le cloud local (processus {pid}) s’est arrêté brutalement. Ses ressources sont perdues ; les processus "
            "et conteneurs qu’il a laissés seront supprimés au prochain démarrage : course cloud start",
            "en": "[yellow]▲[/] The local cloud (process {pid}) ended abruptly. Its resources are lost; the processes and containers "
            "that it left will be removed at the next start: course cloud start",
        },
        "uptime": {"fr": "Depuis", "en": "Up for"},
        "process row": {"fr": "Processus", "en": "Process"},
        "clusters": {"fr": "Clusters", "en": "Clusters"},
        "services": {"fr": "Services", "en": "Services"},
        "tasks": {"fr": "Tâches en marche", "en": "Running tasks"},
        "log": {"fr": "Journal", "en": "Log"},
        "emptied": {"fr": "Le cloud local est vide.", "en": "The local cloud is empty."},
    }
)

app = typer.Typer(name="cloud", help=say("help"), no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help=say("json option"))]


class EngineChoice(StrEnum):
    """What runs the containers."""

    docker = "docker"
    process = "process"


class Shell(StrEnum):
    """A shell's way of setting variables."""

    bash = "bash"
    fish = "fish"


@contextmanager
def _explained() -> Iterator[None]:
    """A CloudError becomes its text and exit code 1."""
    try:
        yield
    except client.CloudError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _print(text: str) -> None:
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(text)


@app.command(help=say("start"))
def start(engine: Annotated[EngineChoice | None, typer.Option(help=say("engine option"))] = None) -> None:
    """Start the cloud."""
    dead = client.died()
    if dead is not None:
        _print(say("died", pid=dead.pid))
    with _explained():
        state = client.start(engine=engine.value if engine else None)
    _print(say("running", endpoint=state.endpoint, engine=say(state.engine)))


@app.command(help=say("stop"))
def stop() -> None:
    """Stop the cloud."""
    with _explained():
        _print(say("stopped") if client.stop() else say("not running"))


@app.command(help=say("status"))
def status(as_json: Json = False) -> None:
    """Tell what runs; exit code 1 when the cloud does not."""
    with _explained():
        now = client.status()
    if as_json:
        typer.echo(json.dumps(None if now is None else now.__dict__))
    elif now is None:
        dead = client.died()
        _print(say("not running") if dead is None else say("died", pid=dead.pid))
    else:
        _show(now)
    if now is None:
        raise typer.Exit(1)


def _show(now: client.CloudStatus) -> None:
    from datetime import timedelta

    from rich.console import Console
    from rich.table import Table

    _print(say("running", endpoint=now.endpoint, engine=say(now.engine)))
    table = Table(box=None, show_header=False, padding=(0, 2))
    rows = (
        ("uptime", timedelta(seconds=round(now.uptime))),
        ("process row", now.pid),
        ("clusters", now.clusters),
        ("services", now.services),
        ("tasks", now.tasks),
        ("log", client.log_file()),
    )
    for key, value in rows:
        table.add_row(f"[dim]{say(key)}[/]", str(value))
    Console(highlight=False).print(table)


@app.command(help=say("reset"))
def reset() -> None:
    """Empty the cloud."""
    with _explained():
        client.reset()
    _print(say("emptied"))


@app.command(help=say("env"))
def env(
    shell: Annotated[Shell, typer.Option(help=say("shell option"))] = Shell.bash, as_json: Json = False
) -> None:
    """Print what an AWS SDK needs."""
    with _explained():
        variables = client.environment()
    if as_json:
        typer.echo(json.dumps(variables))
        return
    line = "export {}={}" if shell is Shell.bash else "set -gx {} {}"
    for name, value in variables.items():
        typer.echo(line.format(name, shlex.quote(value)))
