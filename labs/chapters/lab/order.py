"""An order taken once, however often it is sent: judged by what stands in the table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

PRODUCT, QUANTITY, PICKUP = "macarons", 12, "noon"

say = Texts(
    {
        "title": {"fr": "la commande du comité", "en": "the committee’s order"},
        "quantity": {
            "fr": "une commande porte sur {found} boîtes de macarons au lieu de {wanted}",
            "en": "an order is for {found} boxes of macarons instead of {wanted}",
        },
        "more": {
            "fr": "la commande contient aussi autre chose : {products}",
            "en": "the order holds something else as well: {products}",
        },
        "pickup": {
            "fr": "elle serait prête pour {found} (attendu : {wanted})",
            "en": "it would be ready for {found} (wanted: {wanted})",
        },
        "twice": {
            "fr": "le comité paierait {count} fois : la table a {count} commandes de macarons",
            "en": "the committee would pay {count} times: the table holds {count} orders of macarons",
        },
        "hint_1": {
            "fr": "La cellule qui commandait des croissants montre tout : l’adresse, le corps, les en-têtes.",
            "en": "The cell that ordered croissants shows it all: the address, the body, the headers.",
        },
        "hint_2": {
            "fr": "Deux envois, un seul numéro : celui que le client choisit dans Idempotency-Key.",
            "en": "Two posts, a single number: the one that the client chooses in Idempotency-Key.",
        },
        "hint_3": {
            "fr": '`{{"lines": [{{"product_id": "macarons", "quantity": 12}}], "pickup": "noon"}}`, deux fois avec le même '
            "Idempotency-Key. Une commande de trop se retire de la table : "
            '`dynamodb.delete_item(TableName="frenchbakery-orders", Key={{"id": {{"S": "…"}}}})`.',
            "en": '`{{"lines": [{{"product_id": "macarons", "quantity": 12}}], "pickup": "noon"}}`, twice with the same '
            "Idempotency-Key. An order too many is taken off the table: "
            '`dynamodb.delete_item(TableName="frenchbakery-orders", Key={{"id": {{"S": "…"}}}})`.',
        },
        "solution": {
            "fr": "La même requête deux fois ; la seconde réponse rend la première commande.",
            "en": "The same request twice; the second answer gives the first order back.",
        },
    }
)


@dataclass(frozen=True)
class Taken:
    """An order that holds macarons: quantities by product, and when it is to be ready."""

    quantities: Counter[str]
    pickup: str


def look(session: CourseSession) -> Sequence[Taken]:
    """Read the orders of macarons from the table; none while there is no table."""
    dynamodb = session.client("dynamodb")
    try:
        pages = list(
            dynamodb.get_paginator("scan").paginate(TableName="frenchbakery-orders", ConsistentRead=True)
        )
    except dynamodb.exceptions.ResourceNotFoundException:
        return ()
    orders = [json.loads(item["document"]["S"]) for page in pages for item in page["Items"]]
    found = []
    for order in orders:
        quantities: Counter[str] = Counter()
        for line in order["lines"]:
            quantities[line["product_id"]] += line["quantity"]
        if quantities[PRODUCT]:
            found.append(Taken(quantities, order["pickup"]))
    return tuple(found)


def attempted(found: Sequence[Taken]) -> bool:
    """Whether anybody has ordered macarons."""
    return bool(found)


def problems(found: Sequence[Taken]) -> Iterator[str]:
    """One order, of twelve, for noon, and of nothing else."""
    if len(found) > 1:
        yield say("twice", count=len(found))
    for order in found:
        if order.quantities[PRODUCT] != QUANTITY:
            yield say("quantity", found=order.quantities[PRODUCT], wanted=QUANTITY)
        if others := sorted(product for product in order.quantities if product != PRODUCT):
            yield say("more", products=", ".join(others))
        if order.pickup != PICKUP:
            yield say("pickup", found=order.pickup, wanted=PICKUP)


def order_macarons(lab: Lab) -> None:
    """Send the committee's order twice, as one whose answer got lost."""
    import json

    from labs.shopfront import ask

    elbv2 = lab.session.client("elbv2")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    shop = lab.open(balancer["LoadBalancerArn"])
    order = {"lines": [{"product_id": "macarons", "quantity": 12}], "pickup": "noon"}
    for _ in range(2):
        ask(
            f"{shop.url}/api/orders",
            data=json.dumps(order).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": "committee-macarons"},
        )


CHALLENGE = Challenge("lab-order", attempted, problems, say, (order_macarons,), look=look)
