"""A mock exam that survives its kernel: every event is in the learner's record before this returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from datetime import datetime, timedelta

from labs.learner import Language
from quiz.clock import SteadyClock, utc_now
from quiz.exams import state as transitions
from quiz.exams.forms import FormName
from quiz.exams.result import ExamResult, result
from quiz.exams.state import ExamState, TimeUp
from quiz.model import AnyQuestion
from quiz.recording import entry
from quiz.store import Answer, Record, Reschedule


class ExamRunning(Exception):
    """Another exam (`state`) is not handed in yet: resume or finish it first."""

    def __init__(self, state: ExamState):
        super().__init__("another exam is running")
        self.state = state


class Examination:
    """A running or finished exam. Every method may raise RecordError, and every event TimeUp or Finished (state.py).

    `state` is the exam as last seen. Another kernel may change it too: each event is applied to what the record
    holds.
    """

    def __init__(
        self,
        record: Record,
        questions: Mapping[str, AnyQuestion],
        state: ExamState,
        lang: Language,
        wall: Callable[[], datetime] = utc_now,
    ):
        self.state = state
        self._record, self._questions, self._lang = record, questions, lang
        self._now = SteadyClock(state.seen_at, wall)

    @classmethod
    def start(
        cls,
        record: Record,
        questions: Mapping[str, AnyQuestion],
        form: FormName,
        seed: int,
        lang: Language,
        wall: Callable[[], datetime] = utc_now,
    ) -> Examination:
        """Begin an exam. Raises NotEnoughQuestions, ExamRunning."""
        state = transitions.start(questions.values(), form, seed, wall())
        saved = record.save_exam(state)
        if saved is not state:
            raise ExamRunning(saved)
        return cls(record, questions, state, lang, wall)

    @classmethod
    def resume(
        cls,
        record: Record,
        questions: Mapping[str, AnyQuestion],
        lang: Language,
        wall: Callable[[], datetime] = utc_now,
    ) -> Examination | None:
        """The exam that was not handed in, if there is one; finished at its deadline when the time is over."""
        state = record.open_exam()
        if state is None:
            return None
        exam = cls(record, questions, state, lang, wall)
        exam.tick()
        return exam

    @classmethod
    def last(
        cls,
        record: Record,
        questions: Mapping[str, AnyQuestion],
        lang: Language,
        wall: Callable[[], datetime] = utc_now,
    ) -> Examination | None:
        """The exam last finished, if there is one, to see its result again."""
        finished = [state for state in record.exams() if state.finished_at]
        return cls(record, questions, finished[-1], lang, wall) if finished else None

    @property
    def remaining(self) -> timedelta:
        """The time left."""
        return transitions.remaining(self.state, self._now())

    @property
    def finished(self) -> bool:
        """Whether the exam is handed in or its time is over."""
        return self.state.finished_at is not None

    @property
    def result(self) -> ExamResult:
        """What came of it. Raises ValueError while it is running."""
        return result(self.state, self._questions)

    def respond(self, place: int, response: Set[int]) -> None:
        """Answer question `place` (from 0) with places of options."""
        self._apply(lambda state, now: transitions.respond(state, place, response, now))

    def flag(self, place: int, on: bool) -> None:
        """Mark question `place` for review, or take the mark off."""
        self._apply(lambda state, now: transitions.flag(state, place, on, now))

    def visit(self, place: int) -> None:
        """Go to question `place`."""
        self._apply(lambda state, now: transitions.visit(state, place, now))

    def finish(self) -> None:
        """Hand in."""
        self._apply(transitions.finish)

    def tick(self) -> None:
        """Note the time, so that a clock set back after a kill gives nothing; finishes the exam when it is over."""
        with suppress(TimeUp, transitions.Finished):
            self._apply(lambda state, now: transitions.visit(state, state.current, now))

    def _apply(self, event: Callable[[ExamState, datetime], ExamState]) -> None:
        stopped: list[TimeUp | transitions.Finished] = []

        def change(state: ExamState) -> ExamState:
            try:
                return event(state, self._now())
            except TimeUp as late:
                stopped.append(late)
                return late.state
            except transitions.Finished as over:
                stopped.append(over)
                return state

        self.state = self._record.change_exam(self.state.id, change, self._answers)
        if stopped:
            raise stopped[0]

    def _answers(self, state: ExamState) -> Iterable[tuple[Answer, Reschedule]]:
        """The answers of the finished exam, for the record; what was left empty is no answer."""
        for reviewed in result(state, self._questions).reviewed:
            if reviewed.response:
                yield entry(
                    reviewed.question,
                    reviewed.response,
                    self._lang,
                    reviewed.outcome,
                    asked_at=state.started_at,
                    answered_at=state.finished_at or state.seen_at,
                    mode="exam",
                )
