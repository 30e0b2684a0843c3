"""The packages of an image's operating system, read out of its layers: dpkg's and apk's own lists.

Pure but for reading the layers' files; nothing is unpacked to disk, and a hostile layer only ends the reading.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

DPKG, APK = "var/lib/dpkg/status", "lib/apk/db/installed"
RELEASES = ("etc/os-release", "usr/lib/os-release")  # the first is a link to the second on many systems
WANTED = (DPKG, APK, *RELEASES)

LARGEST_LIST = 64 * 1024 * 1024  # bytes of one list
LARGEST_LAYER = 10 * 1024**3  # bytes, unpacked

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"  # OCI image specification, "Whiteouts"


class UnreadableLayer(Exception):
    """A layer is no tar file that can be read; the text says why."""


@dataclass(frozen=True)
class Package:
    """An installed package; `source` is the one it was built from, by which distributions count fixes."""

    name: str
    version: str
    source: str


@dataclass(frozen=True)
class System:
    """The operating system of an image: `debian` and `12`, `alpine` and `3.19`."""

    name: str
    release: str
    packages: tuple[Package, ...]


def read(layers: Sequence[Path]) -> System | None:
    """What is installed, by the layers lowest first; None without a package list. Raises UnreadableLayer."""
    files = _files(layers)
    release = next((_release(files[path]) for path in RELEASES if path in files), {})
    name = release.get("ID", "")
    version = release.get("VERSION_ID", "")
    if DPKG in files:
        return System(name or "debian", version, tuple(_dpkg(files[DPKG])))
    if APK in files:
        return System(name or "alpine", ".".join(version.split(".")[:2]), tuple(_apk(files[APK])))
    return None


def _files(layers: Sequence[Path]) -> dict[str, str]:
    """The wanted files as a container would see them: the topmost layer that speaks of one decides."""
    found: dict[str, str] = {}
    gone: set[str] = set()
    for layer in reversed(layers):
        here, removed = _of_layer(layer)
        for path in WANTED:
            if path in here and path not in found and path not in gone:
                found[path] = here[path]
        gone |= removed
    return found


def _of_layer(layer: Path) -> tuple[dict[str, str], set[str]]:
    """The wanted files that a layer brings, and those of the layers below that it hides."""
    here: dict[str, str] = {}
    removed: set[str] = set()
    try:
        with tarfile.open(layer, mode="r|*") as archive:
            for member in archive:
                if member.offset_data > LARGEST_LAYER:
                    raise UnreadableLayer("too large")
                path = PurePosixPath("/", member.name).relative_to("/")
                if path.name.startswith(WHITEOUT):
                    hidden = (
                        path.parent if path.name == OPAQUE else path.with_name(path.name[len(WHITEOUT) :])
                    )
                    removed |= {each for each in WANTED if PurePosixPath(each).is_relative_to(hidden)}
                elif str(path) in WANTED and member.isfile() and member.size <= LARGEST_LIST:
                    content = archive.extractfile(member)
                    here[str(path)] = content.read().decode("utf-8", "replace") if content else ""
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise UnreadableLayer(str(error)) from None
    return here, removed


def _release(text: str) -> dict[str, str]:
    pairs = re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE)
    return {key: value.strip().strip("\"'") for key, value in pairs}


def _dpkg(text: str) -> list[Package]:
    packages = []
    for paragraph in text.split("\n\n"):
        fields: dict[str, str] = dict(re.findall(r"^([A-Za-z-]+): *(.*)$", paragraph, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed") and "Package" in fields and "Version" in fields:
            source = fields.get("Source", fields["Package"]).partition(" ")[0]
            packages.append(Package(fields["Package"], fields["Version"], source))
    return packages


def _apk(text: str) -> list[Package]:
    packages = []
    for paragraph in text.split("\n\n"):
        fields: dict[str, str] = dict(re.findall(r"^([PVo]):(.*)$", paragraph, re.MULTILINE))
        if "P" in fields and "V" in fields:
            packages.append(Package(fields["P"], fields["V"], fields.get("o", fields["P"])))
    return packages
