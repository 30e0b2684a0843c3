"""What services' events say, in AWS's words [DG service-event-messages, service-rebalancing-event-messages-list;
RULES 20]. The service's name comes before each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
UNPLACED = "was unable to place a task"
INCONSISTENT = f"is unable to consistently start tasks successfully. {TROUBLESHOOTING}"
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)
STEADY = "has reached a steady state."


def started(task_ids: Sequence[str], replaced: int = 0) -> str:
    """`replaced`: how many of them replace an unhealthy one."""
    more = f" Amazon ECS replaced {replaced} tasks due to an unhealthy status." if replaced else ""
    return f"has started {len(task_ids)} tasks: {_named(task_ids)}.{more}"


def stopped(task_ids: Sequence[str]) -> str:
    """Of tasks that were RUNNING."""
    return f"has stopped {len(task_ids)} running tasks: {_named(task_ids)}."


def stopped_pending(count: int) -> str:
    """Of tasks that had not got to RUNNING."""
    return f"stopped {count} pending tasks."


def draining(count: int) -> str:
    """Told of a task set, which is a deployment."""
    return f"has begun draining connections on {count} tasks."


def registered(count: int, target_group: str) -> str:
    """`target_group`: its ARN."""
    return f"registered {count} targets in (target-group {target_group})"


def unhealthy_target(task_id: str, port: int, target_group: str, reason: str) -> str:
    """`reason`: as DescribeTargetHealth has it."""
    return f"(task {task_id}) (port {port}) is unhealthy in (target-group {target_group}) due to (reason {reason})."


def unhealthy_container(task_id: str) -> str:
    """A container health check of the task definition failed."""
    return f"(task {task_id}) failed container health checks."


def not_placed(reason: str) -> str:
    """A task failed to start; `reason` is its stoppedReason."""
    return f"was unable to place a task. Reason: {reason}."


def not_launched(error: str) -> str:
    """A task could not even be asked for."""
    return f"failed to launch a task with (error {error})."


def unbalanced(zones: Mapping[str, int]) -> str:
    """`zones`: tasks by Availability Zone."""
    return f"is not AZ balanced with {_spread(zones)}. AZ Rebalancing in progress."


def balanced(zones: Mapping[str, int]) -> str:
    """`zones`: tasks by Availability Zone."""
    return f"is AZ balanced with {_spread(zones)}."


def started_to_rebalance(task_ids: Sequence[str], zone: str) -> str:
    """Beside the tasks that are wanted; as many are stopped in the fullest zones once these are healthy."""
    return f"has started {len(task_ids)} tasks in {zone} to AZ Rebalance: {_named(task_ids)}."


def stopped_to_rebalance(task_ids: Sequence[str], zone: str) -> str:
    """See `started_to_rebalance`."""
    return f"has stopped {len(task_ids)} running tasks in {zone} due to AZ rebalancing: {_named(task_ids)}."


def _named(task_ids: Sequence[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids)


def _spread(zones: Mapping[str, int]) -> str:
    *first, last = [f"{count} tasks in {zone}" for zone, count in sorted(zones.items())]
    return ", ".join(first) + (f" and {last}" if len(first) == 1 else f", and {last}" if first else last)
