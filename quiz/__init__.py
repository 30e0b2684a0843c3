"""The quiz: a bank of questions, a grader of open answers, and what a learner sees of them.

In a notebook: `import quiz`, then `quiz.ask("ecr")`, `quiz.chapter()`, `quiz.practice(domain="secure")`,
`quiz.adaptive()`, `quiz.review()`, `quiz.exam("short")` or `quiz.report()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quiz.widgets import adaptive, ask, chapter, exam, exam_forms, practice, report, review

__all__ = ["adaptive", "ask", "chapter", "exam", "exam_forms", "practice", "report", "review"]


def __getattr__(name: str) -> Any:
    """What a notebook calls, from `quiz.widgets`: they take a second to import, which the terminal does not owe."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from quiz import widgets

    return getattr(widgets, name)


def __dir__() -> list[str]:
    return [*__all__, *globals()]
