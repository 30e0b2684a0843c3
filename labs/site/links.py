"""What must hold of the finished pages: no link is dead, no name stands twice, nothing is asked of another server."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from labs.site.texts import say

LOADING = {"src", "srcset", "poster", "data"}  # attributes whose address the browser fetches by itself
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
STYLE_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")


@dataclass
class _Found(HTMLParser):
    """Names, links and fetched addresses of one page."""

    names: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    base: str = ""
    _in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        if tag == "base":
            self.base = values.get("href", "")
            return
        if name := values.get("id"):
            self.names[name] += 1
        self.fetched += [values[name] for name in LOADING & values.keys()]
        self.fetched += _style_addresses(values.get("style", ""))
        if address := values.get("href") or values.get("xlink:href"):
            if tag == "link" and not LOADING_LINKS & set(values.get("rel", "").split()):
                return  # canonical and alternates name where the site will be, not what it holds
            (self.links if tag in ("a", "use") else self.fetched).append(address)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.fetched += _style_addresses(data)


def _style_addresses(css: str) -> list[str]:
    return [first or second for first, second in STYLE_ADDRESS.findall(css)]


def faults(files: Mapping[str, bytes], base_path: str = "/") -> Iterator[str]:
    """Every fault of the pages among `files`; `base_path` is where a page with a `<base>` says the site is."""
    pages: dict[str, _Found] = {}
    for name in sorted(files):
        if name.endswith(".html"):
            pages[name] = _Found()
            pages[name].feed(files[name].decode())
    for name, found in pages.items():
        yield from (say("twice", page=name, name=each) for each, count in found.names.items() if count > 1)
        folder = "" if found.base == base_path else posixpath.dirname(name)
        for address in found.fetched:
            parts = urlsplit(address)
            if parts.netloc or parts.scheme not in ("", "data"):
                yield say("outside", page=name, target=address)
            elif not parts.scheme and not _exists(address, name, folder, files, pages):
                yield say("dead_link", page=name, target=address)
        for address in dict.fromkeys(found.links):
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc and not _exists(address, name, folder, files, pages):
                yield say("dead_link", page=name, target=address)
    for name in sorted(files):
        if name.endswith(".css"):
            for address in _style_addresses(files[name].decode()):
                if not address.startswith("data:"):
                    yield say("outside", page=name, target=address)


def _exists(
    address: str, page: str, folder: str, files: Mapping[str, bytes], pages: Mapping[str, _Found]
) -> bool:
    parts = urlsplit(address)
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else page
    if target not in files:
        return False
    return not parts.fragment or (target in pages and unquote(parts.fragment) in pages[target].names)
