"""Step 4: the network, the load balancer and the table of orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step, unless_it_exists
from labs.inventory import (
    NAME,
    PATHS,
    PORT,
    SERVICES,
    TABLE,
    LoadBalancer,
    Network,
    Rule,
    Table,
    TargetGroup,
)
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

ANYWHERE = ("0.0.0.0/0", "::/0")
ENTRANCE, TASKS = f"{NAME}-alb", f"{NAME}-tasks"  # the two security groups

say = Texts(
    {
        "title": {"fr": "le réseau, l’entrée et la table", "en": "the network, the entrance and the table"},
        "several": {
            "fr": "{count} VPC portent le nom {name} : le labo ne sait pas lequel est le sien",
            "en": "{count} VPCs carry the name {name}: the lab cannot tell which one is its own",
        },
        "no_gateway": {
            "fr": "aucune passerelle internet n’est attachée au VPC",
            "en": "no internet gateway is attached to the VPC",
        },
        "one_zone": {
            "fr": "les sous-réseaux couvrent {count} zone de disponibilité : si elle s’arrête, la boutique aussi",
            "en": "the subnets cover {count} Availability Zone: if it stops, so does the shop",
        },
        "no_subnet": {"fr": "le VPC n’a aucun sous-réseau", "en": "the VPC has no subnet"},
        "private": {
            "fr": "depuis le sous-réseau {cidr}, aucune route ne mène à internet",
            "en": "no route leads from the subnet {cidr} to the internet",
        },
        "no_group": {
            "fr": "le groupe de sécurité {name} n’existe pas dans le VPC",
            "en": "the security group {name} does not exist in the VPC",
        },
        "shut": {
            "fr": "{name} ne laisse pas entrer les clients sur le port 80",
            "en": "{name} does not let customers in on port 80",
        },
        "wide": {
            "fr": "{name} laisse entrer d’autres que l’équilibreur de charge",
            "en": "{name} lets in others than the load balancer",
        },
        "cut_off": {
            "fr": "{name} n’ouvre pas le port {port} à l’équilibreur de charge",
            "en": "{name} does not open port {port} to the load balancer",
        },
        "no_balancer": {
            "fr": "l’équilibreur de charge {name} n’existe pas",
            "en": "the load balancer {name} does not exist",
        },
        "internal": {
            "fr": "l’équilibreur de charge n’est pas tourné vers internet",
            "en": "the load balancer does not face the internet",
        },
        "balancer_zone": {
            "fr": "l’équilibreur de charge n’est présent que dans une zone",
            "en": "the load balancer stands in one zone only",
        },
        "balancer_group": {
            "fr": "l’équilibreur de charge ne porte pas le groupe de sécurité {name}",
            "en": "the load balancer does not wear the security group {name}",
        },
        "no_listener": {
            "fr": "l’équilibreur de charge n’écoute pas sur le port 80",
            "en": "the load balancer does not listen on port 80",
        },
        "no_target_group": {
            "fr": "le groupe cible {name} n’existe pas",
            "en": "the target group {name} does not exist",
        },
        "target_type": {
            "fr": "le groupe cible {name} attend des cibles de type {found} ; une tâche Fargate ne s’y inscrit "
            "que par son adresse",
            "en": "the target group {name} expects targets of type {found}; a Fargate task can only register "
            "by its address",
        },
        "astray": {
            "fr": "{path} ne mène pas au service {service}",
            "en": "{path} does not lead to the service {service}",
        },
        "default_astray": {
            "fr": "ce qui ne correspond à aucun chemin ne mène pas à frontend",
            "en": "what matches no path does not lead to frontend",
        },
        "no_table": {"fr": "la table {name} n’existe pas", "en": "the table {name} does not exist"},
        "table_keys": {
            "fr": "la clé de la table {name} n’est pas celle que le service orders emploie",
            "en": "the key of the table {name} is not the one that the orders service uses",
        },
        "hint_1": {
            "fr": "Suivez une requête : internet, passerelle, équilibreur de charge dans deux zones, règle, "
            "groupe cible. Où s’arrête-t-elle ?",
            "en": "Follow a request: internet, gateway, load balancer in two zones, rule, target group. Where "
            "does it stop?",
        },
        "hint_2": {
            "fr": "Deux groupes de sécurité : l’un laisse entrer le monde sur le port 80, l’autre ne laisse "
            "entrer que le premier. Une règle d’entrée peut désigner un groupe au lieu d’une plage d’adresses.",
            "en": "Two security groups: one lets the world in on port 80, the other lets in only the first. An "
            "ingress rule may name a group instead of an address range.",
        },
        "hint_3": {
            "fr": "frenchbakery-alb : 80 depuis 0.0.0.0/0. frenchbakery-tasks : 8080 depuis frenchbakery-alb "
            "(UserIdGroupPairs). Groupes cibles de type « ip ». Trois règles /api/… et frontend par défaut.",
            "en": "frenchbakery-alb: 80 from 0.0.0.0/0. frenchbakery-tasks: 8080 from frenchbakery-alb "
            "(UserIdGroupPairs). Target groups of type “ip”. Three /api/… rules, and frontend by default.",
        },
        "solution": {
            "fr": "Quatre morceaux : le VPC et ses routes, les groupes de sécurité, l’équilibreur de charge, la "
            "table.",
            "en": "Four pieces: the VPC and its routes, the security groups, the load balancer, the table.",
        },
    }
)


def attempted(
    networks: tuple[Network, ...],
    load_balancer: LoadBalancer | None,
    target_groups: tuple[TargetGroup, ...],
    table: Table | None,
) -> bool:
    """Whether any piece of the step exists."""
    return bool(networks or load_balancer or target_groups or table)


def problems(
    networks: tuple[Network, ...],
    load_balancer: LoadBalancer | None,
    target_groups: tuple[TargetGroup, ...],
    table: Table | None,
) -> Iterator[str]:
    """In the order in which a request travels."""
    if len(networks) > 1:
        yield say("several", count=len(networks), name=NAME)
    for network in networks[:1]:
        yield from _subnets(network)
        yield from _groups(network)
    yield from _load_balancer(load_balancer, networks)
    yield from _targets(load_balancer, target_groups)
    if table is None:
        yield say("no_table", name=TABLE)
    elif table.keys != (("id", "HASH"),):
        yield say("table_keys", name=TABLE)


def _subnets(network: Network) -> Iterator[str]:
    zones = {subnet.zone for subnet in network.subnets}
    if not network.gateway:
        yield say("no_gateway")
    if not zones:
        yield say("no_subnet")
    elif len(zones) == 1:
        yield say("one_zone", count=len(zones))
    if (
        len({subnet.zone for subnet in network.subnets if subnet.public}) < 2
    ):  # private ones beside them do no harm
        yield from (say("private", cidr=subnet.cidr) for subnet in network.subnets if not subnet.public)


def _groups(network: Network) -> Iterator[str]:
    entrance, tasks = network.group(ENTRANCE), network.group(TASKS)
    if entrance is None:
        yield say("no_group", name=ENTRANCE)
    elif not any(each.covers(80) and set(each.cidrs).intersection(ANYWHERE) for each in entrance.ingress):
        yield say("shut", name=ENTRANCE)
    if tasks is None:
        yield say("no_group", name=TASKS)
    elif entrance is not None:
        if any(each.cidrs or set(each.groups).difference({entrance.id}) for each in tasks.ingress):
            yield say("wide", name=TASKS)
        if not any(each.covers(PORT) and entrance.id in each.groups for each in tasks.ingress):
            yield say("cut_off", name=TASKS, port=PORT)


def _load_balancer(load_balancer: LoadBalancer | None, networks: tuple[Network, ...]) -> Iterator[str]:
    if load_balancer is None:
        yield say("no_balancer", name=NAME)
        return
    if load_balancer.scheme != "internet-facing":
        yield say("internal")
    if len(load_balancer.zones) < 2:
        yield say("balancer_zone")
    entrance = networks[0].group(ENTRANCE) if networks else None
    if entrance is not None and entrance.id not in load_balancer.groups:
        yield say("balancer_group", name=ENTRANCE)


def _targets(load_balancer: LoadBalancer | None, target_groups: tuple[TargetGroup, ...]) -> Iterator[str]:
    by_service = {group.name.removeprefix(f"{NAME}-"): group for group in target_groups}
    for service in SERVICES:
        if service not in by_service:
            yield say("no_target_group", name=f"{NAME}-{service}")
        elif by_service[service].target_type != "ip":
            yield say(
                "target_type", name=by_service[service].name, found=by_service[service].target_type or "?"
            )
    if load_balancer is None:
        return
    if load_balancer.rules is None:
        yield say("no_listener")
        return
    for service, path in PATHS.items():
        asked = (f"/api/{service}", f"/api/{service}/1")
        if service in by_service and any(
            _led(load_balancer.rules, each) != (by_service[service].arn,) for each in asked
        ):
            yield say("astray", path=path, service=service)
    if "frontend" in by_service and _led(load_balancer.rules, "/") != (by_service["frontend"].arn,):
        yield say("default_astray")


def _led(rules: tuple[Rule, ...], path: str) -> tuple[str, ...]:
    """The target groups that a path leads to."""
    return next((rule.target_groups for rule in rules if rule.takes(path)), ())


def create_network(lab: Lab) -> None:
    """Create the VPC, its way out and two public subnets."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
    tags = [{"Key": "Name", "Value": "frenchbakery"}]

    if not ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    [vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]

    if not ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]:
        ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": tags}])
    [gateway] = ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
    if not gateway["Attachments"]:
        ec2.attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])

    if not ec2.describe_route_tables(Filters=ours)["RouteTables"]:
        ec2.create_route_table(
            VpcId=vpc["VpcId"], TagSpecifications=[{"ResourceType": "route-table", "Tags": tags}]
        )
    [routes] = ec2.describe_route_tables(Filters=ours)["RouteTables"]
    with unless_it_exists():
        ec2.create_route(
            RouteTableId=routes["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway["InternetGatewayId"],
        )

    zones = ec2.describe_availability_zones(Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}])
    for number, zone in enumerate(zones["AvailabilityZones"][:2]):
        with unless_it_exists():
            ec2.create_subnet(
                VpcId=vpc["VpcId"],
                CidrBlock=f"10.0.{number}.0/24",
                AvailabilityZone=zone["ZoneName"],
                TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
            )
    for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]:
        with unless_it_exists():
            ec2.associate_route_table(RouteTableId=routes["RouteTableId"], SubnetId=subnet["SubnetId"])


def create_security_groups(lab: Lab) -> None:
    """Create the two security groups, the second open to the first alone."""
    ec2 = lab.session.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["frenchbakery"]}])["Vpcs"]
    here = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    for name, purpose in (
        ("frenchbakery-alb", "HTTP from anywhere"),
        ("frenchbakery-tasks", "From the load balancer only"),
    ):
        with unless_it_exists():
            ec2.create_security_group(GroupName=name, Description=purpose, VpcId=vpc["VpcId"])
    groups = {
        group["GroupName"]: group["GroupId"]
        for group in ec2.describe_security_groups(Filters=[here])["SecurityGroups"]
    }
    world = [{"CidrIp": "0.0.0.0/0"}]
    entrance = [{"GroupId": groups["frenchbakery-alb"]}]
    with unless_it_exists():
        ec2.authorize_security_group_ingress(
            GroupId=groups["frenchbakery-alb"],
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": world}],
        )
    with unless_it_exists():
        ec2.authorize_security_group_ingress(
            GroupId=groups["frenchbakery-tasks"],
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": entrance}
            ],
        )


def create_load_balancer(lab: Lab) -> None:
    """Create the load balancer, one target group per service, and the rules that choose between them."""
    ec2, elbv2 = lab.session.client("ec2"), lab.session.client("elbv2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["frenchbakery"]}])["Vpcs"]
    here = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    entrance = {"Name": "group-name", "Values": ["frenchbakery-alb"]}
    subnets = ec2.describe_subnets(Filters=[here])["Subnets"]
    [group] = ec2.describe_security_groups(Filters=[here, entrance])["SecurityGroups"]
    with unless_it_exists():
        elbv2.create_load_balancer(
            Name="frenchbakery",
            Type="application",
            Scheme="internet-facing",
            Subnets=[subnet["SubnetId"] for subnet in subnets],
            SecurityGroups=[group["GroupId"]],
        )
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]

    targets = {}
    for service in ("frontend", "products", "orders", "reviews"):
        with unless_it_exists():
            elbv2.create_target_group(
                Name=f"frenchbakery-{service}",
                Protocol="HTTP",
                Port=8080,
                VpcId=vpc["VpcId"],
                TargetType="ip",
                HealthCheckPath="/healthz",
                HealthCheckIntervalSeconds=5,
                HealthCheckTimeoutSeconds=2,
                HealthyThresholdCount=2,
            )
        [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{service}"])["TargetGroups"]
        targets[service] = target["TargetGroupArn"]
        elbv2.modify_target_group_attributes(
            TargetGroupArn=targets[service],
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}],
        )

    with unless_it_exists():
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["frontend"]}],
        )
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    for priority, service in ((10, "products"), (20, "orders"), (30, "reviews")):
        with unless_it_exists():
            elbv2.create_rule(
                ListenerArn=listener["ListenerArn"],
                Priority=priority,
                Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/api/{service}*"]}}],
                Actions=[{"Type": "forward", "TargetGroupArn": targets[service]}],
            )
    elbv2.get_waiter("load_balancer_available").wait(
        Names=["frenchbakery"], WaiterConfig={"Delay": 5, "MaxAttempts": 120}
    )


def create_table(lab: Lab) -> None:
    """Create the table of orders."""
    dynamodb = lab.session.client("dynamodb")
    with unless_it_exists():
        dynamodb.create_table(
            TableName="frenchbakery-orders",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
    dynamodb.get_waiter("table_exists").wait(
        TableName="frenchbakery-orders", WaiterConfig={"Delay": 2, "MaxAttempts": 60}
    )


STEP = Step(
    "network",
    attempted,
    problems,
    say,
    (create_network, create_security_groups, create_load_balancer, create_table),
    reads=("networks", "load_balancer", "target_groups", "table"),
)
