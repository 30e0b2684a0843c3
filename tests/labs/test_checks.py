"""Every check judged without a cloud: untouched, solved, and wrong in many ways."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labs.checks import STEPS
from labs.inventory import Image, Ingress, Repository, Rule, Table
from labs.learner import LANGUAGES
from labs.shopfront import Visit
from tests.labs.shop_in_place import ORDERS_ROLE, TABLE_ARN, complete, nothing

BUILDING = [name for name in STEPS if name != "clean"]


def changed(things: tuple[Any, ...], name: str, **fields: Any) -> tuple[Any, ...]:
    """The tuple with the fields of one thing (by name or family) replaced."""
    key = "family" if hasattr(things[0], "family") and not hasattr(things[0], "name") else "name"
    assert any(getattr(thing, key) == name for thing in things)
    return tuple(replace(each, **fields) if getattr(each, key) == name else each for each in things)


def without(things: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    return tuple(
        each for each in things if name not in (getattr(each, "name", ""), getattr(each, "family", ""))
    )


def network(found: SimpleNamespace, **fields: Any) -> None:
    found.networks = (replace(found.networks[0], **fields),)


def balancer(found: SimpleNamespace, **fields: Any) -> None:
    found.load_balancer = replace(found.load_balancer, **fields)


def ingress(found: SimpleNamespace, group: str, *permissions: Ingress) -> None:
    network(found, groups=changed(found.networks[0].groups, group, ingress=permissions))


def definition(found: SimpleNamespace, service: str, **fields: Any) -> None:
    found.task_definitions = changed(found.task_definitions, f"frenchbakery-{service}", **fields)


def role(found: SimpleNamespace, name: str, **fields: Any) -> None:
    found.roles = changed(found.roles, f"frenchbakery-{name}", **fields)


def service(found: SimpleNamespace, name: str, **fields: Any) -> None:
    found.services = changed(found.services, name, **fields)


def scaled(found: SimpleNamespace, **fields: Any) -> None:
    found.scaling = (replace(found.scaling[0], **fields),)


def alarm(found: SimpleNamespace, **fields: Any) -> None:
    found.alarms = (found.alarms[0], replace(found.alarms[1], **fields))


def set_(part: str, value: Callable[[SimpleNamespace], Any]) -> Callable[[SimpleNamespace], None]:
    return lambda found: setattr(found, part, value(found))


ON_TABLE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan")
SPOILT: list[tuple[str, Callable[[SimpleNamespace], None], str]] = [
    ("repositories", set_("repositories", lambda f: without(f.repositories, "frenchbakery/orders")),
     "frenchbakery/orders does not exist"),
    ("repositories", set_("repositories", lambda f: (*f.repositories, Repository("frenchbakery/order", "u", True))),
     "frenchbakery/order is not the repository of any service"),
    ("repositories", set_("repositories", lambda f: changed(f.repositories, "frenchbakery/orders", immutable=False)),
     "can still move"),
    ("images", set_("repositories", lambda f: without(f.repositories, "frenchbakery/orders")), "has no repository"),
    ("images", set_("repositories", lambda f: changed(f.repositories, "frenchbakery/orders", images=())), "is empty"),
    ("images", set_("repositories", lambda f: changed(f.repositories, "frenchbakery/orders",
                                                      images=(Image("sha256:orders", ("latest",)),))),
     "no image carries the tag 1.0"),
    ("images", set_("repositories", lambda f: changed(f.repositories, "frenchbakery/orders",
                                                      images=(Image("sha256:products", ("1.0",)),))),
     "the very same image"),
    ("cluster", set_("cluster", lambda f: replace(f.cluster, capacity_providers=())), "no capacity provider"),
    ("cluster", set_("cluster", lambda f: replace(f.cluster, status="PROVISIONING")), "in state PROVISIONING"),
    ("network", set_("networks", lambda f: f.networks * 2), "2 VPCs carry the name"),
    ("network", lambda f: network(f, gateway=False), "no internet gateway"),
    ("network", lambda f: network(f, subnets=()), "has no subnet"),
    ("network", lambda f: network(f, subnets=f.networks[0].subnets[:1]), "cover 1 Availability Zone"),
    ("network", lambda f: network(f, subnets=(f.networks[0].subnets[0],
                                              replace(f.networks[0].subnets[1], public=False))),
     "no route leads from the subnet 10.0.1.0/24"),
    ("network", lambda f: network(f, groups=()), "security group frenchbakery-alb does not exist"),
    ("network", lambda f: ingress(f, "frenchbakery-alb", Ingress(443, 443, ("0.0.0.0/0",), ())), "does not let customers in"),
    ("network", lambda f: ingress(f, "frenchbakery-alb", Ingress(80, 80, ("10.0.0.0/8",), ())), "does not let customers in"),
    ("network", lambda f: ingress(f, "frenchbakery-tasks", Ingress(8080, 8080, ("0.0.0.0/0",), ("sg-alb",))), "lets in others"),
    ("network", lambda f: ingress(f, "frenchbakery-tasks", Ingress(8080, 8080, (), ("sg-other",))), "lets in others"),
    ("network", lambda f: ingress(f, "frenchbakery-tasks", Ingress(80, 80, (), ("sg-alb",))), "does not open port 8080"),
    ("network", set_("load_balancer", lambda f: None), "load balancer frenchbakery does not exist"),
    ("network", lambda f: balancer(f, scheme="internal"), "does not face the internet"),
    ("network", lambda f: balancer(f, zones=("us-east-1a",)), "in one zone only"),
    ("network", lambda f: balancer(f, groups=("sg-tasks",)), "does not wear the security group"),
    ("network", lambda f: balancer(f, rules=None), "does not listen on port 80"),
    ("network", lambda f: balancer(f, rules=f.load_balancer.rules[1:]), "/api/products* does not lead to the service products"),
    ("network", lambda f: balancer(f, rules=(*f.load_balancer.rules[:3], Rule((), ("arn:orders",)))),
     "does not lead to frontend"),
    ("network", lambda f: balancer(f, rules=(Rule(("/api/*",), ("arn:frontend",)), *f.load_balancer.rules)),
     "/api/orders* does not lead to the service orders"),
    ("network", lambda f: balancer(f, rules=(*f.load_balancer.rules[:1], Rule(("/api/orders/*",), ("arn:orders",)),
                                             *f.load_balancer.rules[2:])),
     "/api/orders* does not lead to the service orders"),
    ("network", lambda f: balancer(f, rules=tuple(replace(rule, narrow=bool(rule.paths)) for rule in f.load_balancer.rules)),
     "/api/reviews* does not lead to the service reviews"),
    ("network", set_("target_groups", lambda f: without(f.target_groups, "frenchbakery-reviews")),
     "target group frenchbakery-reviews does not exist"),
    ("network", set_("target_groups", lambda f: changed(f.target_groups, "frenchbakery-orders", target_type="instance")),
     "targets of type instance"),
    ("network", set_("table", lambda f: None), "table frenchbakery-orders does not exist"),
    ("network", set_("table", lambda f: Table("frenchbakery-orders", "ACTIVE", (("order", "HASH"),))), "the key of the table"),
    ("task_definitions", set_("task_definitions", lambda f: without(f.task_definitions, "frenchbakery-reviews")),
     "no active task definition is called frenchbakery-reviews"),
    ("task_definitions", lambda f: definition(f, "frontend", memory="1024"), "256 CPU units and 1024 MiB"),
    ("task_definitions", lambda f: definition(f, "frontend", network_mode="bridge"), "cannot run on Fargate"),
    ("task_definitions", lambda f: definition(f, "frontend", compatibilities=("EC2",)), "cannot run on Fargate"),
    ("task_definitions", lambda f: definition(f, "orders", image="127.0.0.1:1/frenchbakery/products:1.0"),
     "does not come from the repository frenchbakery/orders"),
    ("task_definitions", lambda f: definition(f, "orders", ports=(80,)), "does not open the port"),
    ("task_definitions", lambda f: definition(f, "orders", log_driver=""), "goes to no log group"),
    ("task_definitions", set_("log_groups", lambda f: ()), "goes to no log group"),
    ("task_definitions", lambda f: definition(f, "orders", environment={"BACKEND_URL": "http://b"}), "which table to use"),
    ("task_definitions", lambda f: definition(f, "frontend", environment={}), "where the other services are"),
    ("task_definitions", lambda f: definition(f, "products", execution_role=""), "has no execution role"),
    ("task_definitions", lambda f: definition(f, "products", execution_role="arn:x/ghost"), "a role that does not exist (ghost)"),
    ("task_definitions", lambda f: role(f, "execution", trusted=("ec2.amazonaws.com",)), "ECS may not assume"),
    ("task_definitions", lambda f: role(f, "execution", allows=()), "it lacks ecr:GetAuthorizationToken, ecr:BatchGetImage"),
    ("task_definitions", lambda f: role(f, "execution", allows=((("ecr:*", "s3:GetObject"), ("*",)),)),
     "it lacks logs:CreateLogStream, logs:PutLogEvents"),
    ("task_definitions", lambda f: definition(f, "frontend", task_role=ORDERS_ROLE), "although its code does not call AWS"),
    ("task_definitions", lambda f: definition(f, "orders", task_role=""), "its code cannot reach the table"),
    ("task_definitions", lambda f: role(f, "orders-task", allows=((ON_TABLE[:2], (TABLE_ARN,)),)), "does not allow dynamodb:Scan"),
    ("task_definitions", lambda f: role(f, "orders-task", allows=((ON_TABLE, ("*",)),)), "allows more than the table"),
    ("task_definitions", lambda f: role(f, "orders-task", allows=((("dynamodb:*",), (TABLE_ARN,)),)), "allows more than"),
    ("task_definitions", lambda f: role(f, "orders-task", managed=("AdministratorAccess",)), "allows more than"),
    ("services", set_("services", lambda f: without(f.services, "reviews")), "the service reviews does not exist"),
    ("services", lambda f: service(f, "orders", status="DRAINING"), "orders is being deleted"),
    ("services", lambda f: service(f, "orders", family="frenchbakery-products"), "runs the task definition frenchbakery-products"),
    ("services", lambda f: service(f, "orders", desired=1, running=1), "asks for only 1 task"),
    ("services", lambda f: service(f, "orders", desired=0, running=0), "asks for no task"),
    ("services", lambda f: service(f, "orders", running=1), "of 2 tasks asked for, 1 running"),
    ("services", set_("tasks", lambda f: tuple(replace(task, zone="us-east-1a") for task in f.tasks)), "is in zone us-east-1a"),
    ("services", lambda f: service(f, "orders", target_groups=()), "registers its tasks in no target group"),
    ("services", lambda f: service(f, "orders", target_groups=("arn:products",)), "another service’s target group"),
    ("services", set_("target_groups", lambda f: changed(f.target_groups, "frenchbakery-orders", health=(("10.0.0.1", "unhealthy"),))),
     "of 2 targets, 0 healthy"),
    ("services", lambda f: service(f, "orders", breaker=False), "nothing would stop a bad deployment"),
    ("services", lambda f: service(f, "orders", groups=("sg-alb",)), "do not wear the security group"),
    ("shop", set_("visit", lambda f: Visit()), "nobody answers"),
    ("shop", set_("visit", lambda f: Visit(503)), "answers 503"),
    ("shop", set_("visit", lambda f: Visit(200)), "no order has been placed"),
    ("shop", set_("visit", lambda f: Visit(200, "X", frozenset({"orders/a"}), frozenset({"orders/b"}))), "each keeps its own"),
    ("shop", set_("visit", lambda f: Visit(200, "X", frozenset({"orders/a"}))), "only one task of orders answered"),
    ("scaling", lambda f: scaled(f, service="orders"), "products is not declared as a scalable target"),
    ("scaling", lambda f: scaled(f, minimum=1), "may go down to 1 task"),
    ("scaling", lambda f: scaled(f, maximum=2), "cannot grow"),
    ("scaling", lambda f: scaled(f, targets=()), "no policy follows a metric"),
    ("scaling", lambda f: scaled(f, acted=False), "no policy has changed the number of tasks"),
    ("release", set_("releases", lambda f: f.releases[2:3]), "still serves version 1.0"),
    ("release", set_("releases", lambda f: ()), "still serves version 1.0"),
    ("release", set_("releases", lambda f: f.releases[1:]), "no release of products has been rolled back"),
    ("release", set_("releases", lambda f: (replace(f.releases[0], status="IN_PROGRESS"), *f.releases[1:])),
     "still under way"),
    ("release", set_("releases", lambda f: (replace(f.releases[0], service="orders"), *f.releases[1:])),
     "no release of products has been rolled back"),
    ("alarm", lambda f: alarm(f, metric="AWS/ApplicationELB/HTTPCode_Target_5XX_Count"), "no alarm counts the errors"),
    ("alarm", lambda f: alarm(f, dimensions={"LoadBalancer": "app/other/1"}), "does not look at the shop"),
    ("alarm", lambda f: alarm(f, dimensions={}), "does not look at the shop"),
    ("alarm", lambda f: alarm(f, missing="missing"), "does not know that all is well"),
    ("alarm", lambda f: alarm(f, missing="ignore"), "does not know that all is well"),
    ("alarm", lambda f: alarm(f, statistic="Average"), "the statistic Average of frenchbakery-shop-errors"),
    ("alarm", lambda f: alarm(f, threshold=1000.0), "10 errors in one minute would not set"),
    ("alarm", lambda f: alarm(f, comparison="LessThanThreshold"), "would go off without any error"),
    ("alarm", lambda f: alarm(f, threshold=0.0), "would go off without any error"),
    ("alarm", lambda f: alarm(f, seconds=3600), "waits 60 minutes"),
    ("stack", set_("stack", lambda f: replace(f.stack, status="ROLLBACK_COMPLETE")), "in state ROLLBACK_COMPLETE"),
    ("stack", set_("stack", lambda f: replace(f.stack, services=frozenset())), "does not know the service orders"),
    ("stack", set_("services", lambda f: without(f.services, "orders")), "does not know the service orders"),
    ("stack", lambda f: service(f, "orders", desired=0, running=0), "orders asks for no task"),
    ("stack", lambda f: service(f, "orders", running=1), "of 2 tasks asked for, 1 running"),
    ("stack", set_("visit", lambda f: Visit(503)), "does not answer customers"),
]  # fmt: skip


@pytest.mark.parametrize("name", BUILDING)
def test_untouched(name: str) -> None:
    assert STEPS[name].check(nothing()).state == "not_attempted"


def test_alarms_of_a_scaling_policy_are_no_attempt_at_an_alarm() -> None:
    found = complete()
    found.alarms = found.alarms[:1]
    assert STEPS["alarm"].check(found).state == "not_attempted"


def test_a_shop_without_scaling_alarms_and_stack_is_whole() -> None:
    found = complete()
    found.scaling, found.alarms, found.stack = (), (), None
    assert STEPS["clean"].check(found).state == "not_attempted"


@pytest.mark.parametrize("name", BUILDING)
def test_solved(name: str) -> None:
    outcome = STEPS[name].check(complete())
    assert outcome.reasons == ()
    assert outcome.state == "passed"


@pytest.mark.parametrize(
    ("name", "spoil", "reason"), SPOILT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_wrong(name: str, spoil: Callable[[SimpleNamespace], None], reason: str) -> None:
    found = complete()
    spoil(found)
    outcome = STEPS[name].check(found)
    assert outcome.state == "failed"
    assert any(reason in one for one in outcome.reasons), outcome.reasons


RIGHT_IN_ANOTHER_WAY: list[tuple[str, Callable[[SimpleNamespace], None]]] = [
    ("network", lambda f: balancer(f, rules=(*(Rule((f"/api/{name}", f"/api/{name}/*"), (f"arn:{name}",))
                                                for name in ("reviews", "orders", "products")), f.load_balancer.rules[-1]))),
    ("network", lambda f: balancer(f, rules=(Rule((), ("arn:orders",), narrow=True), *f.load_balancer.rules))),
    ("network", lambda f: network(f, subnets=(*f.networks[0].subnets, replace(f.networks[0].subnets[0], public=False)))),
    ("task_definitions", lambda f: role(f, "execution", managed=())),
    ("task_definitions", lambda f: role(f, "execution", managed=("Own",), allows=((("*",), ("*",)),))),
    ("alarm", lambda f: alarm(f, threshold=0.0, comparison="GreaterThanThreshold")),
    ("alarm", lambda f: alarm(f, threshold=5.0, seconds=300)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), RIGHT_IN_ANOTHER_WAY)
def test_right_in_another_way(name: str, change: Callable[[SimpleNamespace], None]) -> None:
    found = complete()
    change(found)
    assert STEPS[name].check(found).reasons == ()


def test_an_image_named_by_its_aws_address_is_accepted() -> None:
    found = complete()
    definition(found, "orders", image="123456789012.dkr.ecr.us-east-1.amazonaws.com/frenchbakery/orders:1.0")
    assert STEPS["task_definitions"].check(found).state == "passed"


def test_clean_has_not_begun_while_everything_stands() -> None:
    assert STEPS["clean"].check(complete()).state == "not_attempted"


@pytest.mark.parametrize(
    ("part", "reason"),
    [("networks", "a VPC"), ("log_groups", "/ecs/frenchbakery"), ("roles", "frenchbakery-execution"),
     ("task_definitions", "frenchbakery-orders"), ("table", "frenchbakery-orders"), ("tasks", "tasks (8)"),
     ("stack", "the stack frenchbakery"), ("scaling", "scalable targets (products)"),
     ("alarms", "TargetTracking-service/frenchbakery/products-AlarmHigh, frenchbakery-shop-errors")],
)  # fmt: skip
def test_clean_names_what_is_left(part: str, reason: str) -> None:
    found = nothing()
    setattr(found, part, getattr(complete(), part))
    outcome = STEPS["clean"].check(found)
    assert outcome.state == "failed"
    assert reason in outcome.reasons[0]


def test_clean_passes_when_nothing_is_left() -> None:
    assert STEPS["clean"].check(nothing()).state == "passed"


class Denied:
    """An inventory that the account may not read."""

    def __init__(self, code: str):
        self.code = code

    def __getattr__(self, part: str) -> Any:
        raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "DescribeThings")


@pytest.mark.parametrize("name", STEPS)
def test_a_denied_reading_is_unsupported_never_passed(name: str) -> None:
    outcome = STEPS[name].check(Denied("AccessDeniedException"))
    assert outcome.state == "unsupported"
    assert outcome.reasons == ("cannot be judged here: DescribeThings answers AccessDeniedException",)


def test_another_error_is_not_swallowed() -> None:
    with pytest.raises(ClientError, match="ThrottlingException"):
        STEPS["cluster"].check(Denied("ThrottlingException"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_its_words(name: str, lang: str) -> None:
    for key in ("title", "hint_1", "hint_2", "hint_3", "solution"):
        assert STEPS[name].say(key, lang=lang)


@pytest.mark.parametrize("name", STEPS)
def test_a_solution_is_a_cell_that_parses(name: str) -> None:
    code = STEPS[name].code()
    assert "lab.session.client" in code
    assert '"""' not in code
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    for helper in {"unless_it_exists", "unless_it_is_gone"} & names:
        assert f"import {helper}" in code


@pytest.mark.parametrize("name", STEPS)
def test_a_problem_never_shows_the_answer(name: str) -> None:
    code_words = ("create_", "=", "boto3", "client(")
    for key, texts in STEPS[name].say.catalogue.items():
        if not key.startswith(("hint_", "solution")):
            for text in texts.values():
                assert not any(word in text for word in code_words), text
