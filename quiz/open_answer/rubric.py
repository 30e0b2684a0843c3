"""From what an answer asserts and denies to its verdict: the marking scheme, pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.model import Idea, Rubric

SAME_THING = "same-thing"  # the concept of not caring which
Grade = Literal["correct", "partial", "incorrect", "not_recognised"]


@dataclass(frozen=True)
class Claims:
    """The concepts (ids) of an answer by what it does with them."""

    stated: frozenset[str]
    """Asserted, or spoken of without being turned down: enough to give credit."""
    proposed: frozenset[str]
    """Asserted as what should be done: enough to hold against the learner."""
    denied: frozenset[str]


@dataclass(frozen=True)
class Marking:
    """The verdict and the ideas behind it."""

    verdict: Grade
    found: tuple[Idea, ...] = ()
    missing: tuple[Idea, ...] = ()
    contradicted: tuple[Idea, ...] = ()
    """Required ideas that the answer denies, and wrong claims that it makes."""


def mark(rubric: Rubric, claims: Claims) -> Marking:
    """Judge an answer by what it claims."""
    found = _present(rubric.required, claims.stated)
    helpful = _present(rubric.helpful, claims.stated)
    complete = len(found) >= rubric.needed
    refused = tuple(i for i in rubric.required if i not in found and _names_any(i, claims.denied))
    undoing = _present(rubric.undoing, claims.proposed)
    wrong_here = [idea for idea in rubric.rejected if not (complete and idea.complement)]
    rejected = _present(wrong_here, claims.proposed)
    harmful = _present(rubric.harmful, claims.proposed)

    indifferent = bool(rejected) and SAME_THING in claims.stated  # "A or B, it is all the same"
    if undoing or indifferent or (refused and not complete):
        verdict: Grade = "incorrect"
    elif complete and rejected and len(_present(rubric.required, claims.proposed)) < rubric.needed:
        verdict = "incorrect"  # what is right is only spoken of; what is wrong is recommended
    elif complete:
        verdict = "partial" if rejected or harmful else "correct"
    elif rejected:
        verdict = "incorrect"
    else:
        verdict = "partial" if found or helpful else "incorrect"
    missing = () if complete else tuple(i for i in rubric.required if i not in found and i not in refused)
    return Marking(
        verdict, (*found, *helpful), missing, (*(() if complete else refused), *undoing, *rejected, *harmful)
    )


def _present(ideas: Sequence[Idea], concepts: Collection[str]) -> tuple[Idea, ...]:
    return tuple(idea for idea in ideas if any(needed <= set(concepts) for needed in idea.alternatives))


def _names_any(idea: Idea, concepts: Collection[str]) -> bool:
    """Whether one of the idea's own concepts is among those; parts of an `a + b` do not count."""
    return any(len(needed) == 1 and needed <= set(concepts) for needed in idea.alternatives)
