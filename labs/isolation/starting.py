"""How long a process takes to start, alone and with namespaces of its own; a container too where an engine answers."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from html import escape

from labs.isolation.namespaces import NAMESPACES, look
from labs.learner import Texts
from labs.view.display import Shown

TIMES = 5
# Median of as many `docker run` of a Python program, Docker Engine 20.10 on two cores, November 2026.
RECORDED_CONTAINER = 210  # milliseconds

say = Texts(
    {
        "text": {"fr": "Temps de démarrage, mesurés ici", "en": "Start times, measured here"},
        "process": {"fr": "un programme Python", "en": "a Python program"},
        "isolated": {
            "fr": "le même, avec ses espaces de noms",
            "en": "the same, with namespaces of its own",
        },
        "container": {"fr": "un conteneur de l’image {name}", "en": "a container of the image {name}"},
        "not_here": {"fr": "pas mesurable ici", "en": "cannot be measured here"},
        "recorded": {
            "fr": "non mesuré ici ; relevé sur une autre machine : {value} ms",
            "en": "not measured here; recorded on another machine: {value} ms",
        },
        "ms": {"fr": "{value:.0f} ms", "en": "{value:.0f} ms"},
    }
)


def starts(image: str) -> Shown:
    """The median of several starts each; `image` is the name by which an engine knows the container's image."""
    rows = [
        (say("process"), _median(_process)),
        (say("isolated"), _median(_isolated) or say("not_here")),
        (say("container", name=image), _container(image) or say("recorded", value=RECORDED_CONTAINER)),
    ]
    body = "".join(
        f'<tr><th scope="row">{escape(what)}</th><td>{escape(time or "")}</td></tr>' for what, time in rows
    )
    return Shown(say("text"), f"<table><caption>{escape(say('text'))}</caption><tbody>{body}</tbody></table>")


def _median(start: Callable[[], bool]) -> str | None:
    """The median in words; None when a start shows nothing."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        if not start():
            return None
        found.append(time.perf_counter() - began)
    return say("ms", value=statistics.median(found) * 1000)


def _process() -> bool:
    return subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=False).returncode == 0


def _isolated() -> bool:
    return not look(NAMESPACES).recorded


def _container(image: str) -> str | None:
    from labs.cloud.engine.docker import client

    engine = client()
    if engine is None:
        return None

    from docker.errors import DockerException

    try:
        found = engine.images.get(image)  # asked for first: `run` would look for it on Docker Hub

        def start() -> bool:
            engine.containers.run(found, ["python", "-c", "pass"], remove=True)
            return True

        return _median(start)
    except DockerException:  # the image was made without the engine
        return None
