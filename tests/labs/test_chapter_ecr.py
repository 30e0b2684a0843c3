"""The ECR notebook's challenges untouched, wrong and solved; its ground laid and cleared, twice each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.ecr import COURIER, GROUND, MARK, encryption, lifecycle, partners, scanning
from labs.chapters.ecr import tags as tags_
from labs.chapters.ecr.scanning import Scanning
from labs.chapters.ecr.tags import Mutability
from labs.cloud import client
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

NAMES = [each.name for each in chapter("ecr").challenges]
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
PARTNER = {"AWS": "arn:aws:iam::210987654321:root"}


# One partner


def policy(principal: Any = PARTNER, action: Any = PULL, **others: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action} | others
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "text",
    [
        policy(),
        policy({"AWS": "210987654321"}),
        policy(action=PULL[:2]),
        policy(action=["ecr:BatchGet*", "ecr:GetDownloadUrlForLayer"]),
        policy("*", Condition={"StringEquals": {"aws:PrincipalAccount": "210987654321"}}),
        policy("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/*"}}),
    ],
)
def test_one_partner_solved(text: str) -> None:
    assert partners.attempted(text)
    assert not list(partners.problems(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist"),
        ("{", "210987654321 does not get ecr:BatchGetImage"),
        (policy(action=PULL[:1]), "does not get ecr:GetDownloadUrlForLayer"),
        (policy(Effect="Deny"), "does not get ecr:BatchGetImage"),
        (policy({"AWS": "arn:aws:iam::210987654321:role/one"}), "does not get ecr:BatchGetImage"),
        (policy(action="ecr:*"), "also gets ecr:BatchDeleteImage"),
        (policy(action=[*PULL, "ecr:PutImage"]), "also gets ecr:PutImage"),
        (policy(action=[*PULL, "ecr:ListImages"]), "also gets ecr:ListImages"),
        (policy(action=[*PULL, "ecr:TagResource"]), "also gets ecr:TagResource"),
        (policy(action=[*PULL, "ecr:DeleteRepository"]), "also gets ecr:DeleteRepository"),
        (policy("*"), "any account, 333333333333"),
        (policy({"AWS": ["210987654321", "333333333333"]}), "any account, 333333333333"),
    ],
)
def test_one_partner_wrong(text: str | None, said: str) -> None:
    assert partners.attempted(text)
    assert said in "; ".join(partners.problems(text))


# Own key


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "does not exist"),
        (("AES256", "IMMUTABLE"), "no KMS key"),
        (("KMS", "MUTABLE"), "can still move"),
        (("KMS", "MUTABLE_WITH_EXCLUSION"), "can still move"),
    ],
)
def test_own_key_wrong(settings: tuple[str, str] | None, said: str) -> None:
    assert encryption.attempted(settings)
    assert said in "; ".join(encryption.problems(settings))


@pytest.mark.parametrize("kind", ["KMS", "KMS_DSSE"])
def test_own_key_solved(kind: str) -> None:
    assert not list(encryption.problems((kind, "IMMUTABLE")))
    assert not encryption.attempted(("AES256", "MUTABLE"))


# All but latest


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "does not exist"),
        (Mutability("IMMUTABLE"), "latest can no longer follow"),
        (Mutability("IMMUTABLE_WITH_EXCLUSION", ("latest*",)), "latest-2026 can still move"),
        (Mutability("IMMUTABLE_WITH_EXCLUSION", ("*latest",)), "not-latest can still move"),
        (Mutability("IMMUTABLE_WITH_EXCLUSION", ("dev-*",)), "latest can no longer follow"),
        (Mutability("MUTABLE_WITH_EXCLUSION", ("latest",)), "1.0 can still move"),
        (Mutability("MUTABLE_WITH_EXCLUSION", ("release-*", "1.0")), "latest-2026 can still move"),
    ],
)
def test_all_but_latest_wrong(found: Mutability | None, said: str) -> None:
    assert tags_.attempted(found)
    assert said in "; ".join(tags_.problems(found))


def test_all_but_latest_solved() -> None:
    assert not list(tags_.problems(Mutability("IMMUTABLE_WITH_EXCLUSION", ("latest",))))


# Ten releases


def rule(priority: int, count_type: str, count: int, tag_status: str = "tagged", *patterns: str) -> Any:
    selection = {"tagStatus": tag_status, "countType": count_type, "countNumber": count}
    selection |= {"countUnit": "days"} if count_type == "sinceImagePushed" else {}
    selection |= {"tagPatternList": list(patterns)} if patterns else {}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


TEN = rule(1, "imageCountMoreThan", 10, "tagged", "release-*")
WEEK = rule(2, "sinceImagePushed", 7, "untagged")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([TEN], "an untagged image, pushed 7.5 days ago, stays"),
        ([WEEK], "of 13 releases, 13 would be left"),
        ([TEN, rule(2, "sinceImagePushed", 14, "untagged")], "pushed 7.5 days ago, stays"),
        ([TEN, rule(2, "sinceImagePushed", 8, "untagged")], "pushed 7.5 days ago, stays"),
        ([TEN, rule(2, "sinceImagePushed", 6, "untagged")], "pushed 6.5 days ago, goes already"),
        ([TEN, rule(2, "sinceImagePushed", 3, "untagged")], "pushed 6.5 days ago, goes already"),
        ([rule(1, "imageCountMoreThan", 9, "tagged", "release-*"), WEEK], "9 would be left"),
        ([rule(1, "sinceImagePushed", 10, "tagged", "release-*"), WEEK], "0 would be left"),
        ([rule(1, "sinceImagePushed", 401, "tagged", "release-*"), WEEK], "13 would be left"),
        ([rule(1, "imageCountMoreThan", 10, "tagged", "*release-*"), WEEK], "tagged pre-release-1"),
        ([rule(1, "imageCountMoreThan", 7, "tagged", "release-1*"), WEEK], "are not the oldest"),
        ([TEN, rule(3, "sinceImagePushed", 7, "any")], "tagged prod would vanish"),
        ([rule(1, "imageCountMoreThan", 10, "tagged", "release*"), WEEK], "tagged released would vanish"),
        ([rule(1, "imageCountMoreThan", 10, "tagged", "release-*", "prod"), WEEK], "13 would be left"),
    ],
)
def test_ten_releases_wrong(rules: list[Any], said: str) -> None:
    text = json.dumps({"rules": rules})
    assert lifecycle.attempted(text)
    assert said in "; ".join(lifecycle.problems(text))


def test_ten_releases_solved_gone_and_unreadable() -> None:
    assert not list(lifecycle.problems(json.dumps({"rules": [TEN, WEEK]})))
    assert not list(lifecycle.problems(json.dumps({"rules": [TEN | {"rulePriority": 9}, WEEK]})))
    assert "does not exist" in "; ".join(lifecycle.problems(None))
    assert "missing required properties" in "; ".join(lifecycle.problems("{}"))


# Scan on push


def on_push(*filters: str, frequency: str = "SCAN_ON_PUSH") -> list[Any]:
    filters_ = [{"filter": each, "filterType": "WILDCARD"} for each in filters]
    return [{"scanFrequency": frequency, "repositoryFilters": filters_}]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Scanning(on_push("bakehouse/releases")), "bakehouse/opened-next-year would not be scanned"),
        (Scanning(on_push("bakehouse/*", frequency="MANUAL")), "bakehouse/releases would not be scanned"),
        (Scanning(on_push("*")), "frenchbakery/orders would be scanned too"),
        (Scanning(on_push("bakehouse")), "other/bakehouse would be scanned too"),
        (Scanning(on_push("bakehouse/")), "old-bakehouse/orders would be scanned too"),
        (Scanning(on_push("bakehouse*")), "bakehouse-annex/orders would be scanned too"),
        (Scanning(on_push("frenchbakery/*")), "frenchbakery/orders would be scanned too"),
        (Scanning(on_push("bakehouse/*"), "ENHANCED"), "enhanced scanning"),
    ],
)
def test_scan_on_push_wrong(found: Scanning, said: str) -> None:
    assert scanning.attempted(found)
    assert said in "; ".join(scanning.problems(found))


def test_scan_on_push_solved_in_one_rule_or_in_several() -> None:
    assert not list(scanning.problems(Scanning(on_push("bakehouse/*"))))
    assert not list(scanning.problems(Scanning(on_push("bakehouse/r*") + on_push("bakehouse/*"))))
    lab_06 = frozenset({"frenchbakery/orders"})
    assert not list(scanning.problems(Scanning(on_push("bakehouse/*"), by_themselves=lab_06)))
    assert not scanning.attempted(Scanning([], by_themselves=lab_06))


# Against the cloud


@pytest.fixture
def ground(lab: Lab) -> Lab:
    """The ground, laid twice, in an empty cloud."""
    client.reset()
    lab.prepare("ecr")
    lab.prepare("ecr")
    return lab


def repositories(lab: Lab) -> set[str]:
    return {
        each["repositoryName"] for each in lab.session.client("ecr").describe_repositories()["repositories"]
    }


def test_the_ground_holds_what_the_challenges_are_about(ground: Lab) -> None:
    assert repositories(ground) == set(GROUND)


@pytest.mark.parametrize("name", NAMES)
def test_untouched_then_solved_twice(ground: Lab, name: str) -> None:
    exercise = challenge(name)
    assert exercise.check(ground.session).state == "not_attempted"
    for _ in range(2):
        for part in exercise.solution:
            part(ground)
        assert exercise.check(ground.session).state == "passed"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ecr-scan-on-push"])
def test_a_repository_that_is_gone_is_said_to_be(ground: Lab, name: str) -> None:
    for repository in GROUND:
        ground.session.client("ecr").delete_repository(repositoryName=repository)
    found = challenge(name).check(ground.session)
    assert found.state == "failed"
    assert "does not exist any more" in found.reasons[0]


def test_what_the_solution_shows_runs_as_it_stands(ground: Lab) -> None:
    for name in NAMES:
        exec(challenge(name).code(), {"lab": ground})
        assert challenge(name).check(ground.session).state == "passed"


def test_a_setting_of_each_repository_is_no_setting_of_the_registry(ground: Lab) -> None:
    ecr = ground.session.client("ecr")
    for name in GROUND:
        ecr.put_image_scanning_configuration(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": True}
        )
    assert challenge("ecr-scan-on-push").check(ground.session).state == "not_attempted"


def test_preparing_again_undoes_the_cells_and_keeps_the_answers(ground: Lab) -> None:
    ecr, iam = ground.session.client("ecr"), ground.session.client("iam")
    for part in challenge("ecr-all-but-latest").solution:
        part(ground)
    ecr.create_repository(repositoryName="frenchbakery/orders", tags=[MARK])
    ecr.create_repository(repositoryName="frenchbakery/reviews")  # of the lab
    ecr.create_repository(repositoryName="bakehouse/nightly")
    iam.create_user(UserName=COURIER)
    ground.prepare("ecr")
    assert repositories(ground) == {*GROUND, "frenchbakery/reviews"}
    assert not iam.list_users()["Users"]
    assert ground.check("ecr-all-but-latest").text.startswith("✔")


def test_cleaning_leaves_nothing_of_the_notebook_and_spares_the_lab(ground: Lab) -> None:
    ecr, iam = ground.session.client("ecr"), ground.session.client("iam")
    ecr.create_repository(repositoryName="frenchbakery/orders", tags=[MARK])
    ecr.create_repository(repositoryName="frenchbakery/reviews")  # of the lab
    ecr.create_repository(repositoryName="bakehouse/nightly")
    others = on_push("frenchbakery/*")
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=on_push("bakehouse/*") + others)
    iam.create_user(UserName=COURIER)
    iam.create_access_key(UserName=COURIER)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": PULL, "Resource": "*"}]}
    iam.put_user_policy(UserName=COURIER, PolicyName="pull", PolicyDocument=json.dumps(document))
    for _ in range(2):
        ground.clean_up("ecr")
        assert repositories(ground) == {"frenchbakery/reviews"}
        assert scanning.look(ground.session).rules == others
        assert not iam.list_users()["Users"]
