"""Reports: the numbers are right, the picture speaks to a screen reader, the page is safe and self-contained."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quiz import exams, reports, schedule
from quiz.reports import plot, tables
from quiz.store import Answer, Attempt, Record
from tests.quiz.banks import choice, exam_bank

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BANK = exam_bank(12) | {"x": choice("x", "secure", "eks")}


def attempt(question: str, verdict: str, days_ago: float = 0, **changes: object) -> Attempt:
    values = {
        "id": 1,
        "question": question,
        "bank_version": "v",
        "lang": "en",
        "kind": "choice",
        "answer": "[0]",
        "verdict": verdict,
        "credit": float(verdict == "correct"),
        "asked_at": NOON,
        "answered_at": NOON - timedelta(days=days_ago),
        "contested": False,
        "comment": "",
    }
    return Attempt(**values | changes)


HISTORY = [
    attempt("secure-1", "incorrect", 2),
    attempt("secure-1", "correct", 1),
    attempt("resilient-0", "partial", 1, contested=True),
    attempt("x", "correct"),
    attempt("gone", "correct"),
]


def test_each_answer_counts_in_its_topic_and_its_domain() -> None:
    summary = reports.summarise(HISTORY, BANK, NOON)
    assert (summary.answers.correct, summary.answers.total) == (3, 5)
    secure = summary.by_domain["secure"]
    assert (secure.bank, secure.seen, secure.known) == (13, 2, 2)
    assert (secure.answers.correct, secure.answers.total) == (2, 3)
    eks = summary.by_topic["eks"]
    assert (eks.bank, eks.seen, eks.known, eks.answers.total) == (1, 1, 1, 1)
    assert summary.by_topic["operations"].bank == 0
    assert summary.contested == 1


def test_days_are_the_learners_own_and_the_moving_share_spans_them() -> None:
    summary = reports.summarise(HISTORY, BANK, NOON)
    assert [(d.day.isoformat(), d.answers.correct, d.answers.total) for d in summary.days] == [
        ("2026-11-19", 0, 1),
        ("2026-11-20", 1, 2),
        ("2026-11-21", 2, 2),
    ]
    assert [day.recent for day in summary.days] == [0, 1 / 3, 3 / 5]
    late = NOON.astimezone(timezone(timedelta(hours=13)))
    assert reports.summarise(HISTORY, BANK, late).days[-1].day.isoformat() == "2026-11-22"


def test_the_moving_share_forgets_after_twenty_answers() -> None:
    history = [attempt("x", "incorrect", 1)] * 30 + [attempt("x", "correct")] * 20
    assert reports.summarise(history, BANK, NOON).days[-1].recent == 1


def test_a_record_is_summarised_with_its_exams_and_what_is_due(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.sqlite", now=lambda: NOON)
    state = exams.start(BANK.values(), "short", 1, NOON)
    record.save_exam(state)
    assert reports.of_record(record, BANK, NOON).exams == ()
    record.change_exam(state.id, lambda running: exams.finish(running, NOON + timedelta(minutes=3)))
    card = schedule.review(None, "x", 1, NOON - timedelta(days=30))
    answer = Answer(
        question="x",
        bank_version="v",
        lang="en",
        kind="choice",
        answer="[0]",
        verdict="correct",
        credit=1,
        asked_at=NOON,
    )
    record.add(answer, lambda _: card)
    summary = reports.of_record(record, BANK, NOON)
    assert [(began, result.tally.total) for began, result in summary.exams] == [(NOON, 20)]
    assert (summary.due, summary.answers.total) == (1, 1)


def test_no_answers_make_a_report_too() -> None:
    summary = reports.summarise([], BANK, NOON)
    assert "Not enough answers yet" in "\n".join(tables.headlines(summary, "en"))
    assert "40 more" in "\n".join(tables.headlines(summary, "en"))
    assert plot.description(summary, "en") == "No answers yet."
    page = reports.html(summary, "en", NOON)
    assert "<svg" not in page and "By topic" in page
    assert reports.figure(summary, "en").startswith("<svg")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_picture_is_text_with_a_title_and_a_description(lang) -> None:
    summary = reports.summarise(HISTORY, BANK, NOON)
    svg = reports.figure(summary, lang)
    root = ET.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    title, described = root.find(f"{name}title"), root.find(f"{name}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert described.text == plot.description(summary, lang)
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{name}text"))
    assert "Amazon EKS" in words
    assert ("Exploitation" if lang == "fr" else "Operations") in words
    assert reports.figure(summary, lang) == svg, "the same answers give the same bytes"


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [plot.BAR, plot.LINE])
@pytest.mark.parametrize("background", ["#ffffff", "#111111", "#1e1e1e"])
def test_its_colours_stand_out_in_light_and_dark(colour: str, background: str) -> None:
    dark, light = sorted((luminance(colour), luminance(background)))
    assert (light + 0.05) / (dark + 0.05) >= 3, "WCAG 2.2, 1.4.11"


def test_the_ink_is_the_pages() -> None:
    svg = reports.figure(reports.summarise(HISTORY, BANK, NOON), "en")
    assert plot.INK not in svg and "currentColor" in svg
    assert "#000000" not in svg and "fill: #ffffff" not in svg


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]


def test_the_page_needs_nothing_else_and_has_every_table() -> None:
    page = Page(reports.html(reports.summarise(HISTORY, BANK, NOON), "fr", NOON))
    assert page.tags.count("table") == 3
    assert "script" not in page.tags and "link" not in page.tags
    assert all(address.startswith("#") for address in page.addresses)


def test_the_page_escapes_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        tables.say.catalogue, "due", {"fr": "<script>x</script>{count}", "en": "<script>x</script>{count}"}
    )
    page = reports.html(reports.summarise(HISTORY, BANK, NOON), "en", NOON)
    assert "<script" not in page and "&lt;script&gt;" in page


def test_every_exam_has_a_row_with_its_score() -> None:
    state = exams.finish(exams.start(BANK.values(), "short", 1, NOON), NOON + timedelta(minutes=1))
    summary = reports.summarise([], BANK, NOON, [state])
    table = next(table for table in tables.tables(summary, "en") if table.title == "Mock exams")
    assert table.rows[0][1:] == ("short", "0/20", "0% (0–16)")
