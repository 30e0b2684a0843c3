"""What a reviewer says of a Dockerfile: seven rules of good practice, each pure.

The rules are those of Docker Docs ("Building best practices", 2026) and of the Amazon ECS Developer Guide ("Best
practices for Amazon ECS container images", 2026), as far as the text alone can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labs.dockerfile import Instruction, Stage, expand, parse, stages, variables
from labs.dockerfile.cache import kept

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
SECRET_NAME = re.compile(r"PASSW|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
SECRET_TEXT = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN|://[^/\s:@]+:[^/\s@]+@")
SECRET_FILE = re.compile(
    r"(^|/)(\.env(\..*)?|id_(rsa|ed25519|ecdsa)|.*\.(pem|key)|credentials|\.aws|\.ssh)/?$"
)
BUILD_TOOLS = re.compile(r"\b(gcc|g\+\+|make|build-essential|[\w-]+-dev|golang|cargo|maven)\b")
PACKAGE_MANAGERS = re.compile(r"\b(apt-get|apt|apk|dnf|yum)\b.*\b(install|add)\b")
NO_PIP_CACHE = r"--no-cache-dir|PIP_NO_CACHE_DIR="
NEVER_IN_AN_IMAGE = {".git/config": ".git", ".env": ".env"}  # path of an example → what it stands for


@dataclass(frozen=True)
class Finding:
    """One remark: the rule's name, where, and what it is about."""

    rule: str
    line: int  # 0: about the whole
    what: str = ""


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile, and the .dockerignore beside it."""

    stages: tuple[Stage, ...]
    ignore: str

    @property
    def image(self) -> Stage:
        """The stage that becomes the image."""
        return self.stages[-1]


def lint(dockerfile: str, ignore: str = "") -> list[Finding]:
    """Every remark, in the order of the lines. Raises labs.dockerfile.Unreadable."""
    recipe = Recipe(stages(parse(dockerfile)), ignore)
    found = [finding for rule in RULES for finding in rule(recipe)]
    return sorted(found, key=lambda finding: (finding.line, finding.rule))


def moving_base(recipe: Recipe) -> Iterator[Finding]:
    """A base named by tag may be another one tomorrow; a digest may not."""
    names = {stage.name for stage in recipe.stages}
    for stage in recipe.stages:
        if stage.base not in names | {"scratch"} and not DIGEST.search(stage.base):
            yield Finding("moving_base", stage.instructions[0].line, stage.base)


def root(recipe: Recipe) -> Iterator[Finding]:
    """The image's last USER decides; none means root."""
    users = [each for each in recipe.image.instructions if each.keyword == "USER"]
    if not users:
        yield Finding("root", 0)
    elif expand(users[-1].value, _known(recipe.image)).partition(":")[0] in ("", "0", "root"):
        yield Finding("root", users[-1].line)


def shell_form(recipe: Recipe) -> Iterator[Finding]:
    """A command without brackets is given to a shell, which stands between it and SIGTERM unless it makes way."""
    for each in recipe.image.instructions:
        if each.keyword not in ("CMD", "ENTRYPOINT"):
            continue
        asked = re.fullmatch(r"(?:/bin/)?(?:sh|bash|ash) -c (.*)", " ".join(each.words), re.DOTALL)
        script = (asked[1] if asked else None) if each.exec_form else each.value
        if script is not None and not script.startswith("exec "):
            yield Finding("shell_form", each.line, each.keyword)


def secrets(recipe: Recipe) -> Iterator[Finding]:
    """Whatever is in an instruction or a layer can be read by whoever can pull."""
    for each in _all(recipe):
        if each.keyword in ("ENV", "ARG"):
            for name, value in variables([each]).items():
                if SECRET_NAME.search(name) or SECRET_TEXT.search(value):
                    yield Finding("secrets", each.line, name)
        elif each.keyword in ("COPY", "ADD") and "from" not in each.flags:
            for word in each.words[:-1]:
                if SECRET_FILE.search(word):
                    yield Finding("secrets", each.line, word)
        elif SECRET_TEXT.search(each.value):
            yield Finding("secrets", each.line, each.keyword)


def everything_copied(recipe: Recipe) -> Iterator[Finding]:
    """A COPY of the whole folder takes what .dockerignore does not leave out."""
    exposed = kept(NEVER_IN_AN_IMAGE, recipe.ignore)
    for each in _all(recipe):
        whole = "." in [word.rstrip("/") for word in each.words[:-1]]
        if each.keyword in ("COPY", "ADD") and "from" not in each.flags and whole and exposed:
            yield Finding("everything_copied", each.line, ", ".join(sorted(exposed.values())))


def build_tools(recipe: Recipe) -> Iterator[Finding]:
    """Compilers belong in an earlier stage: the image keeps what its last stage installs."""
    for each in recipe.image.instructions:
        installs = each.keyword == "RUN" and PACKAGE_MANAGERS.search(each.value)
        if installs and (tools := sorted(set(BUILD_TOOLS.findall(each.value)))):
            yield Finding("build_tools", each.line, ", ".join(tools))


def leftovers(recipe: Recipe) -> Iterator[Finding]:
    """A package cache that the same RUN does not remove stays in its layer for good."""
    uncached = re.compile("" if "PIP_NO_CACHE_DIR" in _known(recipe.image) else NO_PIP_CACHE)
    for each in recipe.image.instructions:
        if each.keyword != "RUN" or "type=cache" in each.flags.get(
            "mount", ""
        ):  # a cache mount is in no layer
            continue
        if re.search(r"\bapt(-get)? install\b", each.value) and "/var/lib/apt/lists" not in each.value:
            yield Finding("leftovers", each.line, "/var/lib/apt/lists")
        if re.search(r"\bpip3? install\b", each.value) and not uncached.search(each.value):
            yield Finding("leftovers", each.line, "pip")


Rule = Callable[[Recipe], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    moving_base,
    root,
    shell_form,
    secrets,
    everything_copied,
    build_tools,
    leftovers,
)


def _all(recipe: Recipe) -> list[Instruction]:
    return [each for stage in recipe.stages for each in stage.instructions]


def _known(stage: Stage) -> dict[str, str]:
    return variables([each for each in stage.instructions if each.keyword in ("ENV", "ARG")])
