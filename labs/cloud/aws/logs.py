"""CloudWatch Logs where moto differs from AWS, and where the local cloud must differ from both.

Corrected: FilterLogEvents looks only into the streams that `logStreamNamePrefix` begins; moto looks into all.

moto keeps every event in memory for ever. AWS keeps them too, on disks without end; here a program that writes
without end would fill the machine's memory. So each stream keeps its newest events only, and that is told.
"""

from __future__ import annotations

import json
from typing import Any

from moto.logs import models, urls
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogsBackend, LogStream, logs_backends
from moto.logs.responses import LogsResponse

from labs.cloud.aws.logs_texts import say
from labs.cloud.runtime import Runtime

KEPT_EVENTS = 10_000  # of a stream
KEPT_BYTES = 4 * 1024 * 1024  # of a stream's messages
SLACK = 1.1  # a stream is trimmed once it is this much too large, not at every event


def trim(events: list[Any], most: int = KEPT_EVENTS, most_bytes: int = KEPT_BYTES) -> int:
    """How many of the oldest `events` must go, so that no more than that are left. Pure."""
    size = 0
    kept = 0
    for event in reversed(events):
        size += len(event.message)
        if kept == most or (size > most_bytes and kept):
            break
        kept += 1
    return len(events) - kept


class Backend(LogsBackend):
    """moto's CloudWatch Logs of one Region, with streams that forget."""

    runtime: Runtime

    def put_log_events(
        self, log_group_name: str, log_stream_name: str, log_events: list[dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        """Keep the newest events; tell the first time that some were dropped."""
        answer = super().put_log_events(log_group_name, log_stream_name, log_events)
        stream = self.groups[log_group_name].streams[log_stream_name]
        if self._grown(stream, log_events):
            gone = trim(stream.events)
            del stream.events[:gone]
            stream.kept_bytes = sum(len(event.message) for event in stream.events)
            if gone and not getattr(stream, "told", False):
                stream.told = True
                name = f"{log_group_name} {log_stream_name}"
                self.runtime.narrate(
                    "logs-trimmed", stream.arn, say, "logs-trimmed", stream=name, events=KEPT_EVENTS
                )
        return answer

    def streams_beginning(self, log_group_name: str, prefix: str) -> list[str]:
        """The names of the group's streams that begin so; none where there is no such group."""
        group = self.groups.get(log_group_name)
        return [name for name in group.streams if name.startswith(prefix)] if group else []

    def _grown(self, stream: LogStream, added: list[dict[str, Any]]) -> bool:
        """Whether it is time to trim the stream."""
        stream.kept_bytes = getattr(stream, "kept_bytes", 0) + sum(len(each["message"]) for each in added)
        return len(stream.events) > KEPT_EVENTS * SLACK or stream.kept_bytes > KEPT_BYTES * SLACK


class Response(LogsResponse):
    """moto's answers, with FilterLogEvents by prefix."""

    def filter_log_events(self) -> str:
        """In the streams named, in those of the prefix, or in all [API FilterLogEvents]."""
        prefix, group = self._get_param("logStreamNamePrefix"), self._get_param("logGroupName")
        if prefix is None:
            return super().filter_log_events()
        if self._get_param("logStreamNames"):
            raise InvalidParameterException(
                "logStreamNames and logStreamNamePrefix cannot be given together."
            )
        names = self.logs_backend.streams_beginning(group, prefix)
        if not names and group in self.logs_backend.groups:
            return json.dumps({"events": [], "searchedLogStreams": []})  # to moto, no names mean all streams
        others = ("startTime", "endTime", "limit", "nextToken", "filterPattern")
        found = self.logs_backend.filter_log_events(
            group, names, *map(self._get_param, others), interleaved=self._get_param("interleaved", False)
        )
        return json.dumps(dict(zip(("events", "nextToken", "searchedLogStreams"), found, strict=True)))


def install(runtime: Runtime) -> None:
    """Patch CloudWatch Logs."""
    urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)
    Backend.runtime = runtime
    Backend.__module__ = models.__name__
    logs_backends.backend = Backend
