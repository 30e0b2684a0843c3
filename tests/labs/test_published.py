"""An image as a registry has it, whichever form its manifest takes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from labs.images.published import Published, published

CONFIG = {"config": {"User": "1000", "Entrypoint": ["python"], "Cmd": ["-m", "shop"]}}
MANIFEST = {"config": {"digest": "sha256:c"}, "layers": []}


class Ecr:
    """Holds manifests by tag or digest."""

    def __init__(self, **manifests: dict[str, Any]):
        self._manifests = manifests

    def batch_get_image(self, *, repositoryName: str, imageIds: list[dict[str, str]]) -> dict[str, Any]:
        [wanted] = imageIds[0].values()
        if wanted not in self._manifests:
            return {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}
        image = {"imageDigest": f"sha256:{wanted}"}
        return {"images": [{"imageId": image, "imageManifest": json.dumps(self._manifests[wanted])}]}

    def get_download_url_for_layer(self, *, repositoryName: str, layerDigest: str) -> dict[str, str]:
        return {"downloadUrl": f"http://127.0.0.1/{layerDigest}"}


@pytest.fixture(autouse=True)
def _blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str, **options: Any) -> httpx.Response:
        content = CONFIG if url.endswith("/sha256:c") else {"config": None}
        return httpx.Response(200, json=content, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)


def test_user_and_command_come_from_the_configuration() -> None:
    assert published(Ecr(v1=MANIFEST), "r", "v1") == Published("sha256:v1", "1000", ("python", "-m", "shop"))


def test_an_image_for_several_processors_is_read_through_its_first() -> None:
    ecr = Ecr(v1={"manifests": [{"digest": "amd"}, {"digest": "arm"}]}, amd=MANIFEST)
    assert published(ecr, "r", "v1") == Published("sha256:v1", "1000", ("python", "-m", "shop"))


def test_an_empty_configuration_runs_nothing_as_root() -> None:
    bare = {"config": {"digest": "sha256:bare"}, "layers": []}
    assert published(Ecr(v1=bare), "r", "v1") == Published("sha256:v1", "", ())


def test_no_image_carries_the_tag() -> None:
    assert published(Ecr(v1=MANIFEST), "r", "v2") is None
