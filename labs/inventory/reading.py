"""Reading the lab's resources with plain describe calls, in either world.

Each part is read when it is first asked for, so a denied call spoils only what needs it. What the lab calls its own is
found by name (`NAME`, or a name that starts with it): other things in a real account are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.inventory import answers
from labs.inventory.model import (
    LOG_GROUP,
    NAME,
    TABLE,
    Alarm,
    Cluster,
    Image,
    LoadBalancer,
    Network,
    Release,
    Repository,
    Role,
    Rule,
    Scaling,
    SecurityGroup,
    Service,
    Stack,
    Subnet,
    Table,
    TargetGroup,
    Task,
    TaskDefinition,
)
from labs.shopfront import Visit, visit

if TYPE_CHECKING:
    import boto3


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
                            name=answers.name_tag(each),
                            zone=each["AvailabilityZone"],
                            cidr=each["CidrBlock"],
                            public=answers.leads_outside(each["SubnetId"], tables),
                        )
                        for each in subnets
                    ),
                    key=lambda subnet: (subnet.zone, subnet.cidr),
                )
            ),
            groups=tuple(
                SecurityGroup(
                    each["GroupId"], each["GroupName"], tuple(answers.ingress(each["IpPermissions"]))
                )
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
                paths=tuple(path for condition in rule["Conditions"] for path in answers.paths(condition)),
                target_groups=tuple(arn for action in rule["Actions"] for arn in answers.forwards(action)),
                action=rule["Actions"][-1]["Type"],  # what comes before the last only asks who is there
                code=rule["Actions"][-1].get("FixedResponseConfig", {}).get("StatusCode", ""),
                narrow=any(condition.get("Field") != "path-pattern" for condition in rule["Conditions"]),
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
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        for arn in (policy["PolicyArn"] for policy in attached):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
            documents.append(found["Document"])
        trust = answers.document(role["AssumeRolePolicyDocument"])
        return Role(
            arn=role["Arn"],
            name=name,
            trusted=tuple(
                who
                for statement in answers.several(trust["Statement"])
                if isinstance(statement.get("Principal"), Mapping)
                for who in answers.several(statement["Principal"].get("Service", ()))
            ),
            managed=tuple(sorted(policy["PolicyName"] for policy in attached)),
            allows=tuple(
                (
                    tuple(answers.several(statement.get("Action", ()))),
                    tuple(answers.several(statement.get("Resource", ()))),
                )
                for document in documents
                for statement in answers.several(answers.document(document)["Statement"])
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
        latest = (max(arns, key=answers.revision) for arns in revisions if arns)
        return tuple(
            answers.task_definition(ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"])
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
        found = (answers.service(each) for each in described if each["status"] != "INACTIVE")
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
        return tuple(answers.task(each) for each in described)

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
                (answers.followed(each), each["TargetValue"])
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
            Alarm.of(each, own=not each["AlarmName"].startswith(made))
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
