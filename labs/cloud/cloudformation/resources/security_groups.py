"""AWS::EC2::SecurityGroup and rules of their own."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Properties, until_accepted
from labs.cloud.cloudformation.resources.ec2 import IN_USE, Ec2Type
from labs.cloud.cloudformation.resources.schema import (
    INTEGER,
    STRING,
    TAGS,
    ListOf,
    Structure,
    direct,
    own,
)

PORTS = {"IpProtocol": STRING, "FromPort": INTEGER, "ToPort": INTEGER, "Description": STRING}
RANGES = {"CidrIp": STRING, "CidrIpv6": STRING}
INGRESS = own(
    required=("IpProtocol",),
    **PORTS,
    **RANGES,
    SourcePrefixListId=STRING,
    SourceSecurityGroupId=STRING,
    SourceSecurityGroupName=STRING,
    SourceSecurityGroupOwnerId=STRING,
)
EGRESS = own(
    required=("IpProtocol",),
    **PORTS,
    **RANGES,
    DestinationPrefixListId=STRING,
    DestinationSecurityGroupId=STRING,
)
EVERYTHING = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}  # what a group lets out until it is told otherwise


def permission(rule: Properties) -> dict[str, Any]:
    """A rule of a template as an IpPermission of EC2's API."""
    told = {"Description": rule["Description"]} if "Description" in rule else {}
    made: dict[str, Any] = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
    if "CidrIp" in rule:
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **told}]
    if "CidrIpv6" in rule:
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **told}]
    if prefix := rule.get("SourcePrefixListId", rule.get("DestinationPrefixListId")):
        made["PrefixListIds"] = [{"PrefixListId": prefix, **told}]
    pair = {
        "GroupId": rule.get("SourceSecurityGroupId", rule.get("DestinationSecurityGroupId")),
        "GroupName": rule.get("SourceSecurityGroupName"),
        "UserId": rule.get("SourceSecurityGroupOwnerId"),
    }
    if pair["GroupId"] or pair["GroupName"]:
        made["UserIdGroupPairs"] = [{**{key: value for key, value in pair.items() if value}, **told}]
    return made


class SecurityGroup(Ec2Type):
    """Ref: the id. With SecurityGroupEgress the rule that lets everything out goes."""

    name = "AWS::EC2::SecurityGroup"
    kind = "security-group"
    fixed = frozenset({"GroupDescription", "GroupName", "VpcId"})
    gone = frozenset({"InvalidGroup.NotFound"})

    def properties(self) -> Structure:
        return direct(required=(), GroupName=STRING, VpcId=STRING) | own(
            required=("GroupDescription",),
            GroupDescription=STRING,
            SecurityGroupIngress=ListOf(INGRESS),
            SecurityGroupEgress=ListOf(EGRESS),
            Tags=TAGS,
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"GroupName": context.name(255), **self.api(p), **self.tags(context, p)}
        answer = self.client(context).create_security_group(Description=p["GroupDescription"], **given)
        return str(answer["GroupId"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._apply(context, physical_id, {"SecurityGroupEgress": [EVERYTHING]}, p)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).describe_security_groups(GroupIds=[physical_id])
        return {"GroupId": physical_id, "Id": physical_id, "VpcId": answer["SecurityGroups"][0]["VpcId"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self._apply(context, physical_id, {"SecurityGroupEgress": [EVERYTHING], **change.old}, change.new)
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        until_accepted(
            context,
            lambda: client.delete_security_group(GroupId=physical_id),
            IN_USE,
            "the security group to be unused",
        )

    def _apply(self, context: Context, group: str, old: Properties, new: Properties) -> None:
        """Take away the rules that are no longer wanted, add those that are missing."""
        client = self.client(context)
        for which, revoke, authorize, default in (
            (
                "SecurityGroupIngress",
                client.revoke_security_group_ingress,
                client.authorize_security_group_ingress,
                [],
            ),
            (
                "SecurityGroupEgress",
                client.revoke_security_group_egress,
                client.authorize_security_group_egress,
                [EVERYTHING],
            ),
        ):
            before = [permission(rule) for rule in old.get(which) or default]
            after = [permission(rule) for rule in new.get(which) or default]
            if leaving := [rule for rule in before if rule not in after]:
                revoke(GroupId=group, IpPermissions=leaving)
            for rule in after:
                if rule not in before:
                    authorize(GroupId=group, IpPermissions=[rule])


class _Rule(Ec2Type):
    """A rule of a group that is defined elsewhere. Ref: the id of the rule."""

    kind = "security-group-rule"
    gone = frozenset(
        {"InvalidGroup.NotFound", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"}
    )
    direction: str

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members) - {"Description"}

    def make(self, context: Context, p: Properties) -> str:
        authorize = getattr(self.client(context), f"authorize_security_group_{self.direction}")
        answer = authorize(**self._group(p), IpPermissions=[permission(p)])
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        describe = getattr(self.client(context), f"update_security_group_rule_descriptions_{self.direction}")
        describe(**self._group(change.new), IpPermissions=[permission(change.new)])

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        revoke = getattr(self.client(context), f"revoke_security_group_{self.direction}")
        revoke(**self._group(p), IpPermissions=[permission(p)])

    @staticmethod
    def _group(p: Properties) -> dict[str, str]:
        return {name: p[name] for name in ("GroupId", "GroupName") if name in p}


class SecurityGroupIngress(_Rule):
    """What a group lets in."""

    name = "AWS::EC2::SecurityGroupIngress"
    direction = "ingress"

    def properties(self) -> Structure:
        return INGRESS | own(GroupId=STRING, GroupName=STRING)


class SecurityGroupEgress(_Rule):
    """What a group lets out."""

    name = "AWS::EC2::SecurityGroupEgress"
    direction = "egress"

    def properties(self) -> Structure:
        return EGRESS | own(required=("GroupId",), GroupId=STRING)


TYPES = (SecurityGroup, SecurityGroupIngress, SecurityGroupEgress)
