"""What ECS says of a task: its states in order, and why it stopped. Pure; the words are AWS's.

[DG Amazon ECS task lifecycle; DG stopped-task-error-codes; API Task; RULES 1 to 5]
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
