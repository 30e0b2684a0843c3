"""What the FrenchBakery lab costs on a real account, item by item, from `facts.yaml`.

An estimate at list price in us-east-1: no free tier, no taxes, no transfer to the Internet (a few MB).
"""

from __future__ import annotations

from dataclasses import dataclass

from labs.facts import facts, number
from labs.learner import Language, Texts

HOURS_PER_MONTH = 730  # how AWS's pricing pages turn a monthly price into an hourly one
REGION = "us-east-1"
DISK = 30  # GB with which the AMI optimised for ECS starts an instance

say = Texts(
    {
        "fargate_vcpu_hour": {
            "fr": "Fargate, processeur : {quantity:g} vCPU",
            "en": "Fargate, processor: {quantity:g} vCPU",
        },
        "fargate_gb_hour": {
            "fr": "Fargate, mémoire : {quantity:g} Go",
            "en": "Fargate, memory: {quantity:g} GB",
        },
        "alb_hour": {"fr": "Application Load Balancer", "en": "Application Load Balancer"},
        "alb_lcu_hour": {
            "fr": "Application Load Balancer, trafic : {quantity:g} LCU",
            "en": "Application Load Balancer, traffic: {quantity:g} LCU",
        },
        "public_ipv4_hour": {
            "fr": "Adresses IPv4 publiques : {quantity:g}",
            "en": "Public IPv4 addresses: {quantity:g}",
        },
        "ecr_gb_month": {
            "fr": "ECR, images : {quantity:g} Go",
            "en": "ECR, images: {quantity:g} GB",
        },
        "logs_gb": {
            "fr": "CloudWatch Logs : {quantity:g} Go par heure",
            "en": "CloudWatch Logs: {quantity:g} GB an hour",
        },
        "ec2_t3_medium_hour": {
            "fr": "Instances EC2 t3.medium, cahier 03 : {quantity:g}",
            "en": "EC2 instances t3.medium, notebook 03: {quantity:g}",
        },
        "ec2_t3_small_hour": {
            "fr": "Instances EC2 t3.small, cahier 03b : {quantity:g}",
            "en": "EC2 instances t3.small, notebook 03b: {quantity:g}",
        },
        "ebs_gp3_gb_month": {
            "fr": "Disques de ces instances : {quantity:g} Go",
            "en": "Disks of these instances: {quantity:g} GB",
        },
        "vpc_endpoint_hour": {
            "fr": "Points de terminaison d’interface, cahier 03 : {quantity:g}",
            "en": "Interface endpoints, notebook 03: {quantity:g}",
        },
        "secret_month": {
            "fr": "Secrets Manager, cahier 07 : {quantity:g} secret",
            "en": "Secrets Manager, notebook 07: {quantity:g} secret",
        },
        "others": {
            "fr": "En plus, le temps d’un autre cahier",
            "en": "On top, for as long as another notebook takes",
        },
        "total": {"fr": "Total par heure (estimation)", "en": "Total per hour (estimate)"},
        "title": {
            "fr": "Ce que coûte le labo sur votre compte, en {region}",
            "en": "What the lab costs on your account, in {region}",
        },
        "item": {"fr": "Poste", "en": "Item"},
        "price": {"fr": "USD par heure", "en": "USD per hour"},
        "source": {"fr": "Source, date", "en": "Source, date"},
        "note": {
            "fr": (
                "Prix de {region}, hors taxes et hors offre gratuite ; ils varient d’une Région à l’autre. "
                "Le compteur tourne jusqu’au nettoyage : course lab teardown"
            ),
            "en": (
                "Prices of {region}, before tax and free tier; they differ from Region to Region. "
                "The meter runs until the clean-up: course lab teardown"
            ),
        },
    }
)


@dataclass(frozen=True)
class Item:
    """One line of the estimate: `quantity` units of the fact `key`, in USD per hour."""

    key: str
    quantity: float
    hourly: float

    def label(self, lang: Language | None = None) -> str:
        """What the line is for."""
        return say(self.key, lang, quantity=self.quantity)


def estimate(
    *, tasks: int = 8, vcpu: float = 0.25, memory: float = 0.5, zones: int = 2, images: float = 1.0
) -> list[Item]:
    """The lab per hour: `tasks` tasks of `vcpu` and `memory` (GB) behind one load balancer over `zones` zones.

    Every task and every zone of the load balancer holds one public IPv4 address (the lab has no NAT gateway);
    `images` GB are kept in ECR. Traffic is a learner's: at most one LCU, 0.01 GB of logs an hour.
    """
    quantities = {
        "fargate_vcpu_hour": tasks * vcpu,
        "fargate_gb_hour": tasks * memory,
        "alb_hour": 1,
        "alb_lcu_hour": 1,
        "public_ipv4_hour": tasks + zones,
        "ecr_gb_month": images,
        "logs_gb": 0.01,
    }
    return _items(quantities)


def others() -> list[Item]:
    """What other notebooks make that the lab has not, per hour that it is there."""
    return _items(
        {
            "ec2_t3_medium_hour": 3,
            "ec2_t3_small_hour": 2,
            "ebs_gp3_gb_month": 3 * DISK,
            "public_ipv4_hour": 3,
            "vpc_endpoint_hour": 4,
            "secret_month": 1,
        }
    )


def _items(quantities: dict[str, float]) -> list[Item]:
    return [
        Item(key, quantity, quantity * number(key) / (HOURS_PER_MONTH if key.endswith("_month") else 1))
        for key, quantity in quantities.items()
    ]


def show(items: list[Item]) -> None:
    """Print the estimate with the source and date of every price."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=say("title", region=REGION), caption=say("note", region=REGION), title_justify="left")
    table.add_column(say("item"))
    table.add_column(say("price"), justify="right")
    table.add_column(say("source"))
    for item in items:
        table.add_row(item.label(), f"{item.hourly:.4f}", facts()[item.key].reference)
    table.add_section()
    table.add_row(say("total"), f"{sum(item.hourly for item in items):.4f}", "")
    table.add_section()
    table.add_row(say("others"))
    for item in others():
        table.add_row(item.label(), f"{item.hourly:.4f}", facts()[item.key].reference)
    Console().print(table)
