"""Step 7: the shop is open and every task of orders knows the orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import LoadBalancer, Service
from labs.learner import Texts
from labs.shopfront import Visit

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "la boutique", "en": "the shop"},
        "silent": {
            "fr": "personne ne répond à l’adresse de la boutique",
            "en": "nobody answers at the shop’s address",
        },
        "status": {
            "fr": "la page d’accueil répond {status}",
            "en": "the front page answers {status}",
        },
        "no_order": {"fr": "aucune commande n’a été passée", "en": "no order has been placed"},
        "blind": {
            "fr": "une tâche d’orders ne connaît pas la dernière commande : chacune garde les siennes",
            "en": "a task of orders does not know the latest order: each keeps its own",
        },
        "alone": {
            "fr": "une seule tâche d’orders a répondu",
            "en": "only one task of orders answered",
        },
        "hint_1": {
            "fr": "Ouvrez la boutique dans votre navigateur et passez commande comme un client.",
            "en": "Open the shop in your browser and order as a customer would.",
        },
        "hint_2": {
            "fr": "lab.open attend l’ARN de l’équilibreur de charge. Une réponse 503 veut dire qu’un groupe cible "
            "n’a pas de cible saine.",
            "en": "lab.open wants the load balancer’s ARN. An answer of 503 means that a target group has no "
            "healthy target.",
        },
        "hint_3": {
            "fr": "Une commande est un POST sur /api/orders, avec un en-tête Idempotency-Key. Si une tâche "
            "l’ignore, cherchez ORDERS_TABLE dans la définition de tâche.",
            "en": "An order is a POST to /api/orders, with an Idempotency-Key header. If a task does not know "
            "it, look for ORDERS_TABLE in the task definition.",
        },
        "solution": {
            "fr": "On demande l’adresse de la boutique, puis on y poste une commande.",
            "en": "Ask for the shop’s address, then post an order there.",
        },
    }
)


def attempted(load_balancer: LoadBalancer | None, services: tuple[Service, ...], visit: Visit) -> bool:
    """Whether there is something to open."""
    return load_balancer is not None and bool(services)


def problems(
    load_balancer: LoadBalancer | None, services: tuple[Service, ...], visit: Visit
) -> Iterator[str]:
    """Closed, broken, unused, or forgetful."""
    if visit.status is None:
        yield say("silent")
    elif visit.status != 200:
        yield say("status", status=visit.status)
    elif visit.order is None:
        yield say("no_order")
    elif visit.blind:
        yield say("blind")
    elif len(visit.readers) < 2:
        yield say("alone")


def place_order(lab: Lab) -> None:
    """Place an order over HTTP."""
    import json

    from labs.shopfront import ask

    elbv2 = lab.session.client("elbv2")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    shop = lab.open(balancer["LoadBalancerArn"])
    order = {"lines": [{"product_id": "croissant", "quantity": 6}], "pickup": "morning"}
    ask(
        f"{shop.url}/api/orders",
        data=json.dumps(order).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": "order-of-the-solution"},
    )


STEP = Step("shop", attempted, problems, say, (place_order,), reads=("load_balancer", "services", "visit"))
