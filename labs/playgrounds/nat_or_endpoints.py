"""NAT gateway or VPC endpoints: what the way out of private subnets costs a month, three designs side by side.

Counted: hours and GB of NAT gateways (one in each zone, with its public address) and of interface endpoints (each in
each zone). The gateway endpoint of S3 is free. Left out: transfer between zones and out to the internet, the same in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from labs.facts import facts, number
from labs.learner import Texts
from labs.playgrounds.bars import Bar, draw
from labs.playgrounds.controls import Range
from labs.real.prices import HOURS_PER_MONTH
from labs.view.display import Shown
from labs.view.numbers import decimal

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

PRICES = ("nat_hour", "nat_gb", "public_ipv4_hour", "vpc_endpoint_hour", "vpc_endpoint_gb")

say = Texts(
    {
        "title": {"fr": "NAT ou points de terminaison ?", "en": "NAT or endpoints?"},
        "zones": {"fr": "Zones de disponibilité", "en": "Availability Zones"},
        "endpoints": {"fr": "Points de terminaison d’interface", "en": "Interface endpoints"},
        "layers": {"fr": "Couches d’images tirées par mois", "en": "Image layers pulled a month"},
        "calls": {"fr": "Journaux, secrets, appels à AWS", "en": "Logs, secrets, calls to AWS"},
        "internet": {"fr": "Vers le reste d’internet", "en": "To the rest of the internet"},
        "gigabytes": {"fr": "Go", "en": "GB"},
        "nat": {"fr": "NAT pour tout", "en": "NAT for everything"},
        "s3": {"fr": "NAT sauf pour S3", "en": "NAT except for S3"},
        "private": {"fr": "Points de terminaison", "en": "Endpoints"},
        "both": {"fr": "Points de terminaison et NAT", "en": "Endpoints and NAT"},
        "line": {
            "fr": "Par mois : {designs}.\nLe moins cher : {least}.",
            "en": "A month: {designs}.\nThe cheapest: {least}.",
        },
        "between": {"fr": " ; ", "en": "; "},
        "design": {"fr": "{name} {amount} USD", "en": "{name} {amount} USD"},
        "picture": {"fr": "Coût mensuel de trois chemins de sortie", "en": "Monthly cost of three ways out"},
        "hues": {
            "fr": "À gauche les heures, à droite les Go.",
            "en": "Hours on the left, GB on the right.",
        },
        "sources": {"fr": "Prix de us-east-1", "en": "Prices of us-east-1"},
        "price": {"fr": "{value} : {unit} ({reference})", "en": "{value}: {unit} ({reference})"},
    }
)


@dataclass(frozen=True)
class Traffic:
    """What leaves the tasks: GB a month of image layers (from S3), of calls to AWS, and to the internet."""

    layers: float
    calls: float
    internet: float


@dataclass(frozen=True)
class Cost:
    """USD a month: for what stands there, and for what passes."""

    hours: float
    gigabytes: float

    @property
    def total(self) -> float:
        """Both."""
        return self.hours + self.gigabytes


def nat(zones: int, gigabytes: float) -> Cost:
    """A NAT gateway with its public address in each zone, and what passes through them."""
    hourly = number("nat_hour") + number("public_ipv4_hour")
    return Cost(zones * hourly * HOURS_PER_MONTH, gigabytes * number("nat_gb"))


def endpoints(zones: int, count: int, gigabytes: float) -> Cost:
    """`count` interface endpoints in each zone, and what passes through them."""
    hours = count * zones * number("vpc_endpoint_hour") * HOURS_PER_MONTH
    return Cost(hours, gigabytes * number("vpc_endpoint_gb"))


def designs(zones: int, count: int, traffic: Traffic) -> dict[str, Cost]:
    """Each design by its key in the texts; endpoints alone do not reach the internet, so NAT joins them for that."""
    found = {
        "nat": nat(zones, traffic.layers + traffic.calls + traffic.internet),
        "s3": nat(zones, traffic.calls + traffic.internet),
    }
    own = endpoints(zones, count, traffic.calls)
    if traffic.internet:
        rest = nat(zones, traffic.internet)
        found["both"] = Cost(own.hours + rest.hours, own.gigabytes + rest.gigabytes)
    else:
        found["private"] = own
    return found


def show(settings: Settings) -> Shown:
    """The three bills, and which is the lowest."""
    traffic = Traffic(settings["layers"], settings["calls"], settings["internet"])
    found = designs(int(settings["zones"]), int(settings["endpoints"]), traffic)
    text = say(
        "line",
        designs=say("between").join(
            say("design", name=say(key), amount=decimal(cost.total, 2)) for key, cost in found.items()
        ),
        least=say(min(found, key=lambda key: found[key].total)),
    )
    bars = [Bar(say(key), (("network", cost.hours), ("data", cost.gigabytes))) for key, cost in found.items()]
    prices = "".join(
        f"<li>{escape(say('price', value=decimal(number(key)), unit=facts()[key].unit, reference=facts()[key].reference))}</li>"
        for key in PRICES
    )
    return Shown(
        text,
        f"<p><strong>{escape(text)}</strong> {escape(say('hues'))}</p>"
        f"{draw(bars, say('picture'), text, 'nat-or-endpoints')}"
        f"<details><summary>{escape(say('sources'))}</summary><ul>{prices}</ul></details>",
    )


def playground() -> Playground:
    """The playground, for a shop in two zones whose tasks speak to AWS only."""
    from labs.playgrounds.widget import Playground

    unit = say("gigabytes")
    controls = (
        Range(name="zones", label=say("zones"), value=2, least=1, most=3),
        Range(name="endpoints", label=say("endpoints"), value=4, least=1, most=10),
        Range(name="layers", label=say("layers"), value=500, least=0, most=5000, step=50, unit=unit),
        Range(name="calls", label=say("calls"), value=50, least=0, most=1000, step=10, unit=unit),
        Range(name="internet", label=say("internet"), value=0, least=0, most=1000, step=10, unit=unit),
    )
    return Playground("nat_or_endpoints", say("title"), controls, show)
