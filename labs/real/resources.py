"""The kinds of resources that a run may own: how each is named, described and found by tag.

An id is what AWS's requests use and a learner recognises: a name (`ecr:repository` frenchbakery/orders), a
name within its parent (`ecs:service` frenchbakery/orders), an EC2 id, an ELB ARN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from labs.real.ledger import COURSE_TAG, INTENT_TAG, RUN_TAG

Aws = Callable[[str], Any]  # service name → client
Tags = Mapping[str, str]
Tagged = tuple[str, Tags]
Owner = Callable[[Aws, str], tuple[str, str] | None]


def _on_its_own(aws: Aws, id_: str) -> None:
    """The owner of what has none."""


@dataclass(frozen=True)
class Kind:
    """How to look at one kind of resource."""

    tags: Callable[[Aws, str], Tags | None]
    """The tags of the resource with this id; None when it is gone."""
    each: Callable[[Aws], Iterable[Tagged]]
    """Every resource of this kind in the session's account and Region, with its tags."""
    prefix: str = ""
    """What precedes the id in an ARN's last part; empty where ids are ARNs or have none."""
    owner: Owner = _on_its_own
    """Kind and id of what the resource comes and goes with, which then answers for it; None when it is on its own."""


def short(kind: str, value: str) -> str:
    """The id in a name or ARN, as requests and responses give it."""
    prefix = KINDS[kind].prefix
    if not value.startswith("arn:") or not prefix:
        return value
    name = value.split(":", 5)[5].removeprefix(prefix).removesuffix(":*")
    if kind == "autoscaling:group":  # preceded by a generated id
        return name.rpartition("/")[2]
    if kind in ("iam:role", "iam:instance-profile"):  # a path is no part of the name
        return name.rpartition("/")[2]
    if kind in ("eks:nodegroup", "eks:fargate-profile"):  # followed by a generated id
        return name.rpartition("/")[0]
    return name


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that what was asked for does not exist; each service has its own way."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return (
        "NotFound" in code
        or code in ("NoSuchEntity", "InvalidResourceId")  # the second is SSM's
        # ECS:
        or (code == "ClientException" and "Unable to describe task definition" in message)
        or (code == "InvalidParameterException" and "cluster" in message and "inactive" in message)
    )


def absent(call: Callable[..., Any], **request: Any) -> Any:
    """The answer to a Describe call, or None where AWS says the thing does not exist."""
    try:
        return call(**request)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _pairs(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> Tags:
    return {tag[key]: tag[value] for tag in tags or ()}


def _pages(client: Any, operation: str, items: str, **request: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**request):
        yield from page[items]


def _batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of at most `size` items: what one Describe call takes."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


# ECR


def _repository_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ecr").describe_repositories, repositoryNames=[name])
    return _ecr_tags(aws, found["repositories"][0]) if found else None


def _ecr_tags(aws: Aws, repository: Mapping[str, Any]) -> Tags:
    return _pairs(aws("ecr").list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"])


def _repositories(aws: Aws) -> Iterator[Tagged]:
    for repository in _pages(aws("ecr"), "describe_repositories", "repositories"):
        yield repository["repositoryName"], _ecr_tags(aws, repository)


# ECS


def _ecs_tags(described: Mapping[str, Any]) -> Tags:
    return _pairs(described.get("tags"), "key", "value")


def _cluster_tags(aws: Aws, name: str) -> Tags | None:
    clusters = aws("ecs").describe_clusters(clusters=[name], include=["TAGS"])["clusters"]
    return next((_ecs_tags(cluster) for cluster in clusters if cluster["status"] != "INACTIVE"), None)


def _clusters(aws: Aws) -> Iterator[Tagged]:
    for arns in _batches(_pages(aws("ecs"), "list_clusters", "clusterArns"), 100):
        for cluster in aws("ecs").describe_clusters(clusters=arns, include=["TAGS"])["clusters"]:
            if cluster["status"] != "INACTIVE":
                yield cluster["clusterName"], _ecs_tags(cluster)


def _service_tags(aws: Aws, id_: str) -> Tags | None:
    cluster, _, name = id_.rpartition("/")
    found = absent(aws("ecs").describe_services, cluster=cluster, services=[name], include=["TAGS"])
    services = found["services"] if found else []
    return next((_ecs_tags(service) for service in services if service["status"] != "INACTIVE"), None)


def _services(aws: Aws) -> Iterator[Tagged]:
    ecs = aws("ecs")
    for cluster, _ in _clusters(aws):
        for arns in _batches(_pages(ecs, "list_services", "serviceArns", cluster=cluster), 10):
            found = ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])
            for service in found["services"]:
                if service["status"] != "INACTIVE":
                    yield f"{cluster}/{service['serviceName']}", _ecs_tags(service)


def _task_tags(aws: Aws, id_: str) -> Tags | None:
    cluster, _, task = id_.rpartition("/")
    found = absent(aws("ecs").describe_tasks, cluster=cluster, tasks=[task], include=["TAGS"])
    tasks = found["tasks"] if found else []
    return next((_ecs_tags(task) for task in tasks if task["lastStatus"] not in ("STOPPED", "DELETED")), None)


STARTED_BY_RULE = "events-rule/"


def _starter_of_task(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The service or the EventBridge rule that started a task."""
    cluster, _, task = id_.rpartition("/")
    found = absent(aws("ecs").describe_tasks, cluster=cluster, tasks=[task])
    for task in found["tasks"] if found else []:
        kind, _, name = task.get("group", "").partition(":")
        if kind == "service":
            return "ecs:service", f"{cluster}/{name}"
        starter = task.get("startedBy", "")
        if starter.startswith(STARTED_BY_RULE):
            return "events:rule", starter.removeprefix(STARTED_BY_RULE)
    return None


def _tasks(aws: Aws) -> Iterator[Tagged]:
    ecs = aws("ecs")
    for cluster, _ in _clusters(aws):
        for arns in _batches(_pages(ecs, "list_tasks", "taskArns", cluster=cluster), 100):
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]:
                of_a_service = task.get("group", "").startswith("service:")  # it goes with its service
                if not of_a_service and task["lastStatus"] not in ("STOPPED", "DELETED"):
                    yield f"{cluster}/{task['taskArn'].rpartition('/')[2]}", _ecs_tags(task)


def _task_definition_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("ecs").describe_task_definition, taskDefinition=id_, include=["TAGS"])
    if found is None or found["taskDefinition"]["status"] == "DELETE_IN_PROGRESS":
        return None
    return _ecs_tags(found)


def _task_definitions(aws: Aws) -> Iterator[Tagged]:
    """Active revisions only: an inactive one costs nothing, and an old account has thousands."""
    for arn in _pages(aws("ecs"), "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
        tags = _task_definition_tags(aws, arn)
        if tags is not None:
            yield short("ecs:task-definition", arn), tags


# Elastic Load Balancing


def _elb(operation: str, items: str, arn: str, *, listed: bool = True) -> Kind:
    """Tags come from a call of their own. What is not `listed` never outlives its parent, which is."""

    def tags(aws: Aws, id_: str) -> Tags | None:
        found = absent(getattr(aws("elbv2"), operation), **{f"{arn}s": [id_]})
        if not found or not found[items]:
            return None
        described = absent(aws("elbv2").describe_tags, ResourceArns=[id_])
        return _pairs(described["TagDescriptions"][0]["Tags"]) if described else None

    def each(aws: Aws) -> Iterator[Tagged]:
        arns = (item[arn] for item in _pages(aws("elbv2"), operation, items)) if listed else ()
        for some in _batches(arns, 20):  # the most that DescribeTags takes
            for found in aws("elbv2").describe_tags(ResourceArns=some)["TagDescriptions"]:
                yield found["ResourceArn"], _pairs(found["Tags"])

    return Kind(tags, each)


# EC2 networking: Describe calls give the tags


def _ec2(operation: str, items: str, id_name: str, owner: Owner = _on_its_own) -> Kind:
    def tags(aws: Aws, id_: str) -> Tags | None:
        found = absent(getattr(aws("ec2"), operation), **{f"{id_name}s": [id_]})
        there = [item for item in (found[items] if found else ()) if not _deleted(item)]
        return _pairs(there[0].get("Tags")) if there else None

    def each(aws: Aws) -> Iterator[Tagged]:
        for item in _pages(aws("ec2"), operation, items):
            if not _deleted(item):
                yield item[id_name], _pairs(item.get("Tags"))

    return Kind(tags, each, owner=owner)


def _deleted(item: Mapping[str, Any]) -> bool:
    """Endpoints are shown for a while after they are gone."""
    return str(item.get("State", "")).lower() == "deleted"


def _vpc_of_main(aws: Aws, id_: str) -> tuple[str, str] | None:
    """A VPC comes with a main route table, which carries no tags."""
    found = absent(aws("ec2").describe_route_tables, RouteTableIds=[id_])
    for table in found["RouteTables"] if found else ():
        if any(one["Main"] for one in table["Associations"]) and not table.get("Tags"):
            return "ec2:vpc", table["VpcId"]
    return None


# EC2 instances: as such, and as ECS sees them


def _instance_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("ec2").describe_instances, InstanceIds=[id_])
    return next((tags for _, tags in _there(found["Reservations"] if found else ())), None)


def _instances(aws: Aws) -> Iterator[Tagged]:
    return _there(_pages(aws("ec2"), "describe_instances", "Reservations"))


def _there(reservations: Iterable[Mapping[str, Any]]) -> Iterator[Tagged]:
    """Those that are not ended: AWS goes on showing an instance for about an hour."""
    for reservation in reservations:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield instance["InstanceId"], _pairs(instance.get("Tags"))


def _group_of_instance(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The Auto Scaling group that started an instance; AWS says so in a tag that nobody else can set."""
    group = (_instance_tags(aws, id_) or {}).get("aws:autoscaling:groupName")
    return ("autoscaling:group", group) if group else None


# What starts instances


def _group_tags(aws: Aws, name: str) -> Tags | None:
    found = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return _pairs(found[0].get("Tags")) if found else None


def _groups(aws: Aws) -> Iterator[Tagged]:
    for group in _pages(aws("autoscaling"), "describe_auto_scaling_groups", "AutoScalingGroups"):
        yield group["AutoScalingGroupName"], _pairs(group.get("Tags"))


def _provider_tags(aws: Aws, name: str) -> Tags | None:
    return dict(_described_providers(aws, capacityProviders=[name])).get(name)


def _described_providers(aws: Aws, **which: Any) -> Iterator[Tagged]:
    """Capacity providers (boto3 has no paginator for them); an inactive one is a name that AWS remembers."""
    while True:
        answer = aws("ecs").describe_capacity_providers(include=["TAGS"], **which)
        for provider in answer["capacityProviders"]:
            if provider["status"] != "INACTIVE":
                yield provider["name"], _ecs_tags(provider)
        if not answer.get("nextToken"):
            return
        which["nextToken"] = answer["nextToken"]


def _template_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ec2").describe_launch_templates, LaunchTemplateNames=[name])
    return _pairs(found["LaunchTemplates"][0].get("Tags")) if found else None


def _templates(aws: Aws) -> Iterator[Tagged]:
    for template in _pages(aws("ec2"), "describe_launch_templates", "LaunchTemplates"):
        yield template["LaunchTemplateName"], _pairs(template.get("Tags"))


def _no_tags(aws: Aws, id_: str) -> None:
    """The tags of what only its owner can answer for."""


def _none(aws: Aws) -> Iterable[Tagged]:
    return ()


def _machine(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The EC2 instance that registered itself as a container instance."""
    cluster, _, name = id_.rpartition("/")
    found = absent(aws("ecs").describe_container_instances, cluster=cluster, containerInstances=[name])
    machines = (one.get("ec2InstanceId") for one in (found["containerInstances"] if found else ()))
    return next((("ec2:instance", machine) for machine in machines if machine), None)


# CloudWatch, EventBridge, SNS


def _log_group_tags(aws: Aws, name: str) -> Tags | None:
    for group in _pages(aws("logs"), "describe_log_groups", "logGroups", logGroupNamePrefix=name):
        if group["logGroupName"] == name:
            return _logs_tags(aws, group)
    return None


def _logs_tags(aws: Aws, group: Mapping[str, Any]) -> Tags:
    arn = group["arn"].removesuffix(":*")  # ListTagsForResource wants it without
    return aws("logs").list_tags_for_resource(resourceArn=arn)["tags"]


def _log_groups(aws: Aws) -> Iterator[Tagged]:
    for group in _pages(aws("logs"), "describe_log_groups", "logGroups"):
        yield group["logGroupName"], _logs_tags(aws, group)


def _alarm_tags(aws: Aws, name: str) -> Tags | None:
    """Composite alarms share these names: one that took a deleted alarm's name is not its heir."""
    types = ["MetricAlarm", "CompositeAlarm"]
    answer = aws("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=types)
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return _cloudwatch_tags(aws, found[0]) if found else None


def _cloudwatch_tags(aws: Aws, alarm: Mapping[str, Any]) -> Tags:
    return _pairs(aws("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"])


def _alarms(aws: Aws) -> Iterator[Tagged]:
    for alarm in _pages(aws("cloudwatch"), "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
        yield alarm["AlarmName"], _cloudwatch_tags(aws, alarm)


_SIGNATURE = re.compile("FrenchbakeryCourse(?P<run>[0-9a-f]+)x(?P<intent>[0-9a-f]+)")


def sign(tags: Tags) -> str:
    """A run's tags as the name of a policy's statement, which takes letters and digits only."""
    return f"FrenchbakeryCourse{tags[RUN_TAG].encode().hex()}x{tags[INTENT_TAG]}"


def _signature(document: str) -> Tags:
    statements = json.loads(document).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if found := _SIGNATURE.fullmatch(statement.get("Sid", "")):
            run = bytes.fromhex(found["run"]).decode()
            return {COURSE_TAG: "1", RUN_TAG: run, INTENT_TAG: found["intent"]}
    return {}


def _resource_policies(aws: Aws) -> Iterator[Tagged]:
    """The account's policies of CloudWatch Logs: they have no tags, a statement's name stands for them."""
    for policy in _pages(aws("logs"), "describe_resource_policies", "resourcePolicies"):
        yield policy["policyName"], _signature(policy["policyDocument"])


def _resource_policy_tags(aws: Aws, name: str) -> Tags | None:
    return dict(_resource_policies(aws)).get(name)


def _rule_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("events").describe_rule, Name=name)
    return _events_tags(aws, found) if found else None


def _events_tags(aws: Aws, rule: Mapping[str, Any]) -> Tags:
    return _pairs(aws("events").list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"])


def _rules(aws: Aws) -> Iterator[Tagged]:
    for rule in _pages(aws("events"), "list_rules", "Rules"):
        yield rule["Name"], _events_tags(aws, rule)


def _topic_tags(aws: Aws, arn: str) -> Tags | None:
    found = absent(aws("sns").list_tags_for_resource, ResourceArn=arn)
    return _pairs(found["Tags"]) if found else None


def _topics(aws: Aws) -> Iterator[Tagged]:
    for topic in _pages(aws("sns"), "list_topics", "Topics"):
        tags = _topic_tags(aws, topic["TopicArn"])
        if tags is not None:
            yield topic["TopicArn"], tags


# Secrets Manager, Parameter Store


def _secret_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("secretsmanager").describe_secret, SecretId=id_)
    return _pairs(found.get("Tags")) if found and "DeletedDate" not in found else None


def _full_arn(aws: Aws, id_: str) -> tuple[str, str] | None:
    """Requests name a secret by its name, its ARN or a part of it: what AWS takes it for decides."""
    found = absent(aws("secretsmanager").describe_secret, SecretId=id_)
    return ("secretsmanager:secret", found["ARN"]) if found else None


def _secrets(aws: Aws) -> Iterator[Tagged]:
    for secret in _pages(aws("secretsmanager"), "list_secrets", "SecretList"):
        if "DeletedDate" not in secret:
            yield secret["ARN"], _pairs(secret.get("Tags"))


def _parameter_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ssm").list_tags_for_resource, ResourceType="Parameter", ResourceId=name)
    return _pairs(found["TagList"]) if found else None


def _parameters(aws: Aws) -> Iterator[Tagged]:
    for parameter in _pages(aws("ssm"), "describe_parameters", "Parameters"):
        tags = _parameter_tags(aws, parameter["Name"])
        if tags is not None:
            yield parameter["Name"], tags


# DynamoDB, IAM


def _table_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("dynamodb").describe_table, TableName=name)
    if found is None:
        return None
    listed = absent(aws("dynamodb").list_tags_of_resource, ResourceArn=found["Table"]["TableArn"])
    return _pairs(listed["Tags"]) if listed else None


def _tables(aws: Aws) -> Iterator[Tagged]:
    for name in _pages(aws("dynamodb"), "list_tables", "TableNames"):
        tags = _table_tags(aws, name)
        if tags is not None:
            yield name, tags


def _role_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("iam").list_role_tags, RoleName=name)
    return _pairs(found["Tags"]) if found else None


def _roles(aws: Aws) -> Iterator[Tagged]:
    for role in _pages(aws("iam"), "list_roles", "Roles"):
        tags = _role_tags(aws, role["RoleName"])
        if tags is not None:
            yield role["RoleName"], tags


def _profile_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("iam").get_instance_profile, InstanceProfileName=name)
    return _pairs(found["InstanceProfile"].get("Tags")) if found else None


def _profiles(aws: Aws) -> Iterator[Tagged]:
    for profile in _pages(aws("iam"), "list_instance_profiles", "InstanceProfiles"):
        tags = _profile_tags(aws, profile["InstanceProfileName"])
        if tags is not None:
            yield profile["InstanceProfileName"], tags


# EKS


def _eks_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("eks").describe_cluster, name=name)
    return found["cluster"].get("tags", {}) if found else None


def _eks_clusters(aws: Aws) -> Iterator[Tagged]:
    for name in _pages(aws("eks"), "list_clusters", "clusters"):
        yield name, _eks_tags(aws, name) or {}


def _in_eks(listing: str, names: str, describe: str, item: str, parameter: str) -> Kind:
    """Something within an EKS cluster, named cluster/name."""

    def tags(aws: Aws, id_: str) -> Tags | None:
        cluster, _, name = id_.rpartition("/")
        found = absent(getattr(aws("eks"), describe), **{"clusterName": cluster, parameter: name})
        return found[item].get("tags", {}) if found else None

    def each(aws: Aws) -> Iterator[Tagged]:
        for cluster, _ in _eks_clusters(aws):
            for name in _pages(aws("eks"), listing, names, clusterName=cluster):
                yield f"{cluster}/{name}", tags(aws, f"{cluster}/{name}") or {}

    return Kind(tags, each, f"{item.lower()}/")


KINDS: Mapping[str, Kind] = {
    "ecr:repository": Kind(_repository_tags, _repositories, "repository/"),
    "ecs:cluster": Kind(_cluster_tags, _clusters, "cluster/"),
    "ecs:service": Kind(_service_tags, _services, "service/"),
    "ecs:task": Kind(_task_tags, _tasks, "task/", _starter_of_task),
    "ecs:task-definition": Kind(_task_definition_tags, _task_definitions, "task-definition/"),
    "elbv2:load-balancer": _elb("describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    "elbv2:target-group": _elb("describe_target_groups", "TargetGroups", "TargetGroupArn"),
    "elbv2:listener": _elb("describe_listeners", "Listeners", "ListenerArn", listed=False),
    "elbv2:rule": _elb("describe_rules", "Rules", "RuleArn", listed=False),
    "ec2:vpc": _ec2("describe_vpcs", "Vpcs", "VpcId"),
    "ec2:subnet": _ec2("describe_subnets", "Subnets", "SubnetId"),
    "ec2:security-group": _ec2("describe_security_groups", "SecurityGroups", "GroupId"),
    "ec2:route-table": _ec2("describe_route_tables", "RouteTables", "RouteTableId", _vpc_of_main),
    "ec2:internet-gateway": _ec2("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "ec2:vpc-endpoint": _ec2("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "ec2:instance": Kind(_instance_tags, _instances, owner=_group_of_instance),
    "ec2:launch-template": Kind(_template_tags, _templates),
    "autoscaling:group": Kind(_group_tags, _groups, "autoScalingGroupName/"),
    "ecs:capacity-provider": Kind(_provider_tags, _described_providers, "capacity-provider/"),
    "ecs:container-instance": Kind(_no_tags, _none, "container-instance/", _machine),
    "iam:instance-profile": Kind(_profile_tags, _profiles, "instance-profile/"),
    "logs:log-group": Kind(_log_group_tags, _log_groups, "log-group:"),
    "cloudwatch:alarm": Kind(_alarm_tags, _alarms, "alarm:"),
    "logs:resource-policy": Kind(_resource_policy_tags, _resource_policies),
    "events:rule": Kind(_rule_tags, _rules, "rule/"),
    "sns:topic": Kind(_topic_tags, _topics),
    "secretsmanager:secret": Kind(_secret_tags, _secrets, owner=_full_arn),
    "ssm:parameter": Kind(_parameter_tags, _parameters),
    "dynamodb:table": Kind(_table_tags, _tables, "table/"),
    "iam:role": Kind(_role_tags, _roles, "role/"),
    "eks:cluster": Kind(_eks_tags, _eks_clusters, "cluster/"),
    "eks:nodegroup": _in_eks(
        "list_nodegroups", "nodegroups", "describe_nodegroup", "nodegroup", "nodegroupName"
    ),
    "eks:fargate-profile": _in_eks(
        "list_fargate_profiles",
        "fargateProfileNames",
        "describe_fargate_profile",
        "fargateProfile",
        "fargateProfileName",
    ),
}
