"""EKS's errors, those that moto has among them."""

from __future__ import annotations

from moto.eks.exceptions import (
    EKSError,
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)

__all__ = [
    "EKSError",
    "InvalidParameterException",
    "InvalidRequestException",
    "NotEmulated",
    "NotFoundException",
    "ResourceInUseException",
    "ResourceLimitExceededException",
    "ResourceNotFoundException",
]


class ResourceLimitExceededException(EKSError):
    """A quota of the account is used up."""

    TYPE = "ResourceLimitExceededException"
    STATUS = 400


class NotFoundException(EKSError):
    """What the tagging operations answer for an unknown ARN."""

    TYPE = "NotFoundException"
    STATUS = 404


class NotEmulated(EKSError):
    """The local cloud cannot do this part of EKS, and says so instead of pretending."""

    TYPE = "UnsupportedFeatureException"
    STATUS = 400

    def __init__(self, what: str):
        super().__init__(message=f"The local cloud does not emulate {what}.")
