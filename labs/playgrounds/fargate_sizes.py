"""A task size for Fargate: offered or refused, in AWS's words, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import log2

from labs.cloud.fargate_sizes import refusal
from labs.facts import facts, fargate_sizes
from labs.fargate import hourly
from labs.learner import Texts
from labs.playgrounds.controls import Choice, Control
from labs.playgrounds.widget import Playground, Settings
from labs.real.prices import HOURS_PER_MONTH
from labs.view.display import Shown
from labs.view.numbers import decimal
from labs.view.svg import Drawing

NOT_OFFERED = 3072  # CPU units: a size that looks right and does not exist
BETWEEN = 1536  # MiB: the same for memory

LEFT, RIGHT, TOP, ROW = 96, 620, 44, 27  # pixels of the drawing
WIDTH = 660

say = Texts(
    {
        "title": {
            "fr": "Quelle taille de tâche Fargate accepte-t-il ?",
            "en": "Which task sizes does Fargate offer?",
        },
        "cpu": {"fr": "Processeur de la tâche", "en": "CPU of the task"},
        "memory": {"fr": "Mémoire de la tâche", "en": "Memory of the task"},
        "vcpu": {"fr": "{count} vCPU ({units} unités)", "en": "{count} vCPU ({units} units)"},
        "gb": {"fr": "{count} Go ({mib} Mio)", "en": "{count} GB ({mib} MiB)"},
        "row": {"fr": "{count} vCPU", "en": "{count} vCPU"},
        "column": {"fr": "{count} Go", "en": "{count} GB"},
        "size": {"fr": "{cpu} et {memory}", "en": "{cpu} and {memory}"},
        "offered": {
            "fr": "✔ {size} : {x86} USD par heure sur x86, {arm} sur ARM",
            "en": "✔ {size}: {x86} USD an hour on x86, {arm} on ARM",
        },
        "refused": {"fr": "✘ {size} : {text}", "en": "✘ {size}: {text}"},
        "month": {
            "fr": "Allumée tout un mois ({hours} heures) : {x86} USD sur x86, {arm} USD sur ARM. Prix de us-east-1 : {source}.",
            "en": "Left on for a whole month ({hours} hours): {x86} USD on x86, {arm} USD on ARM. Prices of us-east-1: {source}.",
        },
        "picture": {"fr": "Les tailles que propose Fargate", "en": "The sizes that Fargate offers"},
        "described": {
            "fr": "Une ligne par quantité de processeur, un point par quantité de mémoire offerte. {text}",
            "en": "One row per amount of CPU, one dot per amount of memory on offer. {text}",
        },
    }
)


def show(settings: Settings) -> Shown:
    """The size chosen: its price, or why AWS refuses it."""
    cpu, memory = int(settings["cpu"]), int(settings["memory"])
    problem = refusal(cpu, memory)
    size = say("size", cpu=_vcpu("row", cpu), memory=_gb("column", memory))
    if problem is not None:
        text = say("refused", size=size, text=problem)
        return Shown(text, f"<p>{escape(text)}</p>{_drawing(cpu, memory, text)}")
    x86, arm = hourly(cpu, memory), hourly(cpu, memory, arm=True)
    text = say("offered", size=size, x86=decimal(x86, 5), arm=decimal(arm, 5))
    month = say(
        "month",
        hours=HOURS_PER_MONTH,
        x86=decimal(x86 * HOURS_PER_MONTH, 2),
        arm=decimal(arm * HOURS_PER_MONTH, 2),
        source=facts()["fargate_vcpu_hour"].reference,
    )
    return Shown(text, f"<p>{escape(text)}<br>{escape(month)}</p>{_drawing(cpu, memory, text)}")


def playground() -> Playground:
    """The size picker, starting with the smallest size."""
    return Playground("fargate-sizes", say("title"), _controls(), show)


def _controls() -> tuple[Control, ...]:
    memories = sorted({BETWEEN, *(mib for offered in fargate_sizes().values() for mib in offered)})
    return (
        Choice(
            name="cpu",
            label=say("cpu"),
            value="256",
            options=[(str(cpu), _vcpu("vcpu", cpu)) for cpu in _rows()],
        ),
        Choice(
            name="memory",
            label=say("memory"),
            value="512",
            options=[(str(mib), _gb("gb", mib)) for mib in memories],
        ),
    )


def _rows() -> list[int]:
    return sorted({NOT_OFFERED, *fargate_sizes()})


def _vcpu(key: str, cpu: int) -> str:
    return say(key, count=decimal(cpu / 1024), units=cpu)


def _gb(key: str, mib: int) -> str:
    return say(key, count=decimal(mib / 1024), mib=mib)


def _x(mib: int) -> float:
    """Memory on a logarithmic scale: each doubling is as wide as the one before."""
    every = [size for offered in fargate_sizes().values() for size in offered]
    least, most = log2(min(every)), log2(max(every))
    return LEFT + (log2(mib) - least) / (most - least) * (RIGHT - LEFT)


def _drawing(cpu: int, memory: int, text: str) -> str:
    drawing = Drawing(WIDTH)
    rows = _rows()
    bottom = TOP + ROW * len(rows)
    for mib in _ticks():
        drawing.text(_x(mib), TOP - 22, _gb("column", mib), "soft", anchor="middle")
        drawing.wire((_x(mib), TOP - 14), (_x(mib), bottom - 8), dashed=True, tip=False)
    for place, row in enumerate(rows):
        y = TOP + ROW * place
        drawing.text(LEFT - 18, y + 4, _vcpu("row", row), "strong" if row == cpu else "", anchor="end")
        for mib in fargate_sizes().get(row, ()):
            if (row, mib) != (cpu, memory):  # where the mark stands
                drawing.box(_x(mib) - 3, y - 3, 6, 6, "data")
        if row == cpu:
            drawing.mark(_x(memory), y, "bad" if refusal(cpu, memory) else "good")
    return drawing.render(bottom, say("picture"), say("described", text=text), "fargate-sizes")


def _ticks() -> Iterator[int]:
    mib, most = 512, max(max(offered) for offered in fargate_sizes().values())
    while mib <= most:
        yield mib
        mib *= 2
    yield most
