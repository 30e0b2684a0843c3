"""The folder itself: the course's files, the wheels, two short readmes and the checksums of all."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from labs.bundle.targets import Target
from labs.bundle.texts import say
from labs.bundle.wheels import Wheel
from labs.learner import LANGUAGES, Language
from labs.site.folder import MadeFolder
from labs.workspace import NOTEBOOKS

COURSE = NOTEBOOKS.parent
MARKER = ".frenchbakery-bundle"
WHEELS = "wheels"
SUMS = "SHA256SUMS"
PARTS = (
    "bootstrap.py",
    "pyproject.toml",
    "constraints.txt",
    "LICENSE",
    "README.md",
    ".github/ARCHITECTURE.md",  # with the next: where README leads to
    ".github/COVERAGE.md",
    "labs",
    "quiz",
    "frenchbakery",
    "notebooks",
)
README: dict[Language, str] = {"fr": "LISEZMOI.txt", "en": "READ-ME-FIRST.txt"}


def requirements(course: Path) -> list[str]:
    """What the bootstrap asks pip for: the course's dependencies, what builds it, and pip itself."""
    project = tomllib.loads((course / "pyproject.toml").read_text(encoding="utf-8"))
    return [*project["project"]["dependencies"], *project["build-system"]["requires"], "pip"]


def course_files(course: Path) -> Iterator[Path]:
    """The course's files, relative to it, without what running it leaves behind."""
    for part in PARTS:
        path = course / part
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            below = file.relative_to(path).parts
            left_behind = any(name.startswith(".") or name == "__pycache__" for name in below)
            if file.is_file() and not left_behind:
                yield file.relative_to(course)


def assemble(
    folder: MadeFolder,
    resolved: Mapping[Target, Mapping[str, Wheel]],
    *,
    course: Path,
    site: Mapping[str, bytes] | None = None,
) -> list[str]:
    """Lay the course and the readmes beside the wheels, which are there already; every file's place."""
    root = folder.path
    names = {f"{WHEELS}/{wheel.file}" for wheels in resolved.values() for wheel in wheels.values()}
    for file in course_files(course):
        _place(root, file.as_posix()).write_bytes((course / file).read_bytes())
        names.add(file.as_posix())
    for name, content in (site or {}).items():
        _place(root, f"site/{name}").write_bytes(content)
        names.add(f"site/{name}")
    for lang in LANGUAGES:
        (root / README[lang]).write_text(readme(sorted(resolved), lang, site is not None), encoding="utf-8")
        names.add(README[lang])
    lines = [f"{_digest(root / name)}  {name}\n" for name in sorted(names)]
    (root / SUMS).write_text("".join(lines), encoding="utf-8")
    done = sorted({*names, SUMS})
    folder.remember(done)
    return done


def readme(targets: Sequence[Target], lang: Language, with_site: bool) -> str:
    """How to use the folder where there is no network."""
    lines = "\n".join(f"    {target}" for target in targets)
    return say("readme", lang, targets=lines, site=say("site_line", lang) if with_site else "")


def archive(folder: Path, names: Sequence[str]) -> Path:
    """A zip beside the folder that unpacks to a folder of its name."""
    path = folder.with_name(f"{folder.name}.zip")
    scratch = path.with_suffix(".tmp")
    with zipfile.ZipFile(scratch, "w") as packed:
        for name in names:
            compression = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            packed.write(folder / name, f"{folder.name}/{name}", compression)
    shutil.move(scratch, path)
    return path


def _place(root: Path, name: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
