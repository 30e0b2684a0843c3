"""The state of a mock exam and its transitions: pure, `(state, event, now) → state`.

Time is the wall clock's and goes on while the learner is away: the exam ends at `deadline` whatever happens. After it
every transition raises TimeUp, whose `state` is the exam finished at the deadline with the answers kept.

A clock set back gives no time: no event happens before `seen_at`, the latest time that any event has seen. (Inside one
process `clock.SteadyClock` also keeps the clock from standing still. What a learner does between the last event and a
kill is not seen, and no answer can be given in it.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from random import Random

import msgspec

from quiz.clock import Time
from quiz.exams.forms import FormName, draw, form
from quiz.model import AnyQuestion, ChoiceQuestion, Domain


class Asked(msgspec.Struct, frozen=True):
    """A question of the exam: which wording, how many options it shows, how many to choose."""

    id: str
    version: str
    options: int
    choose: int

    def among(self, questions: Mapping[str, AnyQuestion]) -> ChoiceQuestion | None:
        """The question as it was asked; None when the bank has changed it since."""
        question = questions.get(self.id)
        return question if isinstance(question, ChoiceQuestion) and question.version == self.version else None


class ExamState(msgspec.Struct, frozen=True, kw_only=True):
    """An exam, running or finished. Questions are counted from 0; an empty response is no answer yet.

    `seed` also orders the options: `presentation.shuffled(question, state.seed)`. `short_of` says how many questions
    of a domain the bank was short of. Times are in UTC.
    """

    id: str
    form: FormName
    seed: int
    questions: tuple[Asked, ...]
    short_of: dict[Domain, int]
    responses: tuple[frozenset[int], ...]
    flags: frozenset[int] = frozenset()
    current: int = 0
    started_at: Time
    deadline: Time
    seen_at: Time
    finished_at: Time | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a state that no transition makes: a record may have been edited."""
        if len(self.responses) != len(self.questions) or self.current not in range(len(self.questions)):
            raise ValueError("an exam has one response for each question, and stands at one of them")
        for asked, response in zip(self.questions, self.responses, strict=True):
            _check(asked, response)

    @property
    def answered(self) -> int:
        """How many questions have a complete answer (as many options as asked)."""
        return sum(
            len(response) == asked.choose
            for response, asked in zip(self.responses, self.questions, strict=True)
        )


class TimeUp(Exception):
    """The deadline has passed; `state` is the exam, finished at the deadline."""

    def __init__(self, state: ExamState):
        super().__init__("the time of this exam is over")
        self.state = state


class Finished(Exception):
    """The learner has already finished this exam."""


def start(questions: Iterable[AnyQuestion], form_name: FormName, seed: int, now: datetime) -> ExamState:
    """Begin an exam: the same questions and seed draw the same exam. Raises NotEnoughQuestions."""
    chosen = form(form_name)
    drawn = draw(questions, chosen, Random(seed))  # noqa: S311 - a draw, no secret
    return ExamState(
        id=f"{now:%Y%m%dT%H%M%S%f}-{seed}",
        form=form_name,
        seed=seed,
        questions=tuple(Asked(q.id, q.version, len(q.options), len(q.keys)) for q in drawn.questions),
        short_of=dict(drawn.short_of),
        responses=(frozenset(),) * len(drawn.questions),
        started_at=now,
        deadline=now + timedelta(minutes=chosen.minutes),
        seen_at=now,
    )


def remaining(state: ExamState, now: datetime) -> timedelta:
    """The time left, never negative; zero when finished."""
    if state.finished_at:
        return timedelta()
    return max(state.deadline - max(now, state.seen_at), timedelta())


def respond(state: ExamState, place: int, response: Set[int], now: datetime) -> ExamState:
    """Answer question `place` with the places of options; an empty set takes the answer back.

    Fewer options than asked are kept (and count as wrong in the end). Raises ValueError for more than asked or for
    an option that the question does not have; IndexError, TimeUp, Finished.
    """
    _check(state.questions[_inside(state, place)], response)
    responses = (*state.responses[:place], frozenset(response), *state.responses[place + 1 :])
    return _event(state, now, responses=responses, current=place)


def flag(state: ExamState, place: int, on: bool, now: datetime) -> ExamState:
    """Mark question `place` for review, or take the mark off."""
    marked = {_inside(state, place)}
    return _event(state, now, flags=state.flags | marked if on else state.flags - marked)


def visit(state: ExamState, place: int, now: datetime) -> ExamState:
    """Go to question `place`."""
    return _event(state, now, current=_inside(state, place))


def finish(state: ExamState, now: datetime) -> ExamState:
    """Hand in the exam. Raises TimeUp when the time was over before."""
    return _event(state, now, finished_at=max(now, state.seen_at))


def _event(state: ExamState, now: datetime, **changes: object) -> ExamState:
    if state.finished_at:
        raise TimeUp(state) if state.finished_at >= state.deadline else Finished()
    seen_at = max(now, state.seen_at)
    if seen_at >= state.deadline:
        raise TimeUp(msgspec.structs.replace(state, finished_at=state.deadline, seen_at=seen_at))
    return msgspec.structs.replace(state, seen_at=seen_at, **changes)


def _check(asked: Asked, response: Set[int]) -> None:
    if len(response) > asked.choose or not response <= set(range(asked.options)):
        raise ValueError(f"choose at most {asked.choose} of {asked.options} options")


def _inside(state: ExamState, place: int) -> int:
    if not 0 <= place < len(state.questions):
        raise IndexError(f"questions are counted from 0 to {len(state.questions) - 1}")
    return place
