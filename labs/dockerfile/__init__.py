"""Dockerfiles, read: instructions, stages and variables. Nothing is executed.

What is read is what the course writes: no heredocs, no parser directives, no ONBUILD.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from labs.learner import Texts

KEYWORD = re.compile(
    r"ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR"
)
FLAG = re.compile(r"--([a-z]+)(?:=(\S+))?\s+")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))")

say = Texts(
    {
        "unknown": {
            "fr": "ligne {line} : « {word} » n’est pas une instruction connue ici",
            "en": "line {line}: “{word}” is not an instruction known here",
        },
        "bare": {
            "fr": "ligne {line} : {word} attend quelque chose à sa droite",
            "en": "line {line}: {word} expects something on its right",
        },
        "no_from": {
            "fr": "un Dockerfile commence par FROM (ARG seul peut le précéder)",
            "en": "a Dockerfile starts with FROM (only ARG may come before it)",
        },
    }
)


class Unreadable(ValueError):
    """A text that is no Dockerfile; says where and why, in the learner's language."""


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    line: int  # where it starts, from 1
    keyword: str  # in capitals
    flags: Mapping[str, str]  # `--from=build` → {"from": "build"}; a flag without a value has ""
    value: str  # the rest

    @property
    def words(self) -> list[str]:
        """The value's words: of the JSON form where it is one, else split as the shell does, or at spaces."""
        if self.exec_form:
            return list(json.loads(self.value))
        try:
            return shlex.split(self.value)
        except ValueError:
            return self.value.split()

    @property
    def exec_form(self) -> bool:
        """Whether the value is a JSON list of texts: what is run without a shell. Single quotes are not JSON."""
        try:
            found = json.loads(self.value)
        except (ValueError, RecursionError):
            return False
        return isinstance(found, list) and all(isinstance(word, str) for word in found)

    def __str__(self) -> str:
        flags = "".join(f"--{name}={text} " if text else f"--{name} " for name, text in self.flags.items())
        return f"{self.keyword} {flags}{self.value}"


@dataclass(frozen=True)
class Stage:
    """One FROM and what follows it."""

    base: str  # an image, or the name of an earlier stage; variables replaced
    name: str  # as in `FROM … AS name`, else its number
    instructions: tuple[Instruction, ...]  # FROM first


def parse(text: str) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile, in order. Raises Unreadable."""
    found = []
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (pending and not line.strip()):
            continue  # comments, also between the lines of one instruction
        start = start if pending else number
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip() + " "
        elif pending:
            found.append(_instruction(start, pending))
            pending = ""
    if pending.strip():
        found.append(_instruction(start, pending.strip()))
    return tuple(found)


def stages(instructions: tuple[Instruction, ...]) -> tuple[Stage, ...]:
    """The stages of a Dockerfile; the last one is the image. Raises Unreadable when there is none."""
    starts = [place for place, each in enumerate(instructions) if each.keyword == "FROM"]
    head = list(takewhile(lambda each: each.keyword == "ARG", instructions))
    if not starts or len(head) != starts[0]:
        raise Unreadable(say("no_from"))
    known = variables(head)
    found = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(instructions)], strict=True)):
        base, *named = expand(instructions[start].value, known).split() or [""]
        name = named[1] if len(named) == 2 and named[0].upper() == "AS" else str(number)
        found.append(Stage(base, name, instructions[start:end]))
    return tuple(found)


def needed(built: Sequence[Stage], wanted: int = -1) -> list[Stage]:
    """A stage (the image's, if not said), and the earlier ones that it stands on or copies from."""
    places = {wanted % len(built)}
    for place in reversed(range(len(built))):
        if place in places:
            instructions = built[place].instructions
            named = {
                built[place].base,
                *(each.flags["from"] for each in instructions if "from" in each.flags),
            }
            places |= {at for at, each in enumerate(built[:place]) if named & {each.name, str(at)}}
    return [built[place] for place in sorted(places)]


def variables(instructions: list[Instruction]) -> dict[str, str]:
    """What ARG and ENV set; an ARG without a default is empty."""
    found = {}
    for each in instructions:
        words = each.words
        if each.keyword == "ENV" and "=" not in words[0]:  # the old form, ENV NAME value
            found[words[0]] = " ".join(words[1:])
            continue
        for word in words:
            name, _, value = word.partition("=")
            found[name] = value
    return found


def expand(text: str, known: Mapping[str, str]) -> str:
    """The text with $NAME, ${NAME} and ${NAME:-default} replaced; an unknown name is empty."""
    return VARIABLE.sub(lambda found: known.get(found[1] or found[3]) or found[2] or "", text)


def _instruction(line: int, text: str) -> Instruction:
    keyword, _, rest = text.partition(" ")
    if not KEYWORD.fullmatch(keyword.upper()):
        raise Unreadable(say("unknown", line=line, word=keyword))
    rest = rest.strip()
    flags: dict[str, str] = {}
    while flag := FLAG.match(rest):
        before = f"{flags[flag[1]]} --{flag[1]}=" if flag[1] in flags else ""  # RUN may have several --mount
        flags[flag[1]] = before + (flag[2] or "")
        rest = rest[flag.end() :]
    found = Instruction(line, keyword.upper(), flags, rest)
    if not found.words:
        raise Unreadable(say("bare", line=line, word=keyword))
    return found
