"""Notebook 03: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ecs import dawn, labels, night, recipe, steam, vault
from labs.chapters.ecs.dawn import Rule, Start
from labs.chapters.ecs.ended import Ended
from labs.chapters.ecs.ground import FAMILIES, NAME, NIGHT_PROGRAM, PARAMETER, RULES
from labs.chapters.ecs.night import Night
from labs.chapters.ecs.recipe import Reader
from labs.chapters.ecs.steam import Placed
from labs.chapters.ecs.vault import Vault
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

MODULES = (labels, night, steam, dawn, recipe, vault)
NAMES = [each.name for each in chapter("ecs").challenges]


def judged(module: Any, found: Any) -> str:
    return "; ".join(module.problems(found))


def holds(module: Any, found: Any, words: str) -> None:
    """No problem without `words`, and else one that says them."""
    assert (judged(module, found) == "") == (words == "")
    assert words in judged(module, found)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


def two(
    fonts: dict[str, Any] | None = None, printer: dict[str, Any] | None = None, **definition: Any
) -> dict[str, Any]:
    first = {"name": "fonts", "image": "shop:1.0", "essential": False, "command": ["true"]} | (fonts or {})
    second = {
        "name": "printer",
        "image": "shop:1.0",
        "essential": True,
        "dependsOn": [{"containerName": "fonts", "condition": "SUCCESS"}],
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": "SHOP", "value": "FrenchBakery"}],
    } | (printer or {})
    return {"requiresCompatibilities": ["FARGATE"], "containerDefinitions": [first, second]} | definition


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (two(), ""),
        (two(requiresCompatibilities=["FARGATE", "EC2"]), ""),
        (two(fonts={"command": [], "entryPoint": ["true"]}), ""),
        (two(containerDefinitions=[{"name": "printer"}]), "no container fonts"),
        (two(containerDefinitions=[]), "no container printer"),
        (two(requiresCompatibilities=["EC2"]), "not made for Fargate"),
        (two(printer={"image": "shop:0.9"}), "do not have the same image"),
        (two(fonts={"command": []}), "a shop that never ends"),
        (two(fonts={"essential": True}), "the whole task will stop"),
        (two(printer={"essential": False}), "go on without it"),
        (two(printer={"dependsOn": []}), "does not wait"),
        (two(printer={"dependsOn": [{"containerName": "fonts", "condition": "COMPLETE"}]}), "on COMPLETE"),
        (two(printer={"portMappings": [{"containerPort": 80}]}), "port 8080"),
        (two(printer={"environment": [{"name": "SHOP", "value": "bakery"}]}), "SHOP of printer"),
    ],
)
def test_labels(found: dict[str, Any], words: str) -> None:
    holds(labels, found, words)


RUN = ("python", "-c", NIGHT_PROGRAM)
BROKEN = Ended(reason="CannotPullContainerError: x: not found", exit_code=None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Night(RUN, Ended()), ""),
        (Night(("true",), Ended()), "no longer runs the program"),
        (Night(RUN), "has not run yet"),
        (Night(RUN, Ended("RUNNING", exit_code=None)), "has not stopped"),
        (Night(RUN, BROKEN), "did not start: CannotPullContainerError"),
        (Night(RUN, Ended(exit_code=1, container="night")), "night left with exit code 1"),
    ],
)
def test_night(found: Night, words: str) -> None:
    holds(night, found, words)


WOOD = frozenset({"z"})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Placed(True, ("a", "b"), WOOD), ""),
        (Placed(False, ("a", "b"), WOOD), "would let its tasks go"),
        (Placed(False, ("a", "b"), frozenset()), "no instance of the cluster carries"),
        (Placed(True, ("a", "b"), WOOD, mode="awsvpc"), "in the awsvpc mode"),
        (Placed(True, ("a", "b"), WOOD, older=2), "2 task(s) of an older revision"),
        (Placed(True, ("a",), WOOD), "1 task(s) of the last revision"),
        (Placed(True, ("a", ""), WOOD), "not run on an instance"),
        (Placed(True, ("a", "z"), WOOD), "a task runs on the instance marked"),
        (Placed(True, ("a", "a"), WOOD), "share an instance"),
    ],
)
def test_steam(found: Placed, words: str) -> None:
    holds(steam, found, words)


class Cluster:
    """Answers about two instances, the first of which has the attribute."""

    def describe_container_instances(self, cluster: str, containerInstances: list[str]) -> dict[str, Any]:
        attributes = {
            "a": [{"name": "oven", "value": "wood"}, {"name": "zone", "value": "1a"}],
            "b": [{"name": "oven", "value": "wood"}, {"name": "zone", "value": "1b"}],
        }
        return {"containerInstances": [{"attributes": attributes[each]} for each in containerInstances]}


@pytest.mark.parametrize(
    ("expressions", "marked", "kept"),
    [
        (["attribute:oven != wood"], ["a", "b"], True),
        (["not (attribute:oven == wood)"], ["a"], True),
        (["attribute:oven !exists"], ["a"], True),
        (["attribute:zone == 1b", "attribute:zone == 1a"], ["a", "b"], True),
        (["attribute:zone == 1b"], ["a", "b"], False),
        (["attribute:oven == wood"], ["a"], False),
        ([], ["a"], False),
        (["attribute:oven != wood"], [], False),
        (["what is this"], ["a"], False),
    ],
)
def test_which_rule_keeps_tasks_away(expressions: list[str], marked: list[str], kept: bool) -> None:
    constraints = [{"type": "memberOf", "expression": expression} for expression in expressions]
    assert steam._keeps_away(Cluster(), {"placementConstraints": constraints}, marked) is kept


DOUGH = Start("ecs-dough", 2)


def rule(schedule: str = "cron(30 3 ? * MON-FRI *)", *starts: Start, **more: Any) -> Rule:
    return replace(Rule(schedule, True, starts or (DOUGH,)), **more)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rule(), ""),
        (rule("cron(30 3 ? * 2-6 *)"), ""),
        (rule("cron(30 3 ? * MON-FRI *)", Start("ecs-dough"), Start("ecs-dough")), ""),
        (rule(enabled=False), "disabled"),
        (rule(pattern=True), "also fires when an event comes"),
        (rule("rate(1 day)"), "written with cron()"),
        (rule(""), "written with cron()"),
        (rule("cron(30 3 * * ? *)"), "week of 2027-01-03: Sun 03:30, Mon 03:30"),
        (rule("cron(30 3 ? * 1-5 *)"), "not fire at 03:30 UTC from Monday"),
        (rule("cron(* 3 ? * MON-FRI *)"), "03:07 …"),
        (rule("cron(30 3 ? * MON-FRI 1999)"), "week of 2027-01-03: —"),
        (rule("cron(30 3 ? 1-6 MON-FRI *)"), "week of 2027-07-04: —"),
        (rule(starts=()), "no target"),
        (rule("cron(30 3 ? * MON-FRI *)", replace(DOUGH, family="ecs-bread")), "ecs-bread instead of ecs-dough"),
        (rule("cron(30 3 ? * MON-FRI *)", replace(DOUGH, count=1)), "1 task(s) instead of 2"),
        (rule("cron(30 3 ? * MON-FRI *)", DOUGH, DOUGH), "4 task(s) instead of 2"),
        (rule("cron(30 3 ? * MON-FRI *)", replace(DOUGH, active=False)), "not active: ecs-dough"),
        (rule("cron(30 3 ? * MON-FRI *)", replace(DOUGH, connected=False)), "in which subnets"),
        (rule("cron(30 3 ? * MON-FRI *)", replace(DOUGH, allowed=False)), "may not start these tasks"),
    ],
)  # fmt: skip
def test_dawn(found: Rule, words: str) -> None:
    holds(dawn, found, words)


def policy(resource: str, action: str = "ssm:GetParameters") -> str:
    return json.dumps({"Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})


HERE = "arn:aws:ssm:eu-west-3:111122223333:parameter"
ONE = f"{HERE}{PARAMETER}"
READ = Reader(PARAMETER, task_role=False, policies=(policy(ONE),), parameters=HERE, ended=Ended())


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (READ, ""),
        (replace(READ, secret=ONE), ""),
        (replace(READ, policies=(policy(ONE, "ssm:*"),)), ""),
        (replace(READ, task_role=True), "has a task role"),
        (replace(READ, secret=""), "does not come from the parameter"),
        (replace(READ, secret="/other"), "does not come from the parameter"),
        (replace(READ, ended=Ended("RUNNING", exit_code=None)), "has not stopped"),
        (replace(READ, ended=BROKEN), "did not start: CannotPull"),
        (replace(READ, ended=Ended(exit_code=1)), "exit code 1"),
        (replace(READ, policies=(policy("*"),)), "other parameters"),
        (replace(READ, policies=(policy(ONE), policy("*", "ssm:Get*"))), "other parameters"),
        (replace(READ, policies=(policy(ONE), policy("*", "ssm:GetParameter"))), "other parameters"),
        (replace(READ, policies=(policy(f"{HERE}/ecs/*"),)), "other parameters"),
        (replace(READ, policies=(policy(f"{ONE}*"),)), "other parameters"),
        (replace(READ, policies=(policy(f"{HERE}/*"),)), "other parameters"),
    ],
)
def test_recipe(found: Reader, words: str) -> None:
    holds(recipe, found, words)


DOWN = Vault(private=True, way_out=False, secrets=(PARAMETER,), ended=Ended())


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (DOWN, ""),
        (replace(DOWN, secrets=(ONE,)), ""),
        (replace(DOWN, private=False), "did not run in the subnet"),
        (replace(DOWN, way_out=True), "a route to the internet"),
        (replace(DOWN, secrets=()), "no variable"),
        (replace(DOWN, ended=Ended("PENDING", exit_code=None)), "has not stopped"),
        (replace(DOWN, ended=Ended(reason="no way to Amazon ECR", exit_code=None)), "no way to Amazon ECR"),
        (replace(DOWN, ended=Ended(exit_code=3)), "exit code 3"),
    ],
)
def test_vault(found: Vault, words: str) -> None:
    holds(vault, found, words)


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's."""
    ecs, ec2, ecr, iam, logs, events, ssm = (
        lab.session.client(name) for name in ("ecs", "ec2", "ecr", "iam", "logs", "events", "ssm")
    )
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    alive = [*ours, {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    clusters = ecs.describe_clusters(clusters=[NAME])["clusters"]
    return [
        *(cluster["clusterName"] for cluster in clusters if cluster["status"] != "INACTIVE"),
        *(
            arn
            for family in FAMILIES
            for arn in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
        ),
        *(vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]),
        *(
            each["InternetGatewayId"]
            for each in ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
        ),
        *(
            each["VpcEndpointId"]
            for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if each["State"] != "deleted"
        ),
        *(str(group["Instances"]) for group in ec2.describe_instances(Filters=alive)["Reservations"]),
        *(each["repositoryName"] for each in ecr.describe_repositories()["repositories"]),
        *(each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith(NAME)),
        *(each["InstanceProfileName"] for each in iam.list_instance_profiles()["InstanceProfiles"]),
        *(each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]),
        *(each["Name"] for each in events.list_rules()["Rules"] if each["Name"] in RULES),
        *ssm.get_parameters(Names=[PARAMETER])["Parameters"],
    ]


def states(lab: Lab) -> dict[str, str]:
    return {name: challenge(name).check(lab.session).state for name in NAMES}


def test_from_an_empty_cloud_to_an_empty_cloud(lab: Lab) -> None:
    assert set(states(lab).values()) == {"not_attempted"}, states(lab)
    lab.clean_up("ecs")  # of what is not there
    for _ in range(2):
        lab.prepare("ecs")
    before = left(lab)
    assert set(states(lab).values()) == {"not_attempted"}, states(lab)

    vault.run_in_the_vault(lab)  # before there is any door
    outcome = challenge("ecs-vault").check(lab.session)
    assert outcome.state == "failed"
    assert "Amazon ECR" in outcome.reasons[0] or "Systems Manager" in outcome.reasons[0]
    recipe.read_recipe(lab)  # before the role may read
    outcome = challenge("ecs-recipe").check(lab.session)
    assert "ResourceInitializationError" in outcome.reasons[0]
    half_mend_the_night(lab)
    wrong_rule(lab)

    for _ in range(2):
        for name in NAMES:
            for part in challenge(name).solution:
                part(lab)
    outcomes = [challenge(name).check(lab.session) for name in NAMES]
    assert [outcome.state for outcome in outcomes] == ["passed"] * len(NAMES), outcomes

    for _ in range(2):
        lab.clean_up("ecs")
        assert left(lab) == []
    assert before  # the look at what is left sees something when there is something
    assert set(states(lab).values()) == {"not_attempted"}


def half_mend_the_night(lab: Lab) -> None:
    """A learner deregisters the first revision and registers one with the first fault mended only."""
    ecs = lab.session.client("ecs")
    delivered = ecs.describe_task_definition(taskDefinition="ecs-night")["taskDefinition"]
    [container] = delivered["containerDefinitions"]
    ecs.deregister_task_definition(taskDefinition=delivered["taskDefinitionArn"])
    container["image"] = container["image"].replace(":1.1", ":1.0")
    ecs.register_task_definition(family="ecs-night", memory="512", containerDefinitions=[container])
    assert challenge("ecs-night").check(lab.session).reasons == (
        "the last revision of ecs-night has not run yet",
    )


def wrong_rule(lab: Lab) -> None:
    """A rule whose target would fail each morning: no subnets, and a role that may start nothing."""
    ecs, events, iam = (lab.session.client(name) for name in ("ecs", "events", "iam"))
    events.put_rule(Name="ecs-dawn", ScheduleExpression="cron(30 3 ? * MON-FRI *)")
    [cluster] = ecs.describe_clusters(clusters=["ecs"])["clusters"]
    role = iam.get_role(RoleName="ecs-execution")["Role"]["Arn"]
    target = {"Id": "dough", "Arn": cluster["clusterArn"], "RoleArn": role}
    there = ecs.describe_task_definition(taskDefinition="ecs-vault")["taskDefinition"]["taskDefinitionArn"]
    starts = {"TaskDefinitionArn": there, "TaskCount": 2}
    events.put_targets(Rule="ecs-dawn", Targets=[target | {"EcsParameters": starts}])
    assert challenge("ecs-dawn").check(lab.session).reasons == (
        "the target starts ecs-vault instead of ecs-dough",
        "the target does not say in which subnets to start the tasks",
        "the target’s role may not start these tasks, or not pass them their roles",
    )
    starts["TaskDefinitionArn"] = there.replace("ecs-vault", "ecs-dough")
    events.put_targets(Rule="ecs-dawn", Targets=[target | {"EcsParameters": starts}])
    assert challenge("ecs-dawn").check(lab.session).reasons == (
        "the target names a definition that is not active: ecs-dough",
    )
