"""Questions that ask the same thing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rapidfuzz import fuzz, utils

from quiz.checking.findings import Finding
from quiz.model import AnyQuestion

NEAR = 80  # of 100: two scenarios alike in this share of their words ask the same in other clothes


def check(questions: Sequence[AnyQuestion]) -> Iterator[Finding]:
    """Pairs of questions whose scenarios are the same, or nearly, in either language."""
    written = [
        (question.id, [utils.default_process(question.scenario(lang)) for lang in ("fr", "en")])
        for question in questions
    ]
    for (one, texts), (other, others) in combinations(written, 2):
        likeness = max(
            fuzz.token_sort_ratio(a, b, score_cutoff=NEAR) for a, b in zip(texts, others, strict=True)
        )
        if likeness:
            yield Finding(one, "near_duplicate", {"other": other, "likeness": round(likeness)})
