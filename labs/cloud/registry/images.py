"""From an image reference in a task definition to the image that a task start needs.

Only the cloud's own registry can be reached: everything here works without the Internet.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.ecr.models import ecr_backends

from labs.cloud.aws.ecr.backend import TAG, EcrBackend
from labs.cloud.aws.ecr.backend import Image as EcrImage
from labs.cloud.registry.blobs import DIGEST, BlobStore
from labs.cloud.registry.manifests import MANIFEST_LIMIT, Descriptor, Manifest
from labs.cloud.task_words import image_not_found

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}

HOST = re.compile(r"[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*(?::\d{1,5})?")
ECR_HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
LOOPBACK_HOST = re.compile(r"(?:127\.0\.0\.1|localhost):(?P<port>\d{1,5})")


class ImageNotFound(Exception):
    """The image cannot be had; the text is ECS's, as it follows "CannotPullContainerError: "."""


@dataclass(frozen=True)
class Image:
    """An image of the local registry, for this machine's platform."""

    region: str
    repository: str
    digest: str  # of the image's manifest; of one platform where the reference names an index
    config: dict[str, Any]  # the OCI image configuration
    config_digest: str
    layers: list[Path]  # gzip-compressed tar files, lowest first


@dataclass(frozen=True)
class Reference:
    """An image reference, taken apart."""

    host: str
    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """`[host/]repository[:tag][@digest]` by Docker's rules. Raises ImageNotFound for anything else."""
        rest, _, digest = text.partition("@")
        first, slash, others = rest.partition("/")
        if slash and ("." in first or ":" in first or first == "localhost"):
            host, rest = first, others
        else:
            host, rest = "docker.io", rest if slash else f"library/{rest}"
        repository, colon, tag = rest.partition(":")
        well_formed = (
            HOST.fullmatch(host)
            and bool(re.fullmatch(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*", repository))
            and (not colon or TAG.fullmatch(tag))
            and (not digest or DIGEST.fullmatch(digest))
        )
        if not well_formed:
            raise ImageNotFound(f"invalid reference format: {text}")
        return cls(host, repository, tag or (None if digest else "latest"), digest or None)

    @property
    def full(self) -> str:
        """The reference as container engines write it in errors, with nothing left implicit."""
        tag, digest = (f":{self.tag}" if self.tag else ""), (f"@{self.digest}" if self.digest else "")
        return f"{self.host}/{self.repository}{tag}{digest}"


class Images:
    """Finds images in the cloud's registry."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime

    def resolve(self, reference: str) -> Image:
        """The image that `reference` names now. Raises ImageNotFound with ECS's words."""
        wanted = Reference.parse(reference)
        with self._runtime.lock:
            backend, found = self._find(wanted)
            found = self._for_this_platform(backend, wanted, found)
            manifest: Manifest = found.manifest
        if manifest.config is None:
            raise ImageNotFound(f"image index of an image index: {wanted.full}")
        layers = [backend.blobs.path(layer.digest) for layer in manifest.layers]
        config = _configuration(backend.blobs, manifest.config, wanted)
        return Image(
            backend.region_name, wanted.repository, manifest.digest, config, manifest.config.digest, layers
        )

    def registry(self, image: Image) -> tuple[str, dict[str, str]]:
        """Where a container engine of this machine pulls `image`, and with which user and password."""
        with self._runtime.lock:
            token, _ = ecr_backends[self._runtime.account_id][image.region].registry_token()
        address = f"127.0.0.1:{self._runtime.port}/{image.repository}@{image.digest}"
        return address, {"username": "AWS", "password": token}

    def _find(self, wanted: Reference) -> tuple[EcrBackend, EcrImage]:
        for backend in self._registries(wanted):
            try:
                return backend, backend.find_image(wanted.repository, tag=wanted.tag, digest=wanted.digest)
            except ServiceException:
                continue
        raise _not_found(wanted)

    def _registries(self, wanted: Reference) -> Iterable[EcrBackend]:
        """Where to look. A loopback reference names no Region: the default one comes first, then the others."""
        from labs.cloud.runtime import DEFAULT_REGION

        account = ecr_backends[self._runtime.account_id]
        if match := ECR_HOST.fullmatch(wanted.host):
            if match["account"] != self._runtime.account_id:
                raise ImageNotFound(
                    f"pull access denied for {wanted.host}/{wanted.repository}, repository does not exist "
                    "or may require authorization: authorization failed: no basic auth credentials"
                )
            try:
                return [account[match["region"]]]
            except KeyError:  # no such Region
                raise _unreachable(wanted) from None
        match = LOOPBACK_HOST.fullmatch(wanted.host)
        if match and int(match["port"]) == self._runtime.port:
            others = [backend for region, backend in account.items() if region != DEFAULT_REGION]
            return [account[DEFAULT_REGION], *others]
        raise _unreachable(wanted)

    def _for_this_platform(self, backend: EcrBackend, wanted: Reference, found: EcrImage) -> EcrImage:
        """The image itself, or the one of an index that fits this machine."""
        if found.manifest.config is not None:
            return found
        architecture = ARCHITECTURES.get(platform.machine().lower(), platform.machine().lower())
        for member in found.manifest.manifests:
            if (member.os, member.architecture) == ("linux", architecture):
                return backend.find_image(wanted.repository, digest=member.digest)
        raise ImageNotFound(
            "pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor "
            f"matching platform 'linux/{architecture}': {wanted.full}"
        )


def _configuration(blobs: BlobStore, config: Descriptor, wanted: Reference) -> dict[str, Any]:
    """The image's configuration, which anybody may have written. Raises ImageNotFound."""
    if config.size > MANIFEST_LIMIT:
        raise ImageNotFound(f"image configuration of {config.size} bytes: {wanted.full}")
    try:
        content = json.loads(blobs.path(config.digest).read_bytes())
    except FileNotFoundError:  # the image was deleted meanwhile
        raise _not_found(wanted) from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("config", {}), dict):
        raise ImageNotFound(f"invalid image configuration: {wanted.full}")
    return content


def _not_found(wanted: Reference) -> ImageNotFound:
    return ImageNotFound(image_not_found(wanted.full))


def _unreachable(wanted: Reference) -> ImageNotFound:
    return ImageNotFound(
        f"pull image manifest has been retried 5 time(s): failed to resolve ref {wanted.full}: failed to do "
        f'request: Head "https://{wanted.host}/v2/{wanted.repository}/manifests/{wanted.digest or wanted.tag}": '
        "dial tcp: i/o timeout (the local cloud pulls from its own registry only)"
    )
