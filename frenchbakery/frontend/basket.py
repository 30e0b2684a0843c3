"""The basket. It lives in the customer's cookie, so any task can serve any page; prices never do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from frenchbakery.common.fields import PRODUCT_PATTERN

COOKIE = "frenchbakery_basket"
MAX_LINES = 20
MAX_QUANTITY = 50

_LINE = re.compile(f"({PRODUCT_PATTERN}):([1-9][0-9]?)")


@dataclass(frozen=True)
class Basket:
    """Quantities by product id, in the order they were added."""

    quantities: dict[str, int]

    @classmethod
    def parse(cls, cookie: str) -> Basket:
        """Read a cookie; whatever is not a line of a basket is left out.

        >>> Basket.parse("croissant:2.<script>:1.baguette:999").quantities
        {'croissant': 2}
        """
        lines = [match for part in cookie.split(".") if (match := _LINE.fullmatch(part))]
        quantities = {match[1]: min(int(match[2]), MAX_QUANTITY) for match in lines}
        return cls(dict(list(quantities.items())[:MAX_LINES]))

    def cookie(self) -> str:
        """The cookie's value."""
        return ".".join(f"{product}:{quantity}" for product, quantity in self.quantities.items())

    def set(self, product: str, quantity: int) -> Basket:
        """With that many of a product, within the bounds; 0 takes it out. A full basket takes no new product."""
        quantity = max(0, min(quantity, MAX_QUANTITY))
        changed = {**self.quantities, product: quantity}
        kept = {name: number for name, number in changed.items() if number}
        return self if len(kept) > MAX_LINES else Basket(kept)

    def add(self, product: str) -> Basket:
        """With one more of a product."""
        return self.set(product, self.quantities.get(product, 0) + 1)

    @property
    def count(self) -> int:
        """How many articles in all."""
        return sum(self.quantities.values())
