"""Images made without a container engine, from their declaration in `images.toml`.

A real OCI image (image specification 1.0) in an OCI layout: layers are compressed tar files, the
configuration and the manifest name them by digest. The same sources give the same digest: entries are sorted,
owners and times are zero. Nothing of a Dockerfile is executed; there is no RUN here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import platform
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from labs.cloud.registry.manifests import OCI_MANIFEST
from labs.images.model import ENGINE_FREE_LABEL, BuiltImage, ImageError, Report, short
from labs.images.texts import say
from labs.learner import home

DECLARATION = "images.toml"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
LONG_AGO = "1970-01-01T00:00:00Z"  # a build date would change the digest
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

RelativePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Common(_Strict):
    """What every image has in common, as in the Dockerfiles."""

    user: str
    working_dir: str
    port: int = Field(ge=1, le=65535)
    env: dict[str, str]
    into: str  # the folder of the image that layers are put into


class Service(_Strict):
    """One service's image."""

    cmd: tuple[str, ...] = Field(min_length=1)
    layers: tuple[tuple[RelativePath, ...], ...] = Field(
        min_length=1
    )  # per layer: paths in the source folder


class Declaration(_Strict):
    """The file `images.toml`."""

    image: Common
    services: dict[str, Service]


@dataclass(frozen=True)
class _Blob:
    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.content).hexdigest()

    @property
    def descriptor(self) -> dict[str, object]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content)}


def read(file: Path) -> Declaration:
    """The declaration in a file. Raises ImageError."""
    try:
        return Declaration.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ImageError(say("bad_declaration", file=file, problem=error)) from error


def build(service: str, source: Path, tag: str, report: Report) -> BuiltImage:
    """Make the image of a service in an OCI layout under the course's home. Raises ImageError."""
    file = source / DECLARATION
    declaration = read(file)
    declared = declaration.services.get(service)
    if declared is None:
        raise ImageError(say("not_declared", file=file, service=service))
    kept = _not_ignored(source)
    layers, diff_ids = [], []
    for paths in declared.layers:
        archive = _archive(source, paths, PurePosixPath(declaration.image.into), kept)
        diff_ids.append("sha256:" + hashlib.sha256(archive).hexdigest())
        layer = _Blob(gzip.compress(archive, mtime=0), LAYER_TYPE)
        layers.append(layer)
        report(
            layer.digest,
            say("layer", digest=short(layer.digest), files=", ".join(paths), size=len(layer.content)),
        )
    config = _Blob(_json(_configuration(declaration.image, declared, diff_ids)), CONFIG_TYPE)
    manifest = _Blob(
        _json(
            {
                "schemaVersion": 2,
                "mediaType": OCI_MANIFEST,
                "config": config.descriptor,
                "layers": [layer.descriptor for layer in layers],
            }
        ),
        OCI_MANIFEST,
    )
    layout = home() / "images" / f"{service}-{short(manifest.digest)}"
    _write(layout, [*layers, config, manifest], manifest)
    report("built", say("built", digest=manifest.digest))
    size = sum(len(blob.content) for blob in (*layers, config))
    return BuiltImage(service, tag, manifest.digest, size, tuple(layer.digest for layer in layers), layout)


def _configuration(common: Common, service: Service, diff_ids: list[str]) -> dict[str, object]:
    machine = platform.machine()
    return {
        "architecture": ARCHITECTURES.get(machine, machine),
        "os": "linux",
        "created": LONG_AGO,
        "config": {
            "User": common.user,
            "WorkingDir": common.working_dir,
            "Env": [f"{name}={value}" for name, value in sorted(common.env.items())],
            "Cmd": list(service.cmd),
            "ExposedPorts": {f"{common.port}/tcp": {}},
            "Labels": {ENGINE_FREE_LABEL: "true"},
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [
            {"created": LONG_AGO, "created_by": f"{DECLARATION}: {', '.join(paths)}"}
            for paths in service.layers
        ],
    }


def _not_ignored(source: Path) -> set[str]:
    """The files that belong in images: those that `.dockerignore` lets into a build."""
    from docker.utils import exclude_paths

    ignore = source / ".dockerignore"
    patterns = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    wanted = [line.strip() for line in patterns if line.strip() and not line.lstrip().startswith("#")]
    return {path for path in exclude_paths(str(source), [*wanted, "**/__pycache__"]) if path}


def _archive(source: Path, paths: Iterable[str], into: PurePosixPath, kept: set[str]) -> bytes:
    """A tar file of `paths` under the folder `into`; the same bytes for the same files."""
    files: dict[str, Path | None] = {}  # name in the archive → file; None for a folder
    for path in paths:
        root = source / path
        if not root.exists():
            raise ImageError(say("missing_file", file=source / DECLARATION, path=path))
        for file in [root, *root.rglob("*")] if root.is_dir() else [root]:
            relative = file.relative_to(source)
            if relative.as_posix() in kept and not file.is_symlink():
                target = into / relative
                files |= {_name(folder): None for folder in target.parents if _name(folder)}
                files[_name(target)] = None if file.is_dir() else file
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry, content_of = tarfile.TarInfo(name), files[name]
            if content_of is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            else:
                content = content_of.read_bytes()
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _name(path: PurePosixPath) -> str:
    """A path of the image as archives write it."""
    return path.as_posix().strip("/")


def _write(layout: Path, blobs: Iterable[_Blob], manifest: _Blob) -> None:
    """Write an OCI image layout that holds this one image, unless it is there: its name says what it holds."""
    layout.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=layout.parent))
    try:
        folder = scratch / "blobs" / "sha256"
        folder.mkdir(parents=True)
        for blob in blobs:
            (folder / blob.digest.removeprefix("sha256:")).write_bytes(blob.content)
        (scratch / "index.json").write_bytes(_json({"schemaVersion": 2, "manifests": [manifest.descriptor]}))
        (scratch / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
        scratch.rename(layout)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        if not layout.is_dir():
            raise


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
