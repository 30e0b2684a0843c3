"""Text cells as HTML: headings with addresses, boxes, tables that scroll, links between pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from labs.learner import Language
from labs.site.texts import say

# How a boxed quote begins → what kind of box it is; any other quote is a note.
BOXES = {
    "À l’examen": "exam",
    "In the exam": "exam",
    "Aujourd’hui": "today",
    "Today": "today",
    "À vous": "turn",
    "Your turn": "turn",
}


@dataclass
class Section:
    """A heading and the words below it, up to the next heading."""

    level: int
    title: str
    anchor: str
    words: list[str] = field(default_factory=list)


def slug(text: str) -> str:
    """A heading's address: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[\s_-]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-") or "section"


@cache  # most of a notebook's code is that of its twin
def highlighted(code: str, language: str) -> str:
    """Code as a `<div class="highlight">` with Pygments' classes; plain text for a language it does not know."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import TextLexer, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = TextLexer()
    return highlight(code, lexer, HtmlFormatter())


class Page:
    """Renders the text cells of one page one after the other, and collects its sections as it goes."""

    def __init__(self, lang: Language):
        self.lang = lang
        self.sections: list[Section] = []
        self._anchors: Counter[str] = Counter()
        self._markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        rules = self._markdown.renderer.rules  # type: ignore[attr-defined]
        rules["table_open"] = lambda *_: '<div class="scroll"><table>\n'
        rules["table_close"] = lambda *_: "</table></div>\n"
        rules["fence"] = _fence

    def cell(self, source: str) -> str:
        """A text cell."""
        tokens = self._markdown.parse(source)
        for position, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(token, tokens[position + 1])
            elif token.type == "inline":
                _rewrite_links(token.children or [])
                if self.sections and tokens[position - 1].type != "heading_open":
                    self.sections[-1].words.append(plain_text(token))
        _empty_headers_as_cells(tokens)
        return self._render(self._headings_with_links(_boxes(tokens)))

    def output(self, source: str) -> str:
        """Markdown that a cell has shown: no sections, no boxes."""
        tokens = self._markdown.parse(source)
        for token in tokens:
            _rewrite_links(token.children or [])
        _empty_headers_as_cells(tokens)
        return self._render(tokens)

    def _heading(self, token: Token, inline: Token) -> None:
        title = plain_text(inline)
        anchor = slug(title)
        self._anchors[anchor] += 1
        if self._anchors[anchor] > 1:
            anchor = f"{anchor}-{self._anchors[anchor]}"
        token.attrSet("id", anchor)
        self.sections.append(Section(int(token.tag[1]), title, anchor))

    def _headings_with_links(self, tokens: list[Token]) -> list[Token]:
        """Every heading below the title carries a link to itself, to be copied."""
        done = []
        anchor = ""
        for token in tokens:
            if token.type == "heading_open":
                anchor = str(token.attrGet("id"))
            if token.type == "heading_close" and token.tag != "h1":
                label = escape(say("this_section", self.lang), quote=True)
                done.append(_html(f' <a class="anchor" href="#{anchor}" aria-label="{label}">#</a>'))
            done.append(token)
        return done

    def _render(self, tokens: Sequence[Token]) -> str:
        return self._markdown.renderer.render(tokens, self._markdown.options, {})


def plain_text(inline: Token) -> str:
    """The words of a line, without its marks."""
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in inline.children or []
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )


def page_link(target: str) -> str:
    """Where a link of a notebook leads in the site: other notebooks and texts have become pages."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return target
    path = re.sub(r"\.(ipynb|md)$", ".html", parts.path)
    fragment = unquote(parts.fragment)
    if not fragment.startswith("cell-id="):  # JupyterLab's name of a cell is ours too
        # JupyterLab and GitHub make a heading's address each in their own way; both lead to ours.
        fragment = slug(fragment) if fragment else ""
    return path + (f"#{fragment}" if fragment else "")


def _rewrite_links(children: Sequence[Token]) -> None:
    for child in children:
        if child.type == "link_open":
            child.attrSet("href", page_link(str(child.attrGet("href"))))


def _empty_headers_as_cells(tokens: Sequence[Token]) -> None:
    """A table's empty corner heads nothing."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and not inline.content.strip():
            opening.tag = closing.tag = "td"


def _fence(tokens: Sequence[Token], position: int, *_: Any) -> str:
    token = tokens[position]
    return highlighted(token.content, token.info.strip().split(" ")[0] or "text")


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _boxes(tokens: list[Token]) -> list[Token]:
    """Quotes as boxes; a quote that holds several (each begins in bold, with a known name) becomes as many."""
    done: list[Token] = []
    depth = 0
    for position, token in enumerate(tokens):
        if token.type == "blockquote_open":
            depth += 1
            if depth == 1:
                kind = _box_kind(tokens, position + 1) or "note"
                done.append(_block(f'<div class="box box-{kind}">'))
                continue
        elif token.type == "blockquote_close":
            depth -= 1
            if depth == 0:
                done.append(_block("</div>"))
                continue
        elif (
            depth == 1
            and token.level == 1
            and tokens[position - 1].type != "blockquote_open"
            and (next_kind := _box_kind(tokens, position))
        ):
            done.append(_block(f'</div><div class="box box-{next_kind}">'))
        done.append(token)
    return done


def _block(content: str) -> Token:
    return Token("html_block", "", 0, content=content + "\n", block=True)


def _box_kind(tokens: list[Token], position: int) -> str | None:
    """What the paragraph that begins here announces, if it begins in bold with a box's name."""
    if tokens[position].type != "paragraph_open":
        return None
    children = tokens[position + 1].children or []
    words = [child for child in children if child.type == "strong_open" or child.content]
    if len(words) < 2 or words[0].type != "strong_open":
        return None
    return BOXES.get(words[1].content.rstrip("."))
