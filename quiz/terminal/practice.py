"""Questions one after the other, with feedback at once: practice, review, adaptive practice, custom sets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from quiz import judge as judge_model
from quiz.model import AnyQuestion, ClosedQuestion, OpenQuestion
from quiz.presentation import shuffled
from quiz.recording import Kept, keep
from quiz.scoring import Response
from quiz.sitting import Outcome, judge
from quiz.store import Mode
from quiz.terminal import closed_question, open_question
from quiz.terminal.desk import Desk
from quiz.terminal.texts import say
from quiz.widget_texts import say as card


class _Ended(Exception):
    """The input has ended."""


def run(questions: Iterable[AnyQuestion], desk: Desk, mode: Mode, total: int | None = None) -> None:
    """Ask the questions, each taken when the one before is answered; each answer is recorded before its verdict shows.

    An open answer that is not recognised may be put another way before anything is given away; the last one counts.
    """
    verdicts = []
    desk.write(say("how", desk.lang))
    for number, question in enumerate(questions, 1):
        title = (
            card("title", desk.lang, number=number, total=total)
            if total
            else say("number", desk.lang, number=number)
        )
        desk.write(f"\n{title}\n{question.scenario(desk.lang)}\n")
        try:
            outcome = (
                _open(question, desk, mode)
                if isinstance(question, OpenQuestion)
                else _closed(question, desk, mode)
            )
        except _Ended:
            break
        if outcome is None:
            desk.write(say("skipped", desk.lang))
        else:
            verdicts.append(outcome.verdict)
    if verdicts:
        correct = verdicts.count("correct")
        desk.write("\n" + say("score", desk.lang, correct=correct, answered=len(verdicts)))


def _open(question: OpenQuestion, desk: Desk, mode: Mode) -> Outcome | None:
    outcome, kept = None, Kept(None)
    asked_at = desk.now()
    while answer := open_question.read_answer(desk.read):
        outcome, kept = _judged(question, answer, desk, mode, asked_at)
        if outcome.verdict != "not_recognised":
            break
        desk.write(f"\n{open_question.heading(outcome, desk.lang)}\n{say('again', desk.lang)}")
    if outcome is None and answer is None:
        raise _Ended
    if outcome:
        desk.write(open_question.feedback(question, outcome, desk.lang))
        if answer and (said := judge_model.comment(question, answer, outcome.verdict, desk.lang)):
            desk.write(f"\n{card('comment', desk.lang)}\n{said.text}")
        _offer_contest(outcome, kept, desk)
    return outcome


def _closed(question: ClosedQuestion, desk: Desk, mode: Mode) -> Outcome | None:
    layout = shuffled(question, desk.seed)
    desk.write(closed_question.shown(question, layout, desk.lang))
    asked_at = desk.now()
    while True:
        try:
            line = desk.read()
        except EOFError:
            raise _Ended from None
        if not line.strip():
            return None
        try:
            response = closed_question.parse(question, layout, line, desk.lang)
        except closed_question.NotAnAnswer as problem:
            desk.write(str(problem))
            continue
        outcome, kept = _judged(question, response, desk, mode, asked_at)
        desk.write(closed_question.feedback(question, layout, outcome, desk.lang))
        _offer_contest(outcome, kept, desk)
        return outcome


def _judged(
    question: AnyQuestion, response: str | Response, desk: Desk, mode: Mode, asked_at: datetime
) -> tuple[Outcome, Kept]:
    outcome = judge(question, response, desk.lang)
    kept = keep(desk.record, question, response, desk.lang, outcome, asked_at, mode=mode, now=desk.now)
    if kept.notice:
        desk.write(kept.notice)
    return outcome, kept


def _offer_contest(outcome: Outcome, kept: Kept, desk: Desk) -> None:
    if outcome.verdict != "correct" and kept.attempt:
        desk.write("\n" + say("disagree", desk.lang, attempt=kept.attempt))
