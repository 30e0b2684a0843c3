"""The operations a run may call on a real account: one table of what each makes, changes or deletes.

What the table does not list is refused, except reads of the services in it. Each service's part, with what
is refused of it, is in a module of this package.
"""

from __future__ import annotations

from collections.abc import Mapping

from labs.real.operations.autoscaling import AUTOSCALING
from labs.real.operations.cloudformation import CLOUDFORMATION
from labs.real.operations.cloudwatch import CLOUDWATCH, SCALING, SNS
from labs.real.operations.dynamodb import DYNAMODB
from labs.real.operations.ec2 import EC2
from labs.real.operations.ecr import ECR
from labs.real.operations.ecs import ECS
from labs.real.operations.eks import EKS
from labs.real.operations.elbv2 import ELBV2
from labs.real.operations.events import EVENTS
from labs.real.operations.iam import IAM
from labs.real.operations.logs import LOGS
from labs.real.operations.model import Table
from labs.real.operations.secrets import PARAMETERS, SECRETS

TABLE: Mapping[str, Table] = {
    "ecr": ECR,
    "ecs": ECS,
    "elbv2": ELBV2,
    "ec2": EC2,
    "iam": IAM,
    "logs": LOGS,
    "events": EVENTS,
    "sns": SNS,
    "secretsmanager": SECRETS,
    "ssm": PARAMETERS,
    "dynamodb": DYNAMODB,
    "application-autoscaling": SCALING,
    "autoscaling": AUTOSCALING,
    "cloudwatch": CLOUDWATCH,
    "cloudformation": CLOUDFORMATION,
    "eks": EKS,
    "resourcegroupstaggingapi": {},
    "sts": {},
}


# Reads

READS = ("Describe", "List", "Get", "BatchGet", "Filter")
OTHER_READS = frozenset(
    {
        "dynamodb:Query",
        "dynamodb:Scan",
        "ecr:BatchCheckLayerAvailability",
        "cloudformation:ValidateTemplate",
        "iam:SimulatePrincipalPolicy",
        "iam:SimulateCustomPolicy",
        "sts:GetCallerIdentity",
    }
)
NOT_READS = frozenset(
    {
        "ec2:GetFlowLogsIntegrationTemplate",  # puts a file into a bucket
        "ssm:GetAccessToken",  # hands out credentials
        "ssm:GetParameterHistory",
        "ssm:GetParametersByPath",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
    }
)
"""Reads by name that do more than look, or show what is secret in resources that need not be the run's."""
CREDENTIALS = "sts"
"""The service whose Get operations hand out keys and tokens, with which the guard could be walked around."""


def is_read(service: str, operation: str) -> bool:
    """Whether the operation only looks, in a service that the lab uses."""
    name = f"{service}:{operation}"
    by_name = operation.startswith(READS) and service != CREDENTIALS and name not in NOT_READS
    return service in TABLE and (by_name or name in OTHER_READS)
