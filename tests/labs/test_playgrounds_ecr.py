"""The playgrounds of the ECR notebook: a lifecycle policy's consequences, and a year's bill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labs.cloud import client
from labs.playgrounds import image_storage, lifecycle
from labs.playgrounds.lifecycle.fates import fates
from labs.playgrounds.lifecycle.repository import REPOSITORY, START
from labs.session import CourseSession, _environment, connect

YEAR = {"services": 4, "pushes": 6, "size": 900, "share": 30, "keep": 20}


def policy(*rules: Any) -> str:
    return json.dumps({"rules": list(rules)})


def rule(priority: int, action: str = "expire", **selection: Any) -> Any:
    target = {"targetStorageClass": "archive"} if action == "transition" else {}
    return {"rulePriority": priority, "selection": selection, "action": {"type": action} | target}


NEWEST = rule(1, tagStatus="any", countType="imageCountMoreThan", countNumber=2)
UNPULLED = rule(
    1, "transition", tagStatus="any", countType="sinceImagePulled", countUnit="days", countNumber=100
)


def shown(text: str, later: float = 0) -> dict[str, str]:
    """The line of each image, by its name."""
    lines = lifecycle.show({"policy": text, "later": later}).text.splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines)


def test_every_image_has_its_line_and_its_row() -> None:
    found = lifecycle.show({"policy": START, "later": 0})
    assert len(shown(START)) == len(REPOSITORY)
    assert found.html.count("<tr") == len(REPOSITORY) + 1
    assert found.text.startswith("9 expire, 0 go to the archive, 10 stay. Before: 4.61 GB, that is 0.46 USD")


def test_a_rule_of_high_priority_shields_what_it_keeps() -> None:
    lines = shown(START)
    assert lines["release-1.2"] == "expires (rule 1, number 4 from the youngest; the rule keeps 3)"
    assert "Alone, rule 9 would have taken it: too late, the image is rule 1’s" in lines["release-2.0"]
    assert "rule 9" not in lines["prod, release-2.2"]


def test_time_passes() -> None:
    assert shown(START)["build-241"].startswith("stays (rule 9, 20 d since the push")
    assert shown(START, later=11)["build-241"].startswith("expires (rule 9, 31 d")


def test_members_of_a_manifest_list_are_protected() -> None:
    [member] = {line for name, line in shown(START).items() if "member of" in name}
    assert member == "stays (rule 2, a manifest list refers to it)"


def test_patterns_of_one_rule_must_all_match() -> None:
    both = rule(
        1,
        tagStatus="tagged",
        tagPatternList=["build-*", "test-*"],
        countType="imageCountMoreThan",
        countNumber=1,
    )
    lines = shown(policy(both))
    assert lines["build-214, test-load"].startswith("stays (rule 1, number 1")
    assert lines["build-201"] == "stays (no rule selects it)"


def test_archiving_lowers_no_bill_but_is_told() -> None:
    found = lifecycle.show({"policy": policy(UNPULLED), "later": 0})
    assert "0 expire, 3 go to the archive" in found.text
    assert "after: 4.61 GB" in found.text
    assert "release-1.0: is archived (rule 1, 380 d since the last pull (or the push)" in found.text


def test_it_does_what_the_cloud_does() -> None:
    gone = [fate.kept.name for fate in fates(policy(NEWEST)) if fate.verdict.action]
    assert "nightly" not in gone and "build-252" not in gone
    assert len(gone) == len(REPOSITORY) - 4  # the two youngest, and the two members of the list


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseSession]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COURSE_CLOUD_HOME", str(tmp_path_factory.mktemp("cloud")))
        patch.setenv("COURSE_ENGINE", "process")
        yield connect()
        client.stop()
        _environment.restore()


def test_it_refuses_in_the_words_of_the_cloud(session: CourseSession) -> None:
    ecr = session.client("ecr")
    ecr.create_repository(repositoryName="words")
    tagless = rule(1, tagStatus="tagged", countType="imageCountMoreThan", countNumber=1)
    for short in ("{", "[]", "{}", policy(), policy(tagless), policy(NEWEST, NEWEST)):
        text = short.ljust(100)  # boto3 lets no shorter one leave
        with pytest.raises(ClientError) as caught:
            ecr.put_lifecycle_policy(repositoryName="words", lifecyclePolicyText=text)
        assert lifecycle.show({"policy": text, "later": 0}).text.splitlines()[0] == str(caught.value)
    ecr.put_lifecycle_policy(repositoryName="words", lifecyclePolicyText=START)


def test_a_syntax_error_has_its_place_and_hostile_text_stays_text() -> None:
    assert "line 2, column 1" in lifecycle.show({"policy": '{"rules":\n', "later": 0}).text
    hostile = policy(rule(1, tagStatus="<script>", countType="imageCountMoreThan", countNumber=1))
    assert "<script>" not in lifecycle.show({"policy": hostile, "later": 0}).html
    assert "(InvalidParameterException)" in lifecycle.show({"policy": "[" * 5000, "later": 0}).text


def test_a_policy_caps_what_is_stored() -> None:
    found = image_storage.months(**YEAR)
    assert [month.kept for month in found] == [found[0].kept] * 12
    assert found[-1].kept == pytest.approx(4 * (630 + 20 * 270) / 1000)
    assert found[-1].without == pytest.approx(4 * (630 + 6 * 21 * 12 * 270) / 1000)


def test_slim_images_and_shared_layers_cost_less() -> None:
    def last(**change: float) -> float:
        return image_storage.months(**YEAR | change)[-1].without

    assert last(size=90) == pytest.approx(last() / 10)
    assert last(share=100) > 3 * last()
    assert last(pushes=0) == 0


def test_the_year_is_drawn_and_told_with_its_price() -> None:
    found = image_storage.show(YEAR)
    assert "1,635 GB and 163.55 USD a month with no policy" in found.text
    assert found.html.count("<polyline") == 3
    assert "Amazon Elastic Container Registry pricing" in found.html
    assert "0.00 USD" in image_storage.show(YEAR | {"pushes": 0}).text


@pytest.mark.parametrize("module", [lifecycle, image_storage])
def test_both_start(module: Any) -> None:
    playground = module.playground()
    assert repr(playground) == f"Playground({playground.name!r})"
    assert playground.output
