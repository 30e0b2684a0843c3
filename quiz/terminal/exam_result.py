"""What came of a mock exam, in the terminal: every question gone through, and the score last, where it stays in sight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from quiz.examination import Examination
from quiz.exams.result import ExamResult, Reviewed, Tally
from quiz.presentation import shuffled
from quiz.reports import tables
from quiz.terminal import closed_question
from quiz.terminal.desk import Desk
from quiz.terminal.texts import say
from quiz.widget_texts import say as card


def show(exam: Examination, desk: Desk) -> None:
    """Print the result of a finished exam."""
    result = exam.result
    desk.write("\n" + say("every_question", desk.lang))
    for entry in result.reviewed:
        _question(entry, exam, desk)
    _tallies("by_domain", result.by_domain.items(), desk)
    _tallies("by_topic", result.by_topic.items(), desk)
    _score(result, desk)


def clock(time: timedelta) -> str:
    """Minutes and seconds, such as 39:59."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def _question(entry: Reviewed, exam: Examination, desk: Desk) -> None:
    lang = desk.lang
    title = card("title", lang, number=entry.number, total=len(exam.state.questions))
    flagged = say("marked", lang) if entry.flagged else ""
    desk.write(f"\n{title}{flagged}\n{entry.question.scenario(lang)}")
    if not entry.response:
        desk.write(say("unanswered", lang))
    layout = shuffled(entry.question, exam.state.seed)
    desk.write(closed_question.feedback(entry.question, layout, entry.outcome, lang))


def _tallies(title: str, tallies: Iterable[tuple[str, Tally]], desk: Desk) -> None:
    desk.write("\n" + say(title, desk.lang))
    for name, tally in tallies:
        part = f"{tally.correct}/{tally.total}, {tables.share(tally, desk.lang)}"
        desk.write(say("tally", desk.lang, name=card(name, desk.lang), part=part))


def _score(result: ExamResult, desk: Desk) -> None:
    lang, tally = desk.lang, result.tally
    taken = clock(result.taken)
    desk.write("\n" + say("result", lang, correct=tally.correct, total=tally.total, taken=taken))
    score = tables.score(result, lang)
    if result.scaled:
        desk.write(say("result_full", lang, score=score, to_pass=result.scaled.to_pass))
    else:
        desk.write(say("result_short", lang, score=score))
    for domain, missing in result.short_of.items():
        desk.write(say("short_of", lang, domain=card(domain, lang), count=missing))
    if result.withdrawn:
        desk.write(say("withdrawn", lang, count=len(result.withdrawn)))
