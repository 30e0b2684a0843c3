"""How a service's deployments begin, complete, fail and roll back: changes of state and nothing else.

The rules are AWS's [DG deployment-type-ecs, deployment-circuit-breaker, deployment-alarm-failure,
service-deployment; RULES 14, 15]. Whoever calls holds the cloud's lock; what happens to tasks is the service
controller's concern.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from moto.ecs.models import TaskDefinition

from labs.cloud.aws.ecs.model import Task
from labs.cloud.aws.ecs.service_model import (
    DEPLOYED_PROPERTIES,
    KEPT_RUNS,
    Deployment,
    Service,
    ServiceDeployment,
)

NO_CANDIDATE = "No rollback candidate was found to run the rollback."


@dataclass(frozen=True)
class Wording:
    """What AWS says about one way to fail."""

    event: str  # (service X) (deployment D) deployment failed: …
    rollout: str  # rolloutStateReason of the failed deployment
    back: str  # rolloutStateReason of the one that is rolled back to
    run: str  # statusReason of the service deployment, with {verb}


class Cause(Enum):
    """Why a deployment fails."""

    CIRCUIT_BREAKER = Wording(
        "tasks failed to start.",
        "ECS deployment circuit breaker: tasks failed to start.",
        "ECS deployment circuit breaker: rolling back to deploymentId {id}.",
        "Service deployment {verb} because the circuit breaker threshold was exceeded.",
    )
    # Of the two below AWS's pages show the event of an alarm only; the rest follows the circuit breaker's words.
    ALARM = Wording(
        "alarm detected.",
        "ECS deployment failed: alarm detected.",
        "ECS deployment alarms: rolling back to deploymentId {id}.",
        "Service deployment {verb} because a CloudWatch alarm was triggered.",
    )
    REQUEST = Wording(
        "rollback requested.",
        "ECS deployment stopped: rollback requested.",
        "ECS deployment stopped: rolling back to deploymentId {id}.",
        "Service deployment {verb} because a rollback was requested.",
    )


def begin(
    service: Service,
    definition: TaskDefinition,
    now: datetime,
    tasks: Iterable[Task],
    alarms: list[str],
) -> Deployment:
    """A new primary deployment; those before go on as ACTIVE until its tasks have replaced theirs.

    A run that is under way stops: a new one has begun. `alarms`: names of those that are watched.
    """
    tasks = list(tasks)
    if service.run is not None:
        service.run.end(
            "STOPPED", now, tasks, "Service deployment stopped because a new service deployment started."
        )
    for old in service.deployments:
        if old.status == "PRIMARY" and not old.once_complete:
            # It keeps what it has and gets no more.
            old.desired_count = sum(task.active for task in old.of(tasks))
        old.status = "ACTIVE"
    number = random.randrange(10**18, 10**19)  # noqa: S311  an identifier, not a secret
    deployment = Deployment(
        id=f"ecs-svc/{number}",
        definition=definition,
        created_at=now,
        updated_at=now,
        desired_count=service.desired_count,
        properties={key: service.properties[key] for key in DEPLOYED_PROPERTIES if key in service.properties},
    )
    run = ServiceDeployment(
        arn=f"{service.arn.replace(':service/', ':service-deployment/')}/{secrets.token_urlsafe(16)[:21]}",
        target=deployment,
        sources=list(service.deployments),
        created_at=now,
        updated_at=now,
        watched=alarms,
    )
    service.runs = [run, *(old for old in service.runs if now - old.created_at < KEPT_RUNS)]
    service.deployments.insert(0, deployment)
    service.revisions.append(deployment)
    service.steady, service.rebalancing, service.unbalanced = False, set(), False
    service.resolved()
    return deployment


def complete(service: Service, now: datetime, tasks: Iterable[Task]) -> None:
    """The primary is all there is, and all of it is healthy."""
    primary, run = service.primary, service.run
    service.deployments = [primary]
    primary.rollout_state, primary.reason, primary.updated_at = "COMPLETED", None, now
    primary.once_complete, primary.failed_tasks = True, 0
    if run is not None:
        run.end("ROLLBACK_SUCCESSFUL" if run.rollback else "SUCCESSFUL", now, tasks)
    service.tell(f"(deployment {primary.id}) deployment completed.", now)


def fail(
    service: Service, cause: Cause, rollback: bool, now: datetime, tasks: Iterable[Task]
) -> Deployment | None:
    """The primary has failed: it launches nothing any more. The deployment that is rolled back to, if any.

    That is the latest complete one: it becomes the primary again, IN_PROGRESS until it is complete, and until
    then nothing can be rolled back to it. With none, the failed deployment stalls. [RULES 15]
    """
    failed, run, words = service.primary, service.run, cause.value
    failed.rollout_state, failed.reason, failed.updated_at = "FAILED", words.rollout, now
    service.steady = False
    service.tell(f"(deployment {failed.id}) deployment failed: {words.event}", now)
    candidate = next((old for old in service.deployments[1:] if old.stable), None) if rollback else None
    if run is not None:
        run.updated_at = now
        if cause is Cause.CIRCUIT_BREAKER:
            run.breaker = "TRIGGERED"
        verb = "rolled back" if rollback else "stopped"
        run.reason = words.run.format(verb=verb)
        if candidate is not None:
            run.status = "ROLLBACK_IN_PROGRESS"
            run.rollback = {
                "reason": run.reason,
                "startedAt": now,
                "serviceRevisionArn": service.revision_arn(candidate),
            }
        elif run.rollback is not None or rollback:
            run.end("ROLLBACK_FAILED", now, tasks, NO_CANDIDATE)
        else:
            run.end("STOPPED", now, tasks)
    if candidate is not None:
        _go_back(service, candidate, words, now)
    return candidate


def _go_back(service: Service, candidate: Deployment, words: Wording, now: datetime) -> None:
    failed = service.primary
    failed.status, candidate.status = "ACTIVE", "PRIMARY"
    candidate.rollout_state, candidate.updated_at = "IN_PROGRESS", now
    candidate.reason = words.back.format(id=candidate.id)
    candidate.desired_count = service.desired_count
    candidate.failed_tasks, candidate.failed_starts, candidate.next_start = 0, 0, 0.0
    service.deployments.remove(candidate)
    service.deployments.insert(0, candidate)
    for name in DEPLOYED_PROPERTIES:
        service.properties.pop(name, None)
    service.properties.update(candidate.properties)
    service.tell(f"rolling back to deployment {candidate.id}.", now)
