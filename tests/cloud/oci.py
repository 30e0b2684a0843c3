"""A small image, made and pushed through the registry's own API, for tests that need containers to run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import requests

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"


def layer(files: Mapping[str, str]) -> bytes:
    """A gzip-compressed tar file of `files` (path → text)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)


def push(ecr: Any, endpoint: str, name: str, files: Mapping[str, str], **config: Any) -> str:
    """Create the repository if needed, push the image as `latest`; its reference for a task definition."""
    try:
        uri = ecr.create_repository(repositoryName=name)["repository"]["repositoryUri"]
    except ecr.exceptions.RepositoryAlreadyExistsException:
        uri = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]["repositoryUri"]
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    session = requests.Session()
    session.headers["Authorization"] = f"Basic {token}"
    assert base64.b64decode(token).startswith(b"AWS:")

    def blob(content: bytes, media_type: str) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        started = session.post(f"{endpoint}/v2/{name}/blobs/uploads/")
        started.raise_for_status()
        place = started.headers["Location"]
        place = place if place.startswith("http") else endpoint + place
        session.put(place, params={"digest": digest}, data=content).raise_for_status()
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    content = layer(files)
    settings = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": blob(json.dumps(settings).encode(), CONFIG),
        "layers": [blob(content, LAYER)],
    }
    pushed = session.put(
        f"{endpoint}/v2/{name}/manifests/latest",
        data=json.dumps(manifest),
        headers={"Content-Type": MANIFEST},
    )
    assert pushed.status_code == 201, pushed.text
    return f"{uri}:latest"
