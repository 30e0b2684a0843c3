"""AWS::ElasticLoadBalancingV2::*. Ref is the ARN throughout."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import (
    PATIENCE,
    Change,
    Declared,
    Properties,
    tag_list,
    until_accepted,
)
from labs.cloud.cloudformation.resources.schema import TAGS, ListOf, Structure, from_api, own, unemulated

HEALTH = (
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Matcher",
    "UnhealthyThresholdCount",
)
IN_USE = frozenset({"ResourceInUse"})


class _Elbv2(Declared):
    service = "elbv2"

    def retag(self, context: Context, arn: str, change: Change) -> None:
        client = self.client(context)
        if dropped := change.dropped_tags():
            client.remove_tags(ResourceArns=[arn], TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.add_tags(ResourceArns=[arn], Tags=tags)


class LoadBalancer(_Elbv2):
    """Created once it is active."""

    name = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    fixed = frozenset({"Name", "Scheme", "Type"})
    gone = frozenset({"LoadBalancerNotFound"})

    def properties(self) -> Structure:
        return (
            from_api("elbv2", "CreateLoadBalancerInput", without=("CustomerOwnedIpv4Pool", "IpamPools"))
            | own(LoadBalancerAttributes=_attribute_list("LoadBalancerAttributes"), Tags=TAGS)
            | unemulated(
                "EnableCapacityReservationProvisionStabilize",
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
                "Ipv4IpamPoolId",
                "MinimumLoadBalancerCapacity",
            )
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"Name": _name(context), **self.api(p), "Tags": tag_list(context, p)}
        answer = self.client(context).create_load_balancer(**given)
        return str(answer["LoadBalancers"][0]["LoadBalancerArn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        if p.get("LoadBalancerAttributes"):
            self.client(context).modify_load_balancer_attributes(
                LoadBalancerArn=physical_id, Attributes=p["LoadBalancerAttributes"]
            )
        context.wait(
            lambda: self._describe(context, physical_id)["State"]["Code"] == "active",
            "the load balancer to be active",
            PATIENCE,
        )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self._describe(context, physical_id)
        return {
            "CanonicalHostedZoneID": found.get("CanonicalHostedZoneId", ""),
            "DNSName": found["DNSName"],
            "LoadBalancerArn": physical_id,
            "LoadBalancerFullName": physical_id.partition(":loadbalancer/")[2],
            "LoadBalancerName": found["LoadBalancerName"],
            "SecurityGroups": found.get("SecurityGroups", []),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        new = self.api(change.new)
        if change.touches("Subnets", "SubnetMappings"):
            wanted = {name: new[name] for name in ("Subnets", "SubnetMappings") if name in new}
            client.set_subnets(LoadBalancerArn=physical_id, **wanted)
        if change.touches("SecurityGroups") and "SecurityGroups" in new:
            client.set_security_groups(LoadBalancerArn=physical_id, SecurityGroups=new["SecurityGroups"])
        if change.touches("IpAddressType"):
            client.set_ip_address_type(
                LoadBalancerArn=physical_id, IpAddressType=new.get("IpAddressType", "ipv4")
            )
        if change.touches("LoadBalancerAttributes") and change.new.get("LoadBalancerAttributes"):
            client.modify_load_balancer_attributes(
                LoadBalancerArn=physical_id, Attributes=change.new["LoadBalancerAttributes"]
            )
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_load_balancer(LoadBalancerArn=physical_id)
        context.wait(
            lambda: not self.exists(lambda: self._describe(context, physical_id)),
            "the load balancer to be deleted",
            PATIENCE,
        )

    def _describe(self, context: Context, arn: str) -> Mapping[str, Any]:
        found = self.client(context).describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        return found[0] if found else {}


class TargetGroup(_Elbv2):
    """With its attributes and, for those who register by hand, its targets."""

    name = "AWS::ElasticLoadBalancingV2::TargetGroup"
    fixed = frozenset(
        {
            "IpAddressType",
            "Name",
            "Port",
            "Protocol",
            "ProtocolVersion",
            "TargetControlPort",
            "TargetType",
            "VpcId",
        }
    )
    gone = frozenset({"TargetGroupNotFound"})

    def properties(self) -> Structure:
        return from_api("elbv2", "CreateTargetGroupInput") | own(
            TargetGroupAttributes=_attribute_list("TargetGroupAttributes"),
            Targets=ListOf(from_api("elbv2", "TargetDescription", required=("Id",))),
            Tags=TAGS,
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"Name": _name(context), **self.api(p), "Tags": tag_list(context, p)}
        answer = self.client(context).create_target_group(**given)
        return str(answer["TargetGroups"][0]["TargetGroupArn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        if p.get("TargetGroupAttributes"):
            client.modify_target_group_attributes(
                TargetGroupArn=physical_id, Attributes=p["TargetGroupAttributes"]
            )
        if p.get("Targets"):
            client.register_targets(TargetGroupArn=physical_id, Targets=p["Targets"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).describe_target_groups(TargetGroupArns=[physical_id])
        found = answer["TargetGroups"][0]
        return {
            "LoadBalancerArns": found.get("LoadBalancerArns", []),
            "TargetGroupArn": physical_id,
            "TargetGroupFullName": physical_id.rpartition(":")[2],
            "TargetGroupName": found["TargetGroupName"],
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches(*HEALTH) and (wanted := self.api(change.new, *HEALTH)):
            client.modify_target_group(TargetGroupArn=physical_id, **wanted)
        old, new = (p.get("Targets", []) for p in (change.old, change.new))
        if leaving := [target for target in old if target not in new]:
            client.deregister_targets(TargetGroupArn=physical_id, Targets=leaving)
        self.finish(context, physical_id, {name: change.new.get(name) for name in change.names})
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        until_accepted(
            context,
            lambda: client.delete_target_group(TargetGroupArn=physical_id),
            IN_USE,
            "the target group to be unused",
        )


class Listener(_Elbv2):
    """With its default actions."""

    name = "AWS::ElasticLoadBalancingV2::Listener"
    fixed = frozenset({"LoadBalancerArn"})
    gone = frozenset({"ListenerNotFound"})

    def properties(self) -> Structure:
        return from_api("elbv2", "CreateListenerInput", required=("DefaultActions", "LoadBalancerArn")) | own(
            ListenerAttributes=_attribute_list("ListenerAttributes"), Tags=TAGS
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), "Tags": tag_list(context, p)}
        return str(self.client(context).create_listener(**given)["Listeners"][0]["ListenerArn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        if p.get("ListenerAttributes"):
            self.client(context).modify_listener_attributes(
                ListenerArn=physical_id, Attributes=p["ListenerAttributes"]
            )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"ListenerArn": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.names - {"Tags", "ListenerAttributes"}:
            wanted = self.api(change.new)
            del wanted["LoadBalancerArn"]
            self.client(context).modify_listener(ListenerArn=physical_id, **wanted)
        self.finish(context, physical_id, {name: change.new.get(name) for name in change.names})
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_listener(ListenerArn=physical_id)


class ListenerRule(_Elbv2):
    """A rule of a listener."""

    name = "AWS::ElasticLoadBalancingV2::ListenerRule"
    fixed = frozenset({"ListenerArn"})
    gone = frozenset({"RuleNotFound"})

    def properties(self) -> Structure:
        required = ("Actions", "Conditions", "Priority", "ListenerArn")
        return from_api("elbv2", "CreateRuleInput", required=required) | own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), "Tags": tag_list(context, p)}
        return str(self.client(context).create_rule(**given)["Rules"][0]["RuleArn"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"RuleArn": physical_id, "IsDefault": False}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches("Priority"):
            client.set_rule_priorities(
                RulePriorities=[{"RuleArn": physical_id, "Priority": change.new["Priority"]}]
            )
        if change.touches("Actions", "Conditions", "Transforms"):
            wanted = self.api(change.new, "Actions", "Conditions", "Transforms")
            client.modify_rule(RuleArn=physical_id, **wanted)
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_rule(RuleArn=physical_id)


class ListenerCertificate(_Elbv2):
    """More certificates for a listener. Ref: the listener and the certificates."""

    name = "AWS::ElasticLoadBalancingV2::ListenerCertificate"
    fixed = frozenset({"ListenerArn"})
    gone = frozenset({"ListenerNotFound"})

    def properties(self) -> Structure:
        return from_api("elbv2", "AddListenerCertificatesInput", required=("ListenerArn", "Certificates"))

    def make(self, context: Context, p: Properties) -> str:
        self.client(context).add_listener_certificates(**self.api(p))
        return "|".join([p["ListenerArn"], *(entry["CertificateArn"] for entry in p["Certificates"])])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        old, new = change.old["Certificates"], change.new["Certificates"]
        for call, which in (
            (client.add_listener_certificates, [entry for entry in new if entry not in old]),
            (client.remove_listener_certificates, [entry for entry in old if entry not in new]),
        ):
            _for_each(call, change.new["ListenerArn"], which)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).remove_listener_certificates(**self.api(p))


def _for_each(call: Callable[..., Any], listener: str, certificates: list[Any]) -> None:
    for certificate in certificates:
        call(ListenerArn=listener, Certificates=[certificate])


def _attribute_list(name: str) -> ListOf:
    """[{Key, Value}], as the API's Modify…Attributes takes it."""
    return ListOf(from_api("elbv2", name.removesuffix("s"), required=("Key", "Value")))


def _name(context: Context) -> str:
    """A load balancer's or target group's generated name: at most 32 characters, no hyphen at an end."""
    return context.name(32).strip("-")


TYPES = (LoadBalancer, TargetGroup, Listener, ListenerRule, ListenerCertificate)
