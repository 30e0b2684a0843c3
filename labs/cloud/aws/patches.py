"""Everything that is patched in moto, in one list, and moto emptied. Each module says what it corrects."""

from __future__ import annotations

import importlib

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.model_instances import reset_model_data

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


def empty() -> None:
    """Forget all that moto keeps. The caller holds the cloud's lock.

    BackendDict.reset does that too, but first makes every backend anew, only to drop it: a second for IAM's
    managed policies and EC2's images. Here only those backends are told that have something to close.
    """
    for service in list(BackendDict._instances):
        for _, _, backend in list(service.iter_backends()):
            if type(backend).reset is not BaseBackend.reset:
                backend.reset()
        service.clear()
    BackendDict._instances.clear()
    reset_model_data()
