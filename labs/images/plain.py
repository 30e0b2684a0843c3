"""Pushing an image over plain HTTP, as the OCI distribution specification describes it, without an engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from labs.images.model import BuiltImage, ImageError, Layer, PushedImage, Registry, Report, short
from labs.images.texts import say

PIECE = 1024 * 1024  # bytes
TIMEOUT = 60  # seconds


def push(image: BuiltImage, layout: Path, registry: Registry, report: Report) -> PushedImage:
    """Send what the registry lacks of the image in an OCI layout, then its manifest. Raises ImageError."""
    manifest_file = _blob(layout, image.digest)
    content = manifest_file.read_bytes()
    manifest = json.loads(content)
    layers = tuple(Layer(layer["digest"], layer["size"]) for layer in manifest["layers"])
    config = Layer(manifest["config"]["digest"], manifest["config"]["size"])
    tag = registry.tag or image.tag
    try:
        with httpx.Client(
            base_url=f"{registry.url}/v2/{registry.repository}/",
            auth=(registry.user, registry.password),
            timeout=TIMEOUT,
            trust_env=False,  # no proxy stands between this machine and its loopback
        ) as client:
            for layer in (*layers, config):
                _send(client, layer, _blob(layout, layer.digest), report)
            answer = client.put(
                f"manifests/{tag}", content=content, headers={"Content-Type": manifest["mediaType"]}
            )
            _check(answer, 201)
    except httpx.HTTPError as error:
        raise ImageError(say("unreachable", host=registry.host, problem=error)) from error
    report("pushed", say("pushed", tag=tag, digest=image.digest))
    return PushedImage(
        registry.repository, tag, image.digest, config.size + sum(layer.size for layer in layers), layers
    )


def _send(client: httpx.Client, layer: Layer, file: Path, report: Report) -> None:
    digest = short(layer.digest)
    if client.head(f"blobs/{layer.digest}").status_code == 200:
        report(layer.digest, say("exists", digest=digest))
        return
    started = _check(client.post("blobs/uploads/"), 202)
    target = httpx.URL(urljoin(str(started.request.url), started.headers["Location"]))
    if urlsplit(str(target)).netloc != started.request.url.netloc.decode():
        raise ImageError(
            say("push_refused", problem=f"Location: {target}")
        )  # the password stays with its registry
    body = _pieces(file, layer, report)
    answer = client.put(
        target.copy_merge_params({"digest": layer.digest}),
        content=body,
        headers={"Content-Length": str(layer.size), "Content-Type": "application/octet-stream"},
    )
    _check(answer, 201)
    report(layer.digest, say("sent", digest=digest, size=layer.size))


def _pieces(file: Path, layer: Layer, report: Report) -> Iterator[bytes]:
    done = 0
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
            done += len(piece)
            if done < layer.size:
                report(layer.digest, say("sending", digest=short(layer.digest), done=done, size=layer.size))


def _check(answer: httpx.Response, status: int) -> httpx.Response:
    if answer.status_code == status:
        return answer
    try:
        problem = "; ".join(error["message"] for error in answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        problem = f"HTTP {answer.status_code}"
    raise ImageError(say("push_refused", problem=problem))


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
