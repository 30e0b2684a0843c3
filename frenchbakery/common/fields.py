"""Types of fields that several services exchange."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

PRODUCT_PATTERN = r"[a-z]{2,20}(?:-[a-z]{1,20}){0,3}"
ProductId = Annotated[str, Field(pattern=f"^{PRODUCT_PATTERN}$", max_length=60)]

SOMETHING = r"\S"
"""A text's pattern: at least one character that is not a space."""


def _no_text_nor_truth(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("int_type", "a whole number is expected")
    return value


NUMBER_ONLY = BeforeValidator(_no_text_nor_truth)
"""Last in `Annotated[int, …]`: 2 and 2.0 are the same whole number (JSON Schema, 6.1.1); "2" and true are none."""
