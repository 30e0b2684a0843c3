"""Elastic Load Balancing."""

from __future__ import annotations

from collections.abc import Callable

from labs.real.operations.ec2 import VPC
from labs.real.operations.model import CAPITALS, Named, Params, Table, at, change, delete, make, without
from labs.real.resources.model import Aws, absent


def _same_elb(operation: str, items: str, arn: str) -> Callable[[Aws, Params], str | None]:
    def existing(aws: Aws, request: Params) -> str | None:
        found = absent(getattr(aws("elbv2"), operation), Names=[request["Name"]])
        return found[items][0][arn] if found and found[items] else None

    return existing


LOAD_BALANCER = Named("elbv2:load-balancer", at("LoadBalancerArn"))
TARGET_GROUP = Named("elbv2:target-group", at("TargetGroupArn"))
LISTENER = Named("elbv2:listener", at("ListenerArn"))
RULE = Named("elbv2:rule", at("RuleArn"))
FORWARDED = "[].[TargetGroupArn, ForwardConfig.TargetGroups[].TargetGroupArn][][]"
ACTIONS = Named("elbv2:target-group", at(f"Actions{FORWARDED}"))
DEFAULT_ACTIONS = Named("elbv2:target-group", at(f"DefaultActions{FORWARDED}"))
SUBNETS = Named("ec2:subnet", at("[Subnets, SubnetMappings[].SubnetId][]"))
SECURITY_GROUPS = Named("ec2:security-group", at("SecurityGroups"))

ELBV2: Table = {
    "CreateLoadBalancer": make(
        "elbv2:load-balancer",
        CAPITALS,
        "LoadBalancers[].LoadBalancerArn",
        uses=(SUBNETS, SECURITY_GROUPS),
        existing=_same_elb("describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ),
    "CreateTargetGroup": make(
        "elbv2:target-group",
        CAPITALS,
        "TargetGroups[].TargetGroupArn",
        uses=(VPC,),
        existing=_same_elb("describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ),
    "CreateListener": make(
        "elbv2:listener", CAPITALS, "Listeners[].ListenerArn", uses=(LOAD_BALANCER, DEFAULT_ACTIONS)
    ),
    "CreateRule": make("elbv2:rule", CAPITALS, "Rules[].RuleArn", uses=(LISTENER, ACTIONS)),
    **change(
        "ModifyLoadBalancerAttributes",
        LOAD_BALANCER,
        forbids=without("Attributes[?Key=='deletion_protection.enabled' && Value!='false']"),
    ),
    **change("SetSecurityGroups", LOAD_BALANCER, SECURITY_GROUPS),
    **change("SetSubnets", LOAD_BALANCER, SUBNETS),
    **change("ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets", TARGET_GROUP),
    **change("ModifyListener", LISTENER, DEFAULT_ACTIONS),
    **change("ModifyRule", RULE, ACTIONS),
    **change("SetRulePriorities", Named("elbv2:rule", at("RulePriorities[].RuleArn"))),
    "DeleteLoadBalancer": delete("elbv2:load-balancer", at("LoadBalancerArn")),
    "DeleteTargetGroup": delete("elbv2:target-group", at("TargetGroupArn")),
    "DeleteListener": delete("elbv2:listener", at("ListenerArn")),
    "DeleteRule": delete("elbv2:rule", at("RuleArn")),
}
