"""The resource types that this cloud makes, one module for each service."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from labs.cloud.cloudformation.resource import ResourceType

MODULES = (
    "ecr",
    "ecs",
    "eks",
    "elbv2",
    "iam",
    "instances",
    "messaging",
    "observing",
    "routing",
    "scaling",
    "secrets",
    "security_groups",
    "storage",
    "vpc",
)


@cache
def _types() -> dict[str, ResourceType]:
    modules = [import_module(f"{__name__}.{module}") for module in MODULES]
    return {made.name: made for made in (cls() for module in modules for cls in module.TYPES)}


def resource_type(name: str) -> ResourceType | None:
    """The type of that name, or None: AWS may have it, this cloud has not."""
    return _types().get(name)
