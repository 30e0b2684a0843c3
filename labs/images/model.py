"""What an image, its layers and a registry are to the labs."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labs.images.texts import say
from labs.view.numbers import grouped

ENGINE_FREE_LABEL = "course.engine-free"  # on every image that was made without a container engine

ADDRESS = re.compile(
    r"(?P<host>[a-z0-9.-]+(?::\d{1,5})?)/(?P<name>[a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(?P<tag>[\w][\w.-]{0,127}))?"
)
ECR_HOST = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
LOOPBACK = ("127.0.0.1", "localhost")

Report = Callable[
    [str, str], None
]  # (what the line is about, the line); a later line on the same replaces it


class ImageError(Exception):
    """An image cannot be built or pushed; the text says why and what to do, in the learner's language."""


@dataclass(frozen=True)
class Layer:
    """One layer of an image."""

    digest: str
    size: int  # bytes, compressed


@dataclass(frozen=True, repr=False)
class BuiltImage:
    """An image on this machine. It prints as its name; its HTML shows what varies from build to build."""

    service: str
    tag: str
    digest: str  # of the manifest; of the configuration ("image id") where an engine keeps the image
    size: int  # bytes; compressed, but unpacked where an engine keeps the image
    layers: tuple[str, ...]  # digests, lowest first
    layout: Path | None = None  # the OCI layout that holds an image made without an engine

    @property
    def name(self) -> str:
        """Repository and tag: `frenchbakery/orders:1.0`."""
        return f"frenchbakery/{self.service}:{self.tag}"

    @property
    def engine_free(self) -> bool:
        """Whether the image was made without a container engine."""
        return self.layout is not None

    def __repr__(self) -> str:
        return self.name

    def _repr_html_(self) -> str:
        return _html(self.name, self.digest, self.size, self.layers)


@dataclass(frozen=True, repr=False)
class PushedImage:
    """An image in a registry."""

    repository: str
    tag: str
    digest: str  # of the manifest: what the registry and ECS call the image
    size: int  # bytes, compressed: what ECR stores and bills
    layers: tuple[Layer, ...]  # lowest first

    def __repr__(self) -> str:
        return f"{self.repository}:{self.tag}"

    def _repr_html_(self) -> str:
        return _html(repr(self), self.digest, self.size, tuple(layer.digest for layer in self.layers))


@dataclass(frozen=True)
class Registry:
    """A repository of a registry, and the user and password that open it."""

    url: str
    host: str  # with the port
    repository: str
    tag: str | None  # when the address names one
    user: str
    password: str
    client: Any  # boto3's, of ECR

    @classmethod
    def of(cls, repository_uri: str, session: Any) -> Registry:
        """The repository that the address names, in the registry of the session. Raises ImageError."""
        address = ADDRESS.fullmatch(repository_uri)
        if address is None:
            raise ImageError(say("bad_uri", uri=repository_uri))
        aws = ECR_HOST.fullmatch(address["host"])
        client = session.client("ecr", region_name=aws["region"]) if aws else session.client("ecr")
        [data] = client.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
        url = data["proxyEndpoint"]
        registry = cls(url, urlsplit(url).netloc, address["name"], address["tag"], user, password, client)
        # The local cloud answers for the hosts of AWS too; a password goes to nobody else.
        if registry.host != address["host"] and not (registry.local and aws):
            raise ImageError(say("elsewhere", uri=repository_uri, host=registry.host))
        return registry

    @property
    def local(self) -> bool:
        """Whether this is the local cloud's registry: nothing but loopback."""
        return urlsplit(self.url).hostname in LOOPBACK


def short(digest: str) -> str:
    """The twelve digits by which learners tell layers apart."""
    return digest.removeprefix("sha256:")[:12]


def _html(name: str, digest: str, size: int, layers: tuple[str, ...]) -> str:
    listed = "".join(f"<li><code>{escape(short(layer))}</code></li>" for layer in layers)
    written = say("size", size=grouped(size))
    return f"<p><b>{escape(name)}</b> <code>{escape(digest)}</code>, {escape(written)}</p><ol>{listed}</ol>"
