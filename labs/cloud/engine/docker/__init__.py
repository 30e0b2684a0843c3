"""Containers on a Docker Engine: isolated, limited, and killed when they use too much memory.

`engine` is where a reader starts: a container's life, from the image to its removal. `options` says what the
engine is asked for, `answers` reads what it says, `pulling` brings images from the cloud's own registry;
`bridge` is the network, with the `forwarder` by which containers reach the cloud, and `pause` the image that
holds a task's network open.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import docker

from labs.cloud.engine.docker.answers import FAILURES

if TYPE_CHECKING:
    from labs.cloud.engine.docker.engine import DockerEngine
    from labs.cloud.registry.images import Images

ANSWERS_WITHIN = 2  # seconds: how long choosing an engine may take
CALL_TIMEOUT = 60  # seconds for one request to the engine


def client() -> docker.DockerClient | None:
    """A client of this machine's Docker Engine (`DOCKER_HOST`, else the CLI's context); None when none answers."""
    try:
        docker.from_env(timeout=ANSWERS_WITHIN).ping()
        return docker.from_env(timeout=CALL_TIMEOUT)
    except (*FAILURES, ValueError):
        return None


def connect(home: Path, images: Images, port: int) -> DockerEngine | None:
    """The engine for the cloud of that folder, whose API is on `port`; None when no Docker Engine answers."""
    from labs.cloud.engine.docker.engine import DockerEngine

    found = client()
    return DockerEngine(home, images, port, found) if found else None
