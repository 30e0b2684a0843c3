"""The resources that calls name, as ARNs, and the condition keys of a service's own: one function for each service.

After the Service Authorization Reference: (operation, parameters, place) → ARNs; none means "*".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from labs.cloud.authorization.conditions import Context

Parameters = Mapping[str, Any]


class Lookup(Protocol):
    """What the cloud knows beyond the call's parameters."""

    def task_roles(self, region: str, definition: str) -> list[str]:
        """The roles that a registered task definition names."""
        ...

    def definition_arn(self, region: str, definition: str) -> str | None:
        """The ARN of a registered task definition; the latest, where no revision is named."""
        ...

    def secret_arn(self, region: str, name: str) -> str | None:
        """The ARN of an existing secret."""
        ...

    def secret_arns(self, region: str) -> list[str]:
        """Every secret's."""
        ...

    def iam_arn(self, kind: str, name: str) -> str | None:
        """The ARN, with its path, of an existing user, group, role or instance-profile."""
        ...

    def launch_template(self, region: str, named: Parameters) -> Parameters:
        """What the version of a launch template says that a call names; nothing for an unknown one."""
        ...

    def configuration_profile(self, region: str, name: str) -> list[str]:
        """The instance profile in an existing launch configuration, if it has one."""
        ...

    def change_set_stack(self, region: str, arn: str) -> str | None:
        """The ARN of the stack that an existing change set is of."""
        ...

    def profile_roles(self, profile: str) -> list[str]:
        """The roles in an instance profile, which is given by its name or ARN."""
        ...


@dataclass(frozen=True)
class Place:
    """Where the call goes, for the ARNs of what it names."""

    service: str  # the prefix of the service's ARNs
    region: str
    account: str
    lookup: Lookup

    def arn(self, kind: str, name: Any = "*") -> str:
        """`name`'s ARN; a name that is one already stays."""
        name = str(name)
        return name if name.startswith("arn:") else f"{self.base}:{kind}/{name}"

    @property
    def base(self) -> str:
        """The beginning of the service's ARNs here."""
        region = "" if self.service in ("iam", "s3") else self.region
        account = "" if self.service == "s3" else self.account
        return f"arn:aws:{self.service}:{region}:{account}"


def unknown(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    """For services that are not in the table: every call concerns everything."""
    return ()


def _each(place: Place, kind: str, names: Any) -> list[str]:
    return [place.arn(kind, name) for name in names or ()]


def _ecr(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [place.arn("repository", str(arn).partition(":repository/")[2])]
    if name := p.get("repositoryName"):
        return [place.arn("repository", name)]
    if operation == "DescribeRepositories":
        return _each(place, "repository", p.get("repositoryNames") or ["*"])
    return ()


def _last(reference: Any) -> str:
    """The name at the end of an ARN or of a name; ECS finds by it, so nothing before it may lead the judge astray."""
    return str(reference).rpartition("/")[2]


def _ecs_cluster(p: Parameters, place: Place) -> str:
    return place.arn("cluster", _last(p.get("cluster") or "default"))


def _ecs_under(p: Parameters, place: Place, kind: str, names: Iterable[Any]) -> list[str]:
    """ARNs of services, tasks or instances, which carry the name of their cluster."""
    cluster = _last(_ecs_cluster(p, place))
    return [place.arn(kind, f"{cluster}/{_last(name)}") for name in names]


def _ecs_tagged(place: Place, arn: str) -> str:
    """What the tagging operations find by an ARN."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    several = kind in ("service", "task", "container-instance")
    return arn if several or arn.count(":") != 5 else place.arn(kind, _last(name))


def _definition(place: Place, name: Any) -> str:
    """A task definition's ARN; without a revision the latest one is meant."""
    if known := place.lookup.definition_arn(place.region, str(name)):
        return known
    arn = place.arn("task-definition", _last(name))
    return arn if ":" in _last(name) else f"{arn}:*"


def _ecs(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    match operation:
        case "DescribeClusters":
            return _each(place, "cluster", map(_last, p.get("clusters") or ["default"]))
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
            return _each(place, "capacity-provider", map(_last, p.get("capacityProviders") or ["*"]))
        case "DeleteCapacityProvider":
            return [place.arn("capacity-provider", _last(p.get("capacityProvider", "*")))]
        case "UpdateCapacityProvider":
            return [place.arn("capacity-provider", _last(p.get("name", "*")))]
        case "TagResource" | "UntagResource" | "ListTagsForResource":
            return [_ecs_tagged(place, str(p.get("resourceArn", "*")))]
    return ()


def _ecs_context(operation: str, p: Parameters, place: Place) -> Context:
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


def _eks(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [arn]
    cluster = p.get("clusterName") or p.get("name")
    if cluster is None or operation.startswith(("ListClusters", "DescribeAddonVersions")):
        return ()
    if operation.startswith(("Create", "List")):  # what will be, or be listed, belongs to the cluster
        return [place.arn("cluster", cluster)]
    for parameter, kind in _EKS_PARTS.items():
        if name := p.get(parameter):
            return [f"{place.base}:{kind}/{cluster}/{_eks_part(parameter, str(name))}"]
    return [place.arn("cluster", cluster)]


def _eks_part(parameter: str, name: str) -> str:
    """How the ARN of a cluster's part ends; but for associations, with an id that the call does not bring."""
    if parameter == "associationId":
        return name
    if parameter != "principalArn" or name.count(":") < 5:
        return f"{name}/*"
    *_, account, who = name.split(":", 5)
    return f"{who.partition('/')[0]}/{account}/{_last(who)}/*"


def _elbv2(operation: str, p: Parameters, place: Place) -> Iterable[str]:
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


def _logs(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if arn := p.get("resourceArn"):
        return [arn]
    names = p.get("logGroupNames") or [p.get("logGroupName") or p.get("logGroupIdentifier")]
    stream = p.get("logStreamName") or ""
    if names == [None]:
        return [f"{place.base}:log-group::log-stream:"] if operation == "DescribeLogGroups" else ()
    # CloudWatch Logs names a group as its streams' parent, which is why policies end in ":*".
    return [
        f"{place.base}:log-group:{str(name).removesuffix(':*').rpartition(':')[2]}:log-stream:{stream}"
        for name in names
    ]


def _dynamodb(operation: str, p: Parameters, place: Place) -> Iterable[str]:
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


def _s3(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    bucket = p.get("Bucket")
    if bucket is None:
        return ()
    if operation == "DeleteObjects":  # the keys are in a body that is not read here
        return [f"arn:aws:s3:::{bucket}/*"]
    return [f"arn:aws:s3:::{bucket}/{p['Key']}" if p.get("Key") else f"arn:aws:s3:::{bucket}"]


def _secretsmanager(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if operation == "BatchGetSecretValue" and not p.get("SecretIdList"):  # filters: any of them
        return place.lookup.secret_arns(place.region)
    names = p.get("SecretIdList") or [p.get("SecretId") or p.get("Name")]
    return [
        place.lookup.secret_arn(place.region, name)
        # AWS adds six characters to a secret's name; policies leave them open as ??????.
        or (name if name.startswith("arn:") else f"{place.base}:secret:{name}-??????")
        for name in names
        if isinstance(name, str)
    ]


def _ssm(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    names = p.get("Names") or [p.get("Name") or p.get("Path") or p.get("ResourceId")]
    if "Parameter" not in operation or operation == "DescribeParameters":
        return ()
    return [
        name if name.startswith("arn:") else f"{place.base}:parameter/{name.strip('/')}"
        for name in names
        if isinstance(name, str)
    ]


def _cloudformation(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    name, change_set = p.get("StackName"), p.get("ChangeSetName")
    if not name and change_set:
        return [place.lookup.change_set_stack(place.region, str(change_set)) or place.arn("stack")]
    if not name or operation in ("ValidateTemplate", "ListStacks"):
        return ()
    return [name if str(name).startswith("arn:") else f"{place.base}:stack/{name}/*"]


def _cloudwatch(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if arn := p.get("ResourceARN"):
        return [arn]
    if name := p.get("DashboardName"):
        return [f"arn:aws:cloudwatch::{place.account}:dashboard/{name}"]
    names = p.get("AlarmNames") or ([p["AlarmName"]] if p.get("AlarmName") else [])
    if "Alarm" in operation:
        return [f"{place.base}:alarm:{name}" for name in names or ["*"]]
    return ()


def _events(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    if arn := p.get("ResourceARN"):
        return [arn]
    name = p.get("Rule") or (p.get("Name") if "Rule" in operation else None)
    bus = p.get("EventBusName", "default")
    under = "" if bus == "default" else f"{str(bus).rpartition('/')[2]}/"
    if operation == "PutEvents":
        return [place.arn("event-bus", "default")]
    return [place.arn("rule", f"{under}{name}")] if name else ()


def _iam(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    for parameter, kind in (  # who joins a group changes the group; a profile that gets a role, the profile
        ("GroupName", "group"),
        ("InstanceProfileName", "instance-profile"),
        ("UserName", "user"),
        ("RoleName", "role"),
    ):
        if name := p.get(parameter):
            path = str(p.get("Path") or "/") if operation.startswith("Create") else "/"
            return [place.lookup.iam_arn(kind, str(name)) or f"{place.base}:{kind}{path}{name}"]
    if operation == "CreateServiceLinkedRole":
        return [f"{place.base}:role/aws-service-role/{p.get('AWSServiceName', '*')}/*"]
    if operation == "CreatePolicy":
        return [f"{place.base}:policy{p.get('Path') or '/'}{p.get('PolicyName', '*')}"]
    return [p["PolicyArn"]] if p.get("PolicyArn") else ()


def _iam_context(operation: str, p: Parameters, place: Place) -> Context:
    found = {
        "iam:PolicyARN": p.get("PolicyArn") if operation.startswith(("Attach", "Detach")) else None,
        "iam:PermissionsBoundary": p.get("PermissionsBoundary"),
        "iam:AWSServiceName": p.get("AWSServiceName"),
    }
    return {key: (str(value),) for key, value in found.items() if value}


def _ec2(operation: str, p: Parameters, place: Place) -> Iterable[str]:
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


def _sts(operation: str, p: Parameters, place: Place) -> Iterable[str]:
    return [p["RoleArn"]] if p.get("RoleArn") else ()


RESOURCES: dict[str, Callable[[str, Parameters, Place], Iterable[str]]] = {
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
CONTEXTS: dict[str, Callable[[str, Parameters, Place], Context]] = {"ecs": _ecs_context, "iam": _iam_context}
