"""An image as a registry has it: its manifest and its configuration, read through ECR's API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

SECONDS = 30  # for the download of a configuration: a few kilobytes


@dataclass(frozen=True)
class Published:
    """What `docker run` will find in the image."""

    digest: str
    user: str  # empty: root
    command: tuple[str, ...]  # entry point and command


def published(ecr: Any, repository: str, tag: str) -> Published | None:
    """The image under a tag; None when no image carries it. `ecr` is boto3's client."""
    found = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])["images"]
    if not found:
        return None
    manifest = json.loads(found[0]["imageManifest"])
    if "manifests" in manifest:  # one image for several processors: the first speaks for all
        inner = [{"imageDigest": manifest["manifests"][0]["digest"]}]
        [each] = ecr.batch_get_image(repositoryName=repository, imageIds=inner)["images"]
        manifest = json.loads(each["imageManifest"])
    layer = ecr.get_download_url_for_layer(
        repositoryName=repository, layerDigest=manifest["config"]["digest"]
    )
    answer = httpx.get(layer["downloadUrl"], timeout=SECONDS).raise_for_status()
    config = answer.json().get("config") or {}
    command = (*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ()))
    return Published(found[0]["imageId"]["imageDigest"], config.get("User") or "", command)
