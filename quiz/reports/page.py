"""The report as one HTML page that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from labs.learner import Language
from quiz.reports import plot, tables
from quiz.reports.statistics import Summary
from quiz.reports.texts import say

TEMPLATE = Path(__file__).parent / "page.html"


def html(summary: Summary, lang: Language, now: datetime) -> str:
    """The page, with the picture and the tables; every text is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    picture = Markup(plot.figure(summary, lang)) if summary.days else ""  # noqa: S704 - our own drawing
    return template.render(
        lang=lang,
        title=say("title", lang),
        made=say("made", lang, day=now.date().isoformat()),
        headlines=tables.headlines(summary, lang),
        picture=picture,
        tables=tables.tables(summary, lang),
    )
