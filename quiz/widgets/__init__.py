"""What a learner sees of the quiz in a notebook: question cards, sets of them, the mock exam, progress.

`card` holds what every card has and one module per kind what differs; `sets` shows several; `asking` and `exam` are
what a notebook calls. The pages' side is in `static/`, put together by `bundle`.
"""

from quiz.widgets.asking import adaptive, ask, chapter, exam, exam_forms, practice, report, review
from quiz.widgets.card import QuestionCard
from quiz.widgets.finding import TooFewQuestions, UnknownCondition, UnknownQuestion
from quiz.widgets.mock_exam import Exam
from quiz.widgets.sets import QuestionSet, Series

__all__ = [
    "Exam",
    "QuestionCard",
    "QuestionSet",
    "Series",
    "TooFewQuestions",
    "UnknownCondition",
    "UnknownQuestion",
    "adaptive",
    "ask",
    "chapter",
    "exam",
    "exam_forms",
    "practice",
    "report",
    "review",
]
