"""A plain HTTP client of the local registry, and small images to push with it."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from labs.cloud.registry.manifests import DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class SmallImage:
    """A configuration, layers and the manifest that names them."""

    config: bytes
    layers: tuple[bytes, ...]
    media_type: str = OCI_MANIFEST

    @classmethod
    def of(cls, *contents: str, media_type: str = OCI_MANIFEST, **config: Any) -> SmallImage:
        """An image whose layers hold `contents` (not tar files: a registry does not look inside)."""
        layers = tuple(gzip.compress(content.encode(), mtime=0) for content in contents)
        described = {"architecture": "amd64", "os": "linux", "config": config}
        return cls(json.dumps(described).encode(), layers, media_type)

    @property
    def blobs(self) -> tuple[bytes, ...]:
        return (self.config, *self.layers)

    @property
    def manifest(self) -> bytes:
        def descriptor(content: bytes, media_type: str) -> dict[str, Any]:
            return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}

        return json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": self.media_type,
                "config": descriptor(self.config, CONFIG),
                "layers": [descriptor(layer, LAYER) for layer in self.layers],
            }
        ).encode()

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)


class RegistryClient(httpx.Client):
    """HTTP calls to one repository, with the password that ECR gives."""

    def __init__(self, cloud: Any, repository: str, region: str = "us-east-1", password: str | None = None):
        self.repository = repository
        self.password = password or token(cloud, region)
        self.endpoint = cloud.endpoint
        super().__init__(
            base_url=f"{cloud.endpoint}/v2/{repository}/", auth=("AWS", self.password), trust_env=False
        )

    def place(self, answer: httpx.Response) -> str:
        """The address that an answer's Location gives."""
        return urljoin(self.endpoint, answer.headers["Location"])

    def upload(self, content: bytes) -> str:
        """One blob in one request; its digest."""
        digest = digest_of(content)
        answer = self.post("blobs/uploads/", params={"digest": digest}, content=content)
        assert answer.status_code == 201, answer.text
        return digest

    def push(self, image: SmallImage, reference: str = "v1") -> httpx.Response:
        """Every blob, then the manifest; the answer to the manifest."""
        for blob in image.blobs:
            self.upload(blob)
        return self.put_manifest(image.manifest, reference, image.media_type)

    def put_manifest(self, manifest: bytes, reference: str, media_type: str) -> httpx.Response:
        return self.put(f"manifests/{reference}", content=manifest, headers={"Content-Type": media_type})


@functools.cache
def token(cloud: Any, region: str = "us-east-1") -> str:
    """The registry's password of a Region."""
    [data] = cloud.client("ecr", region).get_authorization_token()["authorizationData"]
    return base64.b64decode(data["authorizationToken"]).decode().removeprefix("AWS:")


def index_of(*members: tuple[SmallImage, str], media_type: str = OCI_INDEX) -> bytes:
    """An index of images, each with its architecture."""
    manifests = [
        {
            "mediaType": image.media_type,
            "digest": image.digest,
            "size": len(image.manifest),
            "platform": {"os": "linux", "architecture": architecture},
        }
        for image, architecture in members
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}).encode()


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of a refusal in the registry's shape."""
    [entry] = answer.json()["errors"]
    return answer.status_code, entry["code"], entry["message"]


__all__ = [
    "DOCKER_MANIFEST",
    "OCI_INDEX",
    "RegistryClient",
    "SmallImage",
    "digest_of",
    "error",
    "index_of",
    "token",
]
