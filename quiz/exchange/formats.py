"""The formats by name, and which ending tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labs.learner import Language
from quiz.exchange import anki, gift, jupyterquiz, moodle, qti
from quiz.exchange.plain import ExchangeError, Loss, Plain
from quiz.exchange.texts import say

Writer = Callable[[Sequence[Plain], Language], tuple[bytes, list[Loss]]]
Reader = Callable[[str], tuple[list[Plain], list[Loss]]]


@dataclass(frozen=True)
class Format:
    """`read` is None for a format that is only written."""

    name: str
    endings: tuple[str, ...]
    write: Writer
    read: Reader | None = None


def _as_text(write: Callable[[Sequence[Plain]], tuple[str, list[Loss]]]) -> Writer:
    def encoded(questions: Sequence[Plain], lang: Language) -> tuple[bytes, list[Loss]]:
        text, losses = write(questions)
        return text.encode(), losses

    return encoded


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("moodle", (".xml",), _as_text(moodle.write), moodle.read),
        Format("gift", (".gift", ".txt"), _as_text(gift.write), gift.read),
        Format("jupyterquiz", (".json",), _as_text(jupyterquiz.write), jupyterquiz.read),
        Format("qti", (".zip",), qti.write),
        Format("anki", (".apkg",), anki.write),
    )
}


def of(path: Path, name: str | None) -> Format:
    """The format of that name, else the one that the file's ending tells. Raises ExchangeError."""
    if name is None:
        name = next(
            (form.name for form in FORMATS.values() if path.suffix.lower() in form.endings), path.suffix
        )
    if name not in FORMATS:
        raise ExchangeError(say("unknown_format", name=name, known=", ".join(FORMATS)))
    return FORMATS[name]


def read(path: Path, name: str | None) -> tuple[list[Plain], list[Loss]]:
    """The questions of a file. Raises ExchangeError, or OSError when there is no such file."""
    form = of(path, name)
    if form.read is None:
        known = ", ".join(each.name for each in FORMATS.values() if each.read)
        raise ExchangeError(say("not_read", format=form.name, known=known))
    try:
        return form.read(path.read_text(encoding="utf-8-sig"))
    except (ExchangeError, UnicodeDecodeError) as error:
        raise ExchangeError(say("not_this_format", path=path, format=form.name, problem=error)) from error
