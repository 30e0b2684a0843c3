"""The HTTP interface of reviews."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from frenchbakery.common.errors import ErrorBody, ServiceError
from frenchbakery.common.fields import ProductId
from frenchbakery.common.idempotency import Key, id_from_key
from frenchbakery.common.operations import Dependency
from frenchbakery.common.service import create_service
from frenchbakery.common.settings import Settings
from frenchbakery.common.storage import ask, dynamodb
from frenchbakery.common.task import Task
from frenchbakery.reviews.model import Review, ReviewRequest, Summary, first_reviews
from frenchbakery.reviews.repository import DynamoDbReviews, Reviews, SqliteReviews

ROOT = "/api/reviews"
STORE = "reviews-store"

UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorBody, "description": "The store does not answer"}
}


class ReviewList(BaseModel):
    """A list of reviews."""

    reviews: list[Review]


class SummaryList(BaseModel):
    """The summaries of all reviewed products."""

    summaries: list[Summary]


def open_store(settings: Settings) -> Reviews:
    """The table when the task was given one, else a SQLite file with the first reviews in it."""
    if settings.table:
        return DynamoDbReviews(settings.table, dynamodb())
    store = SqliteReviews(settings.database)
    for review in first_reviews():
        store.put_new(review)
    return store


def create_app(settings: Settings, task: Task, store: Reviews | None = None) -> FastAPI:
    """The reviews service. Tests give their own store."""
    kept = store or open_store(settings)

    async def ping() -> None:
        await run_in_threadpool(kept.get, "ping", "ping")

    app = create_service(settings, task, dependencies=[Dependency(STORE, kept.kind, ping)], close=[])

    @app.post(
        ROOT,
        status_code=201,
        responses={200: {"model": Review, "description": "This key already made this review"}, **UNAVAILABLE},
    )
    async def post_review(key: Key, request: ReviewRequest, response: Response) -> Review:
        """Publish a review once, however often the form is sent. It may name any product: ids are not checked."""
        now = datetime.now(UTC)
        review = Review(id=id_from_key(key), created_at=now, **request.model_dump())
        if await ask(STORE, kept.put_new, review):
            return review
        existing = await ask(STORE, kept.get, review.product_id, review.id)
        if existing is None or ReviewRequest(**existing.model_dump(exclude={"id", "created_at"})) != request:
            raise ServiceError(422, "idempotency_key_reused")
        response.status_code = 200
        return existing

    @app.get(ROOT, responses=UNAVAILABLE)
    async def list_reviews(
        product_id: ProductId | None = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> ReviewList:
        """The newest reviews, of one product or of all."""
        return ReviewList(reviews=await ask(STORE, kept.latest, product_id, limit))

    @app.get(ROOT + "/summary", responses=UNAVAILABLE)
    async def summary() -> SummaryList:
        """Count and average by product."""
        return SummaryList(summaries=await ask(STORE, kept.summaries))

    return app
