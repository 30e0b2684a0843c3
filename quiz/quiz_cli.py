"""`course quiz`: every mode in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labs.learner import Language
from quiz.cli_common import check, fail, record_errors, spoken
from quiz.model import DOMAINS, KINDS, TOPICS
from quiz.texts import say

if TYPE_CHECKING:
    from quiz.examination import Examination
    from quiz.model import AnyQuestion
    from quiz.store import Mode, Record
    from quiz.terminal.desk import Desk

app = typer.Typer(name="quiz", help=say("quiz_help"), invoke_without_command=True)

ERAS = ("exam", "today")
DEFAULT_COUNT = 5

Lang = Annotated[str | None, typer.Option(help=say("lang"))]
Topic = Annotated[str | None, typer.Option(help=say("topic", known=", ".join(TOPICS)))]
Topics = Annotated[list[str] | None, typer.Option("--topic", help=say("topic", known=", ".join(TOPICS)))]
Count = Annotated[int, typer.Option(min=1, help=say("count"))]


@app.callback()
def take_quiz(
    context: typer.Context,
    question: Annotated[list[str] | None, typer.Option(help=say("question"))] = None,
    topic: Topic = None,
    count: Annotated[int | None, typer.Option(min=1, help=say("count"))] = None,
    lang: Lang = None,
    show: Annotated[bool, typer.Option("--list", help=say("list"))] = False,
) -> None:
    """Ask the chapter's nine questions, those named, or a topic's."""
    if context.invoked_subcommand:
        if any((question, topic, count, lang, show)):
            fail(say("options_after", mode=context.invoked_subcommand))
        return
    from quiz import bank

    language = spoken(lang)
    if question:
        known = bank.load()
        if unknown := [id for id in question if id not in known]:
            near = get_close_matches(unknown[0], known, n=5) or bank.chapter()
            fail(say("unknown_question", lang=language, id=unknown[0], known=", ".join(near)))
        chosen: Sequence[AnyQuestion] = [known[id] for id in question]
    elif topic:
        chosen = _of_topic(topic, count or DEFAULT_COUNT, language)
    else:
        chosen = list(bank.chapter().values())[:count]
    if show:
        for entry in chosen:
            typer.echo(f"{entry.id}\n  {entry.scenario(language)}")
        return
    _ask(chosen, "practice", language, len(chosen))


@app.command("practice", help=say("practice_help"))
def practice(topic: Topic = None, count: Count = DEFAULT_COUNT, lang: Lang = None) -> None:
    """Ask questions of a topic, the unseen first."""
    language = spoken(lang)
    chosen = _of_topic(topic, count, language)
    _ask(chosen, "practice", language, len(chosen))


@app.command("custom", help=say("custom_help"))
def custom(
    topic: Topics = None,
    domain: Annotated[list[str] | None, typer.Option(help=say("domain", known=", ".join(DOMAINS)))] = None,
    difficulty: Annotated[list[int] | None, typer.Option(min=1, max=3, help=say("difficulty"))] = None,
    kind: Annotated[list[str] | None, typer.Option(help=say("kind", known=", ".join(KINDS)))] = None,
    era: Annotated[list[str] | None, typer.Option(help=say("era", known=", ".join(ERAS)))] = None,
    unseen: Annotated[bool, typer.Option("--unseen", help=say("unseen"))] = False,
    missed: Annotated[bool, typer.Option("--missed", help=say("missed"))] = False,
    count: Count = DEFAULT_COUNT,
    lang: Lang = None,
) -> None:
    """Ask the questions that meet every condition."""
    from quiz import bank, selection

    language = spoken(lang)
    conditions: dict[str, Any] = {
        "topics": topic or (),
        "domains": domain or (),
        "kinds": kind or (),
        "era": era or (),
    }
    for (name, values), known in zip(conditions.items(), (TOPICS, DOMAINS, KINDS, ERAS), strict=True):
        check(f"--{name.removesuffix('s')}", values, known, language)
    with record_errors():
        attempts = _record().attempts()
    chosen = selection.custom(
        bank.load().values(),
        **conditions,
        difficulty=difficulty or (),
        unseen=unseen,
        missed=missed,
        count=count,
        rng=_rng(),
        attempts=attempts,
    )
    if not chosen:
        fail(say("nothing_found", language))
    _ask(chosen, "custom", language, len(chosen))


@app.command("review", help=say("review_help"))
def review(
    count: Annotated[int | None, typer.Option(min=1, help=say("count"))] = None, lang: Lang = None
) -> None:
    """Ask what is due today."""
    from quiz import bank, schedule
    from quiz.clock import utc_now
    from quiz.widget_texts import say as card

    language, questions = spoken(lang), bank.load()
    with record_errors():
        cards = [entry for entry in _record().cards() if entry.question in questions]
    due = [questions[entry.question] for entry in schedule.due(cards, utc_now().astimezone())][:count]
    if due:
        _ask(due, "review", language, len(due))
    elif cards:
        first = min(entry.due for entry in cards).astimezone()
        typer.echo(card("nothing_due", language, day=first.date().isoformat()))
    else:
        typer.echo(card("nothing_answered", language))


@app.command("adaptive", help=say("adaptive_help"))
def adaptive(topic: Topic = None, count: Count = 10, lang: Lang = None) -> None:
    """Ask questions at the learner's level."""
    from quiz import bank

    language, questions = spoken(lang), bank.load()
    check("--topic", [topic] if topic else [], TOPICS, language)
    pool = [question for question in questions.values() if topic in (None, question.topic)]
    record = _record()
    with record_errors():
        _ask(_picked(pool, questions, record, count), "adaptive", language, min(count, len(pool)), record)


def _picked(
    pool: list[AnyQuestion], questions: Mapping[str, AnyQuestion], record: Record, count: int
) -> Iterator[AnyQuestion]:
    """One question at a time, picked by all the answers so far; what this round has asked does not come back."""
    from quiz import ability

    rng = _rng()
    asked: set[str] = set()
    for _ in range(count):
        abilities = ability.estimate(record.attempts(), questions)
        left = [question for question in pool if question.id not in asked]
        if question := ability.pick(abilities, left, rng):
            asked.add(question.id)
            yield question


@app.command("exam", help=say("exam_help"))
def sit_exam(
    form: Annotated[str | None, typer.Option(help=say("form"), show_default="short")] = None,
    seed: Annotated[int | None, typer.Option(help=say("seed"))] = None,
    last: Annotated[bool, typer.Option("--last", help=say("last"))] = False,
    lang: Lang = None,
) -> None:
    """Sit a mock exam, or resume the one that is running."""
    from quiz import bank
    from quiz.exams.forms import FORM_NAMES
    from quiz.terminal import exam, exam_result

    language, questions = spoken(lang), bank.load()
    check("--form", [form] if form else [], FORM_NAMES, language)
    desk = _desk(language, _record())
    with record_errors(), _leaving(language):
        if last:
            exam_result.show(_last_exam(desk), desk)
        else:
            exam.run(_resumed(form, desk) or _begun(form or "short", seed, desk), questions, desk)


def _resumed(form: str | None, desk: Desk) -> Examination | None:
    """The exam that is running, if there is one."""
    from quiz import bank
    from quiz.examination import Examination
    from quiz.terminal.texts import say as tell

    exam = Examination.resume(desk.record, bank.load(), desk.lang)
    if exam is None:
        return None
    if exam.finished:
        desk.write(tell("over_meanwhile", desk.lang))
    else:
        total = len(exam.state.questions)
        desk.write(tell("resumed", desk.lang, answered=exam.state.answered, total=total))
        if form and form != exam.state.form:
            desk.write(say("other_running", desk.lang))
    return exam


def _begun(form: Any, seed: int | None, desk: Desk) -> Examination:
    from quiz import bank, exams
    from quiz.examination import Examination, ExamRunning
    from quiz.terminal.texts import say as tell

    drawn_by = SystemRandom().randrange(2**31) if seed is None else seed
    try:
        exam = Examination.start(desk.record, bank.load(), form, drawn_by, desk.lang)
    except exams.NotEnoughQuestions as error:
        fail(say("not_enough", desk.lang, have=error.have, need=error.need))
    except ExamRunning as other:  # begun in another terminal this very moment
        return Examination(desk.record, bank.load(), other.state, desk.lang)
    size = exams.form(form)
    desk.write(tell("begins", desk.lang, questions=size.questions, minutes=size.minutes))
    return exam


def _last_exam(desk: Desk) -> Examination:
    from quiz import bank
    from quiz.examination import Examination

    exam = Examination.last(desk.record, bank.load(), desk.lang)
    if exam is None:
        fail(say("no_exam", desk.lang))
    return exam


def _of_topic(topic: str | None, count: int, lang: Language) -> list[AnyQuestion]:
    from quiz import bank, selection

    check("--topic", [topic] if topic else [], TOPICS, lang)
    known = next((name for name in TOPICS if name == topic), None)
    with record_errors():
        attempts = _record().attempts()
    return selection.topic_set(bank.load().values(), known, count, _rng(), attempts)


def _ask(
    questions: Iterable[AnyQuestion],
    mode: Mode,
    lang: Language,
    total: int,
    record: Record | None = None,
) -> None:
    from quiz.terminal import practice

    with _leaving(lang):
        practice.run(questions, _desk(lang, record or _record()), mode, total)


@contextmanager
def _leaving(lang: Language) -> Iterator[None]:
    """Ctrl-C is a way to leave, not an error."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\n" + say("stopped", lang))


def _desk(lang: Language, record: Record) -> Desk:
    from quiz.terminal.desk import Desk

    return Desk(lang, record, read=_line, write=typer.echo, seed=_rng().randrange(2**31))


def _line() -> str:
    """A line typed; a terminal that is gone has no more of them."""
    if sys.stdin is None:
        raise EOFError
    return input()


def _record() -> Record:
    from quiz.store import Record

    return Record()


def _rng() -> Random:
    return SystemRandom()
