"""Figures of the notebooks: authored SVG with its words in both languages and a text twin.

A figure is two files: `<name>.svg`, whose texts are `${placeholders}`, and `<name>.yaml` with `title`, `description`
(the text twin: it says everything that the picture shows) and `words`, each in both languages. The drawing uses the
classes of `labs.view.svg`, so that all figures look the same, in light and in dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import count
from string import Template

import yaml
from pydantic import BaseModel, ConfigDict, Field

from labs.learner import Language, language
from labs.view.svg import STYLE, clean

_drawn = count(1)


class Words(BaseModel):
    """The same text in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __call__(self, lang: Language) -> str:
        """The text in that language."""
        return self.fr if lang == "fr" else self.en


class Captions(BaseModel):
    """What stands in `<name>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    description: Words
    words: dict[str, Words] = {}


@dataclass(frozen=True, repr=False)
class Figure:
    """A picture for the eye, and the same in words: tests compare the words."""

    title: str
    description: str
    svg: str

    def __repr__(self) -> str:
        return f"{self.title}\n{self.description}"

    def _repr_html_(self) -> str:
        """Inline, so that the page's theme reaches the drawing: an image would stay light in a dark page."""
        return self.svg


def names() -> list[str]:
    """Every figure."""
    return sorted(
        file.name.removesuffix(".svg") for file in _folder().iterdir() if file.name.endswith(".svg")
    )


@cache
def captions(name: str) -> Captions:
    """The words of a figure. Raises FileNotFoundError when there is no such figure."""
    return Captions.model_validate(
        yaml.safe_load(_folder().joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    )


def figure(name: str, lang: Language | None = None) -> Figure:
    """The figure in the learner's language. Raises LookupError with the names of those that exist."""
    if name not in names():
        raise LookupError(f"{name}: {', '.join(names())}")
    lang = lang or language()
    found = captions(name)
    drawing = Template(_folder().joinpath(f"{name}.svg").read_text(encoding="utf-8"))
    words = {key: clean(word(lang)) for key, word in found.words.items()}
    identity = f"fig{next(_drawn)}-{name}"
    head = (
        f'<title id="{identity}-title">{clean(found.title(lang))}</title>'
        f'<desc id="{identity}-text">{clean(found.description(lang))}</desc><style>{STYLE}</style>'
    )
    attributes = (
        f'class="fb-drawing" role="img" lang="{lang}" aria-labelledby="{identity}-title {identity}-text"'
    )
    svg = drawing.substitute(words, id=identity)
    opening, rest = svg.split(">", 1)
    return Figure(found.title(lang), found.description(lang), f"{opening} {attributes}>{head}{rest}")


def _folder() -> Traversable:
    return files("labs.figures")
