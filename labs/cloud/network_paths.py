"""Who reaches whom in a VPC: route tables, gateways, endpoints, security groups and network ACLs.

Frozen values of one Region's network, and pure decisions over them. `labs.cloud.aws.ec2.snapshot` reads such a
network out of the running cloud; the playground of network paths writes its own, and imports no moto.
Not followed: transit gateways, peering, VPN, NAT instances, IPv6; a route to one of those is a reason why not.

Sources: VPC User Guide, "Route tables", "Security groups" (stateful), "Network ACLs" (stateless, lowest number
first); PrivateLink Guide, "Access AWS services" (private DNS) and "Gateway endpoints"; ECS Developer Guide, "Fargate
task networking" (a task in a public subnet needs a public IP address); ECR User Guide, "VPC endpoints" (layers come
from S3).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from labs.cloud.network_texts import say

HTTPS = 443
ANYWHERE = "0.0.0.0/0"

_EPHEMERAL = (1024, 65535)  # the ports where answers arrive; a network ACL has to let them through
_GATEWAY_SERVICES = ("s3", "dynamodb")


@dataclass(frozen=True)
class Permission:
    """A rule of a security group. Exactly one of `block`, `group` and `prefix_list` is set."""

    protocol: str = "tcp"  # "-1" is every protocol and port
    ports: tuple[int, int] = (0, 65535)
    block: str | None = None
    group: str | None = None
    prefix_list: str | None = None


@dataclass(frozen=True)
class SecurityGroup:
    """A security group. Stateful: answers pass whatever its rules say."""

    inbound: tuple[Permission, ...] = ()
    outbound: tuple[Permission, ...] = (Permission("-1", block=ANYWHERE),)


@dataclass(frozen=True)
class AclEntry:
    """An entry of a network ACL: the first, by number, that matches decides."""

    number: int
    allows: bool
    outbound: bool
    protocol: str = "-1"
    block: str = ANYWHERE
    ports: tuple[int, int] = (0, 65535)


OPEN_ACL = (AclEntry(100, True, True), AclEntry(100, True, False))


@dataclass(frozen=True)
class Route:
    """A route to `target` (local, or the id of a gateway, endpoint, instance…): by block or by prefix list."""

    target: str
    block: str | None = None
    prefix_list: str | None = None


@dataclass(frozen=True)
class Subnet:
    """A subnet with the route table and the network ACL that hold for it."""

    vpc: str
    block: str
    routes: tuple[Route, ...] = ()
    acl: tuple[AclEntry, ...] = OPEN_ACL


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint for one service ("ecr.api"); `private_dns`: the service's own name leads to it."""

    vpc: str
    service: str
    interface: bool
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    private_dns: bool = True


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway that stands in a subnet; a private one does not reach the Internet."""

    subnet: str
    public: bool = True


@dataclass(frozen=True)
class Vpc:
    """A VPC's DNS switches, and the group of whoever names no security group."""

    default_group: str = ""
    resolves: bool = True  # enableDnsSupport
    hostnames: bool = True  # enableDnsHostnames


@dataclass(frozen=True)
class Place:
    """Where a network interface stands; without groups, its VPC's default group holds."""

    subnet: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """One Region's network, by id."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    internet_gateways: Mapping[str, str | None] = field(default_factory=dict)  # → the VPC it is attached to

    # From an interface to an AWS service

    def way_out(self, source: Place, public_ip: bool, service: str) -> str | None:
        """None when `source` reaches that AWS service on port 443, else the reason why not, in words.

        `service` is the last part of its endpoint's name: ecr.api, ecr.dkr, s3, logs, secretsmanager, ssm …
        """
        subnet = self.subnets.get(source.subnet)
        if subnet is None:
            return say("no-subnet", subnet=source.subnet)
        if not self.vpcs[subnet.vpc].resolves:
            return say("no-dns", vpc=subnet.vpc)
        entrance = self._entrance(subnet, service)
        if entrance is not None:
            return self._through_interface(source, entrance)
        through = self._gateway_endpoint(subnet, service)
        if through is not None:
            return self._leaves(source, through.prefix_list)
        return self._to_internet(source.subnet, subnet, public_ip) or self._leaves(source)

    def leads_to(self, source: Place, service: str) -> str | None:
        """The id of what a request to that service goes to first: an endpoint or a gateway, good or bad; None: no route."""
        subnet = self.subnets[source.subnet]
        entrance = self._entrance(subnet, service)
        if entrance is not None:
            return entrance
        route = self._gateway_endpoint(subnet, service) or _default_route(subnet)
        return route.target if route is not None else None

    def _entrance(self, subnet: Subnet, service: str) -> str | None:
        """The interface endpoint whose private DNS takes the service's name for the whole VPC: no other way is left."""
        vpc = self.vpcs[subnet.vpc]
        for name, endpoint in self.endpoints.items():
            if (endpoint.vpc, endpoint.service) != (subnet.vpc, service) or not endpoint.interface:
                continue
            if endpoint.private_dns and vpc.resolves and vpc.hostnames:
                return name
        return None

    def _through_interface(self, source: Place, name: str) -> str | None:
        endpoint = self.endpoints[name]
        problem = say("endpoint-nowhere", endpoint=name)
        for subnet in endpoint.subnets:
            blocked = self.between(source, Place(subnet, endpoint.groups), HTTPS)
            if blocked is None:
                return None
            problem = say("endpoint-shut", service=endpoint.service, endpoint=name, why=blocked)
        return problem

    def _gateway_endpoint(self, subnet: Subnet, service: str) -> Route | None:
        if service not in _GATEWAY_SERVICES:
            return None
        for route in subnet.routes:
            endpoint = self.endpoints.get(route.target)
            if endpoint is not None and endpoint.service == service:
                return route
        return None

    def _to_internet(self, name: str, subnet: Subnet, public_ip: bool) -> str | None:
        route = _default_route(subnet)
        if route is None:
            return say("no-route", subnet=name, anywhere=ANYWHERE)
        target = route.target
        if target.startswith("igw-"):
            if self.internet_gateways.get(target) != subnet.vpc:
                return say("gateway-detached", subnet=name, anywhere=ANYWHERE, target=target, vpc=subnet.vpc)
            if not public_ip:
                return say("no-public-address", subnet=name, anywhere=ANYWHERE, target=target)
            return None
        if target.startswith("nat-"):
            return self._through_nat(name, target)
        return say("not-followed", subnet=name, anywhere=ANYWHERE, target=target)

    def _through_nat(self, name: str, target: str) -> str | None:
        gateway = self.nat_gateways.get(target)
        if gateway is None:
            return say("nat-gone", subnet=name, anywhere=ANYWHERE, target=target)
        if not gateway.public:
            return say("nat-private", subnet=name, anywhere=ANYWHERE, target=target)
        stands_in = self.subnets[gateway.subnet]
        outside = _default_route(stands_in)
        if outside is None or self.internet_gateways.get(outside.target) != stands_in.vpc:
            return say("nat-inside", target=target, subnet=gateway.subnet)
        return None

    def _leaves(self, source: Place, prefix_list: str | None = None) -> str | None:
        """Whether groups and network ACL let a request out to the whole world, and its answer in."""
        groups = self._groups(source)
        if not any(
            _covers(rule, HTTPS)
            and (rule.block == ANYWHERE or (prefix_list and rule.prefix_list == prefix_list))
            for group in groups
            for rule in self.groups[group].outbound
        ):
            return say("outbound-shut", groups=_names(groups), port=HTTPS, to=ANYWHERE)
        acl = self.subnets[source.subnet].acl
        if not _passes(acl, True, ANYWHERE, (HTTPS, HTTPS)):
            return say("acl-out", subnet=source.subnet, port=HTTPS)
        if not _passes(acl, False, ANYWHERE, _EPHEMERAL):
            return say("acl-answers", subnet=source.subnet)
        return None

    # From an interface to an interface

    def between(self, source: Place, target: Place, port: int) -> str | None:
        """None when `source` reaches a TCP port of `target` in the same VPC, else the reason why not."""
        if source.subnet not in self.subnets or target.subnet not in self.subnets:
            return say("one-missing")
        here, there = self.subnets[source.subnet], self.subnets[target.subnet]
        if here.vpc != there.vpc:
            return say("other-vpc", here=source.subnet, there=target.subnet)
        ours, theirs = self._groups(source), self._groups(target)
        if not self._allowed("outbound", ours, theirs, there.block, port):
            return say("outbound-shut", groups=_names(ours), port=port, to=_names(theirs))
        if not self._allowed("inbound", theirs, ours, here.block, port):
            return say("inbound-shut", groups=_names(theirs), port=port, sources=_names(ours))
        if source.subnet == target.subnet:  # a network ACL watches the border of its subnet only
            return None
        asked, answered = (port, port), _EPHEMERAL
        for name, acl, outbound, block, ports in (
            (source.subnet, here.acl, True, there.block, asked),
            (target.subnet, there.acl, False, here.block, asked),
            (target.subnet, there.acl, True, here.block, answered),
            (source.subnet, here.acl, False, there.block, answered),
        ):
            if not _passes(acl, outbound, block, ports):
                key = "acl-between-out" if outbound else "acl-between-in"
                return say(key, subnet=name, ports=f"{ports[0]}-{ports[1]}", block=block)
        return None

    def _allowed(
        self, side: str, groups: Iterable[str], others: Iterable[str], block: str, port: int
    ) -> bool:
        return any(
            _covers(rule, port) and (rule.group in others or (rule.block and _within(block, rule.block)))
            for group in groups
            for rule in getattr(self.groups[group], side)
        )

    def _groups(self, place: Place) -> tuple[str, ...]:
        given = place.groups or (self.vpcs[self.subnets[place.subnet].vpc].default_group,)
        return tuple(group for group in given if group in self.groups)


def _names(groups: tuple[str, ...]) -> str:
    return say("and").join(groups) or say("no-group")


def _default_route(subnet: Subnet) -> Route | None:
    """The route to the whole world."""
    return next((route for route in subnet.routes if route.block == ANYWHERE), None)


def _covers(rule: Permission, port: int) -> bool:
    return rule.protocol == "-1" or (rule.protocol == "tcp" and rule.ports[0] <= port <= rule.ports[1])


def _within(inner: str, outer: str) -> bool:
    network = ipaddress.IPv4Network(outer, strict=False)
    return ipaddress.IPv4Network(inner, strict=False).subnet_of(network)


def _passes(acl: tuple[AclEntry, ...], outbound: bool, block: str, ports: tuple[int, int]) -> bool:
    """Whether a network ACL lets all of `block` and `ports` pass. What no entry names is denied.

    An entry that denies only some of it is taken as a denial: nobody knows which address or port is used.
    """
    for entry in sorted(acl, key=lambda entry: entry.number):
        if entry.outbound != outbound or entry.protocol not in ("-1", "6", "tcp"):
            continue
        low, high = (0, 65535) if entry.protocol == "-1" else entry.ports
        if entry.allows and low <= ports[0] and ports[1] <= high and _within(block, entry.block):
            return True
        if not entry.allows and low <= ports[1] and ports[0] <= high and _overlaps(block, entry.block):
            return False
    return False


def _overlaps(one: str, other: str) -> bool:
    network = ipaddress.IPv4Network(other, strict=False)
    return ipaddress.IPv4Network(one, strict=False).overlaps(network)
