"""The tables of a report, in words: what the terminal prints and the page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from labs.learner import Language
from quiz.exams.result import ExamResult, Tally
from quiz.readiness import NotEnough, Readiness
from quiz.reports.statistics import Progress, Summary
from quiz.reports.texts import say
from quiz.widget_texts import say as named


@dataclass(frozen=True)
class Table:
    """A title, the names of its columns, its rows; every cell is a text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(summary: Summary, lang: Language) -> list[Table]:
    """Every table that has rows."""
    progress = [
        _progress("by_topic", summary.by_topic.items(), lang),
        _progress("by_domain", summary.by_domain.items(), lang),
    ]
    days = Table(
        say("over_time", lang),
        tuple(say(column, lang) for column in ("day", "answers", "right", "recent")),
        tuple(
            (
                day.day.isoformat(),
                str(day.answers.total),
                percent(day.answers.share, lang),
                percent(day.recent, lang),
            )
            for day in summary.days
        ),
    )
    exams = Table(
        say("exams", lang),
        tuple(say(column, lang) for column in ("day", "form", "right", "result")),
        tuple(
            (
                began.astimezone().date().isoformat(),
                say(result.form, lang),
                f"{result.tally.correct}/{result.tally.total}",
                score(result, lang),
            )
            for began, result in summary.exams
        ),
    )
    return [table for table in (*progress, days, exams) if table.rows]


def headlines(summary: Summary, lang: Language) -> list[str]:
    """The report's first sentences: all answers, what is due, how ready."""
    lines = [
        say("all_answers", lang, total=summary.answers.total, correct=summary.answers.correct),
        say("due", lang, count=summary.due),
    ]
    if summary.contested:
        lines.append(say("contested", lang, count=summary.contested))
    return [*lines, ready(summary.readiness, lang)]


def ready(estimate: Readiness | NotEnough, lang: Language) -> str:
    """The readiness in words, with its uncertainty."""
    if isinstance(estimate, NotEnough):
        domains = ", ".join(f"{named(domain, lang)} {count}" for domain, count in estimate.needed.items())
        return say("not_enough", lang, total=estimate.total, domains=domains)
    return say(
        "ready",
        lang,
        points=estimate.points,
        low=estimate.low,
        high=estimate.high,
        chance=min(9, max(1, round(estimate.chance * 10))),  # neither certain nor hopeless
        answers=estimate.answers,
    )


def score(result: ExamResult, lang: Language) -> str:
    """An exam's score with its 95 % interval."""
    if result.scaled:
        return say(
            "scaled", lang, points=result.scaled.points, low=result.scaled.low, high=result.scaled.high
        )
    return share(result.tally, lang)


def share(tally: Tally, lang: Language) -> str:
    """A share of right answers with its 95 % interval; a dash without answers."""
    if not tally.total:
        return "–"
    low, high = (round(100 * bound) for bound in tally.interval)
    return say("share", lang, percent=percent(tally.share, lang), low=low, high=high)


def percent(value: float, lang: Language) -> str:
    """A share as a percentage."""
    return say("percent", lang, number=round(100 * value))


def _progress(title: str, rows: Iterable[tuple[str, Progress]], lang: Language) -> Table:
    return Table(
        say(title, lang),
        tuple(say(column, lang) for column in ("name", "seen", "known", "answers", "right_interval")),
        tuple(
            (
                named(name, lang),
                f"{row.seen}/{row.bank}",
                str(row.known),
                str(row.answers.total),
                share(row.answers, lang),
            )
            for name, row in rows
            if row.bank or row.answers.total
        ),
    )
