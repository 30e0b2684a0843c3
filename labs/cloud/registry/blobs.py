"""Image layers and configurations on disk: files named by the sha256 of their bytes.

Blobs are streamed in and out, checked against their digest before they get their name, and renamed into
place at once, so that a reader never sees half a blob.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from threading import Lock
from typing import IO, Protocol
from uuid import uuid4

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
CHUNK = 1024 * 1024  # bytes held in memory while copying

# ECR accepts layers of up to 52,000 MiB; a learner's disk does not.
LAYER_LIMIT = 10 * 1024**3


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes; none at the end."""


class TooLarge(Exception):
    """An upload has grown past `LAYER_LIMIT`."""


def digest_of(data: bytes) -> str:
    """The digest of `data`, as registries write it: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Upload:
    """A blob on its way in: pieces are appended in order, and hashed as they come."""

    def __init__(self, folder: Path):
        self.upload_id = str(uuid4())
        self.path = folder / self.upload_id
        self.path.touch(mode=0o600)
        self.lock = Lock()  # one writer at a time: two pieces at once would interleave
        self.size = 0  # bytes received so far
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        """The digest of what was received so far."""
        return "sha256:" + self._hash.hexdigest()

    def append(self, stream: Readable) -> None:
        """Add everything `stream` gives.

        Raises TooLarge, keeping nothing of `stream`, and FileNotFoundError after `cancel`.
        """
        size, hasher = self.size, self._hash.copy()
        with self.path.open("r+b") as file:
            file.seek(self.size)
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > LAYER_LIMIT:
                    file.truncate(self.size)
                    raise TooLarge(f"{size} bytes")
                hasher.update(piece)
                file.write(piece)
        self.size, self._hash = size, hasher

    def cancel(self) -> None:
        """Forget what was received."""
        self.path.unlink(missing_ok=True)


class BlobStore:
    """One private folder of blobs, emptied when it is opened: the cloud is volatile."""

    def __init__(self, root: Path):
        shutil.rmtree(root, ignore_errors=True)
        self._blobs = root / "sha256"
        self._uploads = root / "uploads"
        root.mkdir(mode=0o700, parents=True)
        self._blobs.mkdir(mode=0o700)
        self._uploads.mkdir(mode=0o700)

    def path(self, digest: str) -> Path:
        """Where the blob lies, or would. Raises ValueError for what is not a sha256 digest."""
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"not a sha256 digest: {digest!r}")
        return self._blobs / digest.removeprefix("sha256:")

    def open(self, digest: str) -> IO[bytes]:
        """The blob, to read. Raises FileNotFoundError when it is not there (any more)."""
        return self.path(digest).open("rb")

    def start_upload(self) -> Upload:
        """A new, empty upload."""
        return Upload(self._uploads)

    def keep(self, upload: Upload) -> None:
        """Give a complete upload its place, under its digest."""
        upload.path.replace(self.path(upload.digest))

    def discard(self, digest: str) -> None:
        """Remove a blob, if it is there."""
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> set[str]:
        """The digests of all blobs kept."""
        return {f"sha256:{path.name}" for path in self._blobs.iterdir()}
