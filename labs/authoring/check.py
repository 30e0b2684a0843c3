"""What a reader may rely on in the committed notebooks; each rule yields problems that say where and what."""

from __future__ import annotations

import difflib
import io
import json
import re
import socket
import tokenize
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import nbformat
from nbformat import NotebookNode

from labs.authoring import build, claims, source
from labs.authoring.source import Problem, cell_problem, tags
from labs.authoring.texts import say
from labs.facts import facts
from labs.learner import LANGUAGES, Language
from labs.workspace import NOTEBOOKS

if TYPE_CHECKING:
    from markdown_it.token import Token

COMMENT_WIDTH = 60  # characters; a longer comment is an explanation, which belongs in both languages


def check(sources: list[Path], notebooks: Path = NOTEBOOKS) -> Iterator[Problem]:
    """Every problem of the sources and of the notebooks built from them, without running anything."""
    for path in sources:
        everything = source.read(path)
        yield from source.problems(everything, f"src/{path.name}")
        yield from unsourced(everything, f"src/{path.name}")
        for lang in LANGUAGES:
            yield from _check_built(path, lang, notebooks)


def orphans(notebooks: Path = NOTEBOOKS) -> Iterator[Problem]:
    """Committed notebooks that no source explains."""
    for lang in LANGUAGES:
        for path in sorted((notebooks / lang).glob("*.ipynb")):
            if not (notebooks / "src" / f"{path.stem}.py").exists():
                yield Problem(f"{lang}/{path.name}", say("no_source"))


def rebuilt(
    path: Path, lang: Language, progress: build.Progress, notebooks: Path = NOTEBOOKS
) -> Iterator[Problem]:
    """Where a new run of a source differs from the committed notebook. Raises BuildError."""
    target = build.target(path, lang, notebooks)
    if not target.exists():
        return  # `check` says so
    new = build.run(path, lang, progress=progress)
    for number, (old_cell, new_cell) in enumerate(zip(_load(target).cells, new.cells, strict=False), 1):
        if old_cell.cell_type != "code" or new_cell.cell_type != "code":
            continue
        old, now = build.compared(old_cell.outputs), build.compared(new_cell.outputs)
        if old != now:
            yield cell_problem(
                f"{lang}/{target.name}", number, old_cell, "outputs_differ", diff=_diff(old, now)
            )


def _diff(old: list[dict[str, str]], new: list[dict[str, str]]) -> str:
    before, after = (json.dumps(outputs, indent=1, ensure_ascii=False).splitlines() for outputs in (old, new))
    return "\n".join(f"    {line}" for line in difflib.unified_diff(before, after, lineterm="", n=1))


def _load(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def _check_built(path: Path, lang: Language, notebooks: Path) -> Iterator[Problem]:
    target = build.target(path, lang, notebooks)
    file = f"{lang}/{target.name}"
    if not target.exists():
        yield Problem(file, say("not_built", name=path.stem))
        return
    try:
        built = _load(target)
    except Exception as error:  # nbformat passes on whatever JSON or its schema make of a damaged file
        yield Problem(file, say("unreadable", reason=error))
        return
    yield from stale(built, source.notebook(path, lang), file, path.stem)
    for number, cell in enumerate(built.cells, 1):
        for rule in CELL_RULES:
            for key, values in rule(cell):
                yield cell_problem(file, number, cell, key, **values)
        if cell.cell_type == "markdown":
            for key, values in links(cell, target, notebooks / "src"):
                yield cell_problem(file, number, cell, key, **values)


def stale(built: NotebookNode, wanted: NotebookNode, file: str, name: str) -> Iterator[Problem]:
    """Cells that are not what the source gives now: an edited source, or a notebook edited by hand."""
    if len(built.cells) != len(wanted.cells):
        counts = say("stale_count", name=name, built=len(built.cells), wanted=len(wanted.cells))
        yield Problem(file, counts)
        return
    for number, (mine, theirs) in enumerate(zip(built.cells, wanted.cells, strict=True), 1):
        same = (
            mine.cell_type == theirs.cell_type and mine.source == theirs.source and tags(mine) == tags(theirs)
        )
        if not same:
            yield cell_problem(file, number, mine, "stale", name=name)


def unsourced(everything: NotebookNode, file: str) -> Iterator[Problem]:
    """Prices and limits in a source's texts that `labs/facts.yaml` does not state."""
    for number, cell in enumerate(everything.cells, 1):
        if cell.cell_type == "markdown" and "own-numbers" not in tags(cell):
            for claim in claims.unsourced(cell.source, facts().values()):
                yield cell_problem(file, number, cell, "unsourced", claim=claim)


Finding = tuple[str, dict[str, str]]


def executed(cell: NotebookNode) -> Iterator[Finding]:
    """Every code cell has run: nbval passes an unexecuted one having compared nothing."""
    if cell.cell_type == "code" and cell.execution_count is None and not tags(cell) & {"challenge", "engine"}:
        yield "not_executed", {}


def alternative_text(cell: NotebookNode) -> Iterator[Finding]:
    """Every image in a text cell says what it shows."""
    if cell.cell_type == "markdown":
        for token in _tokens(cell.source):
            html = token.content if token.type.startswith("html") else ""
            bare = [
                tag for tag in re.findall(r"<img\b[^>]*>", html) if not re.search(r"""\balt=["'][^"']""", tag)
            ]
            if bare or (token.type == "image" and not token.content.strip()):
                yield "no_alt", {}


def prose(cell: NotebookNode) -> Iterator[Finding]:
    """Comments in code are few and short: explanations are text cells, in both languages."""
    if cell.cell_type != "code" or cell.source.startswith("%%"):
        return
    last_line = -1
    for line, comment in _comments(cell.source):
        if len(comment) > COMMENT_WIDTH or line == last_line + 1:
            yield "prose", {"comment": comment}
        last_line = line


def machine(cell: NotebookNode) -> Iterator[Finding]:
    """Neither code nor outputs show folders or the name of the machine that built the notebook."""
    text = "\n".join([cell.source, *(json.dumps(output) for output in cell.get("outputs", ()))])
    host = socket.gethostname()
    names = [str(NOTEBOOKS.parent), str(Path.home())] + (
        [host] if len(host) > 4 and host != "localhost" else []
    )
    found = {
        name for name in names if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) and name != "/"
    }
    found |= set(
        re.findall(r"(?<![\w.])(?:/home|/Users|/root|/tmp|/var/folders)/[\w.-]+|[A-Z]:\\+Users\\+\w+", text)
    )
    for name in sorted(found):
        yield "machine", {"found": name}


CELL_RULES: list[Callable[[NotebookNode], Iterator[Finding]]] = [executed, alternative_text, prose, machine]


def links(cell: NotebookNode, notebook: Path, sources: Path) -> Iterator[Finding]:
    """Relative links and images lead to files of the notebook's own folder, and to headings that are there."""
    folder = notebook.parent
    for token in _tokens(cell.source):
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not target:
            continue
        path = (folder / unquote(parts.path)).resolve() if parts.path else notebook.resolve()
        if folder.resolve() not in path.parents:
            yield "link_leaves", {"target": target}
        elif not _leads_somewhere(path, unquote(parts.fragment), sources):
            yield "dead_link", {"target": target}


def _leads_somewhere(path: Path, heading: str, sources: Path) -> bool:
    if not path.exists():  # a notebook may be built later
        return path.suffix == ".ipynb" and (sources / f"{path.stem}.py").exists()
    return not heading or heading in _anchors(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _anchors(path: Path, modified: int) -> set[str]:
    """Places to jump to: cells, and headings as JupyterLab and nbconvert name them (dashes for spaces)."""
    from markdown_it import MarkdownIt

    found = set()
    for cell in _load(path).cells:
        blocks = MarkdownIt().parse(cell.source) if cell.cell_type == "markdown" else []
        found.add(f"cell-id={cell.get('id')}")
        for block, content in pairwise(blocks):
            if block.type == "heading_open":
                text = "".join(
                    part.content for part in content.children or () if part.type in ("text", "code_inline")
                )
                found.add(text.replace(" ", "-"))
    return found


@lru_cache(maxsize=8)  # more than one rule reads a cell
def _tokens(markdown: str) -> list[Token]:
    from markdown_it import MarkdownIt

    return [token for block in MarkdownIt().parse(markdown) for token in (block, *(block.children or ()))]


def _comments(code: str) -> list[tuple[int, str]]:
    """Line number and text of the comments that stand alone on a line; IPython's `!` and `%` lines are none."""
    python = re.sub(r"(?m)^(\s*)[!%].*$", r"\1pass", code)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(python).readline))
    except (tokenize.TokenError, IndentationError):
        return []  # not Python: the build says so when it runs the cell
    return [
        (token.start[0], token.string.lstrip("# "))
        for token in tokens
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    ]
