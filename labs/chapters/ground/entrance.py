"""A load balancer in the network of the same name, and target groups behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labs.chapters.ground import network, security_groups
from labs.chapters.ground.waiting import PATIENCE
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

CHECK = {  # shorter than AWS's defaults: a lesson does not wait for minutes
    "HealthCheckIntervalSeconds": 5,
    "HealthCheckTimeoutSeconds": 2,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 2,
}


def create(lab: Lab, name: str, group: str) -> str:
    """An Application Load Balancer with that security group, waited for; its ARN. It has no listener yet."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_exists():
        elbv2.create_load_balancer(
            Name=name,
            Subnets=network.subnet_ids(lab, name),
            SecurityGroups=[security_groups.group_id(lab, network.vpc_id(lab, name), group)],
        )
    elbv2.get_waiter("load_balancer_available").wait(Names=[name], WaiterConfig=PATIENCE)
    [balancer] = elbv2.describe_load_balancers(Names=[name])["LoadBalancers"]
    return str(balancer["LoadBalancerArn"])


def listen(lab: Lab, balancer: str, action: dict[str, Any]) -> None:
    """A listener on port 80 that answers every request with that action, unless another rule does."""
    with unless_it_exists():
        lab.session.client("elbv2").create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
        )


def create_target_group(lab: Lab, name: str, vpc: str, *, port: int, path: str) -> str:
    """A target group for tasks that answer on that port, checked by that path; its ARN."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_exists():
        elbv2.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=port,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckPath=path,
            **CHECK,
        )
    [targets] = elbv2.describe_target_groups(Names=[name])["TargetGroups"]
    arn = str(targets["TargetGroupArn"])
    elbv2.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
    )
    return arn


def delete(lab: Lab, name: str) -> None:
    """Delete the load balancer with its listeners, then every target group of the network."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_is_gone():
        [balancer] = elbv2.describe_load_balancers(Names=[name])["LoadBalancers"]
        elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        elbv2.get_waiter("load_balancers_deleted").wait(
            LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig=PATIENCE
        )
    vpcs = network.vpc_ids(lab, name)
    for group in elbv2.describe_target_groups()["TargetGroups"]:
        if group.get("VpcId") in vpcs:
            elbv2.delete_target_group(TargetGroupArn=group["TargetGroupArn"])
