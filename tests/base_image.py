"""The base image of the course's Dockerfiles, for tests on a real engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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


def wheels(client: Any, folder: Path) -> None:
    """Fill `folder` with the wheels of the shop's requirements, for the base image's Python and this machine.

    With them in the build context the Dockerfiles build without a network, given `OFFLINE`.
    """
    program = "import platform, sys; print('%d.%d' % sys.version_info[:2], platform.machine())"
    answer = client.containers.run(python_image(client), ["python", "-c", program], remove=True)
    version, machine = answer.decode().split()
    platforms = [f"--platform=manylinux{glibc}_{machine}" for glibc in ("2014", "_2_28", "_2_34")]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    wanted = ["--only-binary=:all:", f"--python-version={version}", *platforms]
    target = ["--dest", str(folder), "--requirement", str(ROOT / "frenchbakery/requirements.txt")]
    subprocess.run([*pip, *wanted, *target], check=True, timeout=300)


OFFLINE = {"PIP_OPTIONS": "--no-index --find-links=/build"}
