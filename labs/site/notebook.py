"""One committed notebook, or one text beside the notebooks, as the content of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode

from labs import chapters
from labs.learner import Language
from labs.site.markdown import Page, Section, highlighted
from labs.site.texts import say

TEMPLATE = Path(__file__).parent / "templates" / "notebook.html"
DESCRIPTION = 158  # characters that search engines show
HINTS = 3

LANGUAGE_CELL = re.compile(r"\s*%env COURSE_LANG=")
CHECK = re.compile(r"""lab\.check\(["']([\w-]+)["']\)""")
# A link to the machine that ran the notebook; it is long gone.
LOCAL_LINK = re.compile(r"""<a\b[^>]*href=["']https?://(?:127\.0\.0\.1|localhost)\b[^>]*>(.*?)</a>""", re.S)
EMPTY_HEADER = re.compile(r"<th\b[^>]*></th>")  # a table's empty corner heads nothing
STYLE = re.compile(r"<style>.*?</style>", re.S)
TIME = re.compile(r"^\| \*\*(?:durée|time)\*\* \|\s*([^|]+?)\s*\|", re.M)


@dataclass(frozen=True)
class Content:
    """What a page says. `name` is its file's, without the ending; `number` a notebook's, empty for other texts."""

    name: str
    lang: Language
    number: str
    title: str
    description: str
    time: str
    html: str
    sections: Sequence[Section]


class _Exporter(TemplateExporter):
    output_mimetype = "text/html"


@cache
def _exporter() -> _Exporter:
    """One for all notebooks: its templates are compiled once."""
    return _Exporter(template_name="base", template_file=str(TEMPLATE), optimistic_validation=True)


def notebook(path: Path, lang: Language) -> Content:
    """A notebook as it was committed; nothing is run. Raises ValueError when it cannot be read."""
    try:
        node = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat passes on whatever JSON or its schema make of a damaged file
        raise ValueError(say("unreadable", name=f"{lang}/{path.name}", reason=error)) from error
    _set_turns(node, lang)
    node.cells = [cell for cell in node.cells if not LANGUAGE_CELL.match(cell.source)]
    page = Page(lang)
    exporter = _exporter()
    for name, convert in {
        "text_cell": page.cell,
        "markdown_output": page.output,
        "html_output": _output,
        "python": lambda code: highlighted(code, "ipython3"),
    }.items():
        exporter.register_filter(name, convert)
    texts = {key: say(key, lang) for key in ("turn_text", "turn_free", "needs_engine", "scrolls")}
    html, _ = exporter.from_notebook_node(node, resources={"texts": texts})
    opening = takewhile(lambda cell: cell.cell_type == "markdown", node.cells)
    time = TIME.search("\n".join(cell.source for cell in opening))
    return _content(path.stem, lang, path.stem.partition("_")[0], time[1] if time else "", html, page)


def text(path: Path, lang: Language) -> Content:
    """A Markdown file beside the notebooks."""
    page = Page(lang)
    html = f'<div class="prose">{page.cell(path.read_text(encoding="utf-8"))}</div>'
    return _content(path.stem, lang, "", "", html, page)


def _content(name: str, lang: Language, number: str, time: str, html: str, page: Page) -> Content:
    title = page.sections[0].title if page.sections else name
    opening = next((words for section in page.sections for words in section.words), title)
    return Content(name, lang, number, title, shortened(opening), time, _each_style_once(html), page.sections)


def shortened(words: str) -> str:
    """At most what a search engine shows, ending with a whole word."""
    words = " ".join(words.split(" "))
    if len(words) <= DESCRIPTION:
        return words
    return words[: DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:.–— \u00a0") + "…"


def _set_turns(node: NotebookNode, lang: Language) -> None:
    """Give each empty challenge its title and hints, found by the check that follows it."""
    for cell, after in zip(node.cells, [*node.cells[1:], None], strict=True):
        if "challenge" not in cell.metadata.get("tags", []):
            continue
        named = CHECK.search(after.source) if after is not None else None
        cell.metadata["turn"] = _turn(named[1], lang) if named else {"title": say("turn", lang), "hints": []}


@cache
def _turn(name: str, lang: Language) -> dict[str, Any]:
    """What a learner may read of a challenge: never its solution."""
    words = chapters.challenge(name).say
    hints = [
        (say("hint", lang, number=number), words(f"hint_{number}", lang)) for number in range(1, HINTS + 1)
    ]
    return {"title": say("turn_named", lang, title=words("title", lang)), "hints": hints}


def _output(html: str) -> str:
    return EMPTY_HEADER.sub("<td></td>", LOCAL_LINK.sub(r"\1", html))


def _each_style_once(html: str) -> str:
    """Every drawing brings the same style sheet; a page needs it once."""
    seen = set()

    def once(found: re.Match[str]) -> str:
        if found[0] in seen:
            return ""
        seen.add(found[0])
        return found[0]

    return STYLE.sub(once, html)
