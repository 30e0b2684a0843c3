"""The base image of the course's Dockerfiles, for tests on a real engine."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def python_image(client: Any) -> str:
    """The Dockerfiles' base image: there already (`.ci/engine` makes it from Debian packages), else pulled."""
    import docker

    found = re.search(r"^ARG PYTHON_IMAGE=(\S+)", (ROOT / "frenchbakery/orders/Dockerfile").read_text(), re.M)
    assert found, "the Dockerfile names its base image"
    name = found[1]
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        try:
            client.images.pull(name)
        except docker.errors.APIError as error:
            message = f"the base image {name} is not there and cannot be pulled: {error}"
            if os.environ.get("REQUIRE_ENGINE") == "1":
                pytest.fail(message)
            pytest.skip(message)
    return name
