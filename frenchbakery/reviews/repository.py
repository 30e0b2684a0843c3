"""Where reviews are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from frenchbakery.common.operations import Kind
from frenchbakery.common.storage import Sqlite
from frenchbakery.reviews.model import Review, Summary


class Reviews(Protocol):
    """A store of reviews. Its methods block and raise when the store is unavailable."""

    kind: Kind

    def put_new(self, review: Review) -> bool:
        """Store it unless its id is taken; false when it is."""

    def get(self, product_id: str, review_id: str) -> Review | None:
        """One review."""

    def latest(self, product_id: str | None, limit: int) -> list[Review]:
        """Reviews of one product or of all, the newest first."""

    def summaries(self) -> list[Summary]:
        """Count and average of each product that has reviews."""


class SqliteReviews:
    """Reviews in a SQLite file: for one machine."""

    kind: Kind = "sqlite"

    def __init__(self, path: str) -> None:
        self._database = Sqlite(
            path,
            "CREATE TABLE IF NOT EXISTS reviews (product_id TEXT NOT NULL, id TEXT NOT NULL,"
            " rating INTEGER NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL,"
            " PRIMARY KEY (product_id, id))",
        )

    def put_new(self, review: Review) -> bool:
        """One INSERT that does nothing when the id is there."""
        created_at = review.created_at.isoformat()
        row = (review.product_id, review.id, review.rating, created_at, review.model_dump_json())
        with self._database.transaction() as connection:
            sql = "INSERT OR IGNORE INTO reviews VALUES (?, ?, ?, ?, ?)"
            return connection.execute(sql, row).rowcount == 1

    def get(self, product_id: str, review_id: str) -> Review | None:
        """By primary key."""
        sql = "SELECT document FROM reviews WHERE product_id = ? AND id = ?"
        found = self._documents(sql, product_id, review_id)
        return found[0] if found else None

    def latest(self, product_id: str | None, limit: int) -> list[Review]:
        """By date."""
        sql = (
            "SELECT document FROM reviews WHERE ?1 IS NULL OR product_id = ?1"
            " ORDER BY created_at DESC, id LIMIT ?2"
        )
        return self._documents(sql, product_id, limit)

    def summaries(self) -> list[Summary]:
        """Counted by the database."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT product_id, COUNT(*), AVG(rating) FROM reviews GROUP BY product_id ORDER BY product_id"
            ).fetchall()
        return [Summary(product_id=row[0], count=row[1], average=row[2]) for row in rows]

    def _documents(self, sql: str, *parameters: object) -> list[Review]:
        with self._database.transaction() as connection:
            rows = connection.execute(sql, parameters).fetchall()
        return [Review.model_validate_json(document) for (document,) in rows]


class DynamoDbReviews:
    """Reviews in a DynamoDB table: partition key `product_id` (S), sort key `id` (S)."""

    kind: Kind = "dynamodb"

    def __init__(self, table: str, client: Any) -> None:
        self._table, self._client = table, client

    def put_new(self, review: Review) -> bool:
        """A conditional write."""
        item = {
            "product_id": {"S": review.product_id},
            "id": {"S": review.id},
            "document": {"S": review.model_dump_json()},
        }
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, product_id: str, review_id: str) -> Review | None:
        """A consistent read."""
        key = {"product_id": {"S": product_id}, "id": {"S": review_id}}
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return _review(answer["Item"]) if "Item" in answer else None

    def latest(self, product_id: str | None, limit: int) -> list[Review]:
        """A Query for one product, a Scan for all: fine for a small shop."""
        reviews = self._of(product_id) if product_id else self._all()
        return sorted(reviews, key=lambda review: review.created_at, reverse=True)[:limit]

    def summaries(self) -> list[Summary]:
        """Counted here from a Scan."""
        ratings: dict[str, list[int]] = {}
        for review in self._all():
            ratings.setdefault(review.product_id, []).append(review.rating)
        return [
            Summary(product_id=product, count=len(given), average=sum(given) / len(given))
            for product, given in sorted(ratings.items())
        ]

    def _of(self, product_id: str) -> Iterable[Review]:
        return self._pages(
            "query",
            KeyConditionExpression="product_id = :product",
            ExpressionAttributeValues={":product": {"S": product_id}},
        )

    def _all(self) -> Iterable[Review]:
        return self._pages("scan")

    def _pages(self, operation: str, **arguments: Any) -> Iterable[Review]:
        pages = self._client.get_paginator(operation).paginate(TableName=self._table, **arguments)
        return (_review(item) for page in pages for item in page["Items"])


def _review(item: dict[str, Any]) -> Review:
    return Review.model_validate_json(item["document"]["S"])
