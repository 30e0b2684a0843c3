"""A folder that a command makes and makes again, without ever taking another's files for its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class NotOurs(Exception):
    """The folder exists, is not empty, and was not made by this command."""

    def __init__(self, folder: Path):
        super().__init__(str(folder))
        self.folder = folder


@dataclass(frozen=True)
class MadeFolder:
    """A folder with a marker in it that names every file its maker wrote.

    Files that somebody adds (a `CNAME`, a `.nojekyll`) stay; those of an earlier making that are no longer made go.
    """

    path: Path
    marker: str  # its file name; also says which command made the folder

    def made(self) -> list[str]:
        """What an earlier making wrote; nothing where there is none."""
        try:
            names = json.loads((self.path / self.marker).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def claim(self) -> None:
        """Make sure that the folder may be written. Raises NotOurs, or OSError where it cannot be made."""
        if self.path.exists() and not self.path.is_dir():
            raise NotOurs(self.path)
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / self.marker).is_file():
            raise NotOurs(self.path)
        self.path.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        """Claim the folder and mark it, so that a making that is interrupted can be begun again. Raises NotOurs."""
        self.claim()
        (self.path / self.marker).touch()

    def remember(self, names: list[str]) -> None:
        """Delete what an earlier making wrote and this one did not, then write the marker."""
        root = self.path.resolve()
        for gone in set(self.made()) - set(names):
            file = (root / gone).resolve()
            if root in file.parents and file.is_file():  # a marker edited by hand must not reach outside
                file.unlink()
                for parent in file.parents:
                    if parent == root or any(parent.iterdir()):
                        break
                    parent.rmdir()
        text = json.dumps(sorted(names), indent=0, ensure_ascii=False)
        (self.path / self.marker).write_text(text + "\n", encoding="utf-8")

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write these files, and these only. Raises NotOurs."""
        self.begin()
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        self.remember(list(files))
