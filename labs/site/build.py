"""From the committed notebooks to the files of the site. The same notebooks give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyterlab_pygments import JupyterStyle
from markupsafe import Markup
from pygments.formatters import HtmlFormatter

from labs.learner import LANGUAGES, Language
from labs.site import links, notebook
from labs.site.notebook import Content
from labs.site.texts import say
from labs.workspace import NOTEBOOKS

HERE = Path(__file__).parent
NAMES: dict[Language, str] = {"fr": "Français", "en": "English"}
FRONT = "index"


class SiteError(Exception):
    """The site cannot be made; the text says why."""


@dataclass(frozen=True)
class Site:
    """The pages of both languages, in course order: a page and its twin stand at the same place."""

    contents: dict[Language, list[Content]]
    others: dict[str, bytes]  # whatever else the notebooks' folders hold, by its place in the site


def read(notebooks: Path = NOTEBOOKS) -> Site:
    """Everything that the site says. Raises SiteError."""
    contents: dict[Language, list[Content]] = {lang: [] for lang in LANGUAGES}
    others: dict[str, bytes] = {}
    stems = {path.stem for lang in LANGUAGES for path in (notebooks / lang).glob("*.ipynb")}
    if not stems:
        raise SiteError(say("no_notebooks", folder=notebooks))
    try:
        for stem in sorted(stems):
            for lang in LANGUAGES:
                path = notebooks / lang / f"{stem}.ipynb"
                if not path.exists():
                    raise SiteError(say("one_language", name=path.name))
                contents[lang].append(notebook.notebook(path, lang))
        # Texts have a name of their own in each language; they pair in the order of their names.
        texts = {lang: sorted((notebooks / lang).glob("*.md")) for lang in LANGUAGES}
    except ValueError as error:
        raise SiteError(str(error)) from error
    if len({len(found) for found in texts.values()}) > 1:
        longest = max(texts.values(), key=len)
        raise SiteError(say("one_language", name=longest[-1].name))
    for lang in LANGUAGES:
        contents[lang] += [notebook.text(path, lang) for path in texts[lang]]
        for path in sorted((notebooks / lang).iterdir()):
            if path.is_file() and path.suffix not in (".ipynb", ".md") and not path.name.startswith("."):
                others[f"{lang}/{path.name}"] = path.read_bytes()
    return Site(contents, others)


def make(site: Site, base_url: str = "") -> dict[str, bytes]:
    """The files of the site by their place in it. Raises SiteError when a page has a fault."""
    base_url = base_url and base_url.rstrip("/") + "/"
    files = dict(_assets(site))
    files |= site.others
    version = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:10]
    pages = _Pages(site, base_url, version)
    for name, html in pages.all():
        files[name] = html.encode()
    if base_url:
        files["sitemap.xml"] = pages.site_map().encode()
    if found := list(links.faults(files, _path(base_url))):
        raise SiteError("\n".join([*found, say("faults", count=len(found))]))
    return files


def _path(base_url: str) -> str:
    return urlsplit(base_url).path or "/"


def _assets(site: Site) -> Iterator[tuple[str, bytes]]:
    for file in sorted((HERE / "static").iterdir()):
        content = file.read_bytes()
        if file.name == "site.css":
            colours = HtmlFormatter(style=JupyterStyle).get_style_defs(".highlight")
            content += "\n".join(sorted(colours.splitlines())).encode() + b"\n"
        yield f"assets/{file.name}", content
    for lang, contents in site.contents.items():
        entries = json.dumps(_search_entries(contents), ensure_ascii=False, separators=(",", ":"))
        yield f"assets/search-{lang}.js", f"window.courseSections = {entries};\n".encode()


def _search_entries(contents: Sequence[Content]) -> list[dict[str, Any]]:
    """One entry a section: where it is, its page and heading, and its words."""
    return [
        {
            "id": f"{content.name}.html#{section.anchor}",
            "page": content.title,
            "heading": section.title,
            "words": " ".join(" ".join(section.words).split()),
        }
        for content in contents
        for section in content.sections
    ]


class _Pages:
    """Puts contents into pages."""

    def __init__(self, site: Site, base_url: str, version: str):
        self._site = site
        self._base_url = base_url
        self._version = version
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def all(self) -> Iterator[tuple[str, str]]:
        """Each page's place, and the page."""
        yield "index.html", self._door(lost=False)
        yield "404.html", self._door(lost=True)
        for lang, contents in self._site.contents.items():
            twins = self._site.contents[_other(lang)]
            yield f"{lang}/index.html", self._front(lang)
            for position, (content, twin) in enumerate(zip(contents, twins, strict=True)):
                yield f"{lang}/{content.name}.html", self._lesson(lang, position, content, twin)

    def site_map(self) -> str:
        """sitemap.xml: each page and where it is in the other language."""
        entries = []
        for place, alternates in self._places():
            others = "".join(
                f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(address)}"/>'
                for code, address in alternates
            )
            entries.append(f"<url><loc>{escape(self._base_url + place)}</loc>{others}</url>")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "\n".join(entries) + "\n</urlset>\n"
        )

    def _places(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        fronts = dict.fromkeys(LANGUAGES, FRONT)
        rows = [
            fronts,
            *(
                dict(zip(LANGUAGES, (content.name for content in row), strict=True))
                for row in zip(*(self._site.contents[lang] for lang in LANGUAGES), strict=True)
            ),
        ]
        yield "", self._alternates(fronts, root="")
        for names in rows:
            for lang in LANGUAGES:
                yield self._place(lang, names[lang]), self._alternates(names, root="../")

    def _place(self, lang: Language, name: str) -> str:
        """A page's address as it is published: a folder's front page goes by the folder's name."""
        return f"{lang}/" if name == FRONT and self._base_url else f"{lang}/{name}.html"

    def _alternates(self, names: dict[Language, str], root: str) -> list[tuple[str, str]]:
        """hreflang → address, complete where it is known where the site will be."""
        prefix = self._base_url or root
        found = [(str(lang), prefix + self._place(lang, name)) for lang, name in names.items()]
        if set(names.values()) == {FRONT}:
            found.append(("x-default", self._base_url or f"{root}index.html"))
        return found

    def _render(self, template: str, lang: Language, name: str, twin: str, **values: Any) -> str:
        names = {lang: name, _other(lang): twin}
        return self._templates.get_template(template).render(
            lang=lang,
            other_lang=_other(lang),
            other=f"../{_other(lang)}/{twin}.html",
            root="../",
            name=name,
            version=self._version,
            canonical=self._base_url and self._base_url + self._place(lang, name),
            alternates=self._alternates({each: names[each] for each in LANGUAGES}, root="../"),
            pages=self._site.contents[lang],
            say=partial(_say, lang),
            **values,
        )

    def _front(self, lang: Language) -> str:
        return self._render(
            "front.html",
            lang,
            FRONT,
            FRONT,
            title=f"{say('course', lang)} · {say('front_title', lang)}",
            description=say("front_description", lang),
            toc=[],
        )

    def _lesson(self, lang: Language, position: int, content: Content, twin: Content) -> str:
        contents = self._site.contents[lang]
        alike = [section.level for section in content.sections] == [
            section.level for section in twin.sections
        ]
        toc = [
            {
                "level": section.level,
                "title": section.title,
                "anchor": section.anchor,
                "twin": twin.sections[place].anchor if alike else "",
            }
            for place, section in enumerate(content.sections)
            if section.level in (2, 3)
        ]
        return self._render(
            "lesson.html",
            lang,
            content.name,
            twin.name,
            title=f"{content.title} · {say('course', lang)}",
            description=content.description,
            number=content.number,
            time=content.time,
            html=Markup(content.html),  # noqa: S704 (the course's own notebooks)
            toc=toc,
            previous=contents[position - 1] if position else None,
            next=contents[position + 1] if position + 1 < len(contents) else None,
        )

    def _door(self, lost: bool) -> str:
        """The page without a language: the site's entrance, and what stands for a page that is not there."""
        return self._templates.get_template("door.html").render(
            lang="en",
            root="",
            lost=lost,
            title=f"{say('course', 'en')} · {say('lost_title' if lost else 'front_title', 'en')}",
            description=say("front_description", "en"),
            headline="lost_title" if lost else "front_title",
            words="lost_text" if lost else "front_description",
            names={lang: say("lost_link", lang) if lost else NAMES[lang] for lang in LANGUAGES},
            languages=("en", "fr"),
            base=_path(self._base_url),
            version=self._version,
            canonical="" if lost else self._base_url,
            alternates=[] if lost else self._alternates(dict.fromkeys(LANGUAGES, FRONT), root=""),
            say=say,
        )


def _other(lang: Language) -> Language:
    return "en" if lang == "fr" else "fr"


def _say(lang: Language, key: str, **values: object) -> str:
    return say(key, lang, **values)
