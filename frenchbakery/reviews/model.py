"""What a review is. Texts are kept as written; whoever displays them escapes them."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from frenchbakery.common.fields import NUMBER_ONLY, SOMETHING, ProductId


class ReviewRequest(BaseModel):
    """What a customer writes."""

    model_config = ConfigDict(extra="forbid")

    product_id: ProductId
    author: Annotated[str, Field(pattern=SOMETHING, max_length=40)]
    rating: Annotated[int, Field(ge=1, le=5), NUMBER_ONLY]
    text: Annotated[str, Field(pattern=SOMETHING, max_length=500)]


class Review(ReviewRequest):
    """A review as published."""

    id: str
    created_at: datetime


class Summary(BaseModel):
    """All reviews of one product in two numbers."""

    product_id: str
    count: int
    average: Annotated[float, Field(ge=1, le=5)]


def first_reviews() -> list[Review]:
    """The reviews that a new shop opens with."""
    with files(__package__).joinpath("first_reviews.toml").open("rb") as file:
        return [Review.model_validate(entry) for entry in tomllib.load(file)["review"]]
