"""Unpacking OCI layers into a folder, trusting nothing in them.

A layer is a tar file that anybody may have pushed: entries that climb out of the folder (.. or links), device
files and hard links to elsewhere are refused or left out; whiteouts delete what lower layers brought.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
LARGEST = 4 * 1024**3  # bytes unpacked per image


class BadLayer(Exception):
    """The layer would write outside its folder, or is no layer at all."""


def unpack(layers: Iterable[Path], root: Path) -> None:
    """Unpack `layers`, lowest first, into the existing empty folder `root`. Raises BadLayer."""
    root = root.resolve()
    left = LARGEST
    for layer in layers:
        try:
            with tarfile.open(layer, "r:*") as archive:
                for entry in archive:
                    left -= entry.size
                    if left < 0:
                        raise BadLayer(f"the image unpacks to more than {LARGEST} bytes")
                    _place(archive, entry, root)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BadLayer(f"cannot unpack layer {layer.name}: {error}") from error


def _place(archive: tarfile.TarFile, entry: tarfile.TarInfo, root: Path) -> None:
    path = _inside(entry.name, root)
    if path == root:
        return
    if path.name == OPAQUE:
        for child in path.parent.iterdir() if path.parent.is_dir() else ():
            _remove(child)
    elif path.name.startswith(WHITEOUT):
        hidden = path.name.removeprefix(WHITEOUT)
        if hidden in ("", ".", ".."):  # the folder itself, or the one above the image's
            raise BadLayer(f"whiteout of no file: {entry.name}")
        _remove(path.parent / hidden)
    elif entry.isdir():
        if path.is_symlink() or not path.is_dir():
            _remove(path)
            path.mkdir(parents=True)
    elif entry.isfile():
        _make_room(path)
        source = archive.extractfile(entry)
        with path.open("xb") as file:
            if source is not None:
                shutil.copyfileobj(source, file)
        path.chmod(0o755 if entry.mode & 0o111 else 0o644)
    elif entry.issym():
        _make_room(path)
        target = PurePosixPath(entry.linkname)
        # An absolute link means the container's root, not this machine's.
        if target.is_absolute():
            target = PurePosixPath(*[".."] * (len(path.relative_to(root).parts) - 1), *target.parts[1:])
        if not (path.parent / target).resolve().is_relative_to(root):
            raise BadLayer(f"link out of the image: {entry.name} -> {entry.linkname}")
        path.symlink_to(target)
    elif entry.islnk():
        original = _inside(entry.linkname, root).resolve()
        if not original.is_file() or not original.is_relative_to(root):
            raise BadLayer(f"hard link out of the image: {entry.name} -> {entry.linkname}")
        if path != original:
            _make_room(path)
            path.hardlink_to(original)  # no copy: a small layer may link a large file many times
    # Devices and pipes are left out: a process has this machine's own /dev.


def _inside(name: str, root: Path) -> Path:
    """Where `name` goes; its folder is inside `root` even after following links. Raises BadLayer."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", ".")]
    if ".." in parts or "\0" in name:
        raise BadLayer(f"entry out of the image: {name}")
    path = root.joinpath(*parts)
    if not path.parent.resolve().is_relative_to(root):
        raise BadLayer(f"entry out of the image: {name}")
    return path


def _make_room(path: Path) -> None:
    _remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
