"""What a finished exam shows: the score, by domain and topic, and every question with its key."""

from __future__ import annotations

from typing import Any

from labs.learner import Language
from quiz.examination import Examination
from quiz.exams.result import ExamResult, Reviewed, Tally
from quiz.presentation import shuffled
from quiz.widget_texts import say as card_say
from quiz.widgets.choice_card import mark
from quiz.widgets.exam_texts import say


def result_screen(exam: Examination, lang: Language) -> dict[str, Any]:
    """Everything that the page draws of a finished exam, in words."""
    outcome = exam.result
    tables = (("by_domain", outcome.by_domain), ("by_topic", outcome.by_topic))
    return {
        "name": "result",
        "title": say("result", lang, form=say(outcome.form, lang)),
        "lines": _lines(outcome, exam.state.finished_at == exam.state.deadline, lang),
        "headline": _headline(outcome, lang),
        "tables": [
            {
                "title": say(key, lang),
                "rows": [_row(card_say(name, lang), tally, lang) for name, tally in rows.items()],
            }
            for key, rows in tables
        ],
        "reviewed": [_reviewed(entry, exam.state.seed, lang) for entry in outcome.reviewed],
    }


def _headline(outcome: ExamResult, lang: Language) -> dict[str, str]:
    tally = outcome.tally
    if scaled := outcome.scaled:
        return {
            "score": say("points", lang, points=scaled.points),
            "label": say("estimate", lang, low=scaled.low, high=scaled.high, to_pass=scaled.to_pass),
        }
    low, high = tally.interval
    return {
        "score": say("percent", lang, percent=round(100 * tally.share)),
        "label": say("interval", lang, low=round(100 * low), high=round(100 * high)),
    }


def _lines(outcome: ExamResult, late: bool, lang: Language) -> list[str]:
    minutes = max(1, round(outcome.taken.total_seconds() / 60))
    lines = [say("right_in", lang, correct=outcome.tally.correct, total=outcome.tally.total, minutes=minutes)]
    if late:
        lines.append(say("ended_by_time", lang))
    if outcome.withdrawn:
        lines.append(say("withdrawn", lang, count=len(outcome.withdrawn)))
    if outcome.short_of:
        domains = ", ".join(card_say(domain, lang) for domain in outcome.short_of)
        lines.append(say("short_of", lang, domains=domains))
    return lines


def _row(label: str, tally: Tally, lang: Language) -> dict[str, Any]:
    words = say("of", lang, correct=tally.correct, total=tally.total)
    return {"label": label, "words": words, "share": round(tally.share, 3)}


def _reviewed(entry: Reviewed, seed: int, lang: Language) -> dict[str, Any]:
    question, layout = entry.question, shuffled(entry.question, seed)
    verdict = "correct" if entry.correct else "incorrect"
    return {
        "title": say("reviewed", lang, number=entry.number, topic=card_say(question.topic, lang)),
        "verdict": verdict,
        "word": card_say(verdict, lang) if entry.response else say("no_answer", lang),
        "flagged": entry.flagged,
        "scenario": question.scenario(lang),
        "options": [question.options[place].text(lang) for place in layout.order],
        "marks": [mark(entry.outcome.parts[place], lang) for place in layout.order],
        "sources": [
            card_say("source", lang, title=source.title, month=source.checked) for source in question.sources
        ],
    }
