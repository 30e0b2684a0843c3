"""Building the shop's images and pushing them to a registry: what `lab.build` and `lab.push` stand on.

With a Docker Engine an image is built from its Dockerfile. Without one it is made from a declaration,
`frenchbakery/images.toml`: still a real OCI image with layers, configuration and digest, but without an
operating system, so only the local cloud can run it and only the local cloud takes it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labs.images.model import BuiltImage, ImageError, PushedImage, Registry, Report
from labs.images.progress import shown
from labs.images.texts import say
from labs.real.ledger import Resource

if TYPE_CHECKING:
    import docker

__all__ = ["BuiltImage", "ImageError", "PushedImage", "build", "push"]

SOURCE = Path(__file__).parents[2] / "frenchbakery"  # the shop is data here: never imported


def build(
    service: str,
    source: Path = SOURCE,
    *,
    tag: str = "latest",
    real: bool = False,
    build_args: Mapping[str, str] | None = None,
    report: Report | None = None,
) -> BuiltImage:
    """Build the image `frenchbakery/<service>:<tag>` from the folder that holds all services.

    `real` says that the image is meant for a real account, which needs a Docker Engine; `build_args` are those
    of the Dockerfile; `report` takes the progress, line by line. Raises ImageError.
    """
    if not (source / service / "Dockerfile").is_file() or Path(service).name != service:
        raise ImageError(say("no_service", service=service, folder=source))
    report = report or shown(say("building", image=f"frenchbakery/{service}:{tag}"))
    engine = _engine(real)
    if engine is not None:
        from labs.images import engine as with_engine

        return with_engine.build(engine, service, source, tag, build_args or {}, report)
    if real:
        raise ImageError(say("real_needs_engine"))
    from labs.images import declared

    return declared.build(service, source, tag, report)


def push(
    image: BuiltImage, repository_uri: str, session: Any, *, report: Report | None = None
) -> PushedImage:
    """Push an image under its tag into an ECR repository, whose address `describe_repositories` gives.

    `session` is a boto3 session: it fetches the registry's password and says which registry is meant.
    Raises Refused for a repository of a real account that is not the run's, and ImageError; an image made without an engine is refused by every registry but the local cloud's.
    """
    registry = Registry.of(repository_uri, session)
    if guard := getattr(session, "guard", None):  # a push is no boto3 call: its hooks do not see it
        guard.require(Resource("ecr:repository", registry.repository))
    if image.engine_free and not registry.local:
        raise ImageError(say("refused", image=image.name))
    report = report or shown(say("pushing", image=image.name, repository=registry.repository))
    if image.layout is not None:
        from labs.images import plain

        return plain.push(image, image.layout, registry, report)
    from labs.cloud.engine.docker import client

    engine = client()
    if engine is None:
        raise ImageError(say("engine_gone"))
    from labs.images import engine as with_engine

    return with_engine.push(engine, image, registry, report)


def _engine(real: bool) -> docker.DockerClient | None:
    """The Docker Engine to build with, or None to build without. Raises ImageError.

    An image is built for what will run it: what `COURSE_ENGINE` forces, else the engine that the running cloud
    has chosen, else a Docker Engine if one answers.
    """
    wanted = os.environ.get("COURSE_ENGINE")
    if wanted is None and not real:
        from labs.cloud import client as cloud

        running = cloud.status()
        wanted = running.engine if running else None
    if wanted == "process":
        return None
    from labs.cloud.engine.docker import client

    found = client()
    if found is None and wanted == "docker":
        raise ImageError(say("no_engine"))
    return found
