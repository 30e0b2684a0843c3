"""Which questions are asked: those that teach most come first, and every condition holds."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from quiz.model import DOMAINS, TOPICS
from quiz.responses import kind
from quiz.selection import custom, topic_set
from tests.quiz.banks import choice, exam_bank, matching, open_question, ordering, steady

BANK = [
    *exam_bank(6).values(),
    open_question("o-1"),
    ordering("s-1", difficulty=3),
    matching("m-1", era="today"),
]


@dataclass
class Answered:
    question: str
    verdict: str


HISTORY = st.lists(
    st.builds(
        Answered,
        st.sampled_from([question.id for question in BANK] + ["gone"]),
        st.sampled_from(["correct", "partial", "incorrect", "not_recognised"]),
    ),
    max_size=40,
)


@steady
@given(HISTORY, st.sampled_from([*TOPICS, None]), st.integers(0, 12), st.integers(0, 5))
def test_the_unseen_come_first_then_the_missed(history, topic, count, seed) -> None:
    chosen = topic_set(BANK, topic, count, Random(seed), history)
    last = {entry.question: entry.verdict for entry in history}
    rank = [0 if q.id not in last else 2 if last[q.id] == "correct" else 1 for q in chosen]
    assert rank == sorted(rank)
    assert len({question.id for question in chosen}) == len(chosen)
    pool = [question for question in BANK if topic in (None, question.topic)]
    assert len(chosen) == min(count, len(pool))
    assert all(question in pool for question in chosen)
    left_out = [question for question in pool if question not in chosen]
    if rank:
        assert all((last.get(q.id) is not None) >= (rank[-1] > 0) for q in left_out)


def test_the_seed_decides_the_order() -> None:
    first, again, other = (topic_set(BANK, None, 9, Random(seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_what_was_missed_and_then_known_is_no_longer_missed() -> None:
    questions = [choice("a"), choice("b")]
    history = [Answered("a", "incorrect"), Answered("a", "correct"), Answered("b", "incorrect")]
    assert [q.id for q in topic_set(questions, None, 2, Random(0), history)] == ["b", "a"]
    assert [q.id for q in custom(questions, missed=True, rng=Random(0), attempts=history)] == ["b"]


CONDITIONS = st.fixed_dictionaries(
    {
        "topics": st.lists(st.sampled_from(TOPICS), max_size=2),
        "domains": st.lists(st.sampled_from(DOMAINS), max_size=2),
        "difficulty": st.lists(st.integers(1, 3), max_size=2),
        "kinds": st.lists(st.sampled_from(["open", "choice", "ordering", "matching"]), max_size=2),
        "era": st.lists(st.sampled_from(["exam", "today"]), max_size=1),
        "unseen": st.booleans(),
        "missed": st.booleans(),
    }
)


@steady
@given(CONDITIONS, HISTORY, st.integers(0, 3))
def test_a_custom_set_holds_what_meets_every_condition_and_nothing_else(wanted, history, seed) -> None:
    last = {entry.question: entry.verdict for entry in history}
    chosen = custom(BANK, **wanted, rng=Random(seed), attempts=history)

    def meets(question) -> bool:
        state = (
            "unseen" if question.id not in last else "known" if last[question.id] == "correct" else "missed"
        )
        states = {name for name in ("unseen", "missed") if wanted[name]}
        values = {
            "topics": question.topic,
            "domains": question.domain,
            "difficulty": question.difficulty,
            "kinds": kind(question),
            "era": question.era,
        }
        listed = all(not wanted[name] or value in wanted[name] for name, value in values.items())
        return listed and (not states or state in states)

    assert sorted(q.id for q in chosen) == sorted(q.id for q in BANK if meets(q))


def test_a_custom_set_is_no_longer_than_asked() -> None:
    assert len(custom(BANK, count=4, rng=Random(0))) == 4
    assert custom(BANK, count=0, rng=Random(0)) == []
