"""The glossary's terms, and a link to each where a notebook first uses it.

The glossary is a notebook like the others (`notebooks/src/10_glossary.py`). A heading of the third level is a term;
where the paragraph below it is only `*names*` in italics, these are the term's other names, in either language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from labs.learner import Language

NAME = "10_glossary"

Entry = TypeVar("Entry")

_ENTRY = re.compile(r"(?m)^### (?P<heading>.+)\n+(?P<names>(?:\*[^*\n]+\*(?: · )?)+(?=\n|$))?")
# What is left alone: code, headings, links and images, HTML tags, addresses
_UNTOUCHED = re.compile(
    r"(?ms)^(?P<fence>```|~~~).*?^(?P=fence)|`+[^`]*`+|^#{1,6} .*?$|!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])"
    r"|<summary>.*?</summary>|<[^>]+>|https?://\S+"  # Markdown is not read inside a summary
)


# Entries in a cell: so few that each is in sight where a link leads to their cell, which is the middle of the page when
# the glossary opens, and so many that the cells are few.
# JupyterLab draws cells one by one when it is idle, and a link gives up on a cell not drawn within ten seconds: with
# a cell for each term, that is what a slow machine did.
TOGETHER = 3


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: its heading, every name that leads to it, and the heading that its cell begins with."""

    heading: str
    names: tuple[str, ...]
    first_of_cell: str

    @property
    def address(self) -> str:
        """Where a link to the term leads: JupyterLab finds a cell by its id before anything is drawn."""
        return f"{NAME}.ipynb#cell-id={identity(self.first_of_cell)}"


def identity(heading: str) -> str:
    """The id of the cell that begins with this term: its words with dashes, in plain letters, for JupyterLab does not decode a link's end."""
    spelled = heading.replace("’", "-").replace("œ", "oe")
    letters = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", letters)


def spread(glossary: NotebookNode) -> NotebookNode:
    """The glossary of one language with a cell for every few terms, so that links can lead to them."""
    cells = []
    for cell in glossary.cells:
        if cell.cell_type != "markdown":
            cells.append(cell)
            continue
        opening, *entries = re.split(r"(?m)^(?=### )", cell.source)
        if not entries:
            cells.append(cell)
        for number, few in enumerate(_together(entries)):
            heading = few[0].splitlines()[0].removeprefix("### ")
            text = "".join(few) if number else opening + "".join(few)
            cells.append(new_markdown_cell(text.strip(), id=identity(heading)))
    return new_notebook(cells=cells, metadata=glossary.metadata)


def terms(glossary: NotebookNode, lang: Language) -> tuple[Term, ...]:
    """The entries of one language of the glossary's source."""
    return tuple(
        Term(
            entry["heading"],
            (entry["heading"], *re.findall(r"\*([^*]+)\*", entry["names"] or "")),
            few[0]["heading"],
        )
        for cell in glossary.cells
        if cell.cell_type == "markdown" and lang in cell.metadata.get("tags", ())
        for few in _together(list(_ENTRY.finditer(cell.source)))
        for entry in few
    )


def _together(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    return [entries[start : start + TOGETHER] for start in range(0, len(entries), TOGETHER)]


def link(texts: Iterable[str], entries: Iterable[Term]) -> list[str]:
    """The text cells of one notebook, in order, each term's first use being a link."""
    by_name = {name: entry for entry in entries for name in entry.names}
    if not by_name:
        return list(texts)
    longest_first = sorted(by_name, key=len, reverse=True)
    groups = {f"t{place}": by_name[name] for place, name in enumerate(longest_first)}
    any_name = re.compile(
        _as_a_word("|".join(f"(?P<t{place}>{_pattern(name)})" for place, name in enumerate(longest_first)))
    )
    linked: set[Term] = set()

    def linked_once(found: re.Match[str]) -> str:
        entry = groups[found.lastgroup or ""]
        if entry in linked:
            return found[0]
        linked.add(entry)
        return f"[{found[0]}]({entry.address})"

    def with_links(text: str) -> str:
        done, position = [], 0
        for kept in _UNTOUCHED.finditer(text):
            done += [any_name.sub(linked_once, text[position : kept.start()]), kept[0]]
            position = kept.end()
        return "".join([*done, any_name.sub(linked_once, text[position:])])

    return [with_links(text) for text in texts]


def _as_a_word(pattern: str) -> str:
    """The pattern, standing alone, and not with a number behind it: “task 2.1” is the exam guide's."""
    return rf"(?<![\w/.@-])(?:{pattern})(?![\w/@-]|\.\w|[\s\u00a0]\d)"


def _pattern(name: str) -> str:
    """The name, singular or plural, over a line's end; capitals matter in abbreviations."""
    return r"[\s\u00a0]+".join(map(_word, name.split()))


def _word(word: str) -> str:
    pattern = re.escape(word) + ("" if word[-1:] in "sx" else "[sx]?")
    return pattern if any(letter.isupper() for letter in word[1:]) else f"(?i:{pattern})"
