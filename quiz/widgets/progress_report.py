"""The learner's progress in a notebook: sentences, a picture, tables."""

from __future__ import annotations

from html import escape

from labs.learner import Language
from quiz.reports import figure
from quiz.reports.statistics import Summary
from quiz.reports.tables import Table, headlines, tables

WIDTH = "52rem"


class Report:
    """What the record says. `summary` is None when there is nothing to say yet, or it cannot be read: see `notice`."""

    def __init__(self, summary: Summary | None, notice: str, lang: Language):
        self.summary = summary
        self.notice = notice
        self.lang: Language = lang

    def __repr__(self) -> str:
        return "Report()"

    def _repr_html_(self) -> str:
        """The report; its colours are those of the page around it."""
        if self.summary is None:
            return f"<p>{escape(self.notice)}</p>"
        lines = [f"<p>{escape(line)}</p>" for line in headlines(self.summary, self.lang)]
        parts = [*lines, figure(self.summary, self.lang), *map(_table, tables(self.summary, self.lang))]
        return f'<div lang="{self.lang}" style="max-width: {WIDTH}">{"".join(parts)}</div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    return (
        f'<table style="width: 100%"><caption style="text-align: start">{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
