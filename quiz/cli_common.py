"""What the quiz's commands share: the language, values that must be known, and a clean way out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from labs.learner import LANGUAGES, Language, language
from quiz.texts import say


def spoken(lang: str | None) -> Language:
    """The language asked for, else the learner's; a usage error for an unknown one."""
    for known in LANGUAGES:
        if known == (lang or language()):
            return known
    fail(say("unknown_lang", name=lang))


def check(option: str, values: Collection[str], known: Collection[str], lang: Language) -> None:
    """A usage error for a value that is not known."""
    for value in values:
        if value not in known:
            fail(say("unknown_value", lang, option=option, value=value, known=", ".join(known)))


@contextmanager
def record_errors() -> Iterator[None]:
    """Tell in one sentence what is wrong with the record or with a file."""
    from quiz.store import RecordError

    try:
        yield
    except RecordError as error:
        fail(str(error))
    except BrokenPipeError:  # `| head`: the command line ends this quietly
        raise
    except OSError as error:
        fail(say("no_file", path=error.filename, reason=error.strerror))


def fail(message: str) -> NoReturn:
    """Leave with the exit code of a usage error."""
    typer.echo(message, err=True)
    raise typer.Exit(2)
