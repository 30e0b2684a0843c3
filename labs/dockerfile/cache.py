"""Which layers of a Dockerfile a second build takes from the cache, and why the others are made again.

The rules are BuildKit's, Docker's builder since version 23 (Docker Docs, "Build cache invalidation", 2026):
a layer is known by the instruction that makes it, what that instruction depends on, and the layer below.
RUN depends on its command, the variables, the user and the folder, never on what it fetches; COPY and ADD on the
content of the files they take, less what .dockerignore leaves out; `COPY --link` not on the layer below. A stage
that the image does not need is not built. One thing is simplified: a RUN that is run again is taken to give
another result (BuildKit looks, where a later stage copies from it).
"""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from docker.utils.build import PatternMatcher

from labs.dockerfile import Instruction, Stage, expand, needed, parse, stages, variables

Files = Mapping[str, str]  # path in the build context → its content, or anything that changes with it
State = Literal["reused", "rebuilt", "setting", "skipped"]
Reason = Literal["", "base", "below", "files", "stage", "instruction"]


@dataclass(frozen=True)
class Part:
    """One instruction of a build, and what its layer is known by."""

    line: int
    text: str
    key: str | None  # None for what makes no layer: it only changes the image's configuration
    below: str = ""  # key of the layer below
    files: Files = field(default_factory=dict)  # what it copies from the context
    copied: str = ""  # key of the stage it copies from
    skipped: bool = False  # in a stage that the image does not need


@dataclass(frozen=True)
class Verdict:
    """What the second build does with one instruction."""

    part: Part
    state: State
    reason: Reason = ""
    names: tuple[str, ...] = ()  # the files that changed, when they are the reason


def plan(dockerfile: str, files: Files, bases: Files, ignore: str = "") -> tuple[Part, ...]:
    """What a build consists of; `bases` gives each base image's digest. Raises labs.dockerfile.Unreadable."""
    taken = kept(files, ignore)
    built = stages(parse(dockerfile))
    ends: dict[str, str] = {}  # stage → key of its last layer
    parts: list[Part] = []
    wanted = needed(built)
    for number, stage in enumerate(built):
        known = [*_walk(stage, taken, bases, ends)]
        ends[stage.name] = ends[str(number)] = [part.key for part in known if part.key][-1]
        skipped = stage not in wanted
        parts += [
            Part(part.line, part.text, part.key, part.below, part.files, part.copied, skipped)
            for part in known
        ]
    return tuple(parts)


def second(before: Sequence[Part], now: Sequence[Part]) -> list[Verdict]:
    """What is reused of the build `before`, instruction by instruction of the build `now`."""
    cache = {part.key for part in before if part.key and not part.skipped}
    return [_verdict(part, cache, before) for part in now]


def kept(files: Files, ignore: str) -> dict[str, str]:
    """The files that .dockerignore lets into the build."""
    patterns = [line.strip() for line in ignore.splitlines() if line.strip() and not line.startswith("#")]
    matcher: Any = PatternMatcher(patterns)  # its stubs ask for a PathLike, its code for text
    return {path: content for path, content in files.items() if not matcher.matches(path)}


def _verdict(part: Part, cache: set[str], before: Sequence[Part]) -> Verdict:
    if part.skipped:
        return Verdict(part, "skipped")
    if part.key is None:
        return Verdict(part, "setting")
    if part.key in cache:
        return Verdict(part, "reused")
    if part.text.startswith("FROM"):
        return Verdict(part, "rebuilt", "base")
    if part.below not in cache:
        return Verdict(part, "rebuilt", "below")
    if part.copied and part.copied not in cache:
        return Verdict(part, "rebuilt", "stage")
    for old in before:
        if old.text == part.text and old.files != part.files:
            names = {
                path for path in {*old.files, *part.files} if old.files.get(path) != part.files.get(path)
            }
            return Verdict(part, "rebuilt", "files", tuple(sorted(names)))
    return Verdict(part, "rebuilt", "instruction")


def _walk(stage: Stage, files: Files, bases: Files, ends: Mapping[str, str]) -> Iterator[Part]:
    start, *rest = stage.instructions
    below = ends.get(stage.base) or _key("FROM", stage.base, bases.get(stage.base, ""))
    yield Part(start.line, str(start), below)
    settings: dict[str, str] = {}  # what a RUN sees: variables, user, folder
    folder = "/"
    for each in rest:
        if each.keyword in ("ENV", "ARG"):
            settings |= variables([each])
        elif each.keyword in ("USER", "SHELL"):
            settings[f" {each.keyword}"] = each.value
        if each.keyword == "WORKDIR":
            folder = posixpath.join(folder, expand(each.value, settings))
            made = Part(each.line, str(each), _key(below, "WORKDIR", folder), below)
        elif each.keyword == "RUN":
            made = Part(each.line, str(each), _key(below, str(each), folder, *_pairs(settings)), below)
        elif each.keyword in ("COPY", "ADD"):
            made = _copy(each, below, folder, settings, files, ends)
        else:
            made = Part(each.line, str(each), None)
        below = made.key or below
        yield made


def _copy(
    each: Instruction, below: str, folder: str, settings: Mapping[str, str], files: Files, ends: Files
) -> Part:
    *sources, target = [expand(word, settings) for word in each.words]
    stage = ends.get(each.flags.get("from", ""), "")
    taken = {} if "from" in each.flags else {path: files[path] for path in files if takes(sources, path)}
    under = "" if "link" in each.flags else below
    flags = [f"{name}={text}" for name, text in each.flags.items()]
    into = posixpath.normpath(posixpath.join(folder, target)) + "/" * target.endswith(("/", "."))
    key = _key(under, each.keyword, *flags, *sources, into, stage, *_pairs(taken))
    return Part(each.line, str(each), key, under, taken, stage)


def takes(sources: Sequence[str], path: str) -> bool:
    """Whether one of COPY's sources stands for the file: itself, its folder, or a pattern."""
    wanted = [posixpath.normpath(source).lstrip("/") for source in sources]
    return any(
        source in (".", "") or path.startswith(f"{source}/") or fnmatch.fnmatchcase(path, source)
        for source in wanted
    )


def _pairs(known: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in sorted(known.items())]


def _key(*what: str) -> str:
    return hashlib.sha256("\0".join(what).encode()).hexdigest()
