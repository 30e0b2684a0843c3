"""What ECS says of a task: its states in order, why it stopped, what it could not reach. Pure; the words are AWS's.

[DG Amazon ECS task lifecycle; DG stopped-task-error-codes; DG resource-initialization-error; DG
task_cannot_pull_image, with the parts after the colons as Fargate's agent quotes its SDK; API Task; RULES 1 to 7]
"""

from __future__ import annotations

PROVISIONING, PENDING, ACTIVATING, RUNNING = "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"
DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED = "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"
STATES = (PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED)

STOP_TIMEOUT = 30  # seconds between stop signal and SIGKILL, unless the container says otherwise [RULES 5]
KILLED = 137  # exit code after SIGKILL

BY_USER = "Task stopped by user"  # unless StopTask gives a reason
ESSENTIAL_EXITED = "Essential container in task exited"
SPOT_INTERRUPTED = "Your Spot Task was interrupted."
NO_EXECUTION_ROLE = "Fargate requires task definition to have execution role ARN to support ECR images."
FAILED_CHECKS = "Task failed "  # how the stoppedReason of a task that was stopped as unhealthy begins
FAILED_CONTAINER_CHECKS = f"{FAILED_CHECKS}container health checks"


def failed_target_checks(target_group: str) -> str:
    """`target_group`: its ARN."""
    return f"{FAILED_CHECKS}ELB health checks in (target-group {target_group})"


def scaled(deployment: str) -> str:
    """The service has a task too many; `deployment`: the id of its primary one."""
    return f"Scaling activity initiated by (deployment {deployment})"


def host_terminated(machine: str) -> str:
    """`machine`: the EC2 instance's id."""
    return f"Host EC2 (instance {machine}) terminated."


def cannot_pull(error: str) -> str:
    """`error`: what the registry or the way to it said."""
    return f"CannotPullContainerError: {error}"


def image_not_found(reference: str) -> str:
    """Neither repository nor tag may be there."""
    return f"pull image manifest has been retried 1 time(s): failed to resolve ref {reference}: {reference}: not found"


# What the agent does before the containers start, when it cannot get there

AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "
FAILED = f"{AUTH}execution resource retrieval failed: "
CHECK_NETWORK = "Check your task network configuration."


def auth_unreachable(region: str) -> str:
    """GetAuthorizationToken, at ecr.api."""
    return (
        f"{AUTH}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and "
        f"Amazon ECR. {CHECK_NETWORK} operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, "
        "3, https response error StatusCode: 0, RequestID: , request send failed, Post "
        f'"https://api.ecr.{region}.amazonaws.com/": dial tcp: i/o timeout'
    )


def manifest_unreachable(reference: str, url: str) -> str:
    """The image's manifest, at ecr.dkr."""
    return cannot_pull(
        f"pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: failed to do request: "
        f'Head "{url}": dial tcp: i/o timeout'
    )


def layers_unreachable(region: str) -> str:
    """The image's layers, in ECR's bucket of that Region."""
    return cannot_pull(
        "ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "
        f'"https://prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com/": dial tcp: i/o timeout'
    )


def logs_unreachable() -> str:
    """CloudWatch Logs."""
    return (
        "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log "
        "group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. "
        "Check your network configuration. : signal: killed"
    )


def secret_unreachable(arn: str) -> str:
    """A secret, in Secrets Manager."""
    return (
        f"{FAILED}unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets "
        f"Manager. {CHECK_NETWORK} failed to fetch secret {arn} from secrets manager: operation error Secrets Manager: "
        "GetSecretValue, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded"
    )
