"""EC2: the network, the instances and what starts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labs.real.resources.model import Aws, Kind, Owner, Tagged, Tags, absent, on_its_own, pages, pairs


def _ec2(operation: str, items: str, id_name: str, owner: Owner = on_its_own) -> Kind:
    def tags(aws: Aws, id_: str) -> Tags | None:
        found = absent(getattr(aws("ec2"), operation), **{f"{id_name}s": [id_]})
        there = [item for item in (found[items] if found else ()) if not _deleted(item)]
        return pairs(there[0].get("Tags")) if there else None

    def each(aws: Aws) -> Iterator[Tagged]:
        for item in pages(aws("ec2"), operation, items):
            if not _deleted(item):
                yield item[id_name], pairs(item.get("Tags"))

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


def _instance_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("ec2").describe_instances, InstanceIds=[id_])
    return next((tags for _, tags in _there(found["Reservations"] if found else ())), None)


def _instances(aws: Aws) -> Iterator[Tagged]:
    return _there(pages(aws("ec2"), "describe_instances", "Reservations"))


def _there(reservations: Iterable[Mapping[str, Any]]) -> Iterator[Tagged]:
    """Those that are not ended: AWS goes on showing an instance for about an hour."""
    for reservation in reservations:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield instance["InstanceId"], pairs(instance.get("Tags"))


def _group_of_instance(aws: Aws, id_: str) -> tuple[str, str] | None:
    """The Auto Scaling group that started an instance; AWS says so in a tag that nobody else can set."""
    group = (_instance_tags(aws, id_) or {}).get("aws:autoscaling:groupName")
    return ("autoscaling:group", group) if group else None


def _template_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ec2").describe_launch_templates, LaunchTemplateNames=[name])
    return pairs(found["LaunchTemplates"][0].get("Tags")) if found else None


def _templates(aws: Aws) -> Iterator[Tagged]:
    for template in pages(aws("ec2"), "describe_launch_templates", "LaunchTemplates"):
        yield template["LaunchTemplateName"], pairs(template.get("Tags"))


def _group_tags(aws: Aws, name: str) -> Tags | None:
    found = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return pairs(found[0].get("Tags")) if found else None


def _groups(aws: Aws) -> Iterator[Tagged]:
    for group in pages(aws("autoscaling"), "describe_auto_scaling_groups", "AutoScalingGroups"):
        yield group["AutoScalingGroupName"], pairs(group.get("Tags"))


EC2: Mapping[str, Kind] = {
    "ec2:vpc": _ec2("describe_vpcs", "Vpcs", "VpcId"),
    "ec2:subnet": _ec2("describe_subnets", "Subnets", "SubnetId"),
    "ec2:security-group": _ec2("describe_security_groups", "SecurityGroups", "GroupId"),
    "ec2:route-table": _ec2("describe_route_tables", "RouteTables", "RouteTableId", _vpc_of_main),
    "ec2:internet-gateway": _ec2("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "ec2:vpc-endpoint": _ec2("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "ec2:instance": Kind(_instance_tags, _instances, owner=_group_of_instance),
    "ec2:launch-template": Kind(_template_tags, _templates),
    "autoscaling:group": Kind(_group_tags, _groups, "autoScalingGroupName/"),
}
