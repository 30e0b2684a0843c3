"""Errors of the ELBv2 API that moto does not have."""

from __future__ import annotations

from moto.elbv2.exceptions import ELBClientError


def port_taken(balancer_arn: str) -> ELBClientError:
    """Two listeners of one load balancer want the same port."""
    return ELBClientError(
        "DuplicateListener", f"A listener already exists on this port for this load balancer '{balancer_arn}'"
    )


def not_emulated(what: str) -> ELBClientError:
    """`what` exists on AWS, not here; better an error than a pretence."""
    return ELBClientError(
        "NotImplemented", f"elasticloadbalancing: {what} is not emulated by the local cloud."
    )
