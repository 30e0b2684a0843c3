"""Policies: who may take a role, and which rights it may have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from labs.real.operations.model import Params


def statements(document: str | None) -> list[dict[str, Any]]:
    """The statements of a policy, of which a lone one needs no list around it."""
    found = json.loads(document or "{}").get("Statement", [])
    return [found] if isinstance(found, dict) else found


def listed(value: Any) -> list[Any]:
    """The same for actions, resources and whatever else a policy says once or in a list."""
    return value if isinstance(value, list) else [value]


def foreign_trust(parameter: str) -> Callable[[Params], str | None]:
    """The lab's roles are taken by AWS services, never by other accounts or by everyone."""

    def forbids(request: Params) -> str | None:
        for statement in statements(request.get(parameter)):
            principal = statement.get("Principal")
            if statement.get("Effect") == "Allow" and not (
                isinstance(principal, dict) and set(principal) == {"Service"}
            ):
                return "foreign trust"
        return None

    return forbids
