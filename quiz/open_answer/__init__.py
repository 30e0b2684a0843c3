"""Grades an open answer by a rubric: deterministic, offline, in milliseconds.

One module per step: `normalise` → `tokens` → `screening` → `matching` (by `thesaurus`, with `spelling`) →
`polarity` (by `cues`) → `rubric` → `explain`; `pipeline` runs them.
"""

from quiz.open_answer.pipeline import Verdict, grade

__all__ = ["Verdict", "grade"]
