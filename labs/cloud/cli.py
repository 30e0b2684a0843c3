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
from labs.cloud.coverage import Level
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
        "coverage": {
            "fr": "Montrer ce que le cloud local fait d’AWS, opération par opération, et avec quelle fidélité. Niveaux : faithful (fait ce "
            "que fait AWS, testé), partly (en partie ; une note dit ce qui diffère), kept (enregistré sans effet), moto (réponse de la "
            "bibliothèque moto, non vérifiée), absent (une erreur qui nomme l’opération). Essayez course cloud coverage --service ecs "
            "--level absent",
            "en": "Show what the local cloud does of AWS, operation by operation, and how faithfully. Levels: faithful (does what AWS "
            "does, tested), partly (a note says what differs), kept (stored without effect), moto (the moto library’s answer, not "
            "checked), absent (an error that names the operation). Example: course cloud coverage --service ecs --level absent",
        },
        "service option": {
            "fr": "Un service, comme boto3 l’appelle ; plusieurs fois pour plusieurs.",
            "en": "A service, as boto3 calls it; several times for several.",
        },
        "level option": {"fr": "Ce niveau seulement.", "en": "This level only."},
        "markdown option": {
            "fr": "Écrire la page Markdown, en anglais.",
            "en": "Print the Markdown page, in English.",
        },
        "env": {
            "fr": 'Écrire les variables qui dirigent la CLI AWS et les SDK vers le cloud local. Exemple : eval "$(course cloud env)"',
            "en": 'Print the variables that point the AWS CLI and SDKs at the local cloud. Example: eval "$(course cloud env)"',
        },
        "pace": {
            "fr": "Dire, ou choisir, combien de secondes réelles dure une minute de CloudWatch. Une alarme qui attend trois points d’une "
            "minute attend trois minutes sur AWS ; avec --minute 6, elle attend 18 secondes ici. Les périodes, les alarmes, les délais de "
            "stabilisation (cooldowns) et les planifications rate() suivent cette allure ; les démarrages, les vérifications d’état, les "
            "délais de grâce et les heures de cron() gardent le temps réel. AWS n’a pas ce réglage.",
            "en": "Tell, or choose, how many real seconds a CloudWatch minute lasts. An alarm that waits for three one-minute points waits "
            "three minutes on AWS; with --minute 6 it waits 18 seconds here. Periods, alarms, cooldowns and rate() schedules follow this "
            "pace; starts, health checks, grace periods and the hours of cron() keep to real time. AWS has no such setting.",
        },
        "expire": {
            "fr": "Appliquer tout de suite les politiques de cycle de vie d’ECR. AWS les applique de lui-même, en moins de 24 heures ; "
            "ici, le cloud le fait toutes les 60 minutes de CloudWatch, ou à cette commande.",
            "en": "Apply the lifecycle policies of ECR now. AWS does it by itself within 24 hours; here the cloud does it every 60 "
            "CloudWatch minutes, or at this command.",
        },
        "expired row": {
            "fr": "Images expirées : [bold]{expired}[/] ; images archivées : [bold]{archived}[/].",
            "en": "Images expired: [bold]{expired}[/]; images archived: [bold]{archived}[/].",
        },
        "minute option": {
            "fr": "Secondes réelles d’une minute de CloudWatch, de 1 à 60 (60 : comme sur AWS).",
            "en": "Real seconds of a CloudWatch minute, from 1 to 60 (60: as on AWS).",
        },
        "pace row": {"fr": "Minute de CloudWatch :", "en": "CloudWatch minute:"},
        "pace as aws": {
            "fr": "60 s, comme sur AWS. Une alarme « 3 points sur 3 » réagit en 3 min ; « 15 sur 15 » en 15 min.",
            "en": "60 s, as on AWS. A “3 out of 3” alarm reacts in 3 min, a “15 out of 15” one in 15 min.",
        },
        "pace faster": {
            "fr": "[bold]{minute} s[/] au lieu de 60. Une alarme « 3 points sur 3 » réagit en {three} s (AWS : 3 min) ; « 15 sur 15 » "
            "en {fifteen} s (AWS : 15 min) ; un délai de stabilisation de 300 s dure {cooldown} s.",
            "en": "[bold]{minute} s[/] instead of 60. A “3 out of 3” alarm reacts in {three} s (AWS: 3 min), a “15 out of 15” one in "
            "{fifteen} s (AWS: 15 min); a cooldown of 300 s lasts {cooldown} s.",
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


@app.command(help=say("pace"))
def pace(
    minute: Annotated[int | None, typer.Option(min=1, max=60, help=say("minute option"))] = None,
    as_json: Json = False,
) -> None:
    """Tell or choose how long a CloudWatch minute lasts."""
    with _explained():
        now = client.pace() if minute is None else client.set_pace(minute)
    if as_json:
        typer.echo(json.dumps({"minute": now}))
    else:
        key = "pace as aws" if now == 60 else "pace faster"
        _print(
            say("pace row") + " " + say(key, minute=now, three=3 * now, fifteen=15 * now, cooldown=5 * now)
        )


@app.command("expire-images", help=say("expire"))
def expire_images(as_json: Json = False) -> None:
    """Apply every lifecycle policy of ECR now."""
    with _explained():
        counts = client.control("POST", "/expire-images")
    if as_json:
        typer.echo(json.dumps(counts))
    else:
        _print(say("expired row", **counts))


@app.command(help=say("coverage"))
def coverage(
    service: Annotated[list[str] | None, typer.Option(help=say("service option"))] = None,
    level: Annotated[Level | None, typer.Option(help=say("level option"))] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help=say("markdown option"))] = False,
) -> None:
    """Show the coverage table; needs no running cloud."""
    from labs.cloud import coverage as table
    from labs.cloud.coverage import show
    from labs.cloud.coverage.texts import say as told

    known = {each.key: each for each in table.services()}
    for name in service or ():
        if name not in known:
            typer.echo(told("unknown service", service=name, known=", ".join(known)), err=True)
            raise typer.Exit(1)
    chosen = [known[name] for name in service] if service else list(known.values())
    if markdown:
        typer.echo(show.page(chosen, level), nl=False)
        return
    from rich.console import Console

    shown = list(show.tables(chosen, level))
    for each in shown:
        Console(highlight=False).print(each)
    if not shown:
        typer.echo(told("nothing"))


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
