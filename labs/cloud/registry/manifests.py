"""Image manifests: what a registry must understand of them, and nothing more.

Formats: Docker image manifest v2 schema 2 and manifest list (Docker distribution specification), OCI image
manifest and image index (OCI image specification).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labs.cloud.registry.blobs import DIGEST, digest_of

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
MEDIA_TYPES = (DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX)

MANIFEST_LIMIT = (
    4 * 1024 * 1024
)  # bytes; the size that the OCI distribution specification asks registries to accept


class InvalidManifest(ValueError):
    """The bytes are not a manifest that this registry stores; the text says why."""


@dataclass(frozen=True)
class Descriptor:
    """A reference from a manifest to a blob or to another manifest."""

    digest: str
    size: int  # bytes
    media_type: str | None = None
    architecture: str | None = None  # of a manifest in an index
    os: str | None = None


@dataclass(frozen=True)
class Manifest:
    """One image (`config` and `layers`) or an index of images (`manifests`)."""

    digest: str
    media_type: str
    config: Descriptor | None
    layers: tuple[Descriptor, ...]
    manifests: tuple[Descriptor, ...]
    subject: str | None = None  # digest of the image that this one says something about: a signature, an SBOM
    artifact_type: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Every blob that must exist for the image to be pulled."""
        return (self.config, *self.layers) if self.config else ()


def parse(content: bytes, media_type: str | None = None) -> Manifest:
    """Read a manifest. `media_type` is what the sender calls it (default: what the manifest calls itself)."""
    if len(content) > MANIFEST_LIMIT:
        raise InvalidManifest(f"the manifest is larger than {MANIFEST_LIMIT} bytes")
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidManifest("Invalid JSON syntax") from None
    if not isinstance(document, dict):
        raise InvalidManifest("a manifest is a JSON object")
    media_type = media_type or document.get("mediaType")
    if media_type is None:
        raise InvalidManifest("image manifest mediatype not provided in manifest or parameter")
    if document.get("schemaVersion") != 2 or media_type not in MEDIA_TYPES:
        raise InvalidManifest(
            f"unsupported manifest: schema {document.get('schemaVersion')!r}, {media_type!r}"
        )
    if document.get("mediaType", media_type) != media_type:
        raise InvalidManifest(f"sent as {media_type}, but it calls itself {document['mediaType']!r}")
    is_index = media_type in (DOCKER_LIST, OCI_INDEX)
    config = None if is_index else _descriptor(document.get("config"))
    subject = document.get("subject")
    return Manifest(
        digest=digest_of(content),
        media_type=media_type,
        config=config,
        layers=() if is_index else _descriptors(document, "layers"),
        manifests=_descriptors(document, "manifests") if is_index else (),
        subject=None if subject is None else _descriptor(subject).digest,
        artifact_type=_artifact_type(document, config),
        annotations=_annotations(document),
    )


def _artifact_type(document: dict[str, Any], config: Descriptor | None) -> str | None:
    """What the manifest says it is, else the type of its configuration [OCI: listing referrers]."""
    given = document.get("artifactType")
    return given if isinstance(given, str) and given else config.media_type if config else None


def _annotations(document: dict[str, Any]) -> dict[str, str]:
    given = document.get("annotations")
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise InvalidManifest("annotations are texts by name")
    return given


def _descriptors(document: dict[str, Any], field: str) -> tuple[Descriptor, ...]:
    entries = document.get(field)
    if not isinstance(entries, list):
        raise InvalidManifest(f"{field!r} must be a list")
    return tuple(_descriptor(entry) for entry in entries)


def _descriptor(entry: object) -> Descriptor:
    if not isinstance(entry, dict):
        raise InvalidManifest("a descriptor is a JSON object")
    digest, size, platform = entry.get("digest"), entry.get("size"), entry.get("platform")
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise InvalidManifest("a descriptor needs a sha256 digest")
    if type(size) is not int or size < 0:
        raise InvalidManifest("a descriptor needs a size in bytes")
    platform = platform if isinstance(platform, dict) else {}
    media_type = entry.get("mediaType")
    if media_type is not None and not isinstance(media_type, str):
        raise InvalidManifest("a descriptor's mediaType is a text")
    return Descriptor(digest, size, media_type, platform.get("architecture"), platform.get("os"))
