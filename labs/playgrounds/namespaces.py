"""A live process: give it namespaces of its own one by one, and see what it sees."""

from __future__ import annotations

from html import escape

from labs.isolation.namespaces import HOSTNAME, NAMESPACES, Pair, Views, look
from labs.learner import Texts
from labs.playgrounds.controls import Check, Control
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

say = Texts(
    {
        "title": {"fr": "Un processus et ses espaces de noms", "en": "A process and its namespaces"},
        "pid": {"fr": "numéros de processus (pid)", "en": "process numbers (pid)"},
        "uts": {"fr": "nom de machine (uts)", "en": "host name (uts)"},
        "net": {"fr": "réseau (net)", "en": "network (net)"},
        "verdict": {
            "fr": "à lui : {own} ; partagés : {shared}",
            "en": "its own: {own}; shared: {shared}",
        },
        "none": {"fr": "aucun", "en": "none"},
        "what": {"fr": "Ce que l’on demande", "en": "Asked"},
        "outside": {"fr": "Vu du dehors", "en": "From outside"},
        "inside": {"fr": "Vu du dedans", "en": "From inside"},
        "number": {"fr": "son numéro", "en": "its number"},
        "processes": {"fr": "processus visibles", "en": "processes in sight"},
        "hostname": {"fr": "nom de la machine", "en": "name of the machine"},
        "interfaces": {"fr": "interfaces réseau", "en": "network interfaces"},
        "user": {"fr": "son utilisateur", "en": "its user"},
        "this_machine": {"fr": "celui de votre machine", "en": "your machine’s"},
        "uid": {"fr": "uid {uid}", "en": "uid {uid}"},
        "live": {
            "fr": "Un vrai processus de cette machine, arrêté aussitôt regardé.",
            "en": "A real process of this machine, ended as soon as it was looked at.",
        },
        "recorded": {
            "fr": "Relevé fait sur une autre machine : celle-ci n’est pas sous Linux, ou n’accorde pas d’espaces de noms.",
            "en": "Recorded on another machine: this one does not run Linux, or grants no namespaces.",
        },
    }
)


def show(settings: Settings) -> Shown:
    """The process from both sides."""
    return shown(look(kind for kind in NAMESPACES if settings[kind]))


def shown(views: Views) -> Shown:
    """The two views side by side; the compared text says only what is its own."""
    own = [say(kind) for kind in NAMESPACES if kind in views.own]
    shared = [say(kind) for kind in NAMESPACES if kind not in views.own]
    text = say("verdict", own=", ".join(own) or say("none"), shared=", ".join(shared) or say("none"))
    machine = say("this_machine")
    rows = [
        (say("number"), *_both(views.pid)),
        (say("processes"), *_both(views.processes)),
        (say("hostname"), machine, HOSTNAME if "uts" in views.own else machine),
        (say("interfaces"), *_both(views.interfaces)),
        (say("user"), say("uid", uid=views.uid.outside), say("uid", uid=views.uid.inside)),
    ]
    cell = 'style="text-align:left;padding-right:1.5em"'
    head = "".join(f'<th scope="col" {cell}>{escape(say(key))}</th>' for key in ("what", "outside", "inside"))
    body = "".join(
        f'<tr><th scope="row" {cell}>{escape(what)}</th><td {cell}>{escape(outside)}</td>'
        f"<td {cell}>{_marked(outside, inside)}</td></tr>"
        for what, outside, inside in rows
    )
    note = say("recorded" if views.recorded else "live")
    return Shown(
        text,
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p><small>{escape(note)}</small></p>",
    )


def _both(pair: Pair) -> tuple[str, str]:
    return str(pair.outside), str(pair.inside)


def _marked(outside: str, inside: str) -> str:
    return f"<b>{escape(inside)}</b>" if inside != outside else escape(inside)


def controls() -> tuple[Control, ...]:
    """A box for each namespace; all ticked, as in a container."""
    return tuple(Check(name=kind, label=say(kind), value=True) for kind in NAMESPACES)


def playground() -> Playground:
    """A process with all of them."""
    return Playground("namespaces", say("title"), controls(), show)
