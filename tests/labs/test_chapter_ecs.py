"""Notebook 03: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ecs import dawn, labels, night, recipe, steam, vault
from labs.chapters.ecs.dawn import Rule
from labs.chapters.ecs.ground import FAMILIES, NAME, NIGHT_PROGRAM, PARAMETER, RULES
from labs.chapters.ecs.night import Night
from labs.chapters.ecs.recipe import Reader
from labs.chapters.ecs.steam import Placed
from labs.chapters.ecs.vault import Vault
from labs.cloud import client
from labs.lab import Lab
from labs.session import _environment, connect

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


def two(fonts: dict[str, Any] | None = None, printer: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "fonts": {"essential": False} | (fonts or {}),
        "printer": {
            "essential": True,
            "dependsOn": [{"containerName": "fonts", "condition": "SUCCESS"}],
            "portMappings": [{"containerPort": 8080}],
            "environment": [{"name": "SHOP", "value": "FrenchBakery"}],
        }
        | (printer or {}),
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (two(), ""),
        ({"printer": {}}, "no container fonts"),
        ({}, "no container printer"),
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


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Night(RUN, "STOPPED", "Essential container in task exited", 0), ""),
        (Night(("true",), "STOPPED", "", 0), "no longer runs the program"),
        (Night(RUN), "has not run yet"),
        (Night(RUN, "RUNNING"), "has not stopped"),
        (
            Night(RUN, "STOPPED", "CannotPullContainerError: x: not found"),
            "begins with CannotPullContainerError",
        ),
        (Night(RUN, "STOPPED", "Essential container in task exited", 1), "exit code 1"),
    ],
)
def test_night(found: Night, words: str) -> None:
    holds(night, found, words)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Placed(True, ("c/a", "c/b"), frozenset({"c/z"})), ""),
        (Placed(False, ("c/a", "c/b")), "no memberOf"),
        (Placed(True, ("c/a",)), "1 task(s)"),
        (Placed(True, ("c/a", "")), "not run on an instance"),
        (Placed(True, ("c/a", "c/z"), frozenset({"other/z"})), "marked oven=wood"),
        (Placed(True, ("c/a", "c/a")), "share an instance"),
    ],
)
def test_steam(found: Placed, words: str) -> None:
    holds(steam, found, words)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Rule("cron(30 3 ? * MON-FRI *)", True, "ecs-dough", 2), ""),
        (Rule("cron(30 3 ? * 2-6 *)", True, "ecs-dough", 2), ""),
        (Rule("cron(30 3 ? * MON-FRI *)", False, "ecs-dough", 2), "disabled"),
        (Rule("rate(1 day)", True, "ecs-dough", 2), "written with cron()"),
        (Rule("", True, "ecs-dough", 2), "written with cron()"),
        (Rule("cron(30 3 * * ? *)", True, "ecs-dough", 2), "03:30, 03:30"),
        (Rule("cron(30 3 ? * 1-5 *)", True, "ecs-dough", 2), "not 03:30 UTC from Monday"),
        (Rule("cron(* 3 ? * MON-FRI *)", True, "ecs-dough", 2), "…"),
        (Rule("cron(30 3 ? * MON-FRI 1999)", True, "ecs-dough", 2), "—"),
        (Rule("cron(30 3 ? * MON-FRI *)", True, None), "no target"),
        (Rule("cron(30 3 ? * MON-FRI *)", True, "ecs-bread", 2), "ecs-bread instead of ecs-dough"),
        (Rule("cron(30 3 ? * MON-FRI *)", True, "ecs-dough", 1), "1 task(s) instead of 2"),
    ],
)
def test_dawn(found: Rule, words: str) -> None:
    holds(dawn, found, words)


def policy(resource: str, action: str = "ssm:GetParameters") -> str:
    return json.dumps({"Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})


ONE = "arn:aws:ssm:us-east-1:123456789012:parameter/ecs/recipe"
READ = Reader(PARAMETER, task_role=False, policies=(policy(ONE),))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (READ, ""),
        (replace(READ, secret=ONE), ""),
        (replace(READ, task_role=True), "has a task role"),
        (replace(READ, secret=""), "does not come from the parameter"),
        (replace(READ, secret="/other"), "does not come from the parameter"),
        (replace(READ, status="RUNNING", exit_code=None), "has not stopped"),
        (
            replace(READ, exit_code=None, reason="ResourceInitializationError: x"),
            "ResourceInitializationError",
        ),
        (replace(READ, exit_code=1), "exit code 1"),
        (replace(READ, policies=(policy("*"),)), "other parameters"),
        (replace(READ, policies=(policy(ONE), policy("*", "ssm:Get*"))), "other parameters"),
    ],
)
def test_recipe(found: Reader, words: str) -> None:
    holds(recipe, found, words)


DOWN = Vault(private=True, way_out=False, secrets=(PARAMETER,))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (DOWN, ""),
        (replace(DOWN, secrets=(ONE,)), ""),
        (replace(DOWN, private=False), "did not run in the subnet"),
        (replace(DOWN, way_out=True), "a route to the internet"),
        (replace(DOWN, secrets=()), "no variable"),
        (replace(DOWN, status="PENDING", exit_code=None), "has not stopped"),
        (replace(DOWN, exit_code=None, reason="no way to Amazon ECR"), "no way to Amazon ECR"),
        (replace(DOWN, exit_code=3), "exit code 3"),
    ],
)
def test_vault(found: Vault, words: str) -> None:
    holds(vault, found, words)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab in a cloud of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COURSE_CLOUD_HOME", str(tmp_path_factory.mktemp("cloud")))
        patch.setenv("COURSE_ENGINE", "process")
        yield Lab(connect())
        client.stop()
        _environment.restore()


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
    ecs = lab.session.client("ecs")
    same = ecs.describe_task_definition(taskDefinition="ecs-night")["taskDefinition"]
    ecs.register_task_definition(
        family="ecs-night",
        networkMode="awsvpc",
        memory="512",
        containerDefinitions=same["containerDefinitions"],
    )
    assert challenge("ecs-night").check(lab.session).reasons == (
        "the last revision of ecs-night has not run yet",
    )

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
