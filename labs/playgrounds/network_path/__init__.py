"""A Fargate task pulls its image: which route, address, endpoint, group or role is missing, and what ECS says then."""

from __future__ import annotations

from html import escape

from labs.facts import facts, number
from labs.playgrounds.controls import Check, Choice, Control
from labs.playgrounds.nat_or_endpoints import endpoints, nat
from labs.playgrounds.network_path.picture import draw, way
from labs.playgrounds.network_path.texts import say
from labs.playgrounds.network_path.way import INTERFACES, Call, Setup, Start, remarks, start
from labs.playgrounds.widget import Playground, Settings
from labs.real.prices import HOURS_PER_MONTH
from labs.view.display import Shown
from labs.view.numbers import decimal

DEFAULT = ("ecr.api", "ecr.dkr", "logs")  # the S3 gateway is what people forget


def show(settings: Settings) -> Shown:
    """Every call of the start, its way, and what becomes of the task."""
    setup = chosen(settings)
    found = start(setup)
    verdict = _verdict(found)
    calls = "".join(f"<li>{_mark(call, found)} {escape(_told(call))}</li>" for call in found.calls)
    tried = found.refused is None
    notes = "".join(f"<li>{escape(say(key))}</li>" for key in remarks(setup, found))
    reason = escape(found.reason or "")
    parts = [
        f"<p style='margin-top:0'>{escape(verdict)}</p>",
        reason
        and f"<p><code>{say('reason')}</code><br><code style='overflow-wrap:anywhere'>{reason}</code></p>",
        notes and f"<ul style='padding-inline-start:1.3em'>{notes}</ul>",
        f"<p style='font-size:0.9em'>{escape(_cost(setup))}</p>",
    ]
    return Shown(
        f"{verdict} {say('reason')}: {found.reason}" if found.reason else verdict,
        "<div style='display:flex;flex-wrap:wrap;gap:0.4em 1.6em'>"
        f"<div style='flex:0 1 466px'>{draw(setup, found, _described(found, verdict))}</div>"
        f"<div style='flex:1 1 19em;min-width:0'>{''.join(parts)}</div></div>"
        f"<p style='margin:0.4em 0'>{escape(say('each' if tried else 'each_untried'))}</p>"
        f"<ul style='margin:0.2em 0;padding:0;list-style:none'>{calls}</ul>"
        + (f"<p style='font-size:0.9em'>{escape(say('told'))}</p>" if tried else ""),
    )


def playground() -> Playground:
    """A private subnet with endpoints, one of which is forgotten."""
    return Playground("network-path", say("title"), controls(), show)


def controls() -> tuple[Control, ...]:
    """What the learner puts in place."""
    return (
        Choice(
            name="subnet",
            label=say("subnet"),
            value="private",
            options=[(key, say(key)) for key in ("private", "public")],
        ),
        Check(name="address", label=say("address"), value=False),
        Check(name="nat", label=say("nat"), value=False),
        *(
            Check(name=_name(service), label=say("interface", service=service), value=service in DEFAULT)
            for service in INTERFACES
        ),
        Check(name="s3", label=say("s3"), value=False),
        Check(name="dns", label=say("dns"), value=True),
        Check(name="group", label=say("group"), value=True),
        Check(name="role", label=say("role"), value=True),
        Check(name="secret", label=say("secret"), value=False),
    )


def chosen(settings: Settings) -> Setup:
    """The network that the settings describe."""
    return Setup(
        public=settings["subnet"] == "public",
        address=settings["address"],
        nat=settings["nat"],
        endpoints=frozenset(service for service in INTERFACES if settings[_name(service)]),
        s3=settings["s3"],
        private_dns=settings["dns"],
        open_group=settings["group"],
        role=settings["role"],
        secret=settings["secret"],
    )


def _name(service: str) -> str:
    """The control of a service's endpoint, as a keyword that a cell can write."""
    return service.replace(".", "_")


def _verdict(found: Start) -> str:
    if found.refused is not None:
        return say("refused", words=found.refused)
    if found.failed is None:
        return say("starts", count=len(found.calls))
    call = found.failed
    return say("stops", action=call.action, service=call.service, problem=call.problem)


def _told(call: Call) -> str:
    if call.problem is not None:
        return say("fails", action=call.action, service=call.service, problem=call.problem)
    return say("arrives", action=call.action, service=call.service, way=say(f"by_{way(call)}"))


def _mark(call: Call, found: Start) -> str:
    if found.refused is not None:
        return "·"  # nothing is called
    return "✔" if call.problem is None else "✘"


def _described(found: Start, verdict: str) -> str:
    return " ".join([verdict, *(f"{_told(call)}." for call in found.calls)])


def _cost(setup: Setup) -> str:
    """What stands there, paid by the hour."""
    parts, keys = [], []
    if setup.nat:
        parts.append(say("cost_nat", usd=decimal(nat(1, 0).total, 2)))
        keys += ["nat_hour", "public_ipv4_hour"]
    if setup.endpoints:
        count = len(setup.endpoints)
        parts.append(say("cost_endpoints", count=count, usd=decimal(endpoints(1, count, 0).total, 2)))
        keys += ["vpc_endpoint_hour"]
    if setup.address and setup.public:
        usd = number("public_ipv4_hour") * HOURS_PER_MONTH
        parts.append(say("cost_address", usd=decimal(usd, 2)))
        keys += ["public_ipv4_hour"]
    if not parts:
        return say("no_cost")
    sources = dict.fromkeys(facts()[key].reference for key in keys)
    return say("cost", parts=", ".join(parts), sources="; ".join(sources))
