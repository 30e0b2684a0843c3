"""What a Docker Engine says, read: lines of output, addresses, the end of a container, its use, errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests
from docker.errors import APIError, DockerException

from labs.cloud.engine.base import OUT_OF_MEMORY, Status, Usage
from labs.cloud.engine.process import LONGEST_LINE

UNREACHABLE = "Cannot connect to the Docker Engine. Is it running?"
FAILURES = (DockerException, requests.exceptions.RequestException)
"""What a request to the engine may raise: its own errors, and those of the way to it."""


def whole_lines(output: Iterator[tuple[bytes | None, bytes | None]]) -> Iterator[bytes]:
    """The lines of a container's standard output and error, each whole, without the newline."""
    pending = [b"", b""]
    for pieces in output:
        for stream, piece in enumerate(pieces):
            *lines, rest = (pending[stream] + (piece or b"")).split(b"\n")
            yield from (line.removesuffix(b"\r") for line in lines)
            while len(rest) > LONGEST_LINE:
                yield rest[:LONGEST_LINE]
                rest = rest[LONGEST_LINE:]
            pending[stream] = rest
    yield from (rest for rest in pending if rest)


def addresses(attributes: Mapping[str, Any]) -> Mapping[int, tuple[str, int]]:
    """Where the published ports are; none for a container that has ended already."""
    published = attributes["NetworkSettings"]["Ports"] or {}
    return {
        int(port.partition("/")[0]): (bindings[0]["HostIp"], int(bindings[0]["HostPort"]))
        for port, bindings in published.items()
        if bindings
    }


def final(state: Mapping[str, Any], killed: bool) -> Status:
    """How a container ended; `killed`: the course has killed it for its task's memory."""
    killed = killed or bool(state["OOMKilled"])
    return Status(False, state["ExitCode"], killed, OUT_OF_MEMORY if killed else None)


def usage(counted: Mapping[str, Any]) -> Usage | None:
    """The engine's counters; None for a container that has just ended."""
    memory = counted.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    details = memory.get("stats") or {}
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))  # cgroup v1, v2
    return Usage(counted["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9, max(0, memory["usage"] - cache))


def words(error: Exception) -> str:
    """What the engine said, as ECS quotes it."""
    if isinstance(error, requests.exceptions.ConnectionError):
        return UNREACHABLE
    explanation = error.explanation if isinstance(error, APIError) else str(error)
    return f"Error response from daemon: {explanation}"
