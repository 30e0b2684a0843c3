"""Reads a Region's network out of moto's EC2, as the values that network paths are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends

from labs.cloud.network_paths import (
    OPEN_ACL,
    AclEntry,
    Endpoint,
    NatGateway,
    Network,
    Permission,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)


def read(account_id: str, region: str) -> Network:
    """A Region's network as it is now. The caller holds the lock."""
    ec2 = ec2_backends[account_id][region]
    subnets = {subnet.id: subnet for zone in ec2.subnets.values() for subnet in zone.values()}
    tables = _by_subnet(ec2.route_tables.values(), lambda table: table._associations.values())
    main = {table.vpc_id: table for table in ec2.route_tables.values() if table.main_association_id}
    acls = _by_subnet(
        ec2.network_acls.values(), lambda acl: [each.subnet_id for each in acl._associations.values()]
    )
    return Network(
        vpcs={
            vpc.id: Vpc(
                next((group.id for group in ec2.groups[vpc.id].values() if group.is_default), ""),
                _true(vpc.enable_dns_support),
                _true(vpc.enable_dns_hostnames),
            )
            for vpc in ec2.vpcs.values()
        },
        subnets={
            name: Subnet(
                subnet.vpc_id,
                subnet.cidr_block,
                _routes(tables.get(name) or main.get(subnet.vpc_id)),
                _acl(acls.get(name)),
            )
            for name, subnet in subnets.items()
        },
        groups={
            group.id: SecurityGroup(_permissions(group.ingress_rules), _permissions(group.egress_rules))
            for groups in ec2.groups.values()
            for group in groups.values()
        },
        endpoints={
            endpoint.id: Endpoint(
                endpoint.vpc_id,
                endpoint.service_name.removeprefix(f"com.amazonaws.{region}."),
                str(endpoint.vpc_endpoint_type).lower() == "interface",
                tuple(endpoint.subnet_ids or ()),
                tuple(endpoint.security_group_ids),
                endpoint.private_dns_enabled is not False,
            )
            for endpoint in ec2.vpc_end_points.values()
            if endpoint.state == "available"
        },
        nat_gateways={
            gateway.id: NatGateway(gateway.subnet_id, gateway.connectivity_type == "public")
            for gateway in ec2.nat_gateways.values()
            if gateway.state == "available"
        },
        internet_gateways={
            gateway.id: gateway.vpc.id if gateway.vpc else None for gateway in ec2.internet_gateways.values()
        },
    )


def _by_subnet(holders: Iterable[Any], subnets_of: Any) -> dict[str, Any]:
    return {subnet: holder for holder in holders for subnet in subnets_of(holder)}


def _true(value: object) -> bool:
    return str(value).lower() == "true"  # moto keeps what ModifyVpcAttribute was given, a string


def _routes(table: Any) -> tuple[Route, ...]:
    if table is None:
        return ()
    return tuple(
        Route(
            route.gateway_id
            or route.nat_gateway_id
            or route.instance_id
            or route.network_interface_id
            or route.transit_gateway_id
            or route.vpc_peering_connection_id
            or "",
            route.destination_cidr_block,
            route.destination_prefix_list_id,
        )
        for route in table.routes
    )


def _acl(acl: Any) -> tuple[AclEntry, ...]:
    if acl is None:
        return OPEN_ACL
    return tuple(
        AclEntry(
            int(entry.rule_number),
            entry.rule_action == "allow",
            _true(entry.egress),
            str(entry.protocol),
            entry.cidr_block,
            (
                (int(entry.port_range_from), int(entry.port_range_to))
                if entry.port_range_from is not None
                else (0, 65535)
            ),
        )
        for entry in acl.network_acl_entries
        if entry.cidr_block
    )


def _permissions(rules: Iterable[Any]) -> tuple[Permission, ...]:
    return tuple(
        Permission(
            rule.ip_protocol,
            (0, 65535) if rule.from_port is None else (rule.from_port, rule.to_port),
            rule.cidr_ipv4,
            rule.source_group.get("GroupId"),
            rule.prefix_list_id,
        )
        for rule in rules
    )
