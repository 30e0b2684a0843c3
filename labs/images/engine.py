"""Building and pushing with a Docker Engine, through the docker SDK."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from docker.errors import DockerException

from labs.images.model import BuiltImage, ImageError, Layer, PushedImage, Registry, Report
from labs.images.texts import say

if TYPE_CHECKING:
    import docker

LAST_LINES = 20  # of a build's output, shown when it fails
OFFLINE = ("dial tcp", "no such host", "i/o timeout", "request canceled", "connection refused")


def build(
    engine: docker.DockerClient,
    service: str,
    source: Path,
    tag: str,
    build_args: Mapping[str, str],
    report: Report,
) -> BuiltImage:
    """Build a service's Dockerfile. Raises ImageError with the end of the build's output."""
    name = f"frenchbakery/{service}:{tag}"
    output: deque[str] = deque(maxlen=LAST_LINES)
    try:
        for event in engine.api.build(
            path=str(source),
            dockerfile=f"{service}/Dockerfile",
            tag=name,
            buildargs=dict(build_args),
            rm=True,
            forcerm=True,
            decode=True,
        ):
            line = str(event.get("stream") or event.get("error") or event.get("status") or "").strip()
            if "error" in event:
                raise _failed(name, [*output, line])
            if line:
                output.append(line)
                # Steps stay; what a step prints passes by.
                report(line if line.startswith("Step ") else "output", line)
        image = engine.images.get(name)
    except (DockerException, requests.exceptions.RequestException, TypeError) as error:
        raise _failed(name, [*output, str(error)]) from error
    report("output", say("built", digest=image.id))
    attributes = image.attrs
    return BuiltImage(
        service, tag, str(image.id), attributes["Size"], tuple(attributes["RootFS"].get("Layers") or ())
    )


def push(engine: docker.DockerClient, image: BuiltImage, registry: Registry, report: Report) -> PushedImage:
    """Push an image that the engine keeps. Raises ImageError with the registry's words."""
    tag = registry.tag or image.tag
    repository = f"{registry.host}/{registry.repository}"
    digest = ""
    try:
        engine.images.get(image.digest).tag(repository, tag)
        for event in engine.api.push(
            repository,
            tag,
            stream=True,
            decode=True,
            auth_config={"username": registry.user, "password": registry.password},
        ):
            if "error" in event:
                raise ImageError(say("push_refused", problem=event["error"]))
            digest = (event.get("aux") or {}).get("Digest", digest)
            if line := _line(event):
                report(event["id"], line)
    except (DockerException, requests.exceptions.RequestException) as error:
        raise ImageError(say("push_refused", problem=error)) from error
    finally:
        # The registry's name was for the push only: a local cloud's port would litter the list of images.
        with contextlib.suppress(DockerException, requests.exceptions.RequestException):
            engine.images.remove(f"{repository}:{tag}", noprune=True)
    report("pushed", say("pushed", tag=tag, digest=digest))
    return _pushed(registry, tag, digest)


def _line(event: Mapping[str, Any]) -> str | None:
    """What the engine says of a layer, in the learner's words; None for what needs no line."""
    layer, status, detail = event.get("id"), event.get("status", ""), event.get("progressDetail") or {}
    if "total" in detail:
        return say(
            "sending", digest=layer, done=min(detail["current"], detail["total"]), size=detail["total"]
        )
    if status.startswith("Mounted from "):
        return say("mounted", digest=layer, repository=status.removeprefix("Mounted from "))
    key = {"Layer already exists": "exists", "Pushed": "arrived"}.get(status)
    return say(key, digest=layer) if key else None


def _pushed(registry: Registry, tag: str, digest: str) -> PushedImage:
    """The image as ECR has it: the engine compresses layers on the way, so only the registry knows their sizes."""
    answer = registry.client.batch_get_image(
        repositoryName=registry.repository, imageIds=[{"imageDigest": digest}]
    )
    manifest = json.loads(answer["images"][0]["imageManifest"])
    layers = tuple(Layer(layer["digest"], layer["size"]) for layer in manifest["layers"])
    size = manifest["config"]["size"] + sum(layer.size for layer in layers)
    return PushedImage(registry.repository, tag, digest, size, layers)


def _failed(name: str, output: list[str]) -> ImageError:
    problem = "\n".join(output[-LAST_LINES:])
    text = say("build_failed", image=name, problem=problem)
    if any(sign in output[-1] for sign in OFFLINE):
        text += "\n" + say("no_base")
    return ImageError(text)
