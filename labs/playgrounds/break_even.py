"""EC2, Fargate or Lambda: what the same work costs a month, drawn against how busy the paid capacity is.

The work is requests that each keep one vCPU busy for a while. All three run the same processor.

- Lambda bills the work itself: GB-seconds at the memory that comes with one vCPU, and the requests.
- Fargate bills tasks of 1 vCPU and 4 GB for the hours that they are open; whole tasks, at least one.
- EC2 bills large instances, two such tasks on each, around the clock; whole instances, at least one. A burstable
  one that works above its baseline on average pays for surplus credits (unlimited mode).

Left out: disks, load balancer, addresses, transfer, free tier, Savings Plans, and the hours that people spend on instances.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from math import ceil
from typing import TYPE_CHECKING

from labs.facts import facts, number
from labs.fargate import hourly
from labs.learner import Texts, language
from labs.playgrounds.controls import Choice, Range
from labs.playgrounds.widget import Playground, Settings
from labs.real.prices import HOURS_PER_MONTH
from labs.view.display import Shown
from labs.view.numbers import decimal
from labs.view.svg import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TASK = (1024, 4096)  # CPU units and MiB: half a large instance
ARM_INSTANCES = ("m7g", "t4g")
UTILISATIONS = [quarter / 4 for quarter in range(20, 401)]  # per cent; fine, for the costs go in steps

INK = "#010203"  # becomes the colour of the text around the picture
# contrast of 3:1 and more on white and on JupyterLab's dark grey; told apart by their dashes too
LINES = {"ec2": ("#c2611f", "-"), "fargate": ("#2f81c7", "--"), "lambda": ("#8a63d2", "-.")}
SIZE = (7.4, 4.0)  # inches

say = Texts(
    {
        "title": {"fr": "EC2, Fargate ou Lambda ?", "en": "EC2, Fargate or Lambda?"},
        "rate": {"fr": "Requêtes par seconde", "en": "Requests per second"},
        "duration": {"fr": "Travail par requête", "en": "Work per request"},
        "hours": {"fr": "Ouverture par jour", "en": "Open each day"},
        "utilisation": {"fr": "Capacité qui travaille", "en": "Capacity that works"},
        "instance": {"fr": "Instance, processeur", "en": "Instance, processor"},
        "m7i": {"fr": "m7i.large, x86", "en": "m7i.large, x86"},
        "m7g": {"fr": "m7g.large, Graviton (ARM)", "en": "m7g.large, Graviton (ARM)"},
        "t4g": {"fr": "t4g.large, Graviton à crédits CPU", "en": "t4g.large, burstable Graviton"},
        "ec2": {"fr": "EC2", "en": "EC2"},
        "fargate": {"fr": "Fargate", "en": "Fargate"},
        "lambda": {"fr": "Lambda", "en": "Lambda"},
        "line": {
            "fr": "Par mois : EC2 {ec2} USD, Fargate {fargate} USD, Lambda {lambda_} USD. Le moins cher : {least}.",
            "en": "A month: EC2 {ec2} USD, Fargate {fargate} USD, Lambda {lambda_} USD. The cheapest: {least}.",
        },
        "capacity": {
            "fr": "{work} vCPU de travail à l’ouverture : {tasks} tâche(s) Fargate, {instances} instance(s) EC2.",
            "en": "{work} vCPU of work while open: {tasks} Fargate task(s), {instances} EC2 instance(s).",
        },
        "x": {"fr": "Part du vCPU payé qui travaille (%)", "en": "Share of the paid vCPU that works (%)"},
        "y": {"fr": "USD par mois", "en": "USD a month"},
        "here": {"fr": "votre réglage", "en": "your setting"},
        "picture": {"fr": "Coût mensuel selon l’utilisation", "en": "Monthly cost by utilisation"},
        "of_instance": {"fr": "{instance}, par heure", "en": "{instance}, an hour"},
        "of_surplus": {
            "fr": "vCPU-heure au-dessus de la ligne de base",
            "en": "vCPU-hour above the baseline",
        },
        "of_vcpu": {"fr": "Fargate, vCPU-heure", "en": "Fargate, vCPU-hour"},
        "of_gb": {"fr": "Fargate, Go-heure", "en": "Fargate, GB-hour"},
        "of_gb_second": {"fr": "Lambda, Go-seconde", "en": "Lambda, GB-second"},
        "of_requests": {"fr": "Lambda, million de requêtes", "en": "Lambda, million requests"},
        "prices": {"fr": "Prix de us-east-1", "en": "Prices of us-east-1"},
        "item": {"fr": "Ce qui est facturé", "en": "What is billed"},
        "price": {"fr": "USD", "en": "USD"},
        "source": {"fr": "Source et date", "en": "Source and date"},
    }
)


@dataclass(frozen=True)
class Work:
    """What is asked of the shop: requests a second while it is open, seconds of one vCPU each, hours a day."""

    rate: float
    duration: float
    hours: float
    instance: str = "m7i"

    @property
    def arm(self) -> bool:
        """Whether all three run on Graviton."""
        return self.instance in ARM_INSTANCES

    @property
    def busy(self) -> float:
        """The vCPUs that work, on average, while the shop is open."""
        return self.rate * self.duration

    @property
    def open_hours(self) -> float:
        """Hours a month."""
        return HOURS_PER_MONTH * self.hours / 24


def tasks(work: Work, utilisation: float) -> int:
    """How many tasks of one vCPU do the work when that share (0 to 1) of each works."""
    return max(1, ceil(round(work.busy / utilisation, 9)))


def instances(work: Work, utilisation: float) -> int:
    """How many large instances hold these tasks."""
    return ceil(tasks(work, utilisation) / _tasks_of_an_instance())


def fargate(work: Work, utilisation: float) -> float:
    """USD a month for tasks that stop when the shop closes."""
    return tasks(work, utilisation) * hourly(*TASK, arm=work.arm) * work.open_hours


def ec2(work: Work, utilisation: float) -> float:
    """USD a month for instances that stay on, with the surplus credits of a burstable one."""
    count = instances(work, utilisation)
    cost = count * number(f"ec2_{work.instance}_large_hour") * HOURS_PER_MONTH
    if work.instance == "t4g":
        included = count * number("ec2_large_vcpu") * number("ec2_t4g_large_baseline") / 100 * HOURS_PER_MONTH
        surplus = max(0.0, work.busy * work.open_hours - included)
        cost += surplus * number("ec2_t4g_surplus_vcpu_hour")
    return cost


def lambda_(work: Work, utilisation: float) -> float:
    """USD a month for the requests alone, however they are spread: Lambda has no idle capacity to pay for."""
    requests = work.rate * 3600 * work.open_hours
    architecture = "arm_" if work.arm else ""
    gigabytes = number("lambda_memory_per_vcpu") / 1024
    seconds = requests * work.duration
    return seconds * gigabytes * number(f"lambda_{architecture}gb_second") + requests / 1e6 * number(
        "lambda_million_requests"
    )


COSTS: dict[str, Callable[[Work, float], float]] = {"ec2": ec2, "fargate": fargate, "lambda": lambda_}


def show(settings: Settings) -> Shown:
    """The three bills for the work chosen, and the curves around it."""
    work = Work(settings["rate"], settings["duration"] / 1000, settings["hours"], settings["instance"])
    utilisation = settings["utilisation"] / 100
    bills = {name: cost(work, utilisation) for name, cost in COSTS.items()}
    text = say(
        "line",
        ec2=decimal(bills["ec2"], 2),
        fargate=decimal(bills["fargate"], 2),
        lambda_=decimal(bills["lambda"], 2),
        least=say(min(bills, key=lambda name: bills[name])),
    )
    capacity = say(
        "capacity",
        work=decimal(round(work.busy, 2)),
        tasks=tasks(work, utilisation),
        instances=instances(work, utilisation),
    )
    return Shown(
        text,
        f"<p><strong>{escape(text)}</strong><br>{escape(capacity)}</p>"
        f"{_picture(work, utilisation, text)}{_prices(work)}",
    )


def playground() -> Playground:
    """The break-even plot, starting with a small service that is open around the clock."""
    return Playground("break-even", say("title"), _controls(), show)


def _tasks_of_an_instance() -> int:
    cpu, memory = TASK
    fitting = number("ec2_large_vcpu") * 1024 // cpu, number("ec2_large_memory") * 1024 // memory
    return int(min(fitting))


def _controls() -> tuple[Range | Choice, ...]:
    return (
        Range(name="rate", label=say("rate"), value=20, least=1, most=200),
        Range(name="duration", label=say("duration"), value=100, least=10, most=1000, step=10, unit="ms"),
        Range(name="hours", label=say("hours"), value=24, least=1, most=24, unit="h"),
        Range(name="utilisation", label=say("utilisation"), value=50, least=5, most=100, step=5, unit="%"),
        Choice(
            name="instance",
            label=say("instance"),
            value="m7i",
            options=[(name, say(name)) for name in ("m7i", "m7g", "t4g")],
        ),
    )


def _picture(work: Work, utilisation: float, text: str) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    # its first use on a machine would print that fonts are being looked for
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    ink = dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK
    )
    settings = {"svg.fonttype": "none", "svg.hashsalt": "course", "font.size": 10, **ink}
    with matplotlib.rc_context(settings):
        canvas = Figure(figsize=SIZE, layout="constrained")
        _draw(canvas.subplots(), work, utilisation)
        drawn = io.StringIO()
        canvas.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _described(drawn.getvalue(), text)


def _draw(axes: Axes, work: Work, utilisation: float) -> None:
    for name, cost in COSTS.items():
        colour, dashes = LINES[name]
        axes.plot(
            UTILISATIONS,
            [cost(work, share / 100) for share in UTILISATIONS],
            color=colour,
            linestyle=dashes,
            linewidth=2,
            label=say(name),
        )
        axes.plot(utilisation * 100, cost(work, utilisation), "o", color=colour)
    axes.axvline(utilisation * 100, color=INK, linewidth=0.8, linestyle=":", label=say("here"))
    axes.set(xlim=(0, 100), xlabel=say("x"), ylabel=say("y"))
    axes.set_ylim(0, 3 * max(cost(work, max(utilisation, 0.3)) for cost in COSTS.values()))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def _described(svg: str, words: str) -> str:
    """The SVG element alone, with a title and a description for screen readers."""
    start, rest = svg[svg.index("<svg") :].split(">", 1)
    names = "break-even-title break-even-text"
    parts = f'<title id="break-even-title">{clean(say("picture"))}</title><desc id="break-even-text">{clean(words)}</desc>'
    start += f' role="img" lang="{language()}" aria-labelledby="{names}" style="max-width:100%;height:auto"'
    return f"{start}>{parts}{rest}".replace(INK, "currentColor")


def _prices(work: Work) -> str:
    architecture = "arm_" if work.arm else ""
    billed = {
        f"ec2_{work.instance}_large_hour": say("of_instance", instance=f"{work.instance}.large"),
        **({"ec2_t4g_surplus_vcpu_hour": say("of_surplus")} if work.instance == "t4g" else {}),
        f"fargate_{architecture}vcpu_hour": say("of_vcpu"),
        f"fargate_{architecture}gb_hour": say("of_gb"),
        f"lambda_{architecture}gb_second": say("of_gb_second"),
        "lambda_million_requests": say("of_requests"),
    }
    rows = "".join(
        f"<tr><td>{escape(item)}</td><td>{decimal(number(key), _digits(number(key)))}</td>"
        f"<td>{escape(facts()[key].reference)}</td></tr>"
        for key, item in billed.items()
    )
    head = "".join(f"<th scope='col'>{escape(say(key))}</th>" for key in ("item", "price", "source"))
    return (
        f"<details><summary>{escape(say('prices'))}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _digits(value: float) -> int:
    """Enough decimals to show a price as AWS writes it."""
    return max(2, len(f"{value:.10f}".rstrip("0").partition(".")[2]))
