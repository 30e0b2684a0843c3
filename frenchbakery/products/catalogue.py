"""Reads the catalogue. Prices are whole cents: money never meets a float."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from frenchbakery.common.fields import ProductId
from frenchbakery.common.language import Text


class Product(BaseModel):
    """Something on the shelf; names and descriptions in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ProductId
    category: Literal["bread", "viennoiserie", "cake"]
    price_cents: Annotated[int, Field(ge=1, le=100_00, description="euro cents, taxes included")]
    name: Text
    description: Text


def load() -> dict[str, Product]:
    """The products by id, in the order of the shelf. Raises ValueError when the file is not valid."""
    with files(__package__).joinpath("catalogue.toml").open("rb") as file:
        entries = tomllib.load(file)
    return {key: Product.model_validate({"id": key, **entry}) for key, entry in entries.items()}
