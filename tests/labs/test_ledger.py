"""The ledger: what it says after anything may have happened."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from labs.real import ledger as ledgers_module
from labs.real.ledger import INTENT_TAG, RUN_TAG, Ledger, Resource, Run, fold, ledgers

RUN = Run("mine", "real", "111122223333", "eu-west-3")
BREAD = Resource("ecr:repository", "bread")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.of(RUN, tmp_path)


def begin(ledger: Ledger, intent: str = "i1", kind: str = "ecr:repository") -> None:
    ledger.intend(intent, "ecr:CreateRepository", kind, "bread")


def test_only_its_user_may_read_it(ledger: Ledger):
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_a_run_is_found_again(ledger: Ledger, tmp_path: Path):
    begin(ledger)
    again = Ledger.of(Run("mine", "real", "999999999999", "us-east-1"), tmp_path)
    assert again.run == RUN  # the file decides, not who opens it
    assert set(again.record.intents) == {"i1"}


def test_two_kernels_see_each_others_entries(ledger: Ledger, tmp_path: Path):
    other = Ledger.of(RUN, tmp_path)
    begin(ledger)
    ledger.made("i1", ["bread"])
    assert other.record.made == {BREAD}


def test_an_intent_is_open_until_aws_answers(ledger: Ledger):
    begin(ledger)
    assert ledger.record.intents["i1"].open
    ledger.unanswered("i1", "ReadTimeoutError")
    assert ledger.record.intents["i1"].open
    ledger.refused("i1", "RepositoryAlreadyExistsException")
    assert not ledger.record.intents["i1"].open


def test_half_a_line_is_passed_over_and_not_continued(ledger: Ledger, tmp_path: Path):
    begin(ledger)
    with ledger.path.open("ab") as file:
        file.write(b'{"event": "made", "intent": "i1", "reso')
    survivor = Ledger.of(RUN, tmp_path)
    assert survivor.record.made == set()
    survivor.made("i1", ["bread"])
    assert Ledger.of(RUN, tmp_path).record.made == {BREAD}


def test_every_prefix_of_a_ledger_is_readable(ledger: Ledger):
    begin(ledger)
    ledger.made("i1", ["bread"])
    ledger.deleted(BREAD)
    ledger.close()
    text = ledger.path.read_bytes()
    for size in range(len(text)):
        ledger.path.write_bytes(text[:size])
        Ledger(ledger.path).record  # noqa: B018


def test_what_is_made_again_is_not_deleted(ledger: Ledger):
    for intent in ("i1", "i2"):
        begin(ledger, intent)
        ledger.made(intent, ["bread"])
        if intent == "i1":
            ledger.deleted(BREAD)
    assert ledger.record.deleted == set()


def test_a_new_intent_opens_a_closed_run(ledger: Ledger):
    ledger.close()
    assert ledger.record.closed
    begin(ledger)
    assert not ledger.record.closed


def test_unknown_events_and_orphans_are_passed_over():
    record = fold(
        [
            {"event": "from a newer course"},
            {"event": "made", "intent": "unknown", "resources": ["x"], "open": False},
            {"event": "refused", "intent": "unknown", "code": "x"},
        ]
    )
    assert (record.made, record.intents, record.run) == (set(), {}, None)


def test_other_files_are_no_ledgers(ledger: Ledger, tmp_path: Path):
    (tmp_path / "notes.jsonl").write_text("not json\n")
    assert [one.run for one in ledgers(tmp_path)] == [RUN]
    assert ledgers(tmp_path / "nowhere") == []


def test_every_entry_is_dated(ledger: Ledger):
    begin(ledger)
    assert all(json.loads(line)["at"].endswith("+00:00") for line in ledger.path.read_text().splitlines())


@pytest.mark.parametrize(
    ("resource", "run", "intent", "agrees"),
    [
        (BREAD, "mine", "i1", True),
        (BREAD, "theirs", "i1", False),
        (BREAD, None, "i1", False),
        (BREAD, "mine", None, False),
        (BREAD, "mine", "i9", False),
        (Resource("ecr:repository", "copy"), "mine", "i1", False),  # its tags were copied
        (Resource("ecs:cluster", "bread"), "mine", "i1", False),
        (Resource("ec2:vpc", "vpc-1"), "mine", "open", True),  # made by a call whose answer was lost
    ],
)
def test_ledger_and_tag_must_tell_the_same_story(
    ledger: Ledger, resource: Resource, run: str | None, intent: str | None, agrees: bool
):
    begin(ledger)
    ledger.made("i1", ["bread"])
    begin(ledger, "open", "ec2:vpc")
    tags = {key: value for key, value in ((RUN_TAG, run), (INTENT_TAG, intent)) if value}
    assert ledger.record.agrees(resource, tags) is agrees


def test_an_entry_that_the_disk_took_in_part_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ledger = Ledger.of(RUN, tmp_path)
    write = os.write
    monkeypatch.setattr("os.write", lambda file, data: write(file, data[:10]))
    with pytest.raises(OSError, match="space"):
        ledger.intend("1", "ecr:CreateRepository", "ecr:repository", "bread")
    monkeypatch.undo()
    ledger.intend("2", "ecr:CreateRepository", "ecr:repository", "bread")
    assert set(ledger.record.intents) == {"2"}


def test_what_another_kernel_writes_while_this_one_reads_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ledger, other = Ledger.of(RUN, tmp_path), Ledger.of(RUN, tmp_path)
    fold = ledgers_module.fold

    def slow(entries: Any) -> Any:
        record = fold(list(entries))
        monkeypatch.undo()
        other.intend("1", "ecr:CreateRepository", "ecr:repository", "bread")
        return record

    ledger.intend("0", "ecr:CreateRepository", "ecr:repository", "cake")
    monkeypatch.setattr(ledgers_module, "fold", slow)
    assert set(ledger.record.intents) == {"0"}
    assert set(ledger.record.intents) == {"0", "1"}
