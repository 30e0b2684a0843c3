"""What a call asks permission for: actions, resources and condition keys, from its parameters.

After the Service Authorization Reference. An operation of which no resource is known here is judged on "*".
A call may need several permissions: creating with tags, passing a role. Accounts are taken to have their
service-linked roles already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from labs.cloud.authorization.conditions import Context

Parameters = Mapping[str, Any]
ECS_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Question:
    """May the caller do `action` on `resource`?"""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


class Lookup(Protocol):
    """What the cloud knows beyond the call's parameters."""

    def task_roles(self, region: str, definition: str) -> list[str]:
        """The roles that a registered task definition names."""
        ...

    def secret_arn(self, region: str, name: str) -> str | None:
        """The ARN of an existing secret."""
        ...


@dataclass(frozen=True)
class _Place:
    """Where the call goes, for the ARNs of what it names."""

    service: str  # the prefix of the service's ARNs
    region: str
    account: str
    lookup: Lookup

    def arn(self, kind: str, name: Any = "*") -> str:
        """`name`'s ARN; a name that is one already stays."""
        name = str(name)
        return name if name.startswith("arn:") else f"{self.base}:{kind}/{name.rpartition(f'{kind}/')[2]}"

    @property
    def base(self) -> str:
        region = "" if self.service in ("iam", "s3") else self.region
        account = "" if self.service == "s3" else self.account
        return f"arn:aws:{self.service}:{region}:{account}"


def questions(
    service: str, operation: str, parameters: Parameters, region: str, account: str, lookup: Lookup
) -> list[Question]:
    """What must all be allowed for this call. `service` is the service model's name."""
    prefix = PREFIXES.get(service, service)
    place = _Place(prefix, region, account, lookup)
    resources = list(dict.fromkeys(RESOURCES.get(service, _unknown)(operation, parameters, place))) or ["*"]
    tags = dict(_tags(parameters))
    context: dict[str, tuple[str, ...]] = {f"aws:RequestTag/{key}": (value,) for key, value in tags.items()}
    keys = [*tags, *(parameters.get("tagKeys") or parameters.get("TagKeys") or [])]
    if keys:
        context["aws:TagKeys"] = tuple(str(key) for key in keys)
    context |= CONTEXTS.get(service, lambda *_: {})(operation, parameters, place)
    if operation == "TransactWriteItems":
        return list(_transaction(parameters, place, context))
    action = f"{prefix}:{NAMES.get((service, operation), operation)}"
    asked = [Question(action, resource, context) for resource in resources]
    if tags and service in TAGGING and operation.startswith(("Create", "Run", "Register", "Start")):
        created = context | {f"{prefix}:CreateAction": (operation,)}
        asked += [Question(f"{prefix}:{TAGGING[service]}", what, created) for what in resources]
    for role, passed_to in _passed(service, operation, parameters, place):
        arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
        asked.append(Question("iam:PassRole", arn, {"iam:PassedToService": (passed_to,)}))
    return asked


def _transaction(p: Parameters, place: _Place, context: Context) -> Iterator[Question]:
    """DynamoDB's transactions ask for what they are made of: Put is PutItem, ConditionCheck is ConditionCheckItem."""
    for item in p.get("TransactItems") or [{}]:
        for kind, what in (item or {"*": {}}).items():
            name = "*" if kind == "*" else f"{kind}Item"
            yield Question(f"dynamodb:{name}", place.arn("table", what.get("TableName", "*")), context)


def _tags(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """The tags that a call brings, in whichever of AWS's spellings."""
    tags = parameters.get("tags") or parameters.get("Tags") or ()
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
        return
    for tag in tags:
        if isinstance(tag, Mapping):
            key = tag.get("key", tag.get("Key"))
            if key is not None:
                yield str(key), str(tag.get("value", tag.get("Value", "")))


def _passed(service: str, operation: str, p: Parameters, place: _Place) -> Iterator[tuple[str, str]]:
    """The roles that the call hands to an AWS service, with the service."""
    overrides = p.get("overrides") or {}
    match service, operation:
        case "ecs", "RegisterTaskDefinition":
            yield from ((p[name], ECS_TASKS) for name in ("taskRoleArn", "executionRoleArn") if p.get(name))
        case "ecs", "RunTask" | "StartTask":
            named = [overrides[name] for name in ("taskRoleArn", "executionRoleArn") if overrides.get(name)]
            roles = place.lookup.task_roles(place.region, str(p.get("taskDefinition", "")))
            yield from ((role, ECS_TASKS) for role in dict.fromkeys([*named, *roles]))
        case "ecs", "CreateService" if p.get("role"):
            yield p["role"], "ecs.amazonaws.com"
        case "eks", "CreateCluster" if p.get("roleArn"):
            yield p["roleArn"], "eks.amazonaws.com"
        case "eks", "CreateNodegroup" if p.get("nodeRole"):
            yield p["nodeRole"], "ec2.amazonaws.com"
        case "eks", "CreateFargateProfile" if p.get("podExecutionRoleArn"):
            yield p["podExecutionRoleArn"], "eks-fargate-pods.amazonaws.com"
        case "eks", "CreateAddon" | "UpdateAddon" if p.get("serviceAccountRoleArn"):
            yield p["serviceAccountRoleArn"], "eks.amazonaws.com"
        case "eks", "CreatePodIdentityAssociation" | "UpdatePodIdentityAssociation" if p.get("roleArn"):
            yield p["roleArn"], "pods.eks.amazonaws.com"
        case "events", "PutTargets":
            targets = [target for target in p.get("Targets") or [] if isinstance(target, Mapping)]
            yield from ((t["RoleArn"], "events.amazonaws.com") for t in targets if t.get("RoleArn"))
        case "application-autoscaling", "RegisterScalableTarget" if p.get("RoleARN"):
            yield p["RoleARN"], "application-autoscaling.amazonaws.com"
        case "cloudformation", _ if p.get("RoleARN"):
            yield p["RoleARN"], "cloudformation.amazonaws.com"


# Resources, one function for each service: (operation, parameters, place) → ARNs; none means "*"


def _unknown(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    return ()


def _each(place: _Place, kind: str, names: Any) -> list[str]:
    return [place.arn(kind, name) for name in names or ()]


def _ecr(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [arn]
    if name := p.get("repositoryName"):
        return [place.arn("repository", name)]
    if operation == "DescribeRepositories":
        return _each(place, "repository", p.get("repositoryNames") or ["*"])
    return ()


def _ecs_cluster(p: Parameters, place: _Place) -> str:
    return place.arn("cluster", p.get("cluster") or "default")


def _ecs_under(p: Parameters, place: _Place, kind: str, names: Iterable[Any]) -> list[str]:
    """ARNs of services, tasks or instances, which carry the name of their cluster."""
    cluster = _ecs_cluster(p, place).rpartition("/")[2]
    return [place.arn(kind, name if str(name).startswith("arn:") else f"{cluster}/{name}") for name in names]


def _definition(place: _Place, name: Any) -> str:
    """A task definition's ARN; without a revision the latest one is meant, whichever it is."""
    arn = place.arn("task-definition", name)
    return arn if ":" in arn.rpartition("/")[2] else f"{arn}:*"


def _ecs(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    match operation:
        case "DescribeClusters":
            return _each(place, "cluster", p.get("clusters") or ["default"])
        case (
            "DeleteCluster"
            | "UpdateCluster"
            | "UpdateClusterSettings"
            | "PutClusterCapacityProviders"
            | "ListContainerInstances"
            | "RegisterContainerInstance"
            | "DeregisterContainerInstance"
        ):
            return [_ecs_cluster(p, place)]
        case "CreateService":
            return _ecs_under(p, place, "service", [p.get("serviceName", "*")])
        case "UpdateService" | "DeleteService" | "ListServiceDeployments":
            return _ecs_under(p, place, "service", [p.get("service", "*")])
        case "DescribeServices":
            return _ecs_under(p, place, "service", p.get("services") or ["*"])
        case "DescribeServiceDeployments":
            return p.get("serviceDeploymentArns") or ()
        case "DescribeServiceRevisions":
            return p.get("serviceRevisionArns") or ()
        case "StopServiceDeployment":
            return [str(p.get("serviceDeploymentArn", "*"))]
        case "RunTask" | "StartTask":
            return [_definition(place, p.get("taskDefinition", "*"))]
        case "DeleteTaskDefinitions":
            return [_definition(place, name) for name in p.get("taskDefinitions") or ()]
        case "StopTask" | "ExecuteCommand":
            return _ecs_under(p, place, "task", [p.get("task", "*")])
        case "DescribeTasks" | "GetTaskProtection" | "UpdateTaskProtection":
            return _ecs_under(p, place, "task", p.get("tasks") or ["*"])
        case "ListTasks":
            return _ecs_under(p, place, "container-instance", [p.get("containerInstance") or "*"])
        case "DescribeContainerInstances" | "UpdateContainerInstancesState":
            return _ecs_under(p, place, "container-instance", p.get("containerInstances") or ["*"])
        case "DescribeCapacityProviders":
            return _each(place, "capacity-provider", p.get("capacityProviders") or ["*"])
        case "DeleteCapacityProvider":
            return [place.arn("capacity-provider", p.get("capacityProvider", "*"))]
        case "UpdateCapacityProvider":
            return [place.arn("capacity-provider", p.get("name", "*"))]
        case "TagResource" | "UntagResource" | "ListTagsForResource":
            return [str(p.get("resourceArn", "*"))]
    return ()


def _ecs_context(operation: str, p: Parameters, place: _Place) -> Context:
    found: dict[str, tuple[str, ...]] = {}
    if operation not in ("CreateCluster", "RegisterTaskDefinition", "DescribeClusters") and (
        "cluster" in p or operation in ("RunTask", "CreateService", "UpdateService", "ListTasks")
    ):
        found["ecs:cluster"] = (_ecs_cluster(p, place),)
    if name := p.get("taskDefinition"):
        found["ecs:task-definition"] = (_definition(place, name),)
    if name := p.get("service") or p.get("serviceName"):
        found["ecs:service"] = (_ecs_under(p, place, "service", [name])[0],)
    return found


_EKS_PARTS = {
    "nodegroupName": "nodegroup",
    "fargateProfileName": "fargateprofile",
    "addonName": "addon",
    "principalArn": "access-entry",
    "associationId": "podidentityassociation",
}


def _eks(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [arn]
    cluster = p.get("clusterName") or p.get("name")
    if cluster is None or operation.startswith(("ListClusters", "DescribeAddonVersions")):
        return ()
    if operation.startswith(("Create", "List")):  # what will be, or be listed, belongs to the cluster
        return [place.arn("cluster", cluster)]
    for parameter, kind in _EKS_PARTS.items():
        if name := p.get(parameter):
            return [f"{place.base}:{kind}/{cluster}/{str(name).rpartition('/')[2]}/*"]
    return [place.arn("cluster", cluster)]


def _elbv2(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if operation.startswith("Describe"):  # none of them can be narrowed to a resource
        return ()
    if operation == "CreateLoadBalancer":
        kind = {"network": "net", "gateway": "gwy"}.get(str(p.get("Type")), "app")
        return [f"{place.base}:loadbalancer/{kind}/{p.get('Name', '*')}/*"]
    if operation == "CreateTargetGroup":
        return [f"{place.base}:targetgroup/{p.get('Name', '*')}/*"]
    if operation == "SetRulePriorities":
        return [rule["RuleArn"] for rule in p.get("RulePriorities") or () if "RuleArn" in rule]
    if arns := p.get("ResourceArns"):
        return arns
    named = ("RuleArn", "ListenerArn", "LoadBalancerArn", "TargetGroupArn", "TrustStoreArn")
    return [str(p[name]) for name in named if p.get(name)][:1]


def _logs(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [arn]
    names = p.get("logGroupNames") or [p.get("logGroupName") or p.get("logGroupIdentifier")]
    stream = p.get("logStreamName") or ""
    if names == [None]:
        return [f"{place.base}:log-group::log-stream:"] if operation == "DescribeLogGroups" else ()
    # CloudWatch Logs names a group as its streams' parent, which is why policies end in ":*".
    return [
        f"{place.base}:log-group:{str(name).rpartition(':log-group:')[2]}:log-stream:{stream}"
        for name in names
    ]


def _dynamodb(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if name := p.get("TableName"):
        table = place.arn("table", name)
        return [f"{table}/index/{p['IndexName']}"] if p.get("IndexName") else [table]
    if arn := p.get("ResourceArn"):
        return [arn]
    if operation == "ListTables":
        return [place.arn("table")]
    items = p.get("RequestItems") or {}
    if isinstance(items, Mapping) and items:
        return _each(place, "table", items)
    named = []
    for item in p.get("TransactItems") or ():
        named += [what["TableName"] for what in item.values() if what.get("TableName")]
    return _each(place, "table", named)


def _s3(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    bucket = p.get("Bucket")
    if bucket is None:
        return ()
    if operation == "DeleteObjects":  # the keys are in a body that is not read here
        return [f"arn:aws:s3:::{bucket}/*"]
    return [f"arn:aws:s3:::{bucket}/{p['Key']}" if p.get("Key") else f"arn:aws:s3:::{bucket}"]


def _secretsmanager(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    names = p.get("SecretIdList") or [p.get("SecretId") or p.get("Name")]
    return [
        name
        if name.startswith("arn:")
        # AWS adds six characters to a secret's name; policies leave them open as ??????.
        else place.lookup.secret_arn(place.region, name) or f"{place.base}:secret:{name}-??????"
        for name in names
        if isinstance(name, str)
    ]


def _ssm(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    names = p.get("Names") or [p.get("Name") or p.get("Path") or p.get("ResourceId")]
    if "Parameter" not in operation or operation == "DescribeParameters":
        return ()
    return [
        name if name.startswith("arn:") else f"{place.base}:parameter/{name.strip('/')}"
        for name in names
        if isinstance(name, str)
    ]


def _cloudformation(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    name = p.get("StackName")
    if not name or operation in ("ValidateTemplate", "ListStacks"):
        return ()
    return [name if str(name).startswith("arn:") else f"{place.base}:stack/{name}/*"]


def _cloudwatch(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if arn := p.get("ResourceARN"):
        return [arn]
    if name := p.get("DashboardName"):
        return [f"arn:aws:cloudwatch::{place.account}:dashboard/{name}"]
    names = p.get("AlarmNames") or ([p["AlarmName"]] if p.get("AlarmName") else [])
    if "Alarm" in operation:
        return [f"{place.base}:alarm:{name}" for name in names or ["*"]]
    return ()


def _events(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if arn := p.get("ResourceARN"):
        return [arn]
    name = p.get("Rule") or (p.get("Name") if "Rule" in operation else None)
    bus = p.get("EventBusName", "default")
    under = "" if bus == "default" else f"{str(bus).rpartition('/')[2]}/"
    if operation == "PutEvents":
        return [place.arn("event-bus", "default")]
    return [place.arn("rule", f"{under}{name}")] if name else ()


def _iam(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    for parameter, kind in (
        ("UserName", "user"),
        ("RoleName", "role"),
        ("GroupName", "group"),
        ("InstanceProfileName", "instance-profile"),
    ):
        if name := p.get(parameter):
            path = str(p.get("Path") or "/") if operation.startswith("Create") else "/"
            return [f"{place.base}:{kind}{path}{name}"]
    if operation == "CreateServiceLinkedRole":
        return [f"{place.base}:role/aws-service-role/{p.get('AWSServiceName', '*')}/*"]
    if operation == "CreatePolicy":
        return [f"{place.base}:policy{p.get('Path') or '/'}{p.get('PolicyName', '*')}"]
    return [p["PolicyArn"]] if p.get("PolicyArn") else ()


def _iam_context(operation: str, p: Parameters, place: _Place) -> Context:
    found = {
        "iam:PolicyARN": p.get("PolicyArn") if operation.startswith(("Attach", "Detach")) else None,
        "iam:PermissionsBoundary": p.get("PermissionsBoundary"),
        "iam:AWSServiceName": p.get("AWSServiceName"),
    }
    return {key: (str(value),) for key, value in found.items() if value}


def _ec2(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    if operation.startswith(("Describe", "Get")):
        return ()
    for parameter, kind in (
        ("NatGatewayId", "natgateway"),
        ("RouteTableId", "route-table"),
        ("GroupId", "security-group"),
        ("NetworkInterfaceId", "network-interface"),
        ("VpcEndpointId", "vpc-endpoint"),
        ("InternetGatewayId", "internet-gateway"),
        ("SubnetId", "subnet"),
        ("VpcId", "vpc"),
        ("InstanceId", "instance"),
    ):
        if (name := p.get(parameter)) and not operation.startswith("Create"):
            return [place.arn(kind, name)]
    return ()


def _sts(operation: str, p: Parameters, place: _Place) -> Iterable[str]:
    return [p["RoleArn"]] if p.get("RoleArn") else ()


RESOURCES: dict[str, Callable[[str, Parameters, _Place], Iterable[str]]] = {
    "ecr": _ecr,
    "ecs": _ecs,
    "eks": _eks,
    "elbv2": _elbv2,
    "logs": _logs,
    "dynamodb": _dynamodb,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "ssm": _ssm,
    "cloudformation": _cloudformation,
    "cloudwatch": _cloudwatch,
    "events": _events,
    "iam": _iam,
    "ec2": _ec2,
    "sts": _sts,
}
CONTEXTS: dict[str, Callable[[str, Parameters, _Place], Context]] = {"ecs": _ecs_context, "iam": _iam_context}
PREFIXES = {
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "stepfunctions": "states",
}
TAGGING = {  # permission for tags given at creation
    "ecs": "TagResource",
    "ecr": "TagResource",
    "eks": "TagResource",
    "logs": "TagResource",
    "elbv2": "AddTags",
}
NAMES = {  # operations whose action is called otherwise
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "CopyObject"): "PutObject",
    ("s3", "CreateMultipartUpload"): "PutObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "UploadPartCopy"): "PutObject",
    ("s3", "CompleteMultipartUpload"): "PutObject",
    ("s3", "ListParts"): "ListMultipartUploadParts",
    ("s3", "ListMultipartUploads"): "ListBucketMultipartUploads",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "PutBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "DeleteBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
    ("s3", "DeleteBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeletePublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "GetBucketCors"): "GetBucketCORS",
    ("s3", "PutBucketCors"): "PutBucketCORS",
    ("s3", "DeleteBucketTagging"): "PutBucketTagging",
    ("s3", "DeleteBucketCors"): "PutBucketCORS",
    ("dynamodb", "TransactGetItems"): "GetItem",
    ("dynamodb", "ExecuteStatement"): "PartiQLSelect",
}
