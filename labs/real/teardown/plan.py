"""What to do to take resources away, and in which order: pure, and the same whatever the order of the survey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labs.real.ledger import Resource
from labs.real.resources.model import Aws
from labs.real.teardown import deletions
from labs.real.teardown.texts import say


@dataclass(frozen=True)
class Action:
    """One thing to do to every resource of a kind; without `do`, wait until the resource is gone."""

    kind: str
    verb: str
    do: Callable[[Aws, str], None] | None = None


@dataclass(frozen=True)
class Step:
    """One action on one resource."""

    action: Action
    resource: Resource

    def __str__(self) -> str:
        return say(self.action.verb, resource=self.resource)


def plan(resources: Iterable[Resource]) -> list[Step]:
    """The steps that remove these resources, each after all that must go before it."""
    ordered = sorted(resources)
    return [
        Step(action, resource) for action in ACTIONS for resource in ordered if resource.kind == action.kind
    ]


# Listeners and rules need no action: they go with their load balancer. A VPC takes its default security group,
# main route table and default network ACL with it.
ACTIONS: tuple[Action, ...] = (
    Action("eks:nodegroup", "delete", deletions.delete_nodegroup),
    Action("eks:fargate-profile", "delete", deletions.delete_fargate_profile),
    Action("eks:nodegroup", "wait"),
    Action("eks:fargate-profile", "wait"),
    Action("eks:cluster", "delete", lambda aws, id_: aws("eks").delete_cluster(name=id_)),
    Action("events:rule", "delete", deletions.delete_rule),
    Action("ecs:service", "stop scaling", deletions.stop_scaling),
    Action("cloudwatch:alarm", "delete", lambda aws, id_: aws("cloudwatch").delete_alarms(AlarmNames=[id_])),
    Action("sns:topic", "delete", lambda aws, id_: aws("sns").delete_topic(TopicArn=id_)),
    Action("ecs:service", "scale to zero", deletions.scale_to_zero),
    Action("ecs:service", "delete", deletions.delete_service),
    Action("ecs:task", "stop", deletions.stop_task),
    Action("ecs:cluster", "stop scheduled tasks", deletions.stop_scheduled),
    Action("ecs:service", "wait"),
    Action("ecs:task", "wait"),
    Action("autoscaling:group", "delete", deletions.delete_group),
    Action("ec2:instance", "delete", lambda aws, id_: aws("ec2").terminate_instances(InstanceIds=[id_])),
    Action(
        "ec2:vpc-endpoint", "delete", lambda aws, id_: aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[id_])
    ),
    Action("autoscaling:group", "wait"),
    Action("ec2:instance", "wait"),
    Action("ec2:vpc-endpoint", "wait"),
    Action("ecs:task-definition", "delete", deletions.delete_task_definition),
    Action(
        "elbv2:load-balancer",
        "delete",
        lambda aws, id_: aws("elbv2").delete_load_balancer(LoadBalancerArn=id_),
    ),
    Action("elbv2:load-balancer", "wait"),
    Action(
        "elbv2:target-group", "delete", lambda aws, id_: aws("elbv2").delete_target_group(TargetGroupArn=id_)
    ),
    Action("ecs:cluster", "delete", lambda aws, id_: aws("ecs").delete_cluster(cluster=id_)),
    Action(
        "ecs:capacity-provider",
        "delete",
        lambda aws, id_: aws("ecs").delete_capacity_provider(capacityProvider=id_),
    ),
    Action(
        "ec2:launch-template",
        "delete",
        lambda aws, id_: aws("ec2").delete_launch_template(LaunchTemplateName=id_),
    ),
    Action("eks:cluster", "wait"),
    Action("ec2:internet-gateway", "delete", deletions.delete_gateway),
    Action("ec2:security-group", "revoke rules", deletions.revoke_rules),
    Action("ec2:security-group", "delete", lambda aws, id_: aws("ec2").delete_security_group(GroupId=id_)),
    Action("ec2:subnet", "delete", lambda aws, id_: aws("ec2").delete_subnet(SubnetId=id_)),
    Action("ec2:route-table", "delete", deletions.delete_route_table),
    Action("ec2:vpc", "delete", lambda aws, id_: aws("ec2").delete_vpc(VpcId=id_)),
    Action(
        "ecr:repository",
        "delete",
        lambda aws, id_: aws("ecr").delete_repository(repositoryName=id_, force=True),
    ),
    Action(
        "secretsmanager:secret",
        "delete",
        lambda aws, id_: aws("secretsmanager").delete_secret(SecretId=id_, ForceDeleteWithoutRecovery=True),
    ),
    Action("ssm:parameter", "delete", lambda aws, id_: aws("ssm").delete_parameters(Names=[id_])),
    Action(
        "logs:resource-policy",
        "delete",
        lambda aws, id_: aws("logs").delete_resource_policy(policyName=id_),
    ),
    Action("logs:log-group", "delete", lambda aws, id_: aws("logs").delete_log_group(logGroupName=id_)),
    Action("dynamodb:table", "delete", lambda aws, id_: aws("dynamodb").delete_table(TableName=id_)),
    Action("dynamodb:table", "wait"),
    Action("iam:instance-profile", "delete", deletions.delete_profile),
    Action("iam:role", "delete", deletions.delete_role),
)
