"""What a notebook calls: questions by name, by topic, by condition, at the learner's level, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any, TypeVar

from labs.learner import language
from quiz import ability, bank, schedule, selection
from quiz.exams import FormName
from quiz.model import AnyQuestion, Topic
from quiz.reports import of_record
from quiz.schedule import ReviewCard
from quiz.store import Record, RecordError
from quiz.widget_texts import say
from quiz.widgets.card import QuestionCard
from quiz.widgets.finding import as_topic, conditions, enough, question
from quiz.widgets.forms_table import ExamForms
from quiz.widgets.mock_exam import Exam
from quiz.widgets.printed import printed
from quiz.widgets.progress_report import Report
from quiz.widgets.sets import QuestionSet, Series, card

SET_SIZE = 3
PRACTICE_SIZE = 5

Row = TypeVar("Row")


def ask(name: str, count: int | None = None) -> QuestionCard | QuestionSet:
    """One question by its id, or `count` questions (3 by default) of a topic, those not yet answered first.

    Raises UnknownQuestion, TooFewQuestions.
    """
    topic = as_topic(name)
    if topic is None:
        return _single(question(name))
    size = SET_SIZE if count is None else count
    attempts, notice = _read(Record.attempts)
    chosen = selection.topic_set(_bank(), topic, size, _rng(topic), attempts)
    return _set(enough(chosen, size), f"{topic!r}, {size}", _topic_text(topic, size), notice)


def chapter() -> QuestionSet:
    """The cards of the chapter's nine scenario questions, in order."""
    cards = [_single(entry) for entry in bank.chapter().values()]
    return QuestionSet(cards, "'chapter'", "\n\n".join(card.text for card in cards))


def practice(
    topic: str | Sequence[str] | None = None,
    domain: str | Sequence[str] | None = None,
    difficulty: int | Sequence[int] | None = None,
    kind: str | Sequence[str] | None = None,
    count: int | None = None,
    unseen: bool = False,
    missed: bool = False,
) -> QuestionSet:
    """A set of the learner's own making: every condition may be one value or several; 5 questions, or `count`.

    Another set once something has been answered. Raises UnknownCondition, TooFewQuestions.
    """
    wanted = conditions(topic=topic, domain=domain, difficulty=difficulty, kind=kind)
    attempts, notice = _read(Record.attempts)
    chosen = selection.custom(
        _bank(),
        topics=wanted["topic"],
        domains=wanted["domain"],
        difficulty=wanted["difficulty"],
        kinds=wanted["kind"],
        unseen=unseen,
        missed=missed,
        count=PRACTICE_SIZE if count is None else count,
        rng=_rng(len(attempts)),
        attempts=attempts,
    )
    return _set(enough(chosen, count), "'practice'", _text("practice_text", "custom"), notice, mode="custom")


def exam(form: FormName = "short") -> Exam:
    """The mock exam: "short" or "full"; one that is running is offered to be resumed. Raises UnknownCondition."""
    return Exam(form, bank.load())


def exam_forms() -> ExamForms:
    """A table of the mock exam's two forms beside the real exam."""
    return ExamForms(language())


def adaptive(topic: str | None = None) -> Series:
    """Questions one after another, each about right for the learner's level (see `quiz.ability`), in a topic or in all.

    Raises UnknownCondition.
    """
    wanted = conditions(topic=topic)["topic"]
    known = bank.load()
    pool = [entry for entry in known.values() if not wanted or entry.topic in wanted]
    asked: list[str] = []

    def choose(card: QuestionCard | None) -> AnyQuestion | None:
        attempts, _ = _read(Record.attempts)
        level = ability.estimate(attempts, known)
        left = [entry for entry in pool if entry.id not in asked]
        chosen = ability.pick(level, left, _rng((len(attempts), len(asked))))
        if chosen:
            asked.append(chosen.id)
        return chosen

    name = f"'adaptive', {topic!r}" if topic else "'adaptive'"
    return Series(
        choose,
        name,
        _text("adaptive_text", f"adaptive --topic {topic}" if topic else "adaptive"),
        empty=say("too_few", have=0, want=1),
        mode="adaptive",
    )


def report() -> Report:
    """The learner's progress by topic, by exam domain and over time, and how ready they seem."""
    try:
        summary = of_record(Record(), bank.load(), datetime.now(UTC).astimezone())
    except RecordError as error:
        return Report(None, str(error), language())
    if not summary.answers.total:
        return Report(None, say("nothing_to_report"), language())
    return Report(summary, "", language())


def review() -> Series:
    """The questions that are due today, one after another, the most overdue first."""
    known = bank.load()
    kept, notice = _read(Record.cards)
    cards = [entry for entry in kept if entry.question in known]
    due = [known[entry.question] for entry in schedule.due(cards, datetime.now(UTC).astimezone())]
    waiting = iter(due)
    return Series(
        lambda card: next(waiting, None),
        "'review'",
        _text("review_text", "review"),
        empty=notice or _nothing_due(cards),
        total=len(due),
        mode="review",
    )


def _nothing_due(cards: Sequence[ReviewCard]) -> str:
    if not cards:
        return say("nothing_answered")
    first = min(entry.due for entry in cards)
    return say("nothing_due", day=first.astimezone().date().isoformat())


def _single(entry: AnyQuestion) -> QuestionCard:
    nine = list(bank.chapter())
    if entry.id not in nine:
        return card(entry)
    return card(entry, title=say("title", number=nine.index(entry.id) + 1, total=len(nine)))


def _set(chosen: Sequence[AnyQuestion], name: str, text: str, notice: str, **options: Any) -> QuestionSet:
    cards = [
        card(entry, title=say("title", number=number, total=len(chosen)), **options)
        for number, entry in enumerate(chosen, 1)
    ]
    return QuestionSet(cards, name, text, notice)


def _text(key: str, command: str) -> str:
    return f"{say(key)}\n\n{say('how_to_run', command=f'course quiz {command}')}"


def _topic_text(topic: Topic, size: int) -> str:
    """Some questions of the topic; another question in the bank rarely changes which."""
    lang = language()
    of_topic = [entry for entry in _bank() if entry.topic == topic]
    questions = sorted(of_topic, key=lambda entry: sha256(entry.id.encode()).digest())[:size]
    titled = [(say("title", lang, number=n, total=size), q) for n, q in enumerate(questions, 1)]
    how = say("how_to_run", lang, command=f"course quiz --topic {topic} --count {size}")
    return "\n\n".join([*(printed(entry, title, lang) for title, entry in titled), how])


def _bank() -> list[AnyQuestion]:
    return list(bank.load().values())


def _rng(seed: object) -> Random:
    return Random(str(seed))  # noqa: S311 - a selection, no secret


def _read(what: Callable[[Record], list[Row]]) -> tuple[list[Row], str]:
    """Rows of the learner's record; none, and why, when it cannot be read."""
    try:
        return what(Record()), ""
    except RecordError as error:
        return [], str(error)
