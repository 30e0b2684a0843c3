"""What a learner sees of the quiz in a notebook: question cards, sets of them, the mock exam, progress.

`card` holds what every card has, one module per kind what differs; `sets` shows several cards, `mock_exam` an exam;
`asking` is what a notebook calls. The page's side is in `static/`, put together by `bundle`; `printed` is what shows
where there is no page.
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
