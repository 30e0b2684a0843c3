"""The same tasks under binpack, spread and random: who fits where, what can be given back, what a failure takes.

Every decision is the local cloud's own (`labs.cloud.controllers.placement`); only the cluster is invented.
"""

from __future__ import annotations

from html import escape

from labs.cloud.controllers.placement import Demand, explain
from labs.playgrounds.controls import Choice, Control, Range
from labs.playgrounds.placement.cluster import MACHINES, PORT, ZONES, Outcome, Step, run
from labs.playgrounds.placement.picture import draw
from labs.playgrounds.placement.texts import say
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

SIZES = {"small": (256, 512), "memory": (256, 2048), "cpu": (1024, 1024), "large": (1024, 3072)}
STRATEGIES: dict[str, tuple[Step, ...]] = {
    "binpack-memory": ({"type": "binpack", "field": "memory"},),
    "binpack-cpu": ({"type": "binpack", "field": "cpu"},),
    "spread-zone": ({"type": "spread", "field": "attribute:ecs.availability-zone"},),
    "spread-instance": ({"type": "spread", "field": "instanceId"},),
    "spread-zone-binpack": (
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "memory"},
    ),
    "spread-zone-instance": (
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "instanceId"},
    ),
    "random": ({"type": "random"},),
}
CONSTRAINTS: dict[str, tuple[Step, ...]] = {
    "": (),
    "distinct": ({"type": "distinctInstance"},),
    "arm": ({"type": "memberOf", "expression": "attribute:ecs.cpu-architecture == arm64"},),
    "type": ({"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7i.*"},),
    "zones": (
        {
            "type": "memberOf",
            "expression": "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]",
        },
    ),
    "near": ({"type": "memberOf", "expression": "task:group == service:cache"},),
    "apart": ({"type": "memberOf", "expression": "not(task:group == service:cache)"},),
}


def show(settings: Settings) -> Shown:
    """The tasks under one strategy, or under two side by side."""
    chosen = [settings["strategy"], *filter(None, [settings["beside"]])]
    panels = [_panel(strategy, settings, place) for place, strategy in enumerate(chosen)]
    columns = "".join(f"<div style='flex:1 1 21em;max-width:396px'>{html}</div>" for _, html in panels)
    return Shown(
        "\n".join(text for text, _ in panels),
        f"<div style='display:flex;flex-wrap:wrap;gap:0.4em 1.2em'>{columns}</div>"
        f"<p style='font-size:0.9em'>{escape(say('legend'))}</p>",
    )


def playground() -> Playground:
    """Nine small tasks, packed beside spread."""
    return Playground("placement", say("title"), controls(), show)


def controls() -> tuple[Control, ...]:
    """What the learner changes."""
    strategies = [(key, _strategy(key)) for key in STRATEGIES]
    failures = [("", say("nothing_fails"))]
    failures += [(zone, say("zone", name=zone)) for zone in ZONES]
    failures += [(name, say("instance", name=name)) for name in MACHINES]
    return (
        Range(name="tasks", label=say("tasks"), value=9, least=0, most=30),
        Choice(
            name="size",
            label=say("size"),
            value="small",
            options=[(key, say("of_size", cpu=cpu, memory=memory)) for key, (cpu, memory) in SIZES.items()],
        ),
        Choice(
            name="network",
            label=say("network"),
            value="bridge",
            options=[
                (key, say(key, port=PORT) if key == "fixed_port" else say(key))
                for key in ("bridge", "fixed_port", "awsvpc")
            ],
        ),
        Choice(
            name="constraint",
            label=say("constraint"),
            value="",
            options=[(key, _constraint(key)) for key in CONSTRAINTS],
        ),
        Choice(name="strategy", label=say("strategy"), value="binpack-memory", options=strategies),
        Choice(
            name="beside",
            label=say("beside"),
            value="spread-zone",
            options=[("", say("nothing_beside")), *strategies],
        ),
        Choice(name="fails", label=say("fails"), value="", options=failures),
        Range(name="draw", label=say("draw"), value=1, least=1, most=9),
    )


def demand(settings: Settings) -> Demand:
    """What each task takes from its instance."""
    cpu, memory = SIZES[settings["size"]]
    return Demand(
        cpu=cpu,
        memory=memory,
        ports=frozenset({("tcp", PORT)}) if settings["network"] == "fixed_port" else frozenset(),
        interfaces=int(settings["network"] == "awsvpc"),
    )


def _panel(strategy: str, settings: Settings, place: int) -> tuple[str, str]:
    """One strategy's outcome in words and as HTML."""
    outcome = run(
        int(settings["tasks"]),
        demand(settings),
        CONSTRAINTS[settings["constraint"]],
        STRATEGIES[strategy],
        int(settings["draw"]),
    )
    title, fails = _strategy(strategy), settings["fails"]
    first, *others = lines = [*_lines(outcome, title), *_failure(outcome, fails)]
    picture = draw(outcome, _steps(strategy), fails, _described(outcome, first), f"placement-{place}")
    words = "".join(f"<li>{escape(line)}</li>" for line in others)
    html = f"{picture}<ul style='margin:0.4em 0;padding-inline-start:1.3em'>{words}</ul>{_refused(outcome)}"
    if outcome.refusals:
        lines.append(f"{_missing(outcome)} {_event(outcome)}")
    return " ".join(lines), html


def _lines(outcome: Outcome, title: str) -> list[str]:
    zones = ", ".join(f"{zone} {count}" for zone, count in outcome.by_zone.items())
    released = outcome.releasable
    return [
        say(
            "placed",
            strategy=title,
            placed=len(outcome.places),
            wanted=outcome.wanted,
            used=len(outcome.used),
            all=len(MACHINES),
        ),
        say("zones", zones=zones),
        say("releasable", names=", ".join(released)) if released else say("none_releasable"),
        say("worst", instance=max(map(outcome.lost, MACHINES)), zone=max(map(outcome.lost, ZONES))),
    ]


def _failure(outcome: Outcome, fails: str) -> list[str]:
    if not fails:
        return []
    lost = outcome.lost(fails)
    where = say("zone" if fails in ZONES else "instance", name=fails)
    return [say("lost", where=where, lost=lost, left=len(outcome.places) - lost)]


def _missing(outcome: Outcome) -> str:
    return say("unplaced", count=outcome.wanted - len(outcome.places))


def _event(outcome: Outcome) -> str:
    return f"(service shop) was unable to place a task {explain(outcome.refusals)}"


def _refused(outcome: Outcome) -> str:
    """What AWS says when tasks are left over: the service's event, and RunTask's reason for every instance."""
    if not outcome.refusals:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(refusal.instance)}</th>"
        f"<td style='text-align:start'><code>{escape(refusal.reason)}</code></td></tr>"
        for refusal in outcome.refusals
    )
    return (
        f"<p>✘ {escape(_missing(outcome))}<br><code>{escape(_event(outcome))}</code></p>"
        f"<details><summary>{escape(say('failures'))}</summary><table>{rows}</table></details>"
    )


def _described(outcome: Outcome, line: str) -> str:
    held = (
        say(
            "holds",
            name=name,
            zone=zone,
            tasks=", ".join(map(str, outcome.on(name))) or say("no_task"),
        )
        for name, (zone, _) in MACHINES.items()
    )
    return say("described", line=line, instances="; ".join(held))


def _strategy(key: str) -> str:
    first, *others = _steps(key)
    return say("then", first=first, second=others[0]) if others else first


def _steps(key: str) -> list[str]:
    return [_step(step) for step in STRATEGIES[key]]


def _step(step: Step) -> str:
    name = step.get("field", "").removeprefix("attribute:ecs.")
    return f"{step['type']} ({name})" if name else step["type"]


def _constraint(key: str) -> str:
    steps = CONSTRAINTS[key]
    if not steps:
        return say("no_constraint")
    (step,) = steps
    return f"{step['type']}: {step['expression']}" if "expression" in step else step["type"]
