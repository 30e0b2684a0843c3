"""The `course` command: composes the Typer applications that the packages offer as entry points."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Le cours sur les conteneurs AWS : ouvrir les cahiers, piloter le cloud local, s'entraîner.",
            "en": "The AWS containers course: open the notebooks, run the local cloud, practise.",
        }
    }
)


def build() -> typer.Typer:
    """The whole command, made of every `course.commands` entry point in name order."""
    course = typer.Typer(
        help=say("help"), no_args_is_help=True, rich_markup_mode="rich", add_completion=False
    )
    for entry in sorted(entry_points(group="course.commands"), key=lambda entry: entry.name):
        course.add_typer(entry.load())
    return course


def app() -> None:
    """Entry point of the `course` script."""
    build()()
