"""The `lab` object of the notebooks: the helpers that boto3 cannot be, the checks and the views.

    session = labs.connect()
    lab = Lab(session)

Cells are plain boto3 but for `build`, `push` and `open`, which are not the same thing in both worlds.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
import webbrowser
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from html import escape
from typing import TYPE_CHECKING, Any

from labs import chapters
from labs.checks import STEPS, Step
from labs.checks.model import Challenge
from labs.inventory import NAME, TAG, Inventory
from labs.learner import Texts
from labs.shopfront import Answer, ask
from labs.view import outcome as outcomes
from labs.view.display import Shown

if TYPE_CHECKING:
    from labs.chapters.model import Chapter
    from labs.images import BuiltImage, PushedImage
    from labs.session import CourseSession

HINTS = 3

say = Texts(
    {
        "unknown": {
            "fr": "« {name} » n’est ni une étape du labo ni un défi. Les noms les plus proches : {known}.",
            "en": "“{name}” is neither a step of the lab nor a challenge. The nearest names: {known}.",
        },
        "unknown_chapter": {
            "fr": "« {name} » n’est pas un chapitre du cours. Les chapitres : {known}.",
            "en": "“{name}” is not a chapter of the course. The chapters: {known}.",
        },
        "no_address": {
            "fr": "Cet équilibreur de charge n’écoute pas encore : il lui faut un listener.",
            "en": "This load balancer is not listening yet: it needs a listener.",
        },
        "shop": {"fr": "La boutique : suivez le lien.", "en": "The shop: follow the link."},
        "open": {"fr": "Ouvrir la boutique", "en": "Open the shop"},
        "new_tab": {"fr": "(nouvel onglet)", "en": "(new tab)"},
        "rebuilding": {"fr": "je refais : {title}…", "en": "rebuilding: {title}…"},
        "ready": {
            "fr": "Tout ce qui précède est en place : {titles}.",
            "en": "Everything before this is in place: {titles}.",
        },
        "first": {
            "fr": "C’est la première étape, rien ne la précède.",
            "en": "This is the first step, nothing comes before it.",
        },
    }
)


class Shop:
    """Where the shop answers: `url` for code, and a link for the reader."""

    def __init__(self, url: str, link: str):
        self.url = url
        self.link = link

    def ask(self, path: str, *, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One HTTP request to the shop; see `labs.shopfront.ask`."""
        return ask(self.url + path, data=data, headers=headers)

    def __repr__(self) -> str:
        return say("shop") if in_notebook() else self.link

    def _repr_html_(self) -> str:
        return (
            f'<a href="{escape(self.link, quote=True)}" target="_blank" rel="noopener" '
            f'style="font-size:1.1em;font-weight:600">{escape(say("open"))} ↗</a> '
            f"<small>{escape(say('new_tab'))} {escape(self.link)}</small>"
        )


class Lab:
    """One learner's lab, in the world of one session from `labs.connect()`."""

    def __init__(self, session: CourseSession):
        self.session = session
        self._hints: Counter[str] = Counter()
        self._drawings = itertools.count(1)

    # --- where the worlds differ

    def build(self, service: str, tag: str = TAG) -> BuiltImage:
        """Build the image of one of the shop's services. See `labs.images.build`."""
        from labs import images

        return images.build(service, tag=tag, real=self.session.world == "real")

    def push(self, image: BuiltImage, repository_uri: str) -> PushedImage:
        """Push an image to its repository, whose address `describe_repositories` gives."""
        from labs import images

        return images.push(image, repository_uri, self.session)

    def shop(self, load_balancer_arn: str) -> Shop:
        """The shop behind a load balancer. Raises LookupError while it does not listen."""
        url = self._locate(load_balancer_arn)
        if url is None:
            raise LookupError(say("no_address"))
        return Shop(url.rstrip("/"), _through_the_hub(url))

    def open(self, load_balancer_arn: str) -> Shop:
        """The shop behind a load balancer: a link in a notebook, the browser itself elsewhere.

        Raises LookupError while the load balancer does not listen.
        """
        shop = self.shop(load_balancer_arn)
        if not in_notebook() and sys.stdout.isatty():
            webbrowser.open(shop.link)
        return shop

    def _locate(self, load_balancer_arn: str) -> str | None:
        """The web address of a load balancer: its DNS name, which the local cloud has no DNS for."""
        if self.session.world == "local":
            from labs.cloud import client

            return client.control("GET", "/load-balancers").get(load_balancer_arn)
        elbv2 = self.session.client("elbv2")
        [found] = elbv2.describe_load_balancers(LoadBalancerArns=[load_balancer_arn])["LoadBalancers"]
        return f"http://{found['DNSName']}"

    # --- checks

    def check(self, name: str) -> Shown:
        """Look at what exists and judge one step of the lab, or one challenge of a notebook."""
        exercise = _exercise(name)
        if isinstance(exercise, Challenge):
            return outcomes.outcome(exercise, exercise.check(self.session))
        return outcomes.outcome(exercise, exercise.check(self._inventory()))

    def hint(self, name: str) -> Shown:
        """The next hint; each says more than the one before."""
        exercise = _exercise(name)
        self._hints[name] = min(self._hints[name] + 1, HINTS)
        return outcomes.hint(exercise, self._hints[name], HINTS)

    def solution(self, name: str) -> Shown:
        """Code that does it, ready to be copied into a cell."""
        return outcomes.solution(_exercise(name))

    def prepare(self, chapter: str) -> Shown:
        """Lay the ground that a notebook builds on: what is missing of it is created."""
        found = _chapter(chapter)
        for part in found.prepare:
            part(self)
        return _told(found.say("ready"))

    def catch_up(self, name: str) -> Shown:
        """Rebuild whatever of the earlier steps is missing, so that step `name` can begin.

        Raises RuntimeError when an earlier step still fails its check afterwards: something there is wrong
        rather than missing, and is left for the learner to mend.
        """
        before = itertools.takewhile(lambda step: step is not _step(name), STEPS.values())
        earlier = [step for step in before if step.foundation]
        for step in earlier:
            if step.check(self._inventory()).state in ("passed", "unsupported"):
                continue
            print(say("rebuilding", title=step.say("title")))
            with suppress(ValueError):  # two things of a name where one is expected; the check says which
                for part in step.solution:
                    part(self)
            found = step.check(self._inventory())
            if found.state not in ("passed", "unsupported"):
                raise RuntimeError(repr(outcomes.outcome(step, found)))
        titles = ", ".join(step.say("title") for step in earlier)
        return _told(say("ready", titles=titles) if earlier else say("first"))

    def clean_up(self, chapter: str | None = None) -> Shown:
        """Delete everything that the lab created, and check that nothing is left; or what a notebook created."""
        if chapter is not None:
            found = _chapter(chapter)
            for part in found.clean:
                part(self)
            return _told(found.say("cleaned"))
        for part in STEPS["clean"].solution:
            part(self)
        return self.check("clean")

    # --- views

    def environment(self) -> Shown:
        """What the course found on this machine."""
        from labs import doctor
        from labs.view import environment

        return environment.environment(doctor.examine())

    def diagram(self) -> Shown:
        """What exists now, drawn."""
        from labs.view.diagram import diagram
        from labs.view.diagram.scene import read

        return diagram(read(self._inventory()), name=f"fb{next(self._drawings)}")

    def timeline(self) -> Shown:
        """What ECS did with the services and their tasks, in plain words and in order."""
        from labs.view import timeline

        services, tasks = self._services(), self._tasks()
        return timeline.timeline(timeline.rows(services, tasks))

    def scaling(self, service: str) -> Shown:
        """What auto scaling did with a service ("name", or "cluster/name"): its metrics, alarms and counts."""
        from labs.view import scaling

        history = scaling.read(self.session, service)
        return scaling.scaling(history, service, name=f"fbs{next(self._drawings)}")

    def _services(self) -> list[dict[str, Any]]:
        ecs = self.session.client("ecs")
        names = [service.name for service in self._inventory().services]
        return ecs.describe_services(cluster=NAME, services=names)["services"] if names else []

    def _tasks(self) -> list[dict[str, Any]]:
        """Running and recently stopped tasks of the cluster."""
        if self._inventory().cluster is None:
            return []
        ecs = self.session.client("ecs")
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=NAME, desiredStatus=status)["taskArns"]
        ]
        return ecs.describe_tasks(cluster=NAME, tasks=arns)["tasks"] if arns else []

    def _inventory(self) -> Inventory:
        return Inventory(self.session, self._locate)


def _told(text: str) -> Shown:
    return Shown(text, f"<p>✔ {escape(text)}</p>")


def _step(name: str) -> Step:
    try:
        return STEPS[name]
    except KeyError:
        raise ValueError(_unknown(name)) from None


def _exercise(name: str) -> Step | Challenge:
    if name in STEPS:
        return STEPS[name]
    try:
        return chapters.challenge(name)
    except KeyError:
        raise ValueError(_unknown(name)) from None


def _chapter(name: str) -> Chapter:
    try:
        return chapters.chapter(name)
    except KeyError:
        raise ValueError(say("unknown_chapter", name=name, known=", ".join(chapters.NAMES))) from None


def _unknown(name: str) -> str:
    known = [*STEPS, *(each.name for part in chapters.NAMES for each in chapters.chapter(part).challenges)]
    return say(
        "unknown", name=name, known=", ".join(get_close_matches(name, known, n=8, cutoff=0.3) or STEPS)
    )


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel, where a link can be clicked."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _through_the_hub(url: str) -> str:
    """On a JupyterHub the browser is elsewhere: a loopback address goes through the Jupyter proxy."""
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    loopback = re.match(r"http://127\.0\.0\.1:(\d+)", url)
    return f"{prefix}proxy/{loopback[1]}/" if prefix and loopback else f"{url.rstrip('/')}/"


__all__: Sequence[str] = ("Lab", "Shop")
