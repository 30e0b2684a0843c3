"""Mock exams, pure (the package is plural because `quiz.exam()` is what a notebook calls).

`forms` draws the questions, `state` holds the transitions, `result` marks. `quiz.examination.Examination` keeps each
event in the learner's record: that is what a card or a terminal uses.
"""

from quiz.exams.forms import FormName, NotEnoughQuestions, form
from quiz.exams.result import ExamResult, result
from quiz.exams.state import (
    ExamState,
    Finished,
    TimeUp,
    finish,
    flag,
    remaining,
    respond,
    start,
    visit,
)

__all__ = [
    "ExamResult",
    "ExamState",
    "Finished",
    "FormName",
    "NotEnoughQuestions",
    "TimeUp",
    "finish",
    "flag",
    "form",
    "remaining",
    "respond",
    "result",
    "start",
    "visit",
]
