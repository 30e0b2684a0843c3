"""RULES.md, rules 24 and 25: the registry."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from labs.cloud.registry.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT,
    PULLED,
    PUSHED,
    TAGGED,
    TRANSITION,
    TRANSITIONED,
    UNTAGGED,
    Policy,
    Rule,
    StoredImage,
    evaluate,
)
from labs.cloud.registry.lifecycle_policy import InvalidPolicy, read
from labs.cloud.registry.tickets import Tickets
from tests.cloud.registry_client import RegistryClient, SmallImage, error
from tests.cloud.running import RunningCloud

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def image(name: str, days: float, *tags: str, **others: Any) -> StoredImage:
    return StoredImage(name, frozenset(tags), NOW - timedelta(days=days), **others)


def acted(images: list[StoredImage], *rules: Rule) -> dict[str, int]:
    verdicts = evaluate(images, Policy(rules), NOW)
    return {v.image.digest: v.rule.priority for v in verdicts if v.action and v.rule}


def rules_text(*selections: dict[str, Any]) -> str:
    rules = [
        {"rulePriority": number, "selection": selection, "action": {"type": "expire"}}
        for number, selection in enumerate(selections, 1)
    ]
    return json.dumps({"rules": rules})


@pytest.fixture(scope="module")
def registry(cloud: RunningCloud) -> Iterator[RegistryClient]:
    cloud.client("ecr").create_repository(repositoryName="shop/rules")
    with RegistryClient(cloud, "shop/rules") as client:
        yield client


def test_rule_24_a_rule_keeps_for_itself_what_its_tags_select() -> None:
    keep = Rule(1, TAGGED, COUNT, 10, ("prod*",))
    rest = Rule(2, ANY, COUNT, 1)
    images = [image("prod", 9, "prod-1"), image("old", 8, "test"), image("new", 1, "test-2")]
    assert acted(images, keep, rest) == {"old": 2}  # prod is the oldest, and counts
    assert acted(images, rest) == {"prod": 2, "old": 2}


def test_rule_24_marked_images_count_as_present() -> None:
    images = [image("a", 3, "v1"), image("b", 2, "v2"), image("u", 9)]
    assert acted(images, Rule(1, TAGGED, COUNT, 1, ("v*",)), Rule(2, ANY, COUNT, 2)) == {"a": 1, "u": 2}


def test_rule_24_several_patterns_are_and() -> None:
    both = Rule(1, TAGGED, PUSHED, 1, ("alpha*", "beta*"))
    assert acted([image("x", 5, "alpha-1"), image("y", 5, "alpha-2", "beta-2")], both) == {"y": 1}


def test_rule_24_days_since_push_pull_and_archiving() -> None:
    pulled = Rule(1, ANY, PULLED, 30, action=TRANSITION)
    archived = Rule(2, ANY, TRANSITIONED, 90, storage_class=ARCHIVE)
    images = [
        image("pulled", 90, last_pulled_at=NOW - timedelta(days=1)),
        image("forgotten", 90),
        image("archived", 400, storage_class=ARCHIVE, archived_at=NOW - timedelta(days=91)),
        image("archived lately", 400, storage_class=ARCHIVE, archived_at=NOW - timedelta(days=89)),
    ]
    assert acted(images, pulled, archived) == {"forgotten": 1, "archived": 2}
    assert acted([image("x", 14.5)], Rule(1, UNTAGGED, PUSHED, 14)) == {"x": 1}


def test_rule_24_members_of_a_manifest_list_are_protected() -> None:
    index = image("index", 1, "v1", members=frozenset({"member"}))
    assert acted([image("member", 99), index], Rule(1, UNTAGGED, PUSHED, 7)) == {}


def test_rule_24_any_comes_last_and_fifty_rules_are_the_most() -> None:
    anything = {"tagStatus": "any", "countType": COUNT, "countNumber": 1}
    with pytest.raises(InvalidPolicy, match="lowest priority"):
        read(rules_text(anything, {**anything, "tagStatus": "untagged"}))
    tagged = [{**anything, "tagStatus": "tagged", "tagPrefixList": [f"v{n}-"]} for n in range(51)]
    assert len(read(rules_text(*tagged[:50])).rules) == 50
    with pytest.raises(InvalidPolicy, match="at most 50"):
        read(rules_text(*tagged))


def test_rule_24_a_digest_is_that_of_the_manifests_bytes(registry: RegistryClient) -> None:
    pushed = SmallImage.of("digest")
    answer = registry.push(pushed, "digest")
    assert answer.headers["Docker-Content-Digest"] == f"sha256:{hashlib.sha256(pushed.manifest).hexdigest()}"


def test_rule_24_an_immutable_tag_refuses_another_image(
    cloud: RunningCloud, registry: RegistryClient
) -> None:
    ecr = cloud.client("ecr")
    first, second = SmallImage.of("one"), SmallImage.of("two")
    registry.push(first, "fixed")
    registry.push(second, "other")
    ecr.put_image_tag_mutability(repositoryName="shop/rules", imageTagMutability="IMMUTABLE")
    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        ecr.put_image(repositoryName="shop/rules", imageManifest=second.manifest.decode(), imageTag="fixed")
    status, code, message = error(registry.put_manifest(second.manifest, "fixed", second.media_type))
    assert (status, code) == (400, "TAG_INVALID")
    assert "cannot be overwritten because the repository is immutable" in message


def test_rule_25_user_aws_and_the_token_open_the_distribution_api(
    cloud: RunningCloud, registry: RegistryClient
) -> None:
    [data] = cloud.client("ecr").get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert user == "AWS"
    assert httpx.get(cloud.url("/v2/"), auth=(user, password)).status_code == 200
    assert httpx.get(cloud.url("/v2/"), auth=("other", password)).status_code == 401
    answer = httpx.get(cloud.url("/v2/"))
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


class StoppedClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


def test_rule_25_a_password_lasts_twelve_hours(cloud: RunningCloud) -> None:
    [data] = cloud.client("ecr").get_authorization_token()["authorizationData"]
    left = data["expiresAt"] - datetime.now(UTC)
    assert timedelta(hours=11, minutes=55) < left <= timedelta(hours=12)
    clock = StoppedClock()
    tickets = Tickets(clock)
    ticket, ends = tickets.issue({"use": "registry"}, timedelta(hours=12))
    clock.time = ends - timedelta(seconds=1)
    assert tickets.read(ticket) == {"use": "registry"}
    clock.time = ends
    assert tickets.read(ticket) is None
