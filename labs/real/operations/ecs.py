"""ECS: clusters, task definitions, services and tasks."""

from __future__ import annotations

import jmespath

from labs.real.ledger import Resource
from labs.real.operations.model import (
    Named,
    Params,
    Table,
    at,
    change,
    delete,
    make,
    pairs,
    same_name,
    within,
    without,
)
from labs.real.resources import KINDS, short
from labs.real.resources.model import Aws, absent


def _same_family(aws: Aws, request: Params) -> str | None:
    """A new revision becomes the one that users of the family get: the family must be the run's."""
    found = absent(aws("ecs").describe_task_definition, taskDefinition=request["family"])
    return short("ecs:task-definition", found["taskDefinition"]["taskDefinitionArn"]) if found else None


def of_definition(aws: Aws, request: Params) -> list[Resource]:
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


_CREATES_GROUPS = jmespath.compile('containerDefinitions[].logConfiguration.options."awslogs-create-group"')


def _untagged_logs(request: Params) -> str | None:
    """ECS would make the log group itself, without tags, and nobody would delete it."""
    return "log group" if "true" in (_CREATES_GROUPS.search(request) or ()) else None


def _beyond_the_cluster(request: Params) -> str | None:
    """What a cluster would bring along: logs and namespaces.

    Container Insights writes to a log group that AWS makes without tags and leaves behind.
    """
    wanted = (
        setting for setting in request.get("settings", ()) if setting.get("name") == "containerInsights"
    )
    if any(setting.get("value") != "disabled" for setting in wanted):
        return "insights"
    return without("serviceConnectDefaults.namespace")(request)


TAGS = pairs("tags", "key", "value")
CLUSTER = "cluster || 'default'"
SERVICE = within(CLUSTER, "service")
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

AWSS_PROVIDERS = frozenset({"FARGATE", "FARGATE_SPOT"})
PROVIDERS = Named(
    "ecs:capacity-provider",
    lambda request: [one for one in request.get("capacityProviders", ()) if one not in AWSS_PROVIDERS],
)

ECS: Table = {
    "CreateCluster": make(
        "ecs:cluster",
        TAGS,
        "cluster.clusterArn",
        at("clusterName || 'default'"),
        existing=same_name("ecs:cluster", at("clusterName || 'default'")),
        uses=(PROVIDERS,),
        sets={"settings": [{"name": "containerInsights", "value": "disabled"}]},
        forbids=_beyond_the_cluster,
    ),
    "RegisterTaskDefinition": make(
        "ecs:task-definition",
        TAGS,
        "taskDefinition.taskDefinitionArn",
        at("family"),
        uses=(Named("iam:role", at("[taskRoleArn, executionRoleArn][?@]")),),
        existing=_same_family,
        forbids=_untagged_logs,
    ),
    "CreateService": make(
        "ecs:service",
        TAGS,
        "service.serviceArn",
        within(CLUSTER, "serviceName"),
        uses=(
            Named("ecs:cluster", at(CLUSTER)),
            *BALANCED,
            TASK_SUBNETS,
            TASK_GROUPS,
        ),
        changes_behind=of_definition,
        forbids=without("serviceConnectConfiguration.namespace", "volumeConfigurations"),
    ),
    "RunTask": make(
        "ecs:task",
        TAGS,
        "tasks[].taskArn",
        uses=(
            Named("ecs:cluster", at(CLUSTER)),
            Named("iam:role", at("overrides.[taskRoleArn, executionRoleArn][?@]")),
            TASK_SUBNETS,
            TASK_GROUPS,
        ),
        changes_behind=of_definition,
        forbids=without("volumeConfigurations"),
    ),
    **change(
        "UpdateService",
        Named("ecs:service", SERVICE),
        uses=(*BALANCED, TASK_SUBNETS, TASK_GROUPS),
        changes_behind=of_definition,
        forbids=without("serviceConnectConfiguration.namespace", "volumeConfigurations"),
    ),
    **change(
        "UpdateCluster PutClusterCapacityProviders",
        Named("ecs:cluster", at(CLUSTER)),
        uses=(PROVIDERS,),
        forbids=_beyond_the_cluster,
    ),
    "CreateCapacityProvider": make(
        "ecs:capacity-provider",
        TAGS,
        "capacityProvider.name",
        at("name"),
        uses=(Named("autoscaling:group", at("autoScalingGroupProvider.autoScalingGroupArn")),),
        forbids=without("cluster", "managedInstancesProvider"),
    ),
    **change(
        "UpdateClusterSettings",
        Named("ecs:cluster", at(CLUSTER)),
        changes_behind=_of_insights,
        before=_make_insights_group,
    ),
    "StartTask": make(
        "ecs:task",
        TAGS,
        "tasks[].taskArn",
        uses=(
            Named("ecs:cluster", at(CLUSTER)),
            Named("ecs:container-instance", within(CLUSTER, "containerInstances")),
            Named("iam:role", at("overrides.[taskRoleArn, executionRoleArn][?@]")),
            TASK_SUBNETS,
            TASK_GROUPS,
        ),
        changes_behind=of_definition,
        forbids=without("volumeConfigurations"),
    ),
    **change(
        "PutAttributes DeleteAttributes",
        Named("ecs:container-instance", within(CLUSTER, "attributes[].targetId")),
        forbids=without("attributes[?!targetId]"),
    ),
    **change(
        "DeregisterContainerInstance",
        Named("ecs:container-instance", within(CLUSTER, "containerInstance")),
    ),
    **change("ExecuteCommand", Named("ecs:task", within(CLUSTER, "task"))),
    "StopTask": delete("ecs:task", within(CLUSTER, "task")),
    "DeleteService": delete("ecs:service", SERVICE),
    "DeleteCapacityProvider": delete(
        "ecs:capacity-provider", at("capacityProvider"), forbids=without("cluster")
    ),
    "DeleteCluster": delete("ecs:cluster", at("cluster")),
    **change("DeregisterTaskDefinition", Named("ecs:task-definition", at("taskDefinition"))),
    "DeleteTaskDefinitions": delete("ecs:task-definition", at("taskDefinitions")),
}
