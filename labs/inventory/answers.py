"""Describe calls' answers, turned into the model; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labs.inventory.model import Ingress, Service, Task, TaskDefinition


def several(value: Any) -> Iterable[Any]:
    """A policy's field as a sequence: IAM writes one item bare."""
    return value if isinstance(value, list | tuple) else (value,)


def document(value: Any) -> Mapping[str, Any]:
    """A policy document: botocore decodes it, some answers still carry text."""
    return json.loads(value) if isinstance(value, str) else value


def name_tag(resource: Mapping[str, Any]) -> str:
    """The value of the tag Name; empty without one."""
    return next((tag["Value"] for tag in resource.get("Tags", ()) if tag["Key"] == "Name"), "")


def leads_outside(subnet: str, tables: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the subnet's own route table, else the VPC's main one, has a route to an internet gateway."""
    own, main = None, None
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet:
                own = table
            if association.get("Main"):
                main = table
    routes = (own or main or {}).get("Routes", ())
    return any(
        route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("GatewayId", "").startswith("igw-")
        for route in routes
    )


def ingress(permissions: Iterable[Mapping[str, Any]]) -> Iterator[Ingress]:
    """The permissions of a security group; one for every protocol covers every port."""
    for each in permissions:
        every_port = each.get("IpProtocol") == "-1"
        yield Ingress(
            first_port=0 if every_port else each.get("FromPort", 0),
            last_port=65535 if every_port else each.get("ToPort", 65535),
            cidrs=(
                *(item["CidrIp"] for item in each.get("IpRanges", ())),
                *(item["CidrIpv6"] for item in each.get("Ipv6Ranges", ())),
            ),
            groups=tuple(item["GroupId"] for item in each.get("UserIdGroupPairs", ())),
        )


def paths(condition: Mapping[str, Any]) -> Iterable[str]:
    """The paths that a rule's condition asks for; none when it asks for something else."""
    if condition.get("Field") != "path-pattern":
        return ()
    return condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", ())


def forwards(action: Mapping[str, Any]) -> Iterable[str]:
    """Target groups of a forward action: AWS answers both forms, the short one only for a single group."""
    if "TargetGroupArn" in action:
        return (action["TargetGroupArn"],)
    return tuple(each["TargetGroupArn"] for each in action.get("ForwardConfig", {}).get("TargetGroups", ()))


def followed(policy: Mapping[str, Any]) -> str:
    """The metric that a target tracking policy follows."""
    predefined = policy.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    return predefined or policy.get("CustomizedMetricSpecification", {}).get("MetricName", "")


def revision(arn: str) -> int:
    """The number at the end of a task definition's ARN."""
    return int(arn.rpartition(":")[2])


def task_definition(found: Mapping[str, Any]) -> TaskDefinition:
    """A revision as DescribeTaskDefinition answers it."""
    container = found["containerDefinitions"][0]
    logs = container.get("logConfiguration", {})
    return TaskDefinition(
        family=found["family"],
        cpu=found.get("cpu", ""),
        memory=found.get("memory", ""),
        network_mode=found.get("networkMode", ""),
        compatibilities=tuple(found.get("requiresCompatibilities", ())),
        image=container["image"],
        ports=tuple(mapping["containerPort"] for mapping in container.get("portMappings", ())),
        environment={each["name"]: each["value"] for each in container.get("environment", ())},
        log_driver=logs.get("logDriver", ""),
        log_group=logs.get("options", {}).get("awslogs-group", ""),
        execution_role=found.get("executionRoleArn", ""),
        task_role=found.get("taskRoleArn", ""),
    )


def service(found: Mapping[str, Any]) -> Service:
    """A service as DescribeServices answers it."""
    vpc = found.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    breaker = found.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
    return Service(
        name=found["serviceName"],
        status=found["status"],
        desired=found["desiredCount"],
        running=found["runningCount"],
        family=found["taskDefinition"].rpartition("/")[2].rpartition(":")[0],
        breaker=bool(breaker.get("enable")),
        target_groups=tuple(
            each["targetGroupArn"] for each in found.get("loadBalancers", ()) if "targetGroupArn" in each
        ),
        groups=tuple(vpc.get("securityGroups", ())),
    )


def task(found: Mapping[str, Any]) -> Task:
    """A task as DescribeTasks answers it."""
    details = (
        detail
        for attachment in found.get("attachments", ())
        for detail in attachment.get("details", ())
        if detail["name"] == "privateIPv4Address"
    )
    return Task(
        id=found["taskArn"].rpartition("/")[2],
        group=found.get("group", ""),
        status=found["lastStatus"],
        zone=found.get("availabilityZone", ""),
        address=next((detail["value"] for detail in details), ""),
        health=found.get("healthStatus", "UNKNOWN"),
    )
