"""A Dockerfile to mend: judged as a reviewer would, from the files in the workshop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labs.chapters.containers.ground import HASTY, WORKSHOP
from labs.checks.model import Challenge
from labs.dockerfile import Instruction, Stage, Unreadable, needed, parse, stages
from labs.dockerfile.cache import kept, takes
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
        "no_list": {
            "fr": "requirements.txt n’est pas là où une instruction l’installe",
            "en": "requirements.txt is not there where an instruction installs it",
        },
        "left_behind": {
            "fr": "les bibliothèques restent dans un étage dont l’image ne prend rien",
            "en": "the libraries stay in a stage that the image takes nothing from",
        },
        "no_program": {
            "fr": "le conteneur ne lance plus app.py",
            "en": "the container does not start app.py any more",
        },
        "not_copied": {
            "fr": "app.py n’arrive pas dans l’image",
            "en": "app.py does not get into the image",
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
        built = stages(parse(text))
    except Unreadable as error:
        yield str(error)
        return
    yield from remarks
    yield from _libraries(built, workshop.ignore)
    starts = [each for each in built[-1].instructions if each.keyword in ("CMD", "ENTRYPOINT")]
    if not any("app.py" in each.value for each in starts):
        yield say("no_program")
    elif not _arrives("app.py", needed(built), workshop.ignore):
        yield say("not_copied")


def _libraries(built: Sequence[Stage], ignore: str) -> Iterator[str]:
    """They are installed from a list that is there, in a stage that the image is made of."""
    installing = [
        place for place, stage in enumerate(built) if any(_installs(each) for each in stage.instructions)
    ]
    used = [place for place in installing if built[place] in needed(built)]
    if not installing:
        yield say("no_libraries")
    elif not used:
        yield say("left_behind")
    elif not any(_arrives("requirements.txt", needed(built, place), ignore) for place in used):
        yield say("no_list")


def _installs(instruction: Instruction) -> bool:
    return instruction.keyword == "RUN" and "requirements.txt" in instruction.value


def _arrives(file: str, among: Sequence[Stage], ignore: str) -> bool:
    """Whether one of the stages takes the file from the folder."""
    return bool(kept({file: ""}, ignore)) and any(_takes(stage, file) for stage in among)


def _takes(stage: Stage, file: str) -> bool:
    """By COPY, or for the time of a RUN by a mount."""
    mounts = [each.flags["mount"] for each in stage.instructions if "mount" in each.flags]
    copied = [
        each.words[:-1]
        for each in stage.instructions
        if each.keyword in ("COPY", "ADD") and "from" not in each.flags
    ]
    return any("type=bind" in each and (file in each or "source" not in each) for each in mounts) or any(
        takes(sources, file) for sources in copied
    )


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
