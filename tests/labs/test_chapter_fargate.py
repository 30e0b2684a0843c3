"""Notebook 04: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.fargate import advice, labels, photos, reviews
from labs.chapters.fargate.definitions import Definition
from labs.chapters.fargate.ground import FAMILIES, NAME
from labs.chapters.fargate.labels import Run
from labs.chapters.fargate.reviews import Service
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]


def judged(module: Any, found: Any) -> str:
    return "; ".join(module.CHALLENGE.problems(found))


@pytest.mark.parametrize("module", [photos, reviews, labels, advice])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.CHALLENGE.attempted(None)


def sized(cpu: int = 1024, memory: int = 6144, scratch: int = 60, **more: Any) -> Definition:
    return Definition(cpu, memory, scratch, **({"fargate": True, "arm": True} | more))


def test_photos() -> None:
    assert judged(photos, sized()) == ""
    assert judged(photos, sized(scratch=20)) == "the task has 20 GiB of disk; the photographs take 60"
    assert "paid for nothing" in judged(photos, sized(scratch=61))
    assert "not made for Fargate" in judged(photos, sized(fargate=False))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (sized(), ""),
        (sized(arm=False), "dearer of the two processors"),
        (sized(cpu=256), "too little CPU"),
        (sized(cpu=512, memory=4096), "too little memory"),
        (sized(memory=7168), "a smaller size"),
        (sized(cpu=2048), "a smaller size"),
        (sized(fargate=False), "not made for Fargate"),
    ],
)
def test_advice(found: Definition, words: str) -> None:
    assert (judged(advice, found) == "") == (words == "")
    assert words in judged(advice, found)


def service(
    on_demand: tuple[int, int] | None = (1, 0),
    spot: tuple[int, int] | None = (0, 1),
    desired: int = 4,
    running: tuple[int, int] = (1, 3),
) -> Service:
    strategy = {"FARGATE": on_demand, "FARGATE_SPOT": spot}
    given = {name: numbers for name, numbers in strategy.items() if numbers is not None}
    return Service(given, desired, dict(zip(strategy, running, strict=True)))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (service(), ""),
        (service(None, None, running=(4, 0)), "no capacity provider strategy"),
        (service((1, 1), None, running=(4, 0)), "no task of the service will ever go to Spot"),
        (service(None, running=(0, 4)), "nothing guarantees the first task"),
        (service((0, 1), (0, 3)), "nothing guarantees the first task"),
        (service((2, 0), running=(2, 2)), "2 tasks are reserved on demand"),
        (service((1, 1)), "beyond the first, tasks still go on demand"),
        (service(desired=3, running=(1, 2)), "wants 3 tasks instead of 4"),
        (service(running=(1, 0)), "running: 1 task(s) on demand and 0 on Spot"),
    ],
)
def test_reviews(found: Service, words: str) -> None:
    assert (judged(reviews, found) == "") == (words == "")
    assert words in judged(reviews, found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Run("STOPPED", "FARGATE_SPOT", 120, "SpotInterruption", 0), ""),
        (Run("STOPPED", "FARGATE_SPOT", 90, "UserInitiated", 0), ""),
        (Run("STOPPED", "", 120, "UserInitiated", 0), "did not run on Spot"),
        (Run("STOPPED", "FARGATE_SPOT", 30, "UserInitiated", 0), "only 30 seconds; a sheet may take 90"),
        (Run("RUNNING", "FARGATE_SPOT", 120), "has not stopped"),
        (
            Run("STOPPED", "FARGATE_SPOT", 120, "EssentialContainerExited", 0),
            "without anybody taking it back",
        ),
        (Run("STOPPED", "FARGATE_SPOT", 120, "UserInitiated", 137), "it was killed"),
        (Run("STOPPED", "FARGATE_SPOT", 120, "UserInitiated", 143), "did not leave with exit code 0"),
        (Run("STOPPED", "FARGATE_SPOT", 120, "UserInitiated", None), "did not leave with exit code 0"),
    ],
)
def test_labels(found: Run, words: str) -> None:
    assert (judged(labels, found) == "") == (words == "")
    assert words in judged(labels, found)


def test_labels_are_judged_by_the_containers_that_the_task_cannot_do_without() -> None:
    definition = {
        "containerDefinitions": [
            {"name": "helper", "essential": False},
            {"name": "printer", "stopTimeout": 90},
            {"name": "stapler", "essential": True, "stopTimeout": 120},
        ]
    }
    task: dict[str, Any] = {
        "lastStatus": "STOPPED",
        "capacityProviderName": "FARGATE_SPOT",
        "stopCode": "UserInitiated",
        "containers": [
            {"name": "helper", "exitCode": 137},
            {"name": "printer", "exitCode": 0},
            {"name": "stapler", "exitCode": 0},
        ],
    }
    assert labels.of(task, definition) == Run("STOPPED", "FARGATE_SPOT", 90, "UserInitiated", 0)
    task["containers"][2]["exitCode"] = 137
    assert "it was killed" in judged(labels, labels.of(task, definition))
    del definition["containerDefinitions"][1]["stopTimeout"]
    assert "only 30 seconds" in judged(labels, labels.of(task, definition))


@pytest.mark.parametrize("name", [each.name for each in chapter("fargate").challenges])
def test_a_challenge_has_all_its_words_and_code_that_runs(name: str) -> None:
    found = challenge(name)
    for lang in ("fr", "en"):
        for key in ("title", "hint_1", "hint_2", "hint_3", "solution"):
            assert found.say(key, lang)
    compile(found.code(), name, "exec")


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's."""
    ecs, ec2, ecr, iam, logs = (lab.session.client(name) for name in ("ecs", "ec2", "ecr", "iam", "logs"))
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
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
        *(each["repositoryName"] for each in ecr.describe_repositories()["repositories"]),
        *(each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith(NAME)),
        *(each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]),
    ]


def test_from_an_empty_cloud_to_an_empty_cloud(lab: Lab) -> None:
    names = [each.name for each in chapter("fargate").challenges]
    states = {name: challenge(name).check(lab.session).state for name in names}
    assert set(states.values()) == {"not_attempted"}, states
    lab.clean_up("fargate")  # of what is not there
    for _ in range(2):
        lab.prepare("fargate")
    before = left(lab)
    assert {challenge(name).check(lab.session).state for name in names} == {"not_attempted"}

    wrong = lab.session.client("ecs")
    role = lab.session.client("iam").get_role(RoleName="fargate-execution")["Role"]["Arn"]
    wrong.register_task_definition(
        family="fargate-advice",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1 vCPU",
        memory="8 GB",
        executionRoleArn=role,
        containerDefinitions=[{"name": "advice", "image": "python"}],
    )
    outcome = challenge("fargate-advice").check(lab.session)
    assert outcome.state == "failed"
    assert set(outcome.reasons) == {
        "a smaller size would do for the program",
        "the task runs on the dearer of the two processors",
    }

    for _ in range(2):
        for name in names:
            for part in challenge(name).solution:
                part(lab)
    outcomes = [challenge(name).check(lab.session) for name in names]
    assert [outcome.state for outcome in outcomes] == ["passed"] * len(names), outcomes

    for _ in range(2):
        lab.clean_up("fargate")
        assert left(lab) == []
    assert before  # the look at what is left sees something when there is something
    assert {challenge(name).check(lab.session).state for name in names} == {"not_attempted"}
