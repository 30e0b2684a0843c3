"""Which task sizes Fargate offers, and AWS's words for the others. Pure, and without moto: notebooks ask it too."""

from __future__ import annotations

from labs.facts import fargate_sizes

MORE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


def refusal(cpu: int | None, memory: int | None) -> str | None:
    """Why AWS refuses a task of `cpu` CPU units and `memory` MiB on Fargate; None for a size that it offers.

    [DG task-cpu-memory-error; RULES 8]
    """
    if cpu is None:
        return "Fargate requires that 'cpu' be defined at the task level."
    if memory is None:
        return "Fargate requires that 'memory' be defined at the task level."
    if cpu not in fargate_sizes():
        return f"Invalid 'cpu' setting for task. {MORE}"
    if memory not in fargate_sizes()[cpu]:
        return (
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
    return None
