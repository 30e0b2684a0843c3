"""The operations a run may call on a real account: one table of what each makes, changes or deletes.

What the table does not list is refused, except reads of the services in it. Tags go in each API's own
shape; resources are named by the request's parameters, as `Kind`s know them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath

from labs.real.ledger import TAG_KEYS, Resource
from labs.real.resources import KINDS, Aws, absent, short, sign

Params = Mapping[str, Any]
Names = Callable[[Params], list[str]]
TagShape = Callable[[Params, Mapping[str, str]], dict[str, Any]]
"""(request parameters, tags) → the parameters that carry the tags, whatever the request had kept."""


@dataclass(frozen=True)
class Named:
    """The resources of one kind that a request names."""

    kind: str
    names: Names

    def of(self, request: Params) -> list[Resource]:
        """These resources, in the order of the request."""
        return [Resource(self.kind, short(self.kind, name)) for name in self.names(request)]


@dataclass(frozen=True)
class Operation:
    """What one API operation does to resources: it makes one, changes some or deletes one."""

    makes: str | None = None
    """The kind of resource made."""
    changes: tuple[Named, ...] = ()
    """Existing resources that the call alters: all must be the run's."""
    changes_behind: Callable[[Aws, Params], list[Resource]] | None = None
    """The same, where the request names something that AWS must be asked to know what it belongs to."""
    deletes: Named | None = None
    """The resource that the call deletes: it must be the run's."""
    uses: tuple[Named, ...] = ()
    """Resources that what is made will live in or alter: they must be the run's too."""
    tags: TagShape | None = None
    made: str = ""
    """Where the response names what was made (JMESPath)."""
    name: Names | None = None
    """The name, where the request chooses it: the ledger's intent carries it."""
    existing: Callable[[Aws, Params], str | None] | None = None
    """Finds what has the name already, where AWS would hand it out or overwrite it instead of refusing."""
    again: bool = False
    """Whether the call takes no tags where what it makes is there already: it then makes nothing."""
    before: Callable[[Aws, Params], None] | None = None
    """Makes, on a real account, what AWS would otherwise make beside, without tags."""
    passes_over: bool = False
    """Whether AWS itself passes over names that do not exist: they need not be the run's."""
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Parameters set on a real account where the request leaves them to the account's own defaults."""
    forbids: Callable[[Params], str | None] | None = None
    """Gives the key of the reason (`labs.real.guard_texts`) why these parameters are refused on a real account."""

    @property
    def touched(self) -> tuple[Named, ...]:
        """Everything existing that the call alters, deletes or builds upon."""
        return (*self.changes, *self.uses, *((self.deletes,) if self.deletes else ()))


def at(path: str) -> Names:
    """The values at a JMESPath of the request, as a list of strings."""
    expression = jmespath.compile(path)

    def names(request: Params) -> list[str]:
        value = expression.search(request)
        return [] if value is None else [value] if isinstance(value, str) else list(value)

    return names


def within(parent: str, name: str, kind: str = "ecs:cluster") -> Names:
    """Ids of the form parent/name; an ARN names both."""
    parents, names = at(parent), at(name)

    def ids(request: Params) -> list[str]:
        return [
            name if name.startswith("arn:") else f"{short(kind, parent)}/{name}"
            for parent in parents(request)
            for name in names(request)
        ]

    return ids


# Tag shapes


def _pairs(parameter: str, key: str = "Key", value: str = "Value") -> TagShape:
    def shape(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
        kept = [tag for tag in request.get(parameter, ()) if tag.get(key) not in tags]
        return {parameter: [*kept, *({key: name, value: text} for name, text in tags.items())]}

    return shape


def _mapping(parameter: str) -> TagShape:
    return lambda request, tags: {parameter: {**request.get(parameter, {}), **tags}}


def _specification(resource_type: str) -> TagShape:
    """EC2's: a list of specifications, one for each type of resource that the call makes."""
    pairs = _pairs("Tags")

    def shape(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
        given: Iterable[Params] = request.get("TagSpecifications", ())
        own = [
            tag for one in given if one.get("ResourceType") == resource_type for tag in one.get("Tags", ())
        ]
        others = [one for one in given if one.get("ResourceType") != resource_type]
        return {"TagSpecifications": [*others, {"ResourceType": resource_type, **pairs({"Tags": own}, tags)}]}

    return shape


CAPITALS = _pairs("Tags")
ECR = _pairs("tags")
ECS = _pairs("tags", "key", "value")
MAP = _mapping("tags")


def _anew(shape: TagShape) -> TagShape:
    """SSM's: what may overwrite takes no tags, and what is not there needs not be overwritten."""
    return lambda request, tags: {**shape(request, tags), "Overwrite": False}


def _signed(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
    """A resource policy takes no tags: the name of its first statement carries them."""
    try:
        policy = json.loads(request.get("policyDocument", "{}"))
        first, *others = _list(policy["Statement"])
        policy["Statement"] = [{**first, "Sid": sign(tags)}, *others]
    except (ValueError, TypeError, KeyError):  # no policy: AWS says so itself
        return {}
    return {"policyDocument": json.dumps(policy)}


# What exists already under a name that AWS would hand out again or overwrite


def _same_name(kind: str, names: Names) -> Callable[[Aws, Params], str | None]:
    return lambda aws, request: next((short(kind, name) for name in names(request)), None)


def _same_family(aws: Aws, request: Params) -> str | None:
    """A new revision becomes the one that users of the family get: the family must be the run's."""
    found = absent(aws("ecs").describe_task_definition, taskDefinition=request["family"])
    return short("ecs:task-definition", found["taskDefinition"]["taskDefinitionArn"]) if found else None


def _same_elb(operation: str, items: str, arn: str) -> Callable[[Aws, Params], str | None]:
    def existing(aws: Aws, request: Params) -> str | None:
        found = absent(getattr(aws("elbv2"), operation), Names=[request["Name"]])
        return found[items][0][arn] if found and found[items] else None

    return existing


def _same_topic(aws: Aws, request: Params) -> str | None:
    pages = aws("sns").get_paginator("list_topics").paginate()
    arns = (topic["TopicArn"] for page in pages for topic in page["Topics"])
    return next((arn for arn in arns if arn.endswith(f":{request['Name']}")), None)


def _of_association(aws: Aws, request: Params) -> list[Resource]:
    wanted = [{"Name": "association.route-table-association-id", "Values": [request["AssociationId"]]}]
    tables = aws("ec2").describe_route_tables(Filters=wanted)["RouteTables"]
    return [Resource("ec2:route-table", table["RouteTableId"]) for table in tables]


def _of_definition(aws: Aws, request: Params) -> list[Resource]:
    """The revision that a request's family, revision or ARN stands for."""
    wanted = request.get("taskDefinition")
    found = absent(aws("ecs").describe_task_definition, taskDefinition=wanted) if wanted else None
    if found is None:
        return []
    kind = "ecs:task-definition"
    return [Resource(kind, short(kind, found["taskDefinition"]["taskDefinitionArn"]))]


_INSIGHTS = jmespath.compile("settings[?name=='containerInsights' && value!='disabled']")


def _insights_group(request: Params) -> str | None:
    """The log group that Container Insights writes to, and makes where there is none."""
    cluster = short("ecs:cluster", request.get("cluster", "default"))
    return f"/aws/ecs/containerinsights/{cluster}/performance" if _INSIGHTS.search(request) else None


def _of_insights(aws: Aws, request: Params) -> list[Resource]:
    group, kind = _insights_group(request), "logs:log-group"
    return [Resource(kind, group)] if group and KINDS[kind].tags(aws, group) is not None else []


def _make_insights_group(aws: Aws, request: Params) -> None:
    group = _insights_group(request)
    if group and not _of_insights(aws, request):
        aws("logs").create_log_group(logGroupName=group)


# What a rule sets off

_TARGETS = {"logs:log-group": ":log-group:", "ecs:cluster": ":cluster/"}


def _targets(kind: str) -> Named:
    return Named(
        kind,
        lambda request: [
            target["Arn"] for target in request.get("Targets", ()) if _TARGETS[kind] in target.get("Arn", "")
        ],
    )


def _odd_target(request: Params) -> str | None:
    """A rule of the lab writes to a log group or runs a task; it calls, feeds and commands nothing else."""
    for target in request.get("Targets", ()):
        known = any(mark in target.get("Arn", "") for mark in _TARGETS.values())
        if not known or "DeadLetterConfig" in target:
            return "target"
    return None


def _of_targets(aws: Aws, request: Params) -> list[Resource]:
    """The revisions that a rule's targets run; EventBridge takes those that do not exist, too."""
    kind = "ecs:task-definition"
    wanted = jmespath.search("Targets[].EcsParameters.TaskDefinitionArn", request) or ()
    found = {arn: _of_definition(aws, {"taskDefinition": arn}) for arn in wanted}
    return [one for arn, some in found.items() for one in some or [Resource(kind, short(kind, arn))]]


# What is refused on a real account whatever it is done to

MANAGED_POLICIES = frozenset(
    {
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSClusterPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEKSFargatePodExecutionRolePolicy",
    }
)
"""AWS's managed policies that the lab's roles need; rights beyond them are written inline."""


def _powerful_policy(request: Params) -> str | None:
    owner, _, name = request.get("PolicyArn", "").partition(":policy/")
    return None if owner.endswith(":iam::aws") and name in MANAGED_POLICIES else "managed policy"


def _statements(document: str | None) -> list[dict[str, Any]]:
    policy = json.loads(document or "{}")
    statements = policy.get("Statement", [])
    return [statements] if isinstance(statements, dict) else statements


def _covered(request: Params) -> list[str]:
    """What a resource policy speaks of; NotResource and no resource mean everything."""
    found = _statements(request.get("policyDocument"))
    return [one for statement in found for one in _list(statement.get("Resource", "*"))]


def _wide_resource(request: Params) -> str | None:
    """A pattern covers groups that nobody named; all the streams of one group are that group."""
    named = (one.removesuffix(":*") for one in _covered(request))
    return "log policy" if any({"*", "?"} & set(one) for one in named) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _broad_policy(request: Params) -> str | None:
    """An inline policy that allows whole services' worth of rights, or everything but a few."""
    for statement in _statements(request.get("PolicyDocument")):
        actions = _list(statement.get("Action", "*"))  # NotAction and no Action are as broad
        if statement.get("Effect") == "Allow" and any(map(_is_broad, actions)):
            return "broad policy"
    return None


def _is_broad(action: str) -> bool:
    """Rights over every service, or over a whole family of those that hand out rights."""
    service, _, verb = action.lower().partition(":")
    wild = {"*", "?"}
    return bool(wild & set(service)) or (
        service in ("iam", "sts", "organizations") and bool(wild & set(verb))
    )


def _foreign_trust(parameter: str) -> Callable[[Params], str | None]:
    """The lab's roles are taken by AWS services, never by other accounts or by everyone."""

    def forbids(request: Params) -> str | None:
        for statement in _statements(request.get(parameter)):
            principal = statement.get("Principal")
            if statement.get("Effect") == "Allow" and not (
                isinstance(principal, dict) and set(principal) == {"Service"}
            ):
                return "foreign trust"
        return None

    return forbids


_CREATES_GROUPS = jmespath.compile('containerDefinitions[].logConfiguration.options."awslogs-create-group"')


def _untagged_logs(request: Params) -> str | None:
    """ECS would make the log group itself, without tags, and nobody would delete it."""
    return "log group" if "true" in (_CREATES_GROUPS.search(request) or ()) else None


def _beyond_the_cluster(request: Params) -> str | None:
    """What a cluster would bring along or draw in: logs, namespaces, other clusters' instances.

    Container Insights writes to a log group that AWS makes without tags and leaves behind.
    """
    wanted = (
        setting for setting in request.get("settings", ()) if setting.get("name") == "containerInsights"
    )
    if any(setting.get("value") != "disabled" for setting in wanted):
        return "insights"
    if not {*request.get("capacityProviders", ())} <= {"FARGATE", "FARGATE_SPOT"}:
        return "parameter"
    return _without("serviceConnectDefaults.namespace")(request)


def _without(*paths: str) -> Callable[[Params], str | None]:
    """Parameters (JMESPath) that make what carries no tag of the run, or what the clean-up could not delete."""
    expressions = [jmespath.compile(path) for path in paths]

    def forbids(request: Params) -> str | None:
        return "parameter" if any(expression.search(request) for expression in expressions) else None

    return forbids


def _first(*checks: Callable[[Params], str | None]) -> Callable[[Params], str | None]:
    """The first reason that one of these gives."""
    return lambda request: next(filter(None, (check(request) for check in checks)), None)


def _by_name(request: Params) -> str | None:
    """A security group's name is not its own: each VPC has a "default"."""
    return "unnamed" if "GroupName" in request else None


def _odd_tagging(request: Params) -> str | None:
    """EC2's CreateTags takes anything: other kinds than the lab's, and the course's own tags, stay out of reach."""
    if any(id_.rpartition("-")[0] not in EC2_KINDS for id_ in request.get("Resources", ())):
        return "unnamed"
    return "course tags" if any(tag.get("Key") in TAG_KEYS for tag in request.get("Tags", ())) else None


_ALARM_ACTIONS = jmespath.compile("[AlarmActions, OKActions, InsufficientDataActions][][]")
_SCALING_OF_ECS = ":resource/ecs/service/"


def _scaled_by_alarm(request: Params) -> list[str]:
    """The services whose scaling policies an alarm sets off (their ARNs name them)."""
    actions = _ALARM_ACTIONS.search(request) or ()
    return [
        action.partition(_SCALING_OF_ECS)[2].partition(":")[0]
        for action in actions
        if _SCALING_OF_ECS in action
    ]


def _alarm_that_acts(request: Params) -> str | None:
    """An alarm may stop or terminate instances and call functions; the lab's tell people or scale a service."""
    actions = _ALARM_ACTIONS.search(request) or ()
    mild = all(":sns:" in action or _SCALING_OF_ECS in action for action in actions)
    return None if mild else "alarm action"


def _templates(request: Params) -> str | None:
    """A template may make anything: it is shown on a real account, not run."""
    return "template"


# The table


def _make(kind: str, tags: TagShape, made: str, name: Names | None = None, **more: Any) -> Operation:
    return Operation(makes=kind, tags=tags, made=made, name=name, **more)


def _change(operations: str, *named: Named, **more: Any) -> dict[str, Operation]:
    return dict.fromkeys(operations.split(), Operation(changes=named, **more))


def _delete(kind: str, names: Names, **more: Any) -> Operation:
    return Operation(deletes=Named(kind, names), **more)


CLUSTER = "cluster || 'default'"
SERVICE = within(CLUSTER, "service")
LOAD_BALANCER = Named("elbv2:load-balancer", at("LoadBalancerArn"))
TARGET_GROUP = Named("elbv2:target-group", at("TargetGroupArn"))
LISTENER = Named("elbv2:listener", at("ListenerArn"))
RULE = Named("elbv2:rule", at("RuleArn"))
FORWARDED = "[].[TargetGroupArn, ForwardConfig.TargetGroups[].TargetGroupArn][][]"
ACTIONS = Named("elbv2:target-group", at(f"Actions{FORWARDED}"))
DEFAULT_ACTIONS = Named("elbv2:target-group", at(f"DefaultActions{FORWARDED}"))
VPC = Named("ec2:vpc", at("VpcId"))
SUBNET = Named("ec2:subnet", at("SubnetId"))
SUBNETS = Named("ec2:subnet", at("[Subnets, SubnetMappings[].SubnetId][]"))
SECURITY_GROUP = Named("ec2:security-group", at("GroupId"))
SECURITY_GROUPS = Named("ec2:security-group", at("SecurityGroups"))
ROUTE_TABLE = Named("ec2:route-table", at("RouteTableId"))
GATEWAY = Named("ec2:internet-gateway", at("InternetGatewayId"))
TASK_SUBNETS = Named("ec2:subnet", at("networkConfiguration.awsvpcConfiguration.subnets"))
TASK_GROUPS = Named("ec2:security-group", at("networkConfiguration.awsvpcConfiguration.securityGroups"))
BALANCED = (
    Named(
        "elbv2:target-group",
        at("loadBalancers[].[targetGroupArn, advancedConfiguration.alternateTargetGroupArn][]"),
    ),
    Named(
        "elbv2:rule",
        at("loadBalancers[].advancedConfiguration.[productionListenerRule, testListenerRule][]"),
    ),
    Named("iam:role", at("[role, loadBalancers[].advancedConfiguration.roleArn][]")),
)
ROLE = Named("iam:role", at("RoleName"))
TABLE_NAME = Named("dynamodb:table", at("TableName"))
REPOSITORY = Named("ecr:repository", at("repositoryName"))
LOG_GROUP = Named("logs:log-group", at("logGroupName"))
RULE_OF_EVENTS = Named("events:rule", at("Rule || Name"))
OTHER_BUS = _without("EventBusName != 'default' && EventBusName")
TARGET_NETWORK = "Targets[].EcsParameters.NetworkConfiguration.awsvpcConfiguration"
SECRET = Named("secretsmanager:secret", at("SecretId"))
OF_OTHER_KEYS = ("KmsKeyId", "AddReplicaRegions", "CrossAccountPrimaryARN")
EKS_CLUSTER = Named("eks:cluster", at("clusterName"))
SCALED = Named(
    "ecs:service",  # a scalable target is a setting of the service that it scales: no tags of its own needed
    lambda request: [request.get("ResourceId", "").removeprefix("service/")],
)
EC2_KINDS = {
    "vpc": "ec2:vpc",
    "subnet": "ec2:subnet",
    "sg": "ec2:security-group",
    "rtb": "ec2:route-table",
    "igw": "ec2:internet-gateway",
}


def _ec2_resources(prefix: str) -> Named:
    return Named(
        EC2_KINDS[prefix],
        lambda request: [id_ for id_ in request["Resources"] if id_.rpartition("-")[0] == prefix],
    )


TABLE: Mapping[str, Mapping[str, Operation]] = {
    "ecr": {
        "CreateRepository": _make("ecr:repository", ECR, "repository.repositoryArn", at("repositoryName")),
        **_change(
            "PutLifecyclePolicy DeleteLifecyclePolicy StartLifecyclePolicyPreview SetRepositoryPolicy "
            "DeleteRepositoryPolicy PutImageTagMutability PutImageScanningConfiguration StartImageScan "
            "InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage BatchDeleteImage",
            REPOSITORY,
        ),
        "DeleteRepository": _delete("ecr:repository", at("repositoryName")),
    },
    "ecs": {
        "CreateCluster": _make(
            "ecs:cluster",
            ECS,
            "cluster.clusterArn",
            at("clusterName || 'default'"),
            existing=_same_name("ecs:cluster", at("clusterName || 'default'")),
            sets={"settings": [{"name": "containerInsights", "value": "disabled"}]},
            forbids=_beyond_the_cluster,
        ),
        "RegisterTaskDefinition": _make(
            "ecs:task-definition",
            ECS,
            "taskDefinition.taskDefinitionArn",
            at("family"),
            uses=(Named("iam:role", at("[taskRoleArn, executionRoleArn][?@]")),),
            existing=_same_family,
            forbids=_untagged_logs,
        ),
        "CreateService": _make(
            "ecs:service",
            ECS,
            "service.serviceArn",
            within(CLUSTER, "serviceName"),
            uses=(
                Named("ecs:cluster", at(CLUSTER)),
                *BALANCED,
                TASK_SUBNETS,
                TASK_GROUPS,
            ),
            changes_behind=_of_definition,
            forbids=_without("serviceConnectConfiguration.namespace", "volumeConfigurations"),
        ),
        "RunTask": _make(
            "ecs:task",
            ECS,
            "tasks[].taskArn",
            uses=(
                Named("ecs:cluster", at(CLUSTER)),
                Named("iam:role", at("overrides.[taskRoleArn, executionRoleArn][?@]")),
                TASK_SUBNETS,
                TASK_GROUPS,
            ),
            changes_behind=_of_definition,
            forbids=_without("volumeConfigurations"),
        ),
        **_change(
            "UpdateService",
            Named("ecs:service", SERVICE),
            uses=(*BALANCED, TASK_SUBNETS, TASK_GROUPS),
            changes_behind=_of_definition,
            forbids=_without("serviceConnectConfiguration.namespace", "volumeConfigurations"),
        ),
        **_change(
            "UpdateCluster PutClusterCapacityProviders",
            Named("ecs:cluster", at(CLUSTER)),
            forbids=_beyond_the_cluster,
        ),
        **_change(
            "UpdateClusterSettings",
            Named("ecs:cluster", at(CLUSTER)),
            changes_behind=_of_insights,
            before=_make_insights_group,
        ),
        **_change("ExecuteCommand", Named("ecs:task", within(CLUSTER, "task"))),
        "StopTask": _delete("ecs:task", within(CLUSTER, "task")),
        "DeleteService": _delete("ecs:service", SERVICE),
        "DeleteCluster": _delete("ecs:cluster", at("cluster")),
        **_change("DeregisterTaskDefinition", Named("ecs:task-definition", at("taskDefinition"))),
        "DeleteTaskDefinitions": _delete("ecs:task-definition", at("taskDefinitions")),
    },
    "elbv2": {
        "CreateLoadBalancer": _make(
            "elbv2:load-balancer",
            CAPITALS,
            "LoadBalancers[].LoadBalancerArn",
            uses=(SUBNETS, SECURITY_GROUPS),
            existing=_same_elb("describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
        ),
        "CreateTargetGroup": _make(
            "elbv2:target-group",
            CAPITALS,
            "TargetGroups[].TargetGroupArn",
            uses=(VPC,),
            existing=_same_elb("describe_target_groups", "TargetGroups", "TargetGroupArn"),
        ),
        "CreateListener": _make(
            "elbv2:listener", CAPITALS, "Listeners[].ListenerArn", uses=(LOAD_BALANCER, DEFAULT_ACTIONS)
        ),
        "CreateRule": _make("elbv2:rule", CAPITALS, "Rules[].RuleArn", uses=(LISTENER, ACTIONS)),
        **_change(
            "ModifyLoadBalancerAttributes",
            LOAD_BALANCER,
            forbids=_without("Attributes[?Key=='deletion_protection.enabled' && Value!='false']"),
        ),
        **_change("SetSecurityGroups", LOAD_BALANCER, SECURITY_GROUPS),
        **_change("SetSubnets", LOAD_BALANCER, SUBNETS),
        **_change(
            "ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets", TARGET_GROUP
        ),
        **_change("ModifyListener", LISTENER, DEFAULT_ACTIONS),
        **_change("ModifyRule", RULE, ACTIONS),
        **_change("SetRulePriorities", Named("elbv2:rule", at("RulePriorities[].RuleArn"))),
        "DeleteLoadBalancer": _delete("elbv2:load-balancer", at("LoadBalancerArn")),
        "DeleteTargetGroup": _delete("elbv2:target-group", at("TargetGroupArn")),
        "DeleteListener": _delete("elbv2:listener", at("ListenerArn")),
        "DeleteRule": _delete("elbv2:rule", at("RuleArn")),
    },
    "ec2": {
        "CreateVpc": _make("ec2:vpc", _specification("vpc"), "Vpc.VpcId"),
        "CreateSubnet": _make("ec2:subnet", _specification("subnet"), "Subnet.SubnetId", uses=(VPC,)),
        "CreateSecurityGroup": _make(
            "ec2:security-group", _specification("security-group"), "GroupId", uses=(VPC,)
        ),
        "CreateRouteTable": _make(
            "ec2:route-table", _specification("route-table"), "RouteTable.RouteTableId", uses=(VPC,)
        ),
        "CreateInternetGateway": _make(
            "ec2:internet-gateway", _specification("internet-gateway"), "InternetGateway.InternetGatewayId"
        ),
        **_change("CreateTags", *map(_ec2_resources, EC2_KINDS), forbids=_odd_tagging),
        **_change("ModifyVpcAttribute", VPC),
        **_change("ModifySubnetAttribute", SUBNET),
        **_change("AttachInternetGateway DetachInternetGateway", GATEWAY, VPC),
        **_change("CreateRoute ReplaceRoute DeleteRoute", ROUTE_TABLE),
        **_change("AssociateRouteTable", ROUTE_TABLE, SUBNET),
        **_change("DisassociateRouteTable", changes_behind=_of_association),
        **_change(
            "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
            "RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
            SECURITY_GROUP,
            forbids=_by_name,
        ),
        "DeleteVpc": _delete("ec2:vpc", at("VpcId")),
        "DeleteSubnet": _delete("ec2:subnet", at("SubnetId")),
        "DeleteSecurityGroup": _delete("ec2:security-group", at("GroupId"), forbids=_by_name),
        "DeleteRouteTable": _delete("ec2:route-table", at("RouteTableId")),
        "DeleteInternetGateway": _delete("ec2:internet-gateway", at("InternetGatewayId")),
    },
    "iam": {
        "CreateRole": _make(
            "iam:role",
            CAPITALS,
            "Role.Arn",
            at("RoleName"),
            forbids=_foreign_trust("AssumeRolePolicyDocument"),
        ),
        **_change("AttachRolePolicy", ROLE, forbids=_powerful_policy),
        **_change("PutRolePolicy", ROLE, forbids=_broad_policy),
        **_change("UpdateAssumeRolePolicy", ROLE, forbids=_foreign_trust("PolicyDocument")),
        **_change("DetachRolePolicy DeleteRolePolicy", ROLE),
        "DeleteRole": _delete("iam:role", at("RoleName")),
    },
    "logs": {
        "CreateLogGroup": _make(
            "logs:log-group",
            MAP,
            "",
            at("logGroupName"),
            forbids=_without("deletionProtectionEnabled"),
        ),
        **_change(
            "PutRetentionPolicy DeleteRetentionPolicy CreateLogStream DeleteLogStream PutLogEvents", LOG_GROUP
        ),
        **_change(  # paid by what is searched, so not in anybody's groups
            "StartQuery",
            Named("logs:log-group", at("[logGroupName, logGroupNames, logGroupIdentifiers][] | [?@]")),
        ),
        "PutResourcePolicy": _make(
            "logs:resource-policy",
            _signed,
            "",
            at("policyName"),
            uses=(Named("logs:log-group", _covered),),
            existing=_same_name("logs:resource-policy", at("policyName")),
            forbids=_first(_without("resourceArn"), _foreign_trust("policyDocument"), _wide_resource),
        ),
        "DeleteResourcePolicy": _delete(
            "logs:resource-policy", at("policyName"), forbids=_without("resourceArn")
        ),
        "DeleteLogGroup": _delete("logs:log-group", at("logGroupName")),
    },
    "events": {
        "PutRule": _make(
            "events:rule",
            CAPITALS,
            "RuleArn",
            at("Name"),
            uses=(Named("iam:role", at("RoleArn")),),
            existing=_same_name("events:rule", at("Name")),
            forbids=OTHER_BUS,
        ),
        **_change(
            "PutTargets",
            RULE_OF_EVENTS,
            *map(_targets, _TARGETS),
            uses=(
                Named("iam:role", at("Targets[].RoleArn")),
                Named("ec2:subnet", at(f"{TARGET_NETWORK}.Subnets[]")),
                Named("ec2:security-group", at(f"{TARGET_NETWORK}.SecurityGroups[]")),
            ),
            changes_behind=_of_targets,
            forbids=_first(OTHER_BUS, _odd_target),
        ),
        **_change("RemoveTargets EnableRule DisableRule", RULE_OF_EVENTS, forbids=OTHER_BUS),
        "DeleteRule": _delete("events:rule", at("Name"), forbids=OTHER_BUS),
    },
    "sns": {
        "CreateTopic": _make("sns:topic", CAPITALS, "TopicArn", at("Name"), existing=_same_topic, again=True),
        "DeleteTopic": _delete("sns:topic", at("TopicArn")),
    },
    "secretsmanager": {
        "CreateSecret": _make(
            "secretsmanager:secret", CAPITALS, "ARN", at("Name"), forbids=_without(*OF_OTHER_KEYS)
        ),
        **_change("GetSecretValue PutSecretValue", SECRET),
        **_change("UpdateSecret", SECRET, forbids=_without(*OF_OTHER_KEYS)),
        "DeleteSecret": _delete("secretsmanager:secret", at("SecretId")),
    },
    "ssm": {
        "PutParameter": _make(
            "ssm:parameter",
            _anew(CAPITALS),
            "",
            at("Name"),
            existing=_same_name("ssm:parameter", at("Name")),
            again=True,
            forbids=_without("KeyId", "Policies", "Tier && Tier != 'Standard'"),
        ),
        **_change("GetParameter", Named("ssm:parameter", at("WithDecryption && Name || null"))),
        **_change("GetParameters", Named("ssm:parameter", at("WithDecryption && Names || null"))),
        "DeleteParameter": _delete("ssm:parameter", at("Name")),
        "DeleteParameters": _delete("ssm:parameter", at("Names"), passes_over=True),
    },
    "dynamodb": {
        "CreateTable": _make(
            "dynamodb:table",
            CAPITALS,
            "TableDescription.TableArn",
            at("TableName"),
            forbids=_without("DeletionProtectionEnabled", "GlobalTableSourceArn"),
        ),
        **_change("PutItem UpdateItem DeleteItem UpdateTimeToLive", TABLE_NAME),
        **_change(
            "UpdateTable",
            TABLE_NAME,
            forbids=_without("DeletionProtectionEnabled", "ReplicaUpdates", "GlobalTableWitnessUpdates"),
        ),
        **_change("BatchWriteItem", Named("dynamodb:table", at("keys(RequestItems)"))),
        "DeleteTable": _delete("dynamodb:table", at("TableName")),
    },
    "application-autoscaling": _change(
        "RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy "
        "PutScheduledAction DeleteScheduledAction",
        SCALED,
    ),
    "cloudwatch": {
        "PutMetricAlarm": _make(
            "cloudwatch:alarm",
            CAPITALS,
            "",
            at("AlarmName"),
            uses=(Named("ecs:service", _scaled_by_alarm),),
            existing=_same_name("cloudwatch:alarm", at("AlarmName")),
            forbids=_alarm_that_acts,
        ),
        **_change(
            "EnableAlarmActions DisableAlarmActions SetAlarmState",
            Named("cloudwatch:alarm", at("AlarmNames || [AlarmName]")),
        ),
        "DeleteAlarms": _delete("cloudwatch:alarm", at("AlarmNames")),
    },
    "cloudformation": dict.fromkeys(
        ("CreateStack", "UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack"),
        Operation(forbids=_templates),
    ),
    "eks": {
        "CreateCluster": _make(
            "eks:cluster",
            MAP,
            "cluster.arn",
            at("name"),
            uses=(
                Named("iam:role", at("roleArn")),
                Named("ec2:subnet", at("resourcesVpcConfig.subnetIds")),
                Named("ec2:security-group", at("resourcesVpcConfig.securityGroupIds")),
            ),
            forbids=_without("deletionProtection", "logging.clusterLogging[?enabled]"),
        ),
        "CreateNodegroup": _make(
            "eks:nodegroup",
            MAP,
            "nodegroup.nodegroupArn",
            within("clusterName", "nodegroupName", "eks:cluster"),
            uses=(EKS_CLUSTER, Named("iam:role", at("nodeRole")), Named("ec2:subnet", at("subnets"))),
        ),
        "CreateFargateProfile": _make(
            "eks:fargate-profile",
            MAP,
            "fargateProfile.fargateProfileArn",
            within("clusterName", "fargateProfileName", "eks:cluster"),
            uses=(
                EKS_CLUSTER,
                Named("iam:role", at("podExecutionRoleArn")),
                Named("ec2:subnet", at("subnets")),
            ),
        ),
        **_change(
            "UpdateClusterConfig UpdateClusterVersion",
            Named("eks:cluster", at("name")),
            uses=(
                Named("ec2:subnet", at("resourcesVpcConfig.subnetIds")),
                Named("ec2:security-group", at("resourcesVpcConfig.securityGroupIds")),
            ),
            forbids=_without("deletionProtection", "logging.clusterLogging[?enabled]"),
        ),
        **_change(
            "CreateAddon UpdateAddon DeleteAddon CreateAccessEntry DeleteAccessEntry AssociateAccessPolicy "
            "CreatePodIdentityAssociation DeletePodIdentityAssociation",
            EKS_CLUSTER,  # these go with their cluster
        ),
        "DeleteNodegroup": _delete("eks:nodegroup", within("clusterName", "nodegroupName", "eks:cluster")),
        "DeleteFargateProfile": _delete(
            "eks:fargate-profile", within("clusterName", "fargateProfileName", "eks:cluster")
        ),
        "DeleteCluster": _delete("eks:cluster", at("name")),
    },
    "resourcegroupstaggingapi": {},
    "sts": {},
}

READS = ("Describe", "List", "Get", "BatchGet", "Filter")
OTHER_READS = frozenset(
    {
        "dynamodb:Query",
        "dynamodb:Scan",
        "ecr:BatchCheckLayerAvailability",
        "cloudformation:ValidateTemplate",
        "iam:SimulatePrincipalPolicy",
        "iam:SimulateCustomPolicy",
        "sts:GetCallerIdentity",
    }
)
NOT_READS = frozenset(
    {
        "ec2:GetFlowLogsIntegrationTemplate",  # puts a file into a bucket
        "ssm:GetAccessToken",  # hands out credentials
        "ssm:GetParameterHistory",
        "ssm:GetParametersByPath",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
    }
)
"""Reads by name that do more than look, or show what is secret in resources that need not be the run's."""
CREDENTIALS = "sts"
"""The service whose Get operations hand out keys and tokens, with which the guard could be walked around."""


def is_read(service: str, operation: str) -> bool:
    """Whether the operation only looks, in a service that the lab uses."""
    name = f"{service}:{operation}"
    by_name = operation.startswith(READS) and service != CREDENTIALS and name not in NOT_READS
    return service in TABLE and (by_name or name in OTHER_READS)
