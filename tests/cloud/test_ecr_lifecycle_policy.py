"""The pure evaluation of lifecycle policies, and the checks of their text."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.cloud.registry.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT,
    PULLED,
    PUSHED,
    STANDARD,
    TAGGED,
    TRANSITION,
    TRANSITIONED,
    UNTAGGED,
    Policy,
    Reason,
    Rule,
    StoredImage,
    evaluate,
)
from labs.cloud.registry.lifecycle_policy import InvalidPolicy, read
from labs.cloud.registry.texts import because

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def image(name: str, days: float, *tags: str, **others: Any) -> StoredImage:
    """An image pushed `days` ago."""
    return StoredImage(name, frozenset(tags), NOW - timedelta(days=days), **others)


def tagged(priority: int, count: int, *patterns: str, **others: Any) -> Rule:
    return Rule(priority, TAGGED, others.pop("count_type", COUNT), count, patterns, **others)


def acted(images: list[StoredImage], *rules: Rule) -> dict[str, int]:
    """Image → priority of the rule that acts on it."""
    return {
        v.image.digest: v.rule.priority for v in evaluate(images, Policy(rules), NOW) if v.action and v.rule
    }


# The examples of the User Guide, "Examples of lifecycle policies in Amazon ECR", in this test's own images


THREE = [
    image("A", 10, "beta-1", "prod-1"),
    image("B", 9, "beta-2", "prod-2"),
    image("C", 8, "beta-3"),
]


def test_an_image_of_a_higher_rule_is_not_taken_by_a_lower_one() -> None:
    assert acted(THREE, tagged(1, 1, "prod*"), tagged(2, 1, "beta*")) == {"A": 1}


def test_the_other_way_round_the_first_rule_takes_both() -> None:
    assert acted(THREE, tagged(1, 1, "beta*"), tagged(2, 1, "prod*")) == {"A": 1, "B": 1}


def test_marked_images_count_as_present() -> None:
    images = [image(str(days), days, "v") for days in range(1, 5)] + [image("u", 9)]
    rules = tagged(1, 1, "v"), Rule(2, ANY, COUNT, 4)
    assert acted(images, *rules) == {"2": 1, "3": 1, "4": 1, "u": 2}


def test_several_patterns_are_all_needed() -> None:
    images = [image("both", 5, "alpha-1", "beta-1"), image("one", 6, "alpha-2"), image("other", 7, "beta-2")]
    assert acted(images, tagged(1, 1, "alpha*", "beta*", count_type=PUSHED)) == {"both": 1}


def test_a_pattern_is_anchored_and_wild_anywhere() -> None:
    images = [
        image("a", 2, "repo-production"),
        image("b", 2, "prod"),
        image("c", 2, "PROD"),
        image("d", 2, "a.c"),
    ]
    assert set(acted(images, tagged(1, 1, "*prod*", count_type=PUSHED))) == {"a", "b"}
    assert set(acted(images, tagged(1, 1, "prod", count_type=PUSHED))) == {"b"}
    assert set(acted(images, tagged(1, 1, "a.c", count_type=PUSHED))) == {"d"}
    assert acted(images, tagged(1, 1, "a*d", count_type=PUSHED)) == {}


@pytest.mark.parametrize("days, goes", [(14, False), (14.001, True)])
def test_days_since_the_push(days: float, goes: bool) -> None:
    assert bool(acted([image("x", days)], Rule(1, UNTAGGED, PUSHED, 14))) is goes


def test_the_youngest_stay() -> None:
    images = [image(str(days), days) for days in (3, 1, 2)]
    verdicts = {
        v.image.digest: (v.reason, v.rank)
        for v in evaluate(images, Policy((Rule(1, UNTAGGED, COUNT, 1),)), NOW)
    }
    assert verdicts == {"1": (Reason.WITHIN, 1), "2": (Reason.TOO_MANY, 2), "3": (Reason.TOO_MANY, 3)}


def test_members_of_a_manifest_list_stay_until_it_is_gone() -> None:
    member, index = image("member", 30), image("index", 20, "v1", members=frozenset({"member"}))
    rule = Rule(1, ANY, PUSHED, 1)
    [first, second] = evaluate([index, member], Policy((rule,)), NOW)
    assert (first.image.digest, first.reason, first.action) == ("member", Reason.LISTED, None)
    assert second.action == "expire"
    assert acted([member], rule) == {"member": 1}


def test_last_pull_or_else_the_push() -> None:
    rule = Rule(1, ANY, PULLED, 30, action=TRANSITION)
    images = [
        image("used", 90, last_pulled_at=NOW - timedelta(days=3)),
        image("unused", 90, last_pulled_at=NOW - timedelta(days=31)),
        image("never", 31),
        image("new", 1),
        image("restored", 90, activated_at=NOW - timedelta(days=2)),
    ]
    assert acted(images, rule) == {"unused": 1, "never": 1}
    [verdict] = evaluate([images[1]], Policy((rule,)), NOW)
    assert verdict.action == TRANSITION


def test_an_archived_image_belongs_to_the_archives_rules() -> None:
    archived = image("x", 400, storage_class=ARCHIVE, archived_at=NOW - timedelta(days=91))
    rules = Rule(1, ANY, PUSHED, 1), Rule(2, ANY, TRANSITIONED, 90, storage_class=ARCHIVE)
    assert acted([archived], *rules) == {"x": 2}
    assert acted([archived], rules[0]) == {}


def test_a_restored_image_is_as_young_as_its_return() -> None:
    images = [image("restored", 90, activated_at=NOW - timedelta(days=1)), image("other", 5)]
    assert acted(images, Rule(1, UNTAGGED, COUNT, 1)) == {"other": 1}
    assert acted(images, Rule(1, UNTAGGED, PUSHED, 4)) == {"other": 1}


def test_reasons_are_told_in_both_languages() -> None:
    [verdict] = evaluate([image("x", 15.04)], Policy((Rule(1, UNTAGGED, PUSHED, 14),)), NOW)
    assert because(verdict)["en"] == "15.0 days since the push, and the rule admits 14"
    assert "14" in because(verdict)["fr"] and "envoi" in because(verdict)["fr"]
    for reason in (Reason.UNSELECTED, Reason.LISTED, Reason.WITHIN):
        assert all(because(type(verdict)(verdict.image, None, reason)).values())


# Properties


TAGS = st.sampled_from(["prod-1", "prod-2", "beta-1", "beta-2", "latest"])
IMAGES = st.lists(st.tuples(st.integers(0, 40), st.frozensets(TAGS, max_size=2)), max_size=8).map(
    lambda given: [image(f"i{n}", days, *tags) for n, (days, tags) in enumerate(given)]
)
RULES = st.lists(
    st.tuples(
        st.sampled_from(
            [(TAGGED, ("prod*",)), (TAGGED, ("beta*",)), (TAGGED, ("*-1", "*-2")), (UNTAGGED, ())]
        ),
        st.sampled_from([COUNT, PUSHED]),
        st.integers(1, 20),
    ),
    max_size=4,
    unique_by=lambda each: each[0],
).map(lambda given: [Rule(n, s[0], kind, count, s[1]) for n, (s, kind, count) in enumerate(given, 1)])


@settings(max_examples=150, deadline=None)
@given(IMAGES, RULES, st.randoms(use_true_random=False))
def test_order_of_images_and_rules_does_not_matter(
    images: list[StoredImage], rules: list[Rule], chance: Any
) -> None:
    before = evaluate(images, Policy(tuple(rules)), NOW)
    chance.shuffle(images)
    chance.shuffle(rules)
    assert evaluate(images, Policy(tuple(rules)), NOW) == before


@settings(max_examples=150, deadline=None)
@given(IMAGES, RULES)
def test_every_image_has_one_verdict_of_its_first_rule(images: list[StoredImage], rules: list[Rule]) -> None:
    verdicts = evaluate(images, Policy(tuple(rules)), NOW)
    assert sorted(v.image.digest for v in verdicts) == sorted(each.digest for each in images)
    for verdict in verdicts:
        fitting = [rule for rule in rules if rule.selects(verdict.image)]
        assert verdict.rule == min(fitting, key=lambda rule: rule.priority, default=None)


@settings(max_examples=150, deadline=None)
@given(IMAGES, RULES)
def test_each_rule_alone_says_what_it_does(images: list[StoredImage], rules: list[Rule]) -> None:
    """Marks do not depend on other rules: marked images still count as present."""
    together = {v.image.digest: v for v in evaluate(images, Policy(tuple(rules)), NOW)}
    for rule in rules:
        for alone in evaluate(images, Policy((rule,)), NOW):
            if together[alone.image.digest].rule == rule:
                assert together[alone.image.digest] == alone


def test_the_evaluator_needs_no_moto() -> None:
    code = "import sys, labs.cloud.registry.lifecycle_policy; print('moto' in sys.modules, 'boto3' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False False\n"
    )


# The text


def rule(**changes: Any) -> dict[str, Any]:
    """A rule's JSON with changes: dotted names, None removes."""
    document: dict[str, Any] = {
        "rulePriority": 1,
        "selection": {"tagStatus": "untagged", "countType": COUNT, "countNumber": 3},
        "action": {"type": "expire"},
    }
    for name, value in changes.items():
        *path, last = name.split("__")
        place = document
        for step in path:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return document


def text(*rules: Any) -> str:
    return json.dumps({"rules": list(rules)})


DAYS = {"selection__countUnit": "days"}
TO_ARCHIVE = {"action": {"type": "transition", "targetStorageClass": "archive"}}


@pytest.mark.parametrize(
    "document, expected",
    [
        (rule(), Rule(1, UNTAGGED, COUNT, 3)),
        (
            rule(selection__tagStatus="tagged", selection__tagPrefixList=["a", "b"], description="why"),
            Rule(1, TAGGED, COUNT, 3, ("a*", "b*"), description="why"),
        ),
        (
            rule(selection__tagStatus="tagged", selection__tagPatternList=["a*b*c*d*"]),
            Rule(1, TAGGED, COUNT, 3, ("a*b*c*d*",)),
        ),
        (rule(selection__countType=PUSHED, **DAYS), Rule(1, UNTAGGED, PUSHED, 3)),
        (
            rule(selection__countType=PULLED, **DAYS, **TO_ARCHIVE),
            Rule(1, UNTAGGED, PULLED, 3, action=TRANSITION),
        ),
        (
            rule(
                selection__countType=TRANSITIONED,
                selection__storageClass="archive",
                selection__countNumber=90,
                **DAYS,
            ),
            Rule(1, UNTAGGED, TRANSITIONED, 90, storage_class=ARCHIVE),
        ),
        (rule(selection__storageClass="standard"), Rule(1, UNTAGGED, COUNT, 3, storage_class=STANDARD)),
    ],
)
def test_rules_are_read(document: dict[str, Any], expected: Rule) -> None:
    assert read(text(document)) == Policy((expected,))


NO_SCHEMA = "instance failed to match exactly one schema"


@pytest.mark.parametrize(
    "written, message",
    [
        ("", "Could not map policyString"),
        ("[]", "Could not map policyString"),
        ("[" * 100_000, "Could not map policyString"),
        ("{}", r'missing required properties \(\["rules"\]\)'),
        ('{"rules": {}}', r'missing required properties \(\["rules"\]\)'),
        (text(), "array is too short"),
        (text(*[rule(rulePriority=n) for n in range(1, 52)]), "array is too long: must have at most 50"),
        (text(3), r"instance type \(integer\) does not match"),
        (text(rule(action=None)), r'missing required properties \(\["action"\]\)'),
        (text(rule(more=1)), r'not allowed by the schema: \(\["more"\]\)'),
        (text(rule(selection__more=1)), r'not allowed by the schema: \(\["more"\]\)'),
        (text(rule(rulePriority="1")), r"instance type \(string\) does not match"),
        (text(rule(rulePriority=True)), r"instance type \(boolean\) does not match"),
        (text(rule(rulePriority=0)), r"lower than the required minimum \(minimum: 1, found: 0\)"),
        (text(rule(selection__countNumber=0)), "lower than the required minimum"),
        (text(rule(selection__countNumber=10**30)), "Could not map"),
        (text(rule(selection__tagStatus="some")), "not found in enum"),
        (text(rule(selection__tagStatus=["any"])), "not found in enum"),
        (text(rule(action__type="keep")), "not found in enum"),
        (text(rule(selection__countType="sinceMonday")), NO_SCHEMA),
        (text(rule(**DAYS)), NO_SCHEMA),  # a unit with a number of images
        (text(rule(selection__countType=PUSHED)), NO_SCHEMA),
        (text(rule(selection__countType=PULLED, **DAYS)), NO_SCHEMA),  # may only archive
        (text(rule(action__type="transition")), NO_SCHEMA),  # to where
        (text(rule(action__targetStorageClass="archive")), NO_SCHEMA),
        (text(rule(selection__storageClass="archive")), NO_SCHEMA),
        (
            text(
                rule(
                    selection__countType=TRANSITIONED,
                    selection__storageClass="archive",
                    selection__countNumber=89,
                    **DAYS,
                )
            ),
            NO_SCHEMA,
        ),
        (text(rule(selection__tagStatus="tagged")), "Must specify tagPrefixList or tagPatternList"),
        (text(rule(selection__tagPrefixList=["a"])), "only be specified when tagStatus=TAGGED"),
        (
            text(rule(selection__tagStatus="tagged", selection__tagPatternList=["*a*b*c*d*"])),
            "more than 4 wildcards",
        ),
        (text(rule(selection__tagStatus="tagged", selection__tagPatternList=[1])), "instance type"),
        (text(rule(selection__tagStatus="tagged", selection__tagPatternList="a")), "instance type"),
        (
            text(
                rule(
                    selection__tagStatus="tagged",
                    selection__tagPatternList=["a"],
                    selection__tagPrefixList=["b"],
                )
            ),
            "cannot both be specified",
        ),
        (text(rule(), rule(selection__tagStatus="any")), "priorities must be unique"),
        (
            text(rule(selection__tagStatus="any"), rule(rulePriority=2)),
            "tagStatus=ANY must have the lowest priority per storage class",
        ),
        (text(rule(), rule(rulePriority=2)), "Only one rule can select Untagged images"),
    ],
)
def test_what_is_no_policy_is_refused(written: str, message: str) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        read(written)


def test_each_storage_class_may_have_its_rule_for_any_image() -> None:
    archive = rule(
        rulePriority=2,
        selection__tagStatus="any",
        selection__countType=TRANSITIONED,
        selection__storageClass="archive",
        selection__countNumber=365,
        **DAYS,
    )
    assert len(read(text(rule(selection__tagStatus="any"), archive)).rules) == 2


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "rules",
                        "selection",
                        "action",
                        "rulePriority",
                        "tagStatus",
                        "countType",
                        "countNumber",
                        "type",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_other_json_is_refused_in_words(document: Any) -> None:
    for content in (document, {"rules": document}, {"rules": [document]}):
        with pytest.raises(InvalidPolicy):
            read(json.dumps(content))
