"""Everything that is patched in moto, in one list. Each module says what it corrects and why."""

from __future__ import annotations

from labs.cloud.aws import (
    application_autoscaling,
    autoscaling,
    cloudformation,
    cloudwatch,
    ec2,
    ecr,
    ecs,
    eks,
    elbv2,
    events,
    iam,
    logs,
    sns,
    ssm,
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
    eks,
    elbv2,
    cloudformation,
    cloudwatch,
    application_autoscaling,
    autoscaling,
    sns,
    ssm,
    events,
)


def install(runtime: Runtime) -> None:
    """Put the course's backends in moto's place. Call once, before the first request."""
    for module in PATCHED:
        module.install(runtime)
