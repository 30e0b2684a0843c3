"""An ECS task as a target: what RunTask is asked for, under which role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecs.models import ecs_backends

from labs.cloud.authorization.identities import role_of_arn
from labs.cloud.aws.ecs.model import Task
from labs.cloud.runtime import Runtime

MOST_AT_ONCE = 10  # tasks of one call to RunTask
STARTED_BY = 128  # characters [API RunTask]


class CannotRun(Exception):
    """The task was not started; the text says why."""


def parameters(cluster: str, given: Mapping[str, Any], text: str | None, started_by: str) -> dict[str, Any]:
    """RunTask's parameters from a target's EcsParameters and its input, which overrides the containers'.

    Raises CannotRun when the input is not what RunTask takes for overrides.
    """
    network = (given.get("NetworkConfiguration") or {}).get("awsvpcConfiguration")
    asked = {
        "cluster": cluster,
        "taskDefinition": given.get("TaskDefinitionArn"),
        "count": given.get("TaskCount") or 1,
        "launchType": given.get("LaunchType"),
        "capacityProviderStrategy": given.get("CapacityProviderStrategy"),
        "platformVersion": given.get("PlatformVersion"),
        "group": given.get("Group"),
        "enableExecuteCommand": given.get("EnableExecuteCommand"),
        "propagateTags": given.get("PropagateTags"),
        "placementConstraints": given.get("PlacementConstraints"),
        "placementStrategy": given.get("PlacementStrategy"),
        "tags": [
            {"key": tag["Key"], "value": tag["Value"]} for tag in given.get("Tags") or () if "Key" in tag
        ],
        "startedBy": started_by[:STARTED_BY],
    }
    if network:
        names = {"Subnets": "subnets", "SecurityGroups": "securityGroups", "AssignPublicIp": "assignPublicIp"}
        vpc = {names[name]: value for name, value in network.items() if name in names and value}
        asked["networkConfiguration"] = {"awsvpcConfiguration": vpc}
    if text:
        try:
            asked["overrides"] = _overrides(json.loads(text))
        except ValueError:
            raise CannotRun("the target's input is not valid as overrides of RunTask") from None
    return {name: value for name, value in asked.items() if value not in (None, [])}


def _overrides(given: Any) -> Any:
    containers = given.get("containerOverrides", []) if isinstance(given, dict) else None
    if not isinstance(containers, list) or not all(isinstance(each, dict) for each in containers):
        raise ValueError("overrides")
    return given


def run(
    runtime: Runtime, region: str, role_arn: str | None, service: str, asked: Mapping[str, Any]
) -> list[Task]:
    """Run tasks as `service` (events.amazonaws.com) does under a role. Raises CannotRun. The caller holds the lock."""
    backend = ecs_backends[runtime.account_id][region]
    _check_role(runtime, role_arn, service)
    try:
        definition = backend.describe_task_definition(str(asked["taskDefinition"]))
        roles = {getattr(definition, name, None) for name in ("task_role_arn", "execution_role_arn")}
        cluster = backend._get_cluster(asked["cluster"])
        wanted = [("ecs:RunTask", definition.arn, {"ecs:cluster": cluster.arn})]
        wanted += [
            ("iam:PassRole", arn, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}) for arn in roles if arn
        ]
        for action, resource, context in wanted:
            denied = runtime.authorizer.denial(str(role_arn), action, resource, context)
            if denied:
                raise CannotRun(denied)
        tasks: list[Task] = []
        for start in range(0, asked["count"], MOST_AT_ONCE):
            count = min(asked["count"] - start, MOST_AT_ONCE)
            started, failures = backend.run({**asked, "count": count})
            tasks += started
            if failures:
                raise CannotRun("; ".join(sorted({str(failure.get("reason")) for failure in failures})))
    except ServiceException as error:
        raise CannotRun(str(error.message)) from None
    runtime.wake.set()
    return tasks


def _check_role(runtime: Runtime, role_arn: str | None, service: str) -> None:
    role = role_of_arn(runtime.account_id, role_arn) if role_arn else None
    if role is None:
        raise CannotRun(f"the role {role_arn} does not exist")
    document = json.loads(role.assume_role_policy_document or "{}")
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principals = statement.get("Principal", {})
        trusted = principals.get("Service", []) if isinstance(principals, dict) else principals
        if statement.get("Effect") == "Allow" and service in (
            [trusted] if isinstance(trusted, str) else trusted
        ):
            return
    raise CannotRun(f"the role {role_arn} does not trust {service}")
