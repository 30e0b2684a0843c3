"""What the FrenchBakery lab is made of, as the checks judge it and the diagram draws it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAME = "frenchbakery"
SERVICES = ("frontend", "products", "orders", "reviews")
PATHS: Mapping[str, str] = {
    "products": "/api/products*",
    "orders": "/api/orders*",
    "reviews": "/api/reviews*",
}  # everything else goes to the front end
PORT = 8080  # every container of the shop listens here
TABLE = f"{NAME}-orders"
LOG_GROUP = f"/ecs/{NAME}"
TAG = "1.0"


@dataclass(frozen=True)
class Image:
    """An image in a repository."""

    digest: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """An ECR repository and its images."""

    name: str
    uri: str
    immutable: bool
    images: tuple[Image, ...] = ()


@dataclass(frozen=True)
class Cluster:
    """An ECS cluster that is not deleted."""

    name: str
    status: str
    capacity_providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subnet:
    """A subnet; `public` when its route table leads to an internet gateway."""

    id: str
    name: str
    zone: str
    cidr: str
    public: bool


@dataclass(frozen=True)
class Ingress:
    """One permission of a security group: ports, and who may come in."""

    first_port: int
    last_port: int
    cidrs: tuple[str, ...]
    groups: tuple[str, ...]  # ids of security groups

    def covers(self, port: int) -> bool:
        """Whether `port` is within the permission's ports."""
        return self.first_port <= port <= self.last_port


@dataclass(frozen=True)
class SecurityGroup:
    """A security group of the lab's network."""

    id: str
    name: str
    ingress: tuple[Ingress, ...] = ()


@dataclass(frozen=True)
class Network:
    """The lab's VPC, its subnets and its security groups (the default one left out)."""

    vpc: str
    cidr: str
    gateway: bool
    subnets: tuple[Subnet, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()

    def group(self, name: str) -> SecurityGroup | None:
        """The security group of that name."""
        return next((group for group in self.groups if group.name == name), None)


@dataclass(frozen=True)
class TargetGroup:
    """A target group, with the health of each registered address."""

    arn: str
    name: str
    port: int | None
    target_type: str
    health: tuple[tuple[str, str], ...] = ()  # (address, state)


@dataclass(frozen=True)
class Rule:
    """What a listener does with a path; without `paths` it takes every path."""

    paths: tuple[str, ...]
    target_groups: tuple[str, ...]  # ARNs
    action: str = "forward"
    code: str = ""  # of a fixed response
    narrow: bool = False  # whether it asks for more than a path: a host name, a method, …

    def takes(self, path: str) -> bool:
        """Whether every request for `path` that comes to this rule is its own."""
        return not self.narrow and (not self.paths or any(_matches(each, path) for each in self.paths))


@dataclass(frozen=True)
class LoadBalancer:
    """The shop's load balancer; `rules` of its listener on port 80, None without that listener."""

    arn: str
    name: str
    scheme: str
    zones: tuple[str, ...]
    groups: tuple[str, ...]
    rules: tuple[Rule, ...] | None  # in the order in which they are tried

    @property
    def id(self) -> str:
        """The end of its ARN, `app/<name>/<number>`: its name in metrics."""
        return self.arn.partition(":loadbalancer/")[2]


@dataclass(frozen=True)
class Table:
    """A DynamoDB table; keys as (attribute name, HASH or RANGE)."""

    name: str
    status: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Role:
    """An IAM role: who may assume it, and what its policies allow."""

    arn: str
    name: str
    trusted: tuple[str, ...]
    managed: tuple[str, ...]
    allows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # (actions, resources) of all its policies

    def may(self, action: str) -> bool:
        """Whether it may do `action` to anything at all; `*` and `?` in policies are heeded, denials are not."""
        return any(_matches(each.lower(), action.lower()) for actions, _ in self.allows for each in actions)


@dataclass(frozen=True)
class Scaling:
    """How Service Auto Scaling treats a service: bounds, and (metric, target) of its target tracking policies."""

    service: str
    minimum: int
    maximum: int
    targets: tuple[tuple[str, float], ...] = ()
    acted: bool = False  # whether a policy has changed the number of tasks


def watched(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """An alarm as DescribeAlarms answers it, what it watches in fields of its own even if it was written as a query."""
    match alarm.get("Metrics"):
        case [{"MetricStat": query}]:
            return {**alarm, **query, **query["Metric"], "Statistic": query["Stat"]}
    return dict(alarm)


@dataclass(frozen=True)
class Alarm:
    """A CloudWatch alarm on one metric; `own` unless a scaling policy made it."""

    name: str
    metric: str  # namespace/name
    dimensions: Mapping[str, str]
    missing: str  # how missing data is treated
    statistic: str
    comparison: str
    threshold: float
    seconds: int  # of bad points before it goes off
    own: bool = True

    @classmethod
    def of(cls, found: Mapping[str, Any], *, own: bool = True) -> Alarm:
        """An alarm as DescribeAlarms answers it."""
        points = found.get("DatapointsToAlarm") or found["EvaluationPeriods"]
        found = watched(found)
        return cls(
            name=found["AlarmName"],
            metric=f"{found.get('Namespace', '')}/{found.get('MetricName', '')}",
            dimensions={pair["Name"]: pair["Value"] for pair in found.get("Dimensions", ())},
            missing=found.get("TreatMissingData") or "missing",
            statistic=found.get("Statistic") or found.get("ExtendedStatistic", ""),
            comparison=found["ComparisonOperator"],
            threshold=found.get("Threshold", math.inf),
            seconds=points * found.get("Period", 60),
            own=own,
        )

    def breaches(self, value: float) -> bool:
        """Whether a point of `value` is a bad one; a band of CloudWatch's own making says nothing of it."""
        match self.comparison:
            case "GreaterThanThreshold":
                return value > self.threshold
            case "GreaterThanOrEqualToThreshold":
                return value >= self.threshold
            case "LessThanThreshold":
                return value < self.threshold
            case "LessThanOrEqualToThreshold":
                return value <= self.threshold
        return False


@dataclass(frozen=True)
class Release:
    """One deployment of a service: how it went, and the digests of the images that it brought."""

    service: str
    status: str
    digests: frozenset[str]


@dataclass(frozen=True)
class Stack:
    """A CloudFormation stack that is not deleted, and the names of the ECS services that belong to it."""

    name: str
    status: str
    services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TaskDefinition:
    """The latest active revision of a family, as its first container sees it."""

    family: str
    cpu: str
    memory: str
    network_mode: str
    compatibilities: tuple[str, ...]
    image: str
    ports: tuple[int, ...]
    environment: Mapping[str, str]
    log_driver: str
    log_group: str
    execution_role: str
    task_role: str


@dataclass(frozen=True)
class Service:
    """A service that is not deleted."""

    name: str
    status: str
    desired: int
    running: int
    family: str
    breaker: bool
    target_groups: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A task that is not stopped."""

    id: str
    group: str  # "service:orders", or "family:…" when started by hand
    status: str
    zone: str
    address: str
    health: str

    @property
    def service(self) -> str | None:
        """The name of the service that started it."""
        return self.group.removeprefix("service:") if self.group.startswith("service:") else None


def _matches(pattern: str, text: str) -> bool:
    """As load balancers and policies match: `*` stands for any characters, `?` for one."""
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
