"""A Dockerfile to mend: judged as a reviewer would, from the files in the workshop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labs.chapters.containers.ground import HASTY, WORKSHOP
from labs.checks.model import Challenge
from labs.dockerfile import Instruction, Unreadable, parse
from labs.dockerfile.lint import lint
from labs.dockerfile.texts import remark
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

say = Texts(
    {
        "title": {"fr": "le Dockerfile réparé", "en": "the Dockerfile mended"},
        "no_libraries": {
            "fr": "plus aucune instruction n’installe requirements.txt",
            "en": "no instruction installs requirements.txt any more",
        },
        "no_program": {
            "fr": "le conteneur ne lance plus app.py",
            "en": "the container does not start app.py any more",
        },
        "hint_1": {
            "fr": "Prenez les remarques une à une ; la plupart se corrigent sur leur ligne.",
            "en": "Take the remarks one by one; most are mended on their own line.",
        },
        "hint_2": {
            "fr": "Deux étages : le premier installe les bibliothèques avec ses outils, le second copie le résultat. "
            "Le secret n’a de place dans aucun des deux : il arrive au démarrage.",
            "en": "Two stages: the first installs the libraries with its tools, the second copies the result. "
            "The secret belongs in neither: it comes at start.",
        },
        "hint_3": {
            "fr": "FROM …@sha256:… deux fois ; COPY requirements.txt puis COPY app.py, ou un .dockerignore avec .git et "
            ".env ; USER 10001 ; CMD en crochets et guillemets.",
            "en": "FROM …@sha256:… twice; COPY requirements.txt then COPY app.py, or a .dockerignore with .git and "
            ".env; USER 10001; CMD in brackets and quotes.",
        },
        "solution": {
            "fr": "Deux étages, une base par condensat, un utilisateur sans droits, une commande sans shell. Sur une "
            "machine qui tire vraiment l’image de base, mettez le condensat du jour.",
            "en": "Two stages, a base by digest, a user without rights, a command without a shell. On a machine that "
            "really pulls the base image, put the digest of the day.",
        },
    }
)


@dataclass(frozen=True)
class Workshop:
    """The learner's two files; None: absent."""

    dockerfile: str | None
    ignore: str


def look(session: CourseSession) -> Workshop:
    """Read the workshop."""
    return Workshop(_text(WORKSHOP / "Dockerfile"), _text(WORKSHOP / ".dockerignore") or "")


def attempted(workshop: Workshop) -> bool:
    """Whether the Dockerfile is no longer the one the notebook put there."""
    return workshop.dockerfile is not None and workshop.dockerfile.strip() != HASTY.strip()


def problems(workshop: Workshop) -> Iterator[str]:
    """The reviewer's remarks, and whether the image still does its work."""
    text = workshop.dockerfile or ""
    try:
        remarks = [remark(finding) for finding in lint(text, workshop.ignore)]
        instructions = parse(text)
    except Unreadable as error:
        yield str(error)
        return
    yield from remarks
    if not any(each.keyword == "RUN" and "requirements.txt" in each.value for each in instructions):
        yield say("no_libraries")
    if not any("app.py" in each.value for each in instructions if _starts(each)):
        yield say("no_program")


def _starts(instruction: Instruction) -> bool:
    return instruction.keyword in ("CMD", "ENTRYPOINT")


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


def write_dockerfile(lab: Lab) -> None:
    """Write both files anew."""
    from pathlib import Path

    base = "python:3.12-slim@sha256:" + "0123456789abcdef" * 4
    Path("workshop").mkdir(exist_ok=True)
    Path("workshop/.dockerignore").write_text(".git\n.env\n")
    lines = [
        f"FROM {base} AS build",
        "WORKDIR /build",
        "COPY requirements.txt .",
        "RUN pip install --no-cache-dir --target /packages -r requirements.txt",
        f"FROM {base}",
        "ENV PYTHONPATH=/packages",
        "WORKDIR /app",
        "COPY --from=build /packages /packages",
        "COPY app.py .",
        "USER 10001",
        'CMD ["python", "app.py"]',
    ]
    Path("workshop/Dockerfile").write_text("\n".join(lines) + "\n")


CHALLENGE = Challenge("containers-dockerfile", attempted, problems, say, (write_dockerfile,), look=look)
