"""Errors of the local cloud's ECS that moto does not have."""

from __future__ import annotations

from moto.ecs.exceptions import ECSException


class NotEmulated(ECSException):
    """The local cloud cannot do this part of ECS, and says so instead of pretending."""

    def __init__(self, what: str):
        super().__init__("UnsupportedFeatureException", f"The local cloud does not emulate {what}.")
