"""Fields that several forms have."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

from frenchbakery.common.fields import ProductId

Key = Annotated[
    str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="idempotency key, made with the form")
]
Product = Annotated[ProductId, Form()]
