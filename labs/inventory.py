"""What exists of the FrenchBakery lab, read with plain describe calls in either world.

The checks judge it and the diagram draws it; neither talks to AWS itself. Each part is read when it is
first asked for, so a denied call spoils only what needs it. What the lab calls its own is found by name
(`NAME`, or a name that starts with it): other things in a real account are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.shopfront import Visit, visit

if TYPE_CHECKING:
    import boto3

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
    """Where a listener sends a path; `paths` is empty for the default action."""

    paths: tuple[str, ...]
    target_groups: tuple[str, ...]  # ARNs


@dataclass(frozen=True)
class LoadBalancer:
    """The shop's load balancer; `rules` of its listener on port 80, None without that listener."""

    arn: str
    name: str
    scheme: str
    zones: tuple[str, ...]
    groups: tuple[str, ...]
    rules: tuple[Rule, ...] | None


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
    allows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # (actions, resources) of inline policies


@dataclass(frozen=True)
class Scaling:
    """How Service Auto Scaling treats a service: bounds, and (metric, target) of its target tracking policies."""

    service: str
    minimum: int
    maximum: int
    targets: tuple[tuple[str, float], ...] = ()
    acted: bool = False  # whether a policy has changed the number of tasks


@dataclass(frozen=True)
class Alarm:
    """A CloudWatch alarm on one metric; `own` unless a scaling policy made it."""

    name: str
    metric: str  # namespace/name
    dimensions: Mapping[str, str]
    missing: str  # how missing data is treated
    own: bool = True


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


class Inventory:
    """A reading of the lab's resources through one boto3 session; parts are read once, when asked for.

    `locate` gives the web address of a load balancer's ARN, which is not the same thing in both worlds.
    """

    def __init__(self, session: boto3.Session, locate: Callable[[str], str | None]):
        self.session = session
        self._locate = locate

    def _pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        pages = self.session.client(service).get_paginator(operation).paginate(**arguments)
        return (item for page in pages for item in page[key])

    @cached_property
    def repositories(self) -> tuple[Repository, ...]:
        """Repositories named `frenchbakery/…`, by name."""
        found = (
            Repository(
                name=each["repositoryName"],
                uri=each["repositoryUri"],
                immutable=each.get("imageTagMutability", "MUTABLE").startswith("IMMUTABLE"),
                images=tuple(
                    Image(image["imageDigest"], tuple(sorted(image.get("imageTags", ()))))
                    for image in self._pages(
                        "ecr", "describe_images", "imageDetails", repositoryName=each["repositoryName"]
                    )
                ),
            )
            for each in self._pages("ecr", "describe_repositories", "repositories")
            if each["repositoryName"].startswith(f"{NAME}/")
        )
        return tuple(sorted(found, key=lambda repository: repository.name))

    @cached_property
    def cluster(self) -> Cluster | None:
        """The cluster `frenchbakery`; None when absent or deleted (INACTIVE)."""
        answer = self.session.client("ecs").describe_clusters(clusters=[NAME])
        for each in answer["clusters"]:
            if each["status"] != "INACTIVE":
                return Cluster(each["clusterName"], each["status"], tuple(each.get("capacityProviders", ())))
        return None

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """Every VPC whose Name tag is `frenchbakery`."""
        ec2 = self.session.client("ec2")
        vpcs = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]
        return tuple(self._network(vpc) for vpc in vpcs)

    def _network(self, vpc: Mapping[str, Any]) -> Network:
        ec2 = self.session.client("ec2")
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        tables = ec2.describe_route_tables(Filters=inside)["RouteTables"]
        subnets = ec2.describe_subnets(Filters=inside)["Subnets"]
        groups = ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
        gateways = ec2.describe_internet_gateways(
            Filters=[{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
        )["InternetGateways"]
        return Network(
            vpc=vpc["VpcId"],
            cidr=vpc["CidrBlock"],
            gateway=bool(gateways),
            subnets=tuple(
                sorted(
                    (
                        Subnet(
                            id=each["SubnetId"],
                            name=_name_tag(each),
                            zone=each["AvailabilityZone"],
                            cidr=each["CidrBlock"],
                            public=_leads_outside(each["SubnetId"], tables),
                        )
                        for each in subnets
                    ),
                    key=lambda subnet: (subnet.zone, subnet.cidr),
                )
            ),
            groups=tuple(
                SecurityGroup(each["GroupId"], each["GroupName"], tuple(_ingress(each["IpPermissions"])))
                for each in groups
                if each["GroupName"] != "default"
            ),
        )

    @cached_property
    def target_groups(self) -> tuple[TargetGroup, ...]:
        """Target groups whose name starts with `frenchbakery`, by name, with their targets' health."""
        elbv2 = self.session.client("elbv2")
        found = (
            TargetGroup(
                arn=each["TargetGroupArn"],
                name=each["TargetGroupName"],
                port=each.get("Port"),
                target_type=each.get("TargetType", ""),
                health=tuple(
                    (target["Target"]["Id"], target["TargetHealth"]["State"])
                    for target in elbv2.describe_target_health(TargetGroupArn=each["TargetGroupArn"])[
                        "TargetHealthDescriptions"
                    ]
                ),
            )
            for each in self._pages("elbv2", "describe_target_groups", "TargetGroups")
            if each["TargetGroupName"].startswith(NAME)
        )
        return tuple(sorted(found, key=lambda group: group.name))

    @cached_property
    def load_balancer(self) -> LoadBalancer | None:
        """The load balancer `frenchbakery`."""
        elbv2 = self.session.client("elbv2")
        for each in self._pages("elbv2", "describe_load_balancers", "LoadBalancers"):
            if each["LoadBalancerName"] != NAME:
                continue
            listeners = elbv2.describe_listeners(LoadBalancerArn=each["LoadBalancerArn"])["Listeners"]
            web = next((listener for listener in listeners if listener.get("Port") == 80), None)
            return LoadBalancer(
                arn=each["LoadBalancerArn"],
                name=each["LoadBalancerName"],
                scheme=each.get("Scheme", ""),
                zones=tuple(sorted(zone["ZoneName"] for zone in each.get("AvailabilityZones", ()))),
                groups=tuple(each.get("SecurityGroups", ())),
                rules=None if web is None else self._rules(web["ListenerArn"]),
            )
        return None

    def _rules(self, listener_arn: str) -> tuple[Rule, ...]:
        rules = self.session.client("elbv2").describe_rules(ListenerArn=listener_arn)["Rules"]
        in_order = sorted(rules, key=lambda rule: float(rule["Priority"].replace("default", "inf")))
        return tuple(
            Rule(
                paths=tuple(path for condition in rule["Conditions"] for path in _paths(condition)),
                target_groups=tuple(arn for action in rule["Actions"] for arn in _forwards(action)),
            )
            for rule in in_order
        )

    @cached_property
    def table(self) -> Table | None:
        """The table of orders."""
        try:
            found = self.session.client("dynamodb").describe_table(TableName=TABLE)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        keys = tuple((key["AttributeName"], key["KeyType"]) for key in found["KeySchema"])
        return Table(found["TableName"], found["TableStatus"], keys)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """IAM roles whose name starts with `frenchbakery-`."""
        return tuple(
            self._role(each)
            for each in self._pages("iam", "list_roles", "Roles")
            if each["RoleName"].startswith(f"{NAME}-")
        )

    def _role(self, role: Mapping[str, Any]) -> Role:
        iam = self.session.client("iam")
        name = role["RoleName"]
        inline = (
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        )
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        trust = _document(role["AssumeRolePolicyDocument"])
        return Role(
            arn=role["Arn"],
            name=name,
            trusted=tuple(
                who
                for statement in _several(trust["Statement"])
                if isinstance(statement.get("Principal"), Mapping)
                for who in _several(statement["Principal"].get("Service", ()))
            ),
            managed=tuple(sorted(policy["PolicyName"] for policy in attached)),
            allows=tuple(
                (tuple(_several(statement.get("Action", ()))), tuple(_several(statement.get("Resource", ()))))
                for document in inline
                for statement in _several(_document(document)["Statement"])
                if statement["Effect"] == "Allow"
            ),
        )

    @cached_property
    def log_groups(self) -> tuple[str, ...]:
        """Names of the log groups of the lab's tasks."""
        groups = self._pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=LOG_GROUP)
        return tuple(sorted(group["logGroupName"] for group in groups))

    @cached_property
    def task_definitions(self) -> tuple[TaskDefinition, ...]:
        """The latest active revision of each family named `frenchbakery-…`."""
        families = self._pages(
            "ecs",
            "list_task_definition_families",
            "families",
            familyPrefix=f"{NAME}-",
            status="ACTIVE",
        )
        ecs = self.session.client("ecs")
        revisions = (
            list(self._pages("ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family))
            for family in sorted(families)
        )
        latest = (max(arns, key=_revision) for arns in revisions if arns)
        return tuple(
            _task_definition(ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"])
            for arn in latest
        )

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Services of the cluster, by name; those being deleted (DRAINING) included, deleted ones not."""
        if self.cluster is None:
            return ()
        arns = list(self._pages("ecs", "list_services", "serviceArns", cluster=NAME))
        ecs = self.session.client("ecs")
        described = (
            each
            for start in range(0, len(arns), 10)  # describe_services takes ten at most
            for each in ecs.describe_services(cluster=NAME, services=arns[start : start + 10])["services"]
        )
        found = (_service(each) for each in described if each["status"] != "INACTIVE")
        return tuple(sorted(found, key=lambda service: service.name))

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Tasks of the cluster that are not stopped, by service, zone, then age."""
        if self.cluster is None:
            return ()
        arns = list(self._pages("ecs", "list_tasks", "taskArns", cluster=NAME))
        ecs = self.session.client("ecs")
        described = [
            each
            for start in range(0, len(arns), 100)  # describe_tasks takes a hundred at most
            for each in ecs.describe_tasks(cluster=NAME, tasks=arns[start : start + 100])["tasks"]
            if each["lastStatus"] != "STOPPED"
        ]
        described.sort(
            key=lambda each: (
                each.get("group", ""),
                each.get("availabilityZone", ""),
                str(each.get("createdAt", "")),
            )
        )
        return tuple(_task(each) for each in described)

    @cached_property
    def scaling(self) -> tuple[Scaling, ...]:
        """What is scaled by itself in the cluster, by service; a scalable target may outlive its service."""
        prefix = f"service/{NAME}/"
        found = [
            each
            for each in self._pages(
                "application-autoscaling",
                "describe_scalable_targets",
                "ScalableTargets",
                ServiceNamespace="ecs",
            )
            if each["ResourceId"].startswith(prefix)
        ]
        return tuple(
            self._scaling(each, each["ResourceId"].removeprefix(prefix))
            for each in sorted(found, key=lambda each: each["ResourceId"])
        )

    def _scaling(self, target: Mapping[str, Any], service: str) -> Scaling:
        resource = {"ServiceNamespace": "ecs", "ResourceId": target["ResourceId"]}
        policies, activities = (
            self._pages("application-autoscaling", f"describe_scaling_{kind}", items, **resource)
            for kind, items in (("policies", "ScalingPolicies"), ("activities", "ScalingActivities"))
        )
        return Scaling(
            service=service,
            minimum=target["MinCapacity"],
            maximum=target["MaxCapacity"],
            targets=tuple(
                (_followed(each), each["TargetValue"])
                for policy in policies
                if (each := policy.get("TargetTrackingScalingPolicyConfiguration"))
            ),
            acted=any(
                each["StatusCode"] == "Successful" and "triggered policy" in each["Cause"]
                for each in activities
            ),
        )

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """Alarms named `frenchbakery-…`, and those that target tracking made for the cluster's services."""
        made = f"TargetTracking-service/{NAME}/"
        found = (
            Alarm(
                name=each["AlarmName"],
                metric=f"{each.get('Namespace', '')}/{each.get('MetricName', '')}",
                dimensions={pair["Name"]: pair["Value"] for pair in each.get("Dimensions", ())},
                missing=each.get("TreatMissingData") or "missing",
                own=not each["AlarmName"].startswith(made),
            )
            for each in self._pages("cloudwatch", "describe_alarms", "MetricAlarms")
            if each["AlarmName"].startswith((f"{NAME}-", made))
        )
        return tuple(sorted(found, key=lambda alarm: alarm.name))

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """Deployments of the services that are there, the latest of each first."""
        ecs = self.session.client("ecs")
        found = []
        for service in self.services:
            listed = ecs.list_service_deployments(cluster=NAME, service=service.name)["serviceDeployments"]
            revisions = [each["targetServiceRevisionArn"] for each in listed]
            digests = {
                each["serviceRevisionArn"]: frozenset(
                    image["imageDigest"]
                    for image in each.get("containerImages", ())
                    if "imageDigest" in image
                )
                for start in range(0, len(revisions), 20)  # describe_service_revisions takes twenty at most
                for each in ecs.describe_service_revisions(serviceRevisionArns=revisions[start : start + 20])[
                    "serviceRevisions"
                ]
            }
            found += [
                Release(
                    service.name, each["status"], digests.get(each["targetServiceRevisionArn"], frozenset())
                )
                for each in sorted(listed, key=lambda each: each["createdAt"], reverse=True)
            ]
        return tuple(found)

    @cached_property
    def stack(self) -> Stack | None:
        """The stack `frenchbakery`."""
        cloudformation = self.session.client("cloudformation")
        try:
            [found] = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's "does not exist"
                return None
            raise
        resources = self._pages(
            "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=NAME
        )
        return Stack(
            found["StackName"],
            found["StackStatus"],
            frozenset(
                each["PhysicalResourceId"].rpartition("/")[2]
                for each in resources
                if each["ResourceType"] == "AWS::ECS::Service" and each.get("PhysicalResourceId")
            ),
        )

    @cached_property
    def visit(self) -> Visit:
        """What a customer finds at the shop's address now."""
        url = self._locate(self.load_balancer.arn) if self.load_balancer else None
        return visit(url) if url else Visit()


def _several(value: Any) -> Iterable[Any]:
    """A policy's field as a sequence: IAM writes one item bare."""
    return value if isinstance(value, list | tuple) else (value,)


def _document(value: Any) -> Mapping[str, Any]:
    """A policy document: botocore decodes it, some answers still carry text."""
    return json.loads(value) if isinstance(value, str) else value


def _name_tag(resource: Mapping[str, Any]) -> str:
    return next((tag["Value"] for tag in resource.get("Tags", ()) if tag["Key"] == "Name"), "")


def _leads_outside(subnet: str, tables: Iterable[Mapping[str, Any]]) -> bool:
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


def _ingress(permissions: Iterable[Mapping[str, Any]]) -> Iterator[Ingress]:
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


def _paths(condition: Mapping[str, Any]) -> Iterable[str]:
    if condition.get("Field") != "path-pattern":
        return ()
    return condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", ())


def _forwards(action: Mapping[str, Any]) -> Iterable[str]:
    """Target groups of a forward action: AWS answers both forms, the short one only for a single group."""
    if "TargetGroupArn" in action:
        return (action["TargetGroupArn"],)
    return tuple(each["TargetGroupArn"] for each in action.get("ForwardConfig", {}).get("TargetGroups", ()))


def _followed(policy: Mapping[str, Any]) -> str:
    """The metric that a target tracking policy follows."""
    predefined = policy.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    return predefined or policy.get("CustomizedMetricSpecification", {}).get("MetricName", "")


def _revision(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def _task_definition(found: Mapping[str, Any]) -> TaskDefinition:
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


def _service(found: Mapping[str, Any]) -> Service:
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


def _task(found: Mapping[str, Any]) -> Task:
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
