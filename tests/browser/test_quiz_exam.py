"""The mock exam in a real JupyterLab: by keyboard, with no key on the page before the end, after a killed kernel."""

from __future__ import annotations

import os
import re
import signal
from typing import Any

import pytest
from playwright.sync_api import expect

from quiz.store import Record
from tests.browser.driving import CARD, accessibility_problems, cells, ready, run, save, tab_to

NEARLY_ALL = re.compile("^3[5-9]:")  # of 40 minutes, on a busy machine

pytestmark = pytest.mark.browser


def listen(page: Any) -> list[str]:
    """Everything that the server sends to the page from now on."""
    heard: list[str] = []

    def hear(socket: Any) -> None:
        socket.on(
            "framereceived",
            lambda frame: heard.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace")),
        )

    page.on("websocket", hear)
    return heard


def test_an_exam_by_keyboard_reloaded_resumed_after_a_kill_and_handed_in(page: Any, lab: Any) -> None:
    heard = listen(page)
    exam = run(page, lab, "exam.ipynb", "example_cards.note_kernel(); example_cards.exam()")
    count = cells(page)
    tab_to(page, exam.get_by_role("button", name="Begin"))
    page.keyboard.press("Enter")
    title = exam.locator("legend")
    expect(title).to_have_text("Question 1 of 20")
    expect(title).to_be_focused()
    assert accessibility_problems(exam) == []
    expect(exam.get_by_role("timer", name="Time left")).to_have_text(NEARLY_ALL)
    page.keyboard.press("Shift+Tab")
    expect(exam.get_by_role("button", name="Hide the time")).to_be_focused()
    page.keyboard.press("Enter")
    expect(exam.get_by_role("timer")).to_be_hidden()

    # Answer by arrows, flag, go on.
    tab_to(page, exam.get_by_role("radio").first)
    for key in ("Space", "ArrowDown", "ArrowDown", "b", "d", "d"):
        page.keyboard.press(key)
    expect(exam.locator(".fbq-kept")).to_have_text("Answer kept")
    tab_to(page, exam.get_by_role("button", name="Flag"))
    page.keyboard.press("Enter")
    expect(exam.get_by_role("button", name="Flag")).to_have_attribute("aria-pressed", "true")
    exam.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(title).to_have_text("Question 2 of 20")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(exam.locator(".fbq-kept")).to_have_text("Answer kept")
    assert cells(page) == count, "no key became a notebook command"

    # A reloaded page shows the same question; the kernel kept everything.
    save(page)
    ready(page, lab.url("exam.ipynb"))
    exam = page.locator(CARD).last
    expect(exam.locator("legend")).to_have_text("Question 2 of 20")
    expect(exam.get_by_role("radio").first).to_be_checked()
    expect(exam.get_by_role("timer")).to_have_text(NEARLY_ALL)

    # A killed kernel costs time only.
    before = Record(lab.home / "record.sqlite").open_exam()
    os.kill(int((lab.home / "kernel.pid").read_text()), signal.SIGKILL)
    page.get_by_role("dialog").get_by_role("button").last.click()  # "The kernel … appears to have died"
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    page.locator(".jp-Cell").nth(1).click()
    page.keyboard.press("Escape")
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    exam = page.locator(CARD).last
    resume = exam.get_by_role("button", name="Resume the exam")
    expect(exam).to_contain_text("This exam is running: 2 of 20 answered.")
    resume.focus()
    page.keyboard.press("Enter")
    expect(exam.locator("legend")).to_have_text("Question 2 of 20")
    expect(exam.get_by_role("radio").first).to_be_checked()
    expect(exam.get_by_role("timer")).to_have_text(NEARLY_ALL)
    after = Record(lab.home / "record.sqlite").open_exam()
    assert before and after and after.deadline == before.deadline
    assert before.responses == after.responses

    # Review, hand in, result; no key, no reason before.
    exam.get_by_text("All questions").click()
    grid = exam.locator(".fbq-grid")
    expect(grid.get_by_role("button", name="Question 1: answered, flagged")).to_be_visible()
    expect(grid.get_by_role("button", name="Question 2: answered")).to_have_attribute("aria-current", "true")
    grid.get_by_role("button", name="Question 3: not answered").focus()
    page.keyboard.press("Enter")
    expect(exam.locator("legend")).to_have_text("Question 3 of 20")
    exam.get_by_text("All questions").click()
    exam.get_by_role("button", name="Review before handing in").focus()
    page.keyboard.press("Enter")
    expect(exam).to_contain_text("2 of 20 questions answered, 1 flagged.")
    tab_to(page, exam.get_by_role("button", name="Hand in the exam"), limit=40)
    page.keyboard.press("Enter")
    expect(exam.get_by_role("button", name="Go on with the exam")).to_be_focused()
    told = "".join(heard)
    assert "Case" in told
    for secret in ("Why alpha.", "Why beta.", "rationale", '\\"marks\\"', '"marks"'):
        assert secret not in told, "no feedback before the end"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(exam.get_by_role("heading", name="Result")).to_be_focused()
    expect(exam.get_by_role("table", name="By exam domain")).to_be_visible()
    expect(exam.locator(".fbq-number")).to_contain_text("%")
    assert accessibility_problems(exam) == []
    assert "Why alpha." in "".join(heard)
    assert page.locator(f"{CARD} img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_last_minutes_are_announced_and_time_up_hands_in(page: Any, lab: Any) -> None:
    exam = run(
        page,
        lab,
        "late.ipynb",
        "import datetime\nshown = example_cards.exam('late')\nshown",
        "print('second')",
    )
    count = cells(page)
    exam = page.locator(CARD).last
    exam.get_by_role("button", name="Begin").click()
    exam.get_by_role("radio").first.check()
    expect(exam.locator(".fbq-kept")).to_have_text("Answer kept")
    announced = exam.locator(".fbq-clock [role=status]")
    expect(announced).to_be_empty()

    def let_pass(code: str) -> None:
        """Let the exam's time pass in the kernel, and tell the page, as its next word would."""
        line = f"example_cards.hurry.passed = datetime.timedelta({code}); shown._handle_custom_msg({{'kind': 'clock'}}, [])"
        editor = page.locator(".jp-CodeCell").nth(2).locator(".cm-content")
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(line)
        page.keyboard.press("Control+Enter")

    let_pass("minutes=36")
    expect(announced).to_have_text("5 minutes left.")
    let_pass("minutes=39, seconds=57")
    expect(announced).to_have_text("One minute left.")
    expect(exam.get_by_role("heading", name="Result")).to_be_visible()
    expect(exam).to_contain_text("Time ran out: the exam ended by itself, with your answers.")
    assert cells(page) == count
    assert Record(lab.home / "late.sqlite").open_exam() is None
