"""Where orders are kept. Both stores decide races the same way: the first write of an id wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from frenchbakery.common.operations import Kind
from frenchbakery.common.storage import Sqlite
from frenchbakery.orders.model import Order


@dataclass(frozen=True)
class StoredOrder:
    """An order, and the fingerprint of the request that made it."""

    order: Order
    fingerprint: str


class Orders(Protocol):
    """A store of orders. Its methods block; any exception but KeyError means that the store is unavailable."""

    kind: Kind

    def put_new(self, stored: StoredOrder) -> bool:
        """Store it unless its id is taken; false when it is."""

    def get(self, order_id: str) -> StoredOrder | None:
        """The order, as last written by any task."""

    def list(self, limit: int) -> list[Order]:
        """Some orders, the newest first."""

    def ping(self) -> None:
        """Raises when the store does not answer."""


class SqliteOrders:
    """Orders in a SQLite file: for one machine."""

    kind: Kind = "sqlite"

    def __init__(self, path: str) -> None:
        self._database = Sqlite(
            path,
            "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL,"
            " created_at TEXT NOT NULL, document TEXT NOT NULL)",
        )

    def put_new(self, stored: StoredOrder) -> bool:
        """One INSERT that does nothing when the id is there."""
        order = stored.order
        row = (order.id, stored.fingerprint, order.created_at.isoformat(), order.model_dump_json())
        with self._database.transaction() as connection:
            return connection.execute("INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?)", row).rowcount == 1

    def get(self, order_id: str) -> StoredOrder | None:
        """By primary key."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT document, fingerprint FROM orders WHERE id = ?", (order_id,)
            ).fetchone()
        return StoredOrder(Order.model_validate_json(row[0]), row[1]) if row else None

    def list(self, limit: int) -> list[Order]:
        """The newest orders."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT document FROM orders ORDER BY created_at DESC, id LIMIT ?", (limit,)
            ).fetchall()
        return [Order.model_validate_json(document) for (document,) in rows]

    def ping(self) -> None:
        """Open and close a transaction."""
        with self._database.transaction():
            pass


class DynamoDbOrders:
    """Orders in a DynamoDB table whose partition key is `id` (S): shared by every task of the service."""

    kind: Kind = "dynamodb"

    def __init__(self, table: str, client: Any) -> None:
        self._table, self._client = table, client

    def put_new(self, stored: StoredOrder) -> bool:
        """A conditional write: DynamoDB itself lets one of several racing tasks through."""
        item = {
            "id": {"S": stored.order.id},
            "fingerprint": {"S": stored.fingerprint},
            "document": {"S": stored.order.model_dump_json()},
        }
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, order_id: str) -> StoredOrder | None:
        """A consistent read, so that a second task sees at once what a first one wrote."""
        answer = self._client.get_item(
            TableName=self._table, Key={"id": {"S": order_id}}, ConsistentRead=True
        )
        return _stored(answer["Item"]) if "Item" in answer else None

    def list(self, limit: int) -> list[Order]:
        """One page of a Scan: some orders, not the newest of all; that would take an index."""
        answer = self._client.scan(TableName=self._table, Limit=limit)
        orders = [_stored(item).order for item in answer["Items"]]
        return sorted(orders, key=lambda order: order.created_at, reverse=True)

    def ping(self) -> None:
        """A read of an id that no order has."""
        self.get("ping")


def _stored(item: dict[str, Any]) -> StoredOrder:
    return StoredOrder(Order.model_validate_json(item["document"]["S"]), item["fingerprint"]["S"])
