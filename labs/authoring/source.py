"""A notebook's source (`notebooks/src/NN_topic.py`, jupytext py:percent) and its rules.

Markdown is written twice, a cell tagged `fr` beside a cell tagged `en`; untagged code is shared.
Links to the glossary are not written: they come with the notebook of one language.
Everything here is pure but for `read`: no kernel runs.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from labs.authoring import glossary
from labs.authoring.texts import say
from labs.learner import LANGUAGES, Language
from labs.workspace import NOTEBOOKS

SOURCES = NOTEBOOKS / "src"

TAGS = {
    "fr": "for the French notebook only",
    "en": "for the English notebook only",
    "challenge": "the source holds the solution, the learner’s file an empty cell",
    "engine": "needs a Docker Engine: shown without outputs, run only in the solved form where an engine answers",
    "own-numbers": "the limits in this text are the story’s own, not AWS’s: the facts file need not have them",
    "raises-exception": "the cell shows an error on purpose",
    "nbval-skip": "not compared when the notebooks are tested; their number is capped by a test",
}

AUTHORS = {*LANGUAGES, "own-numbers"}
"""Tags that say something to the build and its check only: a learner's notebook does not have them."""

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Problem:
    """Something to mend: `where` names the file and, when there is one, the cell."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def read(path: Path) -> NotebookNode:
    """The source as a notebook of all cells in both languages, not to be changed. Raises OSError when it cannot be read."""
    return _parsed(path.read_text(encoding="utf-8").strip())


@lru_cache(maxsize=8)  # each notebook asks for its source again, and for the glossary's
def _parsed(text: str) -> NotebookNode:
    import jupytext

    return jupytext.reads(text, fmt="py:percent")


def terms_of(path: Path, lang: Language) -> tuple[glossary.Term, ...]:
    """The terms that a source's notebook links to; none in the glossary itself, or where the folder has no glossary."""
    entries = path.with_name(f"{glossary.NAME}.py")
    return () if path == entries or not entries.exists() else glossary.terms(read(entries), lang)


def notebook(path: Path, lang: Language, *, solved: bool = False) -> NotebookNode:
    """What a source gives in one language, not yet executed. Raises OSError when it cannot be read."""
    built = for_language(read(path), lang, solved=solved, terms=terms_of(path, lang))
    return glossary.spread(built) if path.stem == glossary.NAME else built


def tags(cell: NotebookNode) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def first_line(cell: NotebookNode) -> str:
    """What a cell is recognised by: its first line that is not blank, shortened."""
    line = next((line for line in cell.source.splitlines() if line.strip()), "")
    return line if len(line) <= 60 else line[:59] + "…"


def cell_problem(file: str, number: int, cell: NotebookNode, key: str, **values: Any) -> Problem:
    """The text `key` about one cell; `number` counts the cells of the file from 1."""
    return Problem(say("cell", file=file, number=number, line=first_line(cell)), say(key, **values))


def for_language(
    source: NotebookNode, lang: Language, *, solved: bool = False, terms: Sequence[glossary.Term] = ()
) -> NotebookNode:
    """The notebook of one language, not yet executed; the first use of each of `terms` links to the glossary.

    Cell ids come from the content, so that building twice gives the same bytes. Unless `solved`,
    challenges are emptied and cells that need an engine are marked as not to be run by tests.
    """
    other = {code for code in LANGUAGES if code != lang}
    mine = [cell for cell in source.cells if not tags(cell) & other]
    linked = iter(glossary.link((cell.source for cell in mine if cell.cell_type == "markdown"), terms))
    seen: Counter[str] = Counter()
    cells = []
    for cell in mine:
        own = tags(cell)
        text = next(linked) if cell.cell_type == "markdown" else cell.source
        if "challenge" in own and not solved:
            text = ""
        kept = own - AUTHORS | ({"nbval-skip"} if "engine" in own and not solved else set())
        make = nbformat.v4.new_markdown_cell if cell.cell_type == "markdown" else nbformat.v4.new_code_cell
        digest = hashlib.sha256(f"{cell.cell_type}\n{text}".encode()).hexdigest()[:12]
        seen[digest] += 1
        identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        cells.append(make(text, id=identity, metadata={"tags": sorted(kept)} if kept else {}))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def problems(source: NotebookNode, file: str) -> list[Problem]:
    """What is wrong with the cells of a source: unknown tags, unpaired languages, no language cell."""
    found = []
    for number, cell in enumerate(source.cells, 1):
        if cell.cell_type == "raw":
            found.append(cell_problem(file, number, cell, "raw"))
        if unknown := tags(cell) - set(TAGS):
            found.append(
                cell_problem(
                    file, number, cell, "unknown_tag", tags=", ".join(sorted(unknown)), known=", ".join(TAGS)
                )
            )
        if not cell.source.strip():
            found.append(cell_problem(file, number, cell, "empty"))
        if cell.cell_type == "markdown" and not tags(cell) & set(LANGUAGES):
            found.append(cell_problem(file, number, cell, "no_language"))
    return found + _pairing(source.cells, file) + _language_cell(source.cells, file)


def _pairing(cells: list[NotebookNode], file: str) -> list[Problem]:
    """Cells in one language stand in adjacent pairs of the same kind, with the same headings."""
    found = []
    position = 0
    while position < len(cells):
        cell = cells[position]
        own = tags(cell) & set(LANGUAGES)
        if not own:
            position += 1
            continue
        partner = cells[position + 1] if position + 1 < len(cells) else None
        paired = (
            partner is not None
            and partner.cell_type == cell.cell_type
            and len(own) == 1
            and tags(partner) & set(LANGUAGES) == set(LANGUAGES) - own
        )
        if not paired:
            missing = ", ".join(sorted(set(LANGUAGES) - own)) or "fr / en"
            found.append(cell_problem(file, position + 1, cell, "unpaired", missing=missing))
            position += 1
            continue
        if cell.cell_type == "markdown" and _headings(cell) != _headings(partner):
            found.append(cell_problem(file, position + 1, cell, "headings"))
        position += 2
    return found


def _headings(cell: NotebookNode) -> list[str]:
    without_code = re.sub(r"(?ms)^```.*?^```", "", cell.source)
    return re.findall(r"(?m)^(#{1,6}) ", without_code)


def _language_cell(cells: list[NotebookNode], file: str) -> list[Problem]:
    """The first code cell sets the language: without it a notebook would speak the reader's default."""
    code = [(number, cell) for number, cell in enumerate(cells, 1) if cell.cell_type == "code"]
    if code and not tags(code[0][1]) & set(LANGUAGES):
        return [cell_problem(file, *code[0], "language_cell")]
    return []
