"""The quiz in a plain terminal: a question, an answer of several lines, the verdict and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from labs.learner import Language
from quiz.model import Idea, OpenQuestion, WrongIdea
from quiz.open_answer import Verdict, grade
from quiz.recording import keep
from quiz.sitting import of_verdict
from quiz.store import Record
from quiz.texts import say
from quiz.widget_texts import say as card

Read = Callable[[], str]
Write = Callable[[str], None]


def run(questions: Iterable[OpenQuestion], lang: Language, record: Record, read: Read, write: Write) -> None:
    """Ask the questions one after the other; each answer is recorded before its verdict shows.

    An answer that is not recognised may be put another way before anything is given away; the last one counts.
    `read` returns a line and raises EOFError when there are no more; Ctrl-C is the caller's.
    """
    questions = list(questions)
    write(say("how", lang))
    verdicts = []
    for number, question in enumerate(questions, 1):
        write(f"\n{card('title', lang, number=number, total=len(questions))}\n{question.scenario(lang)}\n")
        asked_at = datetime.now(UTC)
        verdict = None
        while answer := _read_answer(read):
            verdict = grade(question, answer, lang)
            if notice := keep(record, question, answer, lang, of_verdict(verdict), asked_at).notice:
                write(notice)
            if verdict.verdict != "not_recognised":
                break
            write(f"\n{_heading(verdict, lang)}\n{say('again', lang)}")
        if verdict is not None:
            write(_feedback(question, verdict, lang))
            verdicts.append(verdict.verdict)
        elif answer is not None:
            write(say("skipped", lang))
        if answer is None:
            break
    if verdicts:
        write("\n" + say("score", lang, correct=verdicts.count("correct"), answered=len(verdicts)))


def _read_answer(read: Read) -> str | None:
    """The lines up to an empty one; None when the input has ended before anything was written."""
    lines: list[str] = []
    while True:
        try:
            line = read()
        except EOFError:
            return "\n".join(lines) or None
        if not line.strip():
            return "\n".join(lines)
        lines.append(line)


def _heading(verdict: Verdict, lang: Language) -> str:
    return f"{card(verdict.verdict, lang).upper()}\n{verdict.explanation(lang)}"


def _feedback(question: OpenQuestion, verdict: Verdict, lang: Language) -> str:
    tempting = [idea for idea in question.rubric.rejected if idea not in verdict.contradicted]
    parts = [
        _heading(verdict, lang),
        *(
            f"{card(title, lang)}\n{_listed(ideas, lang)}"
            for title, ideas in (
                ("found", verdict.found),
                ("missing", verdict.missing),
                ("contradicted", verdict.contradicted),
            )
            if ideas
        ),
        f"{card('model_answer', lang)}\n{question.model_answer(lang)}",
        f"{card('tempting', lang)}\n{_listed(tempting, lang)}",
    ]
    return "\n" + "\n\n".join(parts)


def _listed(ideas: Iterable[Idea], lang: Language) -> str:
    return "\n".join(
        f"- {idea.label(lang)}" + (f" — {idea.why(lang)}" if isinstance(idea, WrongIdea) else "")
        for idea in ideas
    )
