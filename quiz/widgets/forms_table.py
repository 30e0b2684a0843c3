"""How the mock exam is built, beside the real one: a table made from the facts."""

from __future__ import annotations

from labs.facts import facts, number
from labs.learner import Language
from quiz.exams import form
from quiz.exams.forms import WEIGHTS
from quiz.model import DOMAINS
from quiz.widget_texts import say as named
from quiz.widgets.exam_texts import say


class ExamForms:
    """The two forms of the mock exam and SAA-C03, in the language given."""

    def __init__(self, lang: Language):
        self.lang: Language = lang

    def __repr__(self) -> str:
        return "ExamForms()"

    def _repr_markdown_(self) -> str:
        """A table, and where its numbers come from."""
        short, full = form("short"), form("full")
        rows: list[list[object]] = [
            ["", "SAA-C03", say("full_column", self.lang), say("short_column", self.lang)],
            ["---", "---:", "---:", "---:"],
            [say("row_questions", self.lang), _number("exam_questions"), full.questions, short.questions],
            [say("row_minutes", self.lang), _number("exam_duration"), full.minutes, short.minutes],
        ]
        for domain in DOMAINS:
            weight = say("percent", self.lang, percent=_number(WEIGHTS[domain]))
            rows.append([named(domain, self.lang), weight, full.quota[domain], short.quota[domain]])
        table = "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)
        return f"{table}\n\n{say('facts_from', self.lang, source=facts()['exam_questions'].reference)}"


def _number(fact: str) -> int:
    return int(number(fact))
