"""Mock exams: the draw follows the exam guide, the state keeps its promises whatever happens, the marks are right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import exams
from quiz.exams import ExamState, Finished, NotEnoughQuestions, TimeUp
from quiz.exams.forms import apportion
from quiz.exams.result import points, to_pass
from quiz.intervals import wilson
from quiz.model import DOMAINS, ChoiceQuestion
from tests.quiz.banks import choice, exam_bank, open_question, steady

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BANK = exam_bank()


def begin(form: exams.FormName = "short", seed: int = 1) -> ExamState:
    return exams.start(BANK.values(), form, seed, NOON)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def keys_of(state: ExamState, place: int) -> frozenset[int]:
    question = BANK[state.questions[place].id]
    assert isinstance(question, ChoiceQuestion)
    return question.keys


def answered(state: ExamState, right: int) -> ExamState:
    """The exam with the first `right` questions answered rightly, the others wrongly."""
    for place in range(len(state.questions)):
        keys = keys_of(state, place)
        wrong = frozenset(sorted(set(range(state.questions[place].options)) - keys)[: len(keys)])
        state = exams.respond(state, place, keys if place < right else wrong, after(1))
    return state


# The draw


def test_the_full_form_has_the_length_time_and_weights_of_the_exam() -> None:
    state = begin("full")
    drawn = Counter(BANK[asked.id].domain for asked in state.questions)
    assert drawn == {"secure": 19, "resilient": 17, "high-performing": 16, "cost-optimised": 13}
    assert state.deadline - state.started_at == timedelta(minutes=130)


def test_the_short_form_has_the_weights_and_the_pace() -> None:
    state = begin("short")
    drawn = Counter(BANK[asked.id].domain for asked in state.questions)
    assert drawn == {"secure": 6, "resilient": 5, "high-performing": 5, "cost-optimised": 4}
    assert state.deadline - state.started_at == timedelta(minutes=40)


@steady
@given(st.integers(0, 200), st.lists(st.integers(1, 100), min_size=4, max_size=4))
def test_largest_remainders_share_out_every_seat_and_stray_less_than_one(seats: int, weights) -> None:
    shares = dict(zip(DOMAINS, weights, strict=True))
    quota = apportion(seats, shares)
    assert sum(quota.values()) == seats
    assert all(abs(quota[d] - seats * shares[d] / sum(weights)) < 1 for d in DOMAINS)


def test_the_seed_alone_decides_the_draw() -> None:
    shuffled = dict(reversed(BANK.items()))
    again = exams.start(shuffled.values(), "short", 1, NOON)
    assert again.questions == begin(seed=1).questions
    assert begin(seed=2).questions != again.questions


def test_only_choice_questions_of_the_exams_era_are_drawn_and_none_twice() -> None:
    others = [open_question(f"open-{n}") for n in range(9)]
    later = [choice(f"later-{n}", era="today") for n in range(50)]
    state = exams.start([*BANK.values(), *others, *later], "full", 3, NOON)
    ids = [asked.id for asked in state.questions]
    assert len(set(ids)) == 65
    assert set(ids) <= BANK.keys()


def test_a_domain_with_too_few_is_filled_from_others_and_named() -> None:
    bank = [q for q in BANK.values() if q.domain != "resilient" or q.id in ("resilient-1", "resilient-2")]
    state = exams.start(bank, "short", 1, NOON)
    assert len(state.questions) == 20
    assert state.short_of == {"resilient": 3}
    assert exams.result(exams.finish(state, after(1)), BANK).short_of == {"resilient": 3}


def test_too_small_a_bank_is_refused_with_both_numbers() -> None:
    with pytest.raises(NotEnoughQuestions) as error:
        exams.start(exam_bank(4).values(), "short", 1, NOON)
    assert (error.value.have, error.value.need) == (16, 20)


# Transitions

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["respond", "clear", "flag", "unflag", "visit"]),
        st.integers(0, 19),
        st.integers(0, 4),
        st.floats(-30, 30),  # minutes by which the clock moves, backwards too
    ),
    max_size=30,
)


def apply(state: ExamState, name: str, place: int, option: int, now: datetime) -> ExamState:
    match name:
        case "respond":
            return exams.respond(state, place, {option % state.questions[place].options}, now)
        case "clear":
            return exams.respond(state, place, frozenset(), now)
        case "flag" | "unflag":
            return exams.flag(state, place, name == "flag", now)
        case _:
            return exams.visit(state, place, now)


@steady
@given(EVENTS)
def test_whatever_happens_the_time_left_only_falls_and_what_is_given_is_kept(events) -> None:
    state, now, left = begin(), NOON, timedelta(minutes=40)
    expected: dict[int, set[int]] = {}
    for name, place, option, minutes in events:
        now += timedelta(minutes=minutes)
        try:
            state = apply(state, name, place, option, now)
        except TimeUp as over:
            assert max(now, state.seen_at) >= state.deadline
            assert over.state.finished_at == state.deadline
            assert over.state.responses == state.responses
            return
        if name in ("respond", "clear"):
            expected[place] = {option % state.questions[place].options} if name == "respond" else set()
        assert exams.remaining(state, now) <= left
        left = exams.remaining(state, now)
        assert state.deadline == NOON + timedelta(minutes=40)
    assert all(state.responses[place] == given for place, given in expected.items())
    assert all(not state.responses[place] for place in range(20) if place not in expected)


@steady
@given(EVENTS)
def test_a_state_survives_the_record(events) -> None:
    state = begin()
    for name, place, option, _ in events:
        state = apply(state, name, place, option, after(1))
    assert msgspec.json.decode(msgspec.json.encode(state), type=ExamState) == state


def test_a_clock_set_back_gives_no_time() -> None:
    state = exams.visit(begin(), 3, after(30))
    assert exams.remaining(state, after(-600)) == timedelta(minutes=10)
    late = exams.visit(state, 4, after(-600))
    assert late.seen_at == after(30)
    assert exams.finish(state, after(-600)).finished_at == after(30)


def test_time_goes_on_while_the_learner_is_away() -> None:
    state = exams.respond(begin(), 0, {1}, after(2))
    assert exams.remaining(state, after(39)) == timedelta(minutes=1)
    with pytest.raises(TimeUp) as over:
        exams.respond(state, 1, {1}, after(40))
    assert over.value.state.finished_at == after(40)
    assert over.value.state.responses[:2] == ({1}, frozenset())
    assert exams.remaining(over.value.state, after(500)) == timedelta()


@pytest.mark.parametrize("event", ["respond", "flag", "visit"])
def test_a_finished_exam_does_not_change(event: str) -> None:
    state = exams.finish(begin(), after(5))
    with pytest.raises(Finished):
        apply(state, event, 0, 1, after(6))
    with pytest.raises(Finished):
        exams.finish(state, after(6))


@pytest.mark.parametrize("response", [{0, 1, 2}, {5}, {-1}])
def test_a_response_that_the_question_does_not_allow_is_refused(response: set[int]) -> None:
    state = begin()
    place = next(place for place, asked in enumerate(state.questions) if asked.choose == 2)
    with pytest.raises(ValueError, match="at most 2 of 5"):
        exams.respond(state, place, response, after(1))


@pytest.mark.parametrize("place", [-1, 20])
def test_there_is_no_question_outside_the_exam(place: int) -> None:
    with pytest.raises(IndexError):
        exams.visit(begin(), place, after(1))


def test_half_an_answer_is_kept_and_is_not_complete() -> None:
    state = begin()
    place = next(place for place, asked in enumerate(state.questions) if asked.choose == 2)
    state = exams.respond(state, place, {0}, after(1))
    assert (state.responses[place], state.answered) == ({0}, 0)
    assert exams.respond(state, place, {0, 2}, after(1)).answered == 1


# Marks


def test_marking_is_all_or_nothing() -> None:
    state = begin()
    place = next(place for place, asked in enumerate(state.questions) if asked.choose == 2)
    state = exams.respond(state, place, {0, 1}, after(1))  # one of the two keys
    reviewed = exams.result(exams.finish(state, after(2)), BANK).reviewed[place]
    assert (reviewed.outcome.credit, reviewed.correct) == (0.0, False)
    half = exams.respond(state, place, {0}, after(1))
    result = exams.result(exams.finish(half, after(2)), BANK)
    assert (result.reviewed[place].outcome.verdict, result.tally.correct) == ("partial", 0)


def test_the_short_form_reports_a_share_with_wilsons_interval() -> None:
    result = exams.result(exams.finish(answered(begin(), 15), after(9)), BANK)
    assert (result.tally.correct, result.tally.total, result.scaled) == (15, 20, None)
    low, high = result.tally.interval
    assert (round(low, 4), round(high, 4)) == (0.5313, 0.8881)  # Wilson for 15 of 20
    assert result.taken == timedelta(minutes=9)


def test_the_full_form_estimates_a_scaled_score_with_its_interval() -> None:
    result = exams.result(exams.finish(answered(begin("full"), 45), after(9)), BANK)
    assert result.scaled
    assert result.scaled.points == 723  # 100 + 900 × 45/65
    assert result.scaled.low < result.scaled.to_pass == 720 < result.scaled.high


@steady
@given(st.integers(0, 65))
def test_the_scale_goes_from_100_to_1000(right: int) -> None:
    assert points(0) == 100 <= points(right / 65) <= points(1) == 1000
    assert to_pass() == 720


@steady
@given(st.integers(1, 300), st.data())
def test_wilsons_interval_holds_the_share(trials: int, data) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-9
    assert successes / trials - 1e-9 <= high <= 1


def test_domains_and_topics_add_up() -> None:
    result = exams.result(exams.finish(answered(begin("full"), 40), after(9)), BANK)
    for tallies in (result.by_domain, result.by_topic):
        assert sum(tally.total for tally in tallies.values()) == 65
        assert sum(tally.correct for tally in tallies.values()) == 40


def test_there_is_no_result_before_the_end() -> None:
    with pytest.raises(ValueError, match="still running"):
        exams.result(begin(), BANK)


def test_a_question_that_the_bank_has_changed_does_not_count() -> None:
    state = exams.finish(answered(begin(), 20), after(9))
    bank = dict(BANK)
    first, second = state.questions[0].id, state.questions[1].id
    bank[first] = msgspec.structs.replace(bank[first], difficulty=bank[first].difficulty % 3 + 1)
    del bank[second]
    result = exams.result(state, bank)
    assert result.withdrawn == (first, second)
    assert (result.tally.correct, result.tally.total) == (18, 18)
