"""What a cloud with a real Docker Engine takes away again when it stops."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from labs.cloud.engine.docker.pause import pause_archive
from tests.cloud.running import RunningCloud, run_cloud
from tests.cloud.stack import Stack

pytestmark = pytest.mark.engine


def make_and_push(cloud: RunningCloud, engine: Any, name: str) -> tuple[str, str]:
    """Push a small image that is like no other, under `name`; its reference there and its id."""
    address = f"127.0.0.1:{cloud.endpoint.rpartition(':')[2]}/{name}"
    changes = ['CMD ["/pause"]', f"LABEL test={os.urandom(8).hex()}"]
    engine.api.import_image_from_data(
        pause_archive(engine.info()["Architecture"]), address, "1", changes=changes
    )
    made = cloud.client("ecr").create_repository(repositoryName=name)["repository"]
    token = cloud.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = b64decode(token).decode().partition(":")
    said = engine.images.push(address, "1", auth_config={"username": user, "password": password})
    assert "error" not in said, said
    return f"{made['repositoryUri']}:1", str(engine.images.get(f"{address}:1").id)


def test_the_images_that_it_pulled_go_with_the_cloud(engine: Any, tmp_path: Path) -> None:
    import docker

    for cloud in run_cloud(tmp_path, engine="docker"):
        stack = Stack(cloud)
        reference, pulled = make_and_push(cloud, engine, "pulled")
        engine.images.remove(pulled, force=True)
        _, kept = make_and_push(cloud, engine, "kept")
        engine.images.get(kept).tag("course-test/kept", "1")
        stack.until(stack.run(stack.define(stack.container(image=reference, stopTimeout=2))), "RUNNING")
        assert engine.images.get(pulled)
    with pytest.raises(docker.errors.ImageNotFound):
        engine.images.get(pulled)
    assert engine.images.get(kept)  # somebody's own name for it
    engine.images.remove(kept, force=True)
