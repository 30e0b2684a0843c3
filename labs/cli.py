"""The `course` command: composes the Typer applications that the packages offer as entry points."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from labs.cli_texts import TYPER_CONSTANTS, say, translated
from labs.learner import language

# What `course --help` shows first, and under which heading; a command that is not here comes last.
PANELS = {
    "learn": ("start", "quiz", "report", "record", "doctor"),
    "clouds": ("cloud", "lab"),
    "teach": ("site", "bundle", "grade"),
    "write": ("notebooks", "bank"),
}


def build() -> typer.Typer:
    """The whole command, made of every `course.commands` entry point in name order."""
    for name in TYPER_CONSTANTS:
        setattr(rich_utils, name, say.catalogue[name][language()])
    course = typer.Typer(
        help=say("help"), no_args_is_help=True, rich_markup_mode="rich", add_completion=False
    )
    for entry in sorted(entry_points(group="course.commands"), key=lambda entry: entry.name):
        course.add_typer(entry.load())
    return course


def command() -> TyperGroup:
    """The whole command as it runs, its `--help` told in the learner's language."""
    course = typer.main.get_group(build())
    _translate_help(course, typer.Context(course))
    _arrange(course)
    return course


def _arrange(course: TyperGroup) -> None:
    places = {name: panel for panel, names in PANELS.items() for name in names}
    order = [*(name for name in places if name in course.commands), *course.commands]
    course.commands = {name: course.commands[name] for name in order}
    for name, panel in places.items():
        if name in course.commands:
            course.commands[name].rich_help_panel = say(panel)  # type: ignore[attr-defined]


def _translate_help(command: TyperCommand | TyperGroup, context: typer.Context) -> None:
    option = command.get_help_option(context)
    if option is not None:
        option.help = say("help_option")
    for each in getattr(command, "commands", {}).values():
        _translate_help(each, typer.Context(each, parent=context))


def app() -> None:
    """Entry point of the `course` script: mistakes are told in the learner's language."""
    try:
        sys.exit(command()(standalone_mode=False))
    except TyperException as error:
        message = translated(error.format_message())
        error.format_message = lambda: message  # type: ignore[method-assign]
        rich_utils.rich_format_error(error)  # type: ignore[arg-type]
        sys.exit(error.exit_code)
    except typer.Abort:
        rich_utils.rich_abort_error()
        sys.exit(130)
