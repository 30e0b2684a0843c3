"""The card of an open question in a real JupyterLab and a real browser, by keyboard alone."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from quiz.store import Record
from tests.browser.driving import CARD, cells, ready, run, save, tab_to

pytestmark = pytest.mark.browser


def open_card(page: Any, lab: Any, name: str, code: str = "example_cards.card()") -> Any:
    """Run a notebook with one card by keyboard, and go into the card's answer by keyboard."""
    card = run(page, lab, name, code)
    tab_to(page, card.get_by_role("textbox").first)
    return card


def test_answer_by_keyboard_then_reload_and_contest(page: Any, lab: Any) -> None:
    card = open_card(page, lab, "keyboard.ipynb")
    count = cells(page)
    text = "incorrect dd bb aa, jk ii 00"
    page.keyboard.type(text)
    for key in ("ArrowUp", "ArrowDown", "Home", "End", "Enter", "Backspace", "Escape"):
        page.keyboard.press(key)
    answer = card.get_by_role("textbox", name="Your answer")
    expect(answer).to_be_focused()
    expect(answer).to_have_value(text)
    expect(card.locator(".fbq-counter")).to_have_text(f"{len(text)} / 1200")
    assert cells(page) == count, "no key became a notebook command"

    page.keyboard.press("Control+Enter")
    status = card.locator(".fbq-status[role=status]")
    expect(status).to_contain_text("Incorrect")
    expect(answer).to_be_focused()
    assert cells(page) == count
    assert [attempt.answer for attempt in Record(lab.home / "record.sqlite").attempts()] == [text]

    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="Mark it again")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_text("Amazon ECR.")).to_be_visible()

    save(page)
    ready(page, lab.url("keyboard.ipynb"))  # the kernel lives on
    card = page.locator(CARD).last
    expect(card.get_by_role("textbox", name="Your answer")).to_have_value(text)
    expect(card.locator(".fbq-status[role=status]")).to_contain_text("Incorrect")

    card.get_by_text("I disagree with this verdict").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("I said dd")
    page.keyboard.press("Control+Enter")
    expect(card.get_by_text("Noted beside your answer")).to_be_visible()
    (attempt,) = Record(lab.home / "record.sqlite").attempts()
    assert (attempt.contested, attempt.comment) == (True, "I said dd")


def test_each_verdict_is_said_in_words_and_hostile_text_stays_text(page: Any, lab: Any) -> None:
    card = open_card(page, lab, "verdicts.ipynb")
    status = card.locator(".fbq-status[role=status]")
    page.keyboard.press("Control+Enter")
    expect(status).to_have_text("Write an answer first.")  # an empty one is not sent
    expect(card.get_by_role("textbox")).to_be_focused()
    for verdict, words in {
        "correct": ["Correct", "Ideas found", "a managed registry"],
        "partial": ["Partly correct", "Ideas expected, missing"],
        "incorrect": ["Incorrect", "What is wrong here", "Docker Hub", "No IAM."],
        "not_recognised": ["Answer not recognised", "Put it another way"],
    }.items():
        page.keyboard.press("Control+a")
        page.keyboard.type(f"{verdict} <img src=x onerror='window.hacked = true'>")
        page.keyboard.press("Control+Enter")
        expect(card.locator(".fbq-status[role=status]")).to_contain_text(words[0])
        for text in words:
            expect(card.get_by_text(text).filter(visible=True).first).to_be_visible()
        expect(card.locator(".fbq-previous")).to_be_hidden()  # "last time" is no longer the last
    expect(card.get_by_text("a managed registry")).to_have_count(0)  # it gave nothing away
    page.keyboard.press("Tab")
    tab_to(page, card.get_by_role("button", name="I give up"))
    page.keyboard.press("Enter")
    expect(card.get_by_text("a managed registry").first).to_be_visible()
    expect(status).to_be_focused()
    assert card.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_shift_enter_still_runs_the_cell_keeping_the_draft_and_ctrl_s_saves(page: Any, lab: Any) -> None:
    card = open_card(page, lab, "shortcuts.ipynb")
    page.keyboard.type("my draft")
    expect(card.get_by_role("textbox")).to_have_value("my draft")
    save(page)
    prompt = page.locator(".jp-CodeCell", has=page.locator(CARD)).locator(".jp-InputPrompt")
    expect(prompt).to_have_text("[2]:")
    page.keyboard.press("Shift+Enter")
    expect(prompt).to_have_text("[4]:")
    expect(page.locator(CARD).get_by_role("textbox")).to_have_value("my draft")


def test_a_busy_kernel_is_explained_and_answers_in_the_end(page: Any, lab: Any) -> None:
    card = open_card(page, lab, "slow.ipynb")
    page.keyboard.type("slow answer")
    page.keyboard.press("Control+Enter")
    status = card.locator(".fbq-status[role=status]")
    expect(status).to_have_text("Marking…")
    expect(status).to_contain_text("The kernel has not answered yet", timeout=60_000)
    expect(status).to_contain_text("Correct", timeout=60_000)


def test_a_card_in_french_is_french(page: Any, lab: Any) -> None:
    card = open_card(page, lab, "french.ipynb", "example_cards.card(lang='fr')")
    expect(card).to_have_attribute("lang", "fr")
    page.keyboard.type("incorrect")
    page.keyboard.press("Control+Enter")
    for text in ("Question 2 sur 9", "Où vont les images", "Ce qui est faux ici", "Pas d'IAM."):
        expect(card.get_by_text(text).first).to_be_visible()


def test_a_notebook_that_has_not_run_shows_the_question_as_text(page: Any, lab: Any) -> None:
    from nbformat.v4 import new_output

    text = {"text/plain": "QuestionCard('x')", "text/markdown": "**Question 2 of 9** — Where do they go?"}
    path = lab.write("unrun.ipynb", "example_cards.card()")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].update(
        outputs=[new_output("execute_result", text, execution_count=1)], execution_count=1
    )
    nbformat.write(notebook, path)
    ready(page, lab.url("unrun.ipynb"))
    shown = page.locator(".jp-OutputArea-output")
    expect(shown.locator("strong")).to_have_text("Question 2 of 9")
    expect(shown).to_contain_text("Where do they go?")
