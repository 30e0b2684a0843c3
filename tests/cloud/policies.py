"""IAM policies that several tests write."""

from __future__ import annotations

from typing import Any


def trust(service: str, *actions: str) -> dict[str, Any]:
    """A trust policy: `service` may assume the role, and do the further `actions` with it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["sts:AssumeRole", *actions] if actions else "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
