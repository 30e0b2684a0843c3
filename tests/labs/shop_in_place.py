"""The shop as a complete inventory, for tests that judge or draw without a cloud."""

from __future__ import annotations

from types import SimpleNamespace

from labs.inventory import (
    LOG_GROUP,
    NAME,
    PATHS,
    SERVICES,
    TABLE,
    Alarm,
    Cluster,
    Image,
    Ingress,
    LoadBalancer,
    Network,
    Release,
    Repository,
    Role,
    Rule,
    Scaling,
    SecurityGroup,
    Service,
    Stack,
    Subnet,
    Table,
    TargetGroup,
    Task,
    TaskDefinition,
)
from labs.shopfront import Visit

ZONES = ("us-east-1a", "us-east-1b")
EXECUTION, ORDERS_ROLE = (
    "arn:aws:iam::1:role/frenchbakery-execution",
    "arn:aws:iam::1:role/frenchbakery-orders-task",
)
TABLE_ARN = f"arn:aws:dynamodb:us-east-1:1:table/{TABLE}"
TRUSTED = ("ecs-tasks.amazonaws.com",)


def repository(service: str) -> Repository:
    name = f"{NAME}/{service}"
    images = [Image(f"sha256:{service}", ("1.0",))]
    if service == "products":
        images += [Image(f"sha256:products-{number}", (f"{number}.0",)) for number in (2, 3)]
    return Repository(name, f"127.0.0.1:1/{name}", True, tuple(images))


def task_definition(service: str) -> TaskDefinition:
    environment = {"BACKEND_URL": "http://balancer"} if service in ("frontend", "orders") else {}
    if service == "orders":
        environment["ORDERS_TABLE"] = TABLE
    return TaskDefinition(
        family=f"{NAME}-{service}",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        compatibilities=("FARGATE",),
        image=f"127.0.0.1:1/{NAME}/{service}@sha256:{service}",
        ports=(8080,),
        environment=environment,
        log_driver="awslogs",
        log_group=LOG_GROUP,
        execution_role=EXECUTION,
        task_role=ORDERS_ROLE if service == "orders" else "",
    )


def nothing() -> SimpleNamespace:
    """An empty account."""
    return SimpleNamespace(
        repositories=(),
        cluster=None,
        networks=(),
        load_balancer=None,
        target_groups=(),
        table=None,
        roles=(),
        log_groups=(),
        task_definitions=(),
        services=(),
        tasks=(),
        scaling=(),
        alarms=(),
        releases=(),
        stack=None,
        visit=Visit(),
    )


def complete() -> SimpleNamespace:
    """Every step done."""
    return SimpleNamespace(
        repositories=tuple(repository(service) for service in sorted(SERVICES)),
        cluster=Cluster(NAME, "ACTIVE", ("FARGATE", "FARGATE_SPOT")),
        networks=(
            Network(
                vpc="vpc-1",
                cidr="10.0.0.0/16",
                gateway=True,
                subnets=tuple(
                    Subnet(f"subnet-{number}", NAME, zone, f"10.0.{number}.0/24", True)
                    for number, zone in enumerate(ZONES)
                ),
                groups=(
                    SecurityGroup("sg-alb", f"{NAME}-alb", (Ingress(80, 80, ("0.0.0.0/0",), ()),)),
                    SecurityGroup("sg-tasks", f"{NAME}-tasks", (Ingress(8080, 8080, (), ("sg-alb",)),)),
                ),
            ),
        ),
        load_balancer=LoadBalancer(
            arn="arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/frenchbakery/1",
            name=NAME,
            scheme="internet-facing",
            zones=ZONES,
            groups=("sg-alb",),
            rules=(
                *(Rule((path,), (f"arn:{service}",)) for service, path in PATHS.items()),
                Rule((), ("arn:frontend",)),
            ),
        ),
        target_groups=tuple(
            TargetGroup(
                f"arn:{service}",
                f"{NAME}-{service}",
                8080,
                "ip",
                tuple((f"10.0.{zone}.{50 + number}", "healthy") for zone in range(2)),
            )
            for number, service in enumerate(sorted(SERVICES))
        ),
        table=Table(TABLE, "ACTIVE", (("id", "HASH"),)),
        roles=(
            Role(
                EXECUTION,
                f"{NAME}-execution",
                TRUSTED,
                ("AmazonECSTaskExecutionRolePolicy",),
                (
                    (
                        ("ecr:GetAuthorizationToken", "ecr:Batch*", "ecr:GetDownloadUrlForLayer", "logs:*"),
                        ("*",),
                    ),
                ),
            ),
            Role(
                ORDERS_ROLE,
                f"{NAME}-orders-task",
                TRUSTED,
                (),
                ((("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"), (TABLE_ARN,)),),
            ),
        ),
        log_groups=(LOG_GROUP,),
        task_definitions=tuple(task_definition(service) for service in sorted(SERVICES)),
        services=tuple(
            Service(service, "ACTIVE", 2, 2, f"{NAME}-{service}", True, (f"arn:{service}",), ("sg-tasks",))
            for service in sorted(SERVICES)
        ),
        tasks=tuple(
            Task(
                f"{service}{zone}",
                f"service:{service}",
                "RUNNING",
                ZONES[zone],
                f"10.0.{zone}.{50 + number}",
                "UNKNOWN",
            )
            for number, service in enumerate(sorted(SERVICES))
            for zone in range(2)
        ),
        scaling=(Scaling("products", 2, 4, (("ALBRequestCountPerTarget", 20.0),), acted=True),),
        alarms=(
            Alarm(
                f"TargetTracking-service/{NAME}/products-AlarmHigh",
                "AWS/ApplicationELB/RequestCountPerTarget",
                {"LoadBalancer": "app/frenchbakery/1", "TargetGroup": "targetgroup/frenchbakery-products/1"},
                "missing",
                "Sum",
                "GreaterThanThreshold",
                20.0,
                180,
                own=False,
            ),
            Alarm(
                f"{NAME}-shop-errors",
                "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count",
                {"LoadBalancer": "app/frenchbakery/1"},
                "notBreaching",
                "Sum",
                "GreaterThanOrEqualToThreshold",
                1.0,
                60,
            ),
        ),
        releases=(
            Release("products", "ROLLBACK_SUCCESSFUL", frozenset({"sha256:products-3"})),
            Release("products", "SUCCESSFUL", frozenset({"sha256:products-2"})),
            Release("products", "SUCCESSFUL", frozenset({"sha256:products"})),
            Release("orders", "SUCCESSFUL", frozenset({"sha256:orders"})),
        ),
        stack=Stack(NAME, "UPDATE_COMPLETE", frozenset(SERVICES)),
        visit=Visit(200, "ABCD-EFGH-IJKL", frozenset({"orders/a", "orders/b"})),
    )
