"""A Fargate task's network from a few switches, and what becomes of each call that its start needs. Pure.

Who reaches whom is decided by the local cloud (`labs.cloud.network_paths`), and so are the words of a failure.
"""

from __future__ import annotations

from dataclasses import dataclass

from labs.cloud.network_paths import (
    ANYWHERE,
    HTTPS,
    Endpoint,
    NatGateway,
    Network,
    Permission,
    Place,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)
from labs.cloud.task_words import (
    NO_EXECUTION_ROLE,
    auth_unreachable,
    layers_unreachable,
    logs_unreachable,
    manifest_unreachable,
    secret_unreachable,
)

REGION = "us-east-1"
HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:shop-password-Ab12Cd"
VPC, SUBNET, NAT_SUBNET = "vpc-shop", "subnet-tasks", "subnet-nat"
GATEWAY, NAT, S3 = "igw-shop", "nat-shop", "vpce-s3"
TASKS, ENDPOINTS = "sg-tasks", "sg-endpoints"
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""Services with an interface endpoint, by the last part of its name; S3 has a gateway endpoint here."""

# Each call in the order of a start: what is asked of which service
CALLS = {
    "secretsmanager": "GetSecretValue",
    "ecr.api": "GetAuthorizationToken",
    "ecr.dkr": "GET /v2/…/manifests",
    "s3": "GetObject",
    "logs": "PutLogEvents",
}
REASONS = {
    "secretsmanager": secret_unreachable(SECRET),
    "ecr.api": auth_unreachable(REGION),
    "ecr.dkr": manifest_unreachable(f"{HOST}/shop:v3", f"https://{HOST}/v2/shop/manifests/v3"),
    "s3": layers_unreachable(REGION),
    "logs": logs_unreachable(),
}


@dataclass(frozen=True)
class Setup:
    """What the learner has put in place."""

    public: bool = False  # its subnet's default route leads to the internet gateway
    address: bool = False  # assignPublicIp
    nat: bool = False  # a NAT gateway in a public subnet, and a private subnet's default route to it
    endpoints: frozenset[str] = frozenset()
    s3: bool = False
    private_dns: bool = True
    open_group: bool = True  # the endpoints' security group lets the tasks in on port 443
    role: bool = True
    secret: bool = False  # the task definition names one

    @property
    def network(self) -> Network:
        """The VPC that this makes."""
        ways = [Route("local", "10.0.0.0/16")]
        if self.public:
            ways.append(Route(GATEWAY, ANYWHERE))
        elif self.nat:
            ways.append(Route(NAT, ANYWHERE))
        if self.s3:
            ways.append(Route(S3, prefix_list="pl-s3"))
        allowed = (Permission(ports=(HTTPS, HTTPS), group=TASKS),) if self.open_group else ()
        interfaces = {
            f"vpce-{service}": Endpoint(VPC, service, True, (SUBNET,), (ENDPOINTS,), self.private_dns)
            for service in INTERFACES
            if service in self.endpoints
        }
        return Network(
            vpcs={VPC: Vpc()},
            subnets={
                SUBNET: Subnet(VPC, "10.0.1.0/24", tuple(ways)),
                NAT_SUBNET: Subnet(VPC, "10.0.0.0/24", (Route(GATEWAY, ANYWHERE),)),
            },
            groups={TASKS: SecurityGroup(), ENDPOINTS: SecurityGroup(inbound=allowed)},
            endpoints=interfaces | ({S3: Endpoint(VPC, "s3", False)} if self.s3 else {}),
            nat_gateways={NAT: NatGateway(NAT_SUBNET)} if self.nat else {},
            internet_gateways={GATEWAY: VPC},
        )


@dataclass(frozen=True)
class Call:
    """One call: what it goes to first (an endpoint's or gateway's id; None: no route), and why it does not arrive."""

    service: str
    through: str | None
    problem: str | None

    @property
    def action(self) -> str:
        """What is asked."""
        return CALLS[self.service]


@dataclass(frozen=True)
class Start:
    """What becomes of the task; `failed` is the call that ends it."""

    calls: tuple[Call, ...]
    failed: Call | None
    refused: str | None  # RegisterTaskDefinition's words, when there is nothing to start

    @property
    def reason(self) -> str | None:
        """The task's stoppedReason."""
        return REASONS[self.failed.service] if self.failed is not None and self.refused is None else None


def start(setup: Setup) -> Start:
    """Try the calls in order."""
    network, place = setup.network, Place(SUBNET, (TASKS,))
    calls = tuple(
        Call(service, network.leads_to(place, service), network.way_out(place, setup.address, service))
        for service in CALLS
        if setup.secret or service != "secretsmanager"
    )
    failed = next((call for call in calls if call.problem is not None), None)
    return Start(calls, failed, None if setup.role else NO_EXECUTION_ROLE)


def remarks(setup: Setup, found: Start) -> list[str]:
    """Keys of what is worth knowing of this setup: what stands there idle, what is often forgotten."""
    idle_endpoints = setup.endpoints and not setup.private_dns
    forgotten = (
        found.failed is not None
        and found.failed.service == "s3"
        and {"ecr.api", "ecr.dkr"} <= setup.endpoints
    )
    return [
        key
        for key, holds in {
            "layers-in-s3": forgotten,
            "address-idle": setup.address and not setup.public,
            "nat-idle": setup.nat and setup.public,
            "endpoints-idle": bool(idle_endpoints),
            "secret-idle": "secretsmanager" in setup.endpoints and not setup.secret,
        }.items()
        if holds
    ]
