"""CloudWatch Logs where moto's answers were corrected, asked over HTTP."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.running import RunningCloud

GROUP = "/test/logs"
STREAMS = ("web/oven/1", "web/oven/2", "night/oven/1")


@pytest.fixture(scope="module")
def logs(cloud: RunningCloud) -> Any:
    """A group with a stream of two lines for each of STREAMS."""
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    now = int(time.time() * 1000)  # Logs refuses events of long ago
    for stream in STREAMS:
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        events = [{"timestamp": now + n, "message": f"{stream} line {n}"} for n in (1, 2)]
        logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)
    return logs


def streams(logs: Any, **request: Any) -> set[str]:
    """Of the events found."""
    found = logs.filter_log_events(logGroupName=GROUP, **request)["events"]
    return {event["logStreamName"] for event in found}


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("web/", set(STREAMS[:2])),
        ("web/oven/2", {STREAMS[1]}),
        ("oven", set()),
        ("day", set()),
    ],
)
def test_a_prefix_chooses_the_streams(logs: Any, prefix: str, expected: set[str]) -> None:
    assert streams(logs, logStreamNamePrefix=prefix) == expected


def test_without_a_prefix_names_choose_and_without_names_all_are_read(logs: Any) -> None:
    assert streams(logs) == set(STREAMS)
    assert streams(logs, logStreamNames=[STREAMS[2]]) == {STREAMS[2]}


def test_pattern_and_pages_keep_to_the_prefix(logs: Any) -> None:
    assert streams(logs, logStreamNamePrefix="web", filterPattern="night") == set()
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, logStreamNamePrefix="web", PaginationConfig={"PageSize": 1}
    )
    messages = [event["message"] for page in pages for event in page["events"]]
    assert sorted(messages) == [f"{stream} line {n}" for stream in STREAMS[:2] for n in (1, 2)]


def test_names_and_a_prefix_together_are_refused(logs: Any) -> None:
    with pytest.raises(ClientError) as raised:
        streams(logs, logStreamNamePrefix="web", logStreamNames=[STREAMS[0]])
    assert raised.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_missing_group_is_told_with_a_prefix_too(logs: Any) -> None:
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.filter_log_events(logGroupName="/test/none", logStreamNamePrefix="web")
