"""Everything that is patched in moto, in one list. Each module says what it corrects and why."""

from __future__ import annotations

import importlib

from labs.cloud.aws import (
    application_autoscaling,
    autoscaling,
    cloudformation,
    cloudwatch,
    ec2,
    ecr,
    ecs,
    elbv2,
    events,
    iam,
    logs,
    sns,
    sts,
)
from labs.cloud.runtime import Runtime

PATCHED = (
    sts,
    iam,
    logs,
    ec2,
    ecs,
    ecr,
    elbv2,
    cloudformation,
    cloudwatch,
    application_autoscaling,
    autoscaling,
    sns,
    events,
)
# moto's name of a service → module. Costly to load and needed by few, so patched before the first call.
ON_FIRST_CALL = {"eks": "labs.cloud.aws.eks", "ssm": "labs.cloud.aws.ssm"}


def install(runtime: Runtime) -> None:
    """Put the course's backends in moto's place. Call once, before the first request."""
    for module in PATCHED:
        module.install(runtime)


def before_first_call(runtime: Runtime, service: str) -> None:
    """Patch what is patched late; `service` is moto's name for it."""
    if service in ON_FIRST_CALL:
        importlib.import_module(ON_FIRST_CALL[service]).install(runtime)
