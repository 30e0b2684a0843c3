"""A first order, however it was placed: judged by what the table of orders holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

TABLE = "frenchbakery-orders"
PRODUCT = "croissant"
WANTED = 12  # of them, in one order

say = Texts(
    {
        "title": {"fr": "une douzaine de croissants", "en": "a dozen croissants"},
        "too_few": {
            "fr": "la plus grosse commande ne compte que {found} croissant(s)",
            "en": "the largest order has only {found} croissant(s)",
        },
        "hint_1": {
            "fr": "La boutique est ouverte : le plus court chemin passe par votre navigateur.",
            "en": "The shop is open: the shortest way goes through your browser.",
        },
        "hint_2": {
            "fr": "Suivez le lien de lab.open, ajoutez des croissants au panier, changez la quantité, validez.",
            "en": "Follow the link of lab.open, put croissants in the basket, change the quantity, and order.",
        },
        "hint_3": {
            "fr": 'Par programme : shop.ask("/api/orders", data=…, headers=…). Les données, en JSON et en octets : '
            '{{"lines": [{{"product_id": "croissant", "quantity": …}}], "pickup": "morning"}}. Deux en-têtes : '
            "Content-Type, application/json, et Idempotency-Key, une clé de votre choix d’au moins huit "
            "caractères. La réponse a un status : 201 quand la commande est prise.",
            "en": 'From a program: shop.ask("/api/orders", data=…, headers=…). The data, in JSON and as bytes: '
            '{{"lines": [{{"product_id": "croissant", "quantity": …}}], "pickup": "morning"}}. Two headers: '
            "Content-Type, application/json, and Idempotency-Key, a key of your choice with eight characters or "
            "more. The answer has a status: 201 when the order is taken.",
        },
        "solution": {
            "fr": "La même commande que par le navigateur, envoyée par un programme.",
            "en": "The same order as from the browser, sent by a program.",
        },
    }
)


def look(session: CourseSession) -> list[int] | None:
    """How many croissants each order has; None without orders or without their table."""
    dynamodb = session.client("dynamodb")
    try:
        pages = dynamodb.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        orders = [json.loads(item["document"]["S"]) for page in pages for item in page["Items"]]
    except dynamodb.exceptions.ResourceNotFoundException:
        return None
    return [_croissants(order) for order in orders] or None


def _croissants(order: dict[str, Any]) -> int:
    return sum(line["quantity"] for line in order["lines"] if line["product_id"] == PRODUCT)


def attempted(found: list[int] | None) -> bool:
    """Whether anything was ordered."""
    return found is not None


def problems(found: list[int]) -> Iterator[str]:
    """One order of twelve croissants or more."""
    if max(found) < WANTED:
        yield say("too_few", found=max(found))


def place_order(lab: Lab) -> None:
    """Order through the load balancer."""
    import json

    elbv2 = lab.session.client("elbv2")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    basket = {"lines": [{"product_id": "croissant", "quantity": 12}], "pickup": "morning"}
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a-dozen-croissants"}
    shop = lab.open(balancer["LoadBalancerArn"])
    shop.ask("/api/orders", data=json.dumps(basket).encode(), headers=headers)


CHALLENGE = Challenge("start-order", attempted, problems, say, (place_order,), look=look)
