"""Choice, ordering and matching cards in a real JupyterLab: by keyboard, after a reload, in both themes, narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from quiz.store import Record
from tests.browser.driving import (
    CARD,
    accessibility_problems,
    cells,
    narrow,
    pale_texts,
    ready,
    run,
    save,
    tab_to,
)

pytestmark = pytest.mark.browser

MARKED = """
from ipywidgets import VBox
cards = [example_cards.card(kind) for kind in ("open", "open", "one", "two", "ordering", "matching")]
exam = example_cards.exam()
exam._handle_custom_msg({"kind": "begin"}, [])
for place in range(5):
    exam._handle_custom_msg({"kind": "respond", "place": place, "response": [place % 4], "serial": 1}, [])
exam._handle_custom_msg({"kind": "flag", "place": 1, "on": True}, [])
shown = VBox([*cards, exam])
for card, answer in zip(cards, ("incorrect", "not_recognised", [1], [0, 1], [0, 1, 2], [0, 0, 0])):
    card.submit(answer)
shown
"""


def test_each_kind_by_keyboard_alone_then_a_reload(page: Any, lab: Any) -> None:
    codes = [f"example_cards.card({kind!r})" for kind in ("one", "two", "ordering", "matching")]
    run(page, lab, "closed.ipynb", *codes)
    one, two, ordering, matching = page.locator(CARD).all()
    count = cells(page)
    for card in (one, two, ordering, matching):
        assert accessibility_problems(card) == []

    # One of four: the arrows choose, and stay in the group.
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    tab_to(page, one.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    assert one.get_by_role("radio").nth(1).is_checked()
    page.keyboard.press("ArrowUp")
    expect(one.get_by_role("radio").nth(0)).to_be_focused()
    for key in ("b", "d", "d", "j", "k", "Escape"):
        page.keyboard.press(key)
    assert cells(page) == count, "no key became a notebook command"
    page.keyboard.press("Control+Enter")
    expect(one.locator(".fbq-verdict")).to_be_visible()
    expect(one.get_by_text("Why delta.")).to_be_visible()
    expect(one.get_by_text("Right", exact=False).filter(visible=True).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert one.get_by_role("radio").nth(0).is_checked(), "a marked answer is closed"

    # Two of five: the count says when there are too many, and they are not sent.
    tab_to(page, two.get_by_role("checkbox").first)
    for key in ("Space", "Tab", "Space", "Tab", "Space"):
        page.keyboard.press(key)
    expect(two.locator(".fbq-counter")).to_have_text("3 chosen: too many, choose 2")
    page.keyboard.press("Control+Enter")
    expect(two.locator(".fbq-status").last).to_have_text("3 chosen: too many, choose 2")
    tab_to(page, two.get_by_role("checkbox").nth(2))
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(two.locator(".fbq-verdict")).to_be_visible()

    # An order: arrows on a step's button move it, and it is said where it is now.
    steps = ordering.locator(".fbq-step")
    down = steps.first.get_by_role("button", name="Move down")
    text = steps.first.locator("[id]").first.inner_text()
    tab_to(page, down)
    page.keyboard.press("ArrowDown")
    expect(steps.nth(1)).to_contain_text(text)
    expect(steps.nth(1).get_by_role("button", name="Move down")).to_be_focused()
    expect(ordering.locator(".fbq-unseen[role=status]")).to_contain_text("place 2 of 3")
    page.keyboard.press("Home")
    expect(steps.first).to_contain_text(text)
    page.keyboard.press("End")
    expect(steps.nth(2)).to_contain_text(text)
    tab_to(page, ordering.get_by_role("button", name="Submit"))
    page.keyboard.press("Enter")
    expect(ordering.locator(".fbq-verdict")).to_be_visible()
    expect(ordering.locator(".fbq-status").last).to_be_focused()

    # A match: lists, all of which need a choice.
    lists = matching.get_by_role("combobox").all()
    tab_to(page, lists[0])
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    expect(matching.locator(".fbq-status")).to_have_text("Some lines have no answer yet.")
    expect(lists[1]).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    expect(matching.locator(".fbq-verdict")).to_have_text("Correct")

    assert cells(page) == count
    verdicts = {
        attempt.question: attempt.verdict for attempt in Record(lab.home / "record.sqlite").attempts()
    }
    assert set(verdicts) == {"choice-example", "two-example", "ordering-example", "matching-example"}
    assert verdicts["matching-example"] == "correct"
    assert page.locator(f"{CARD} img").count() == 0
    assert page.evaluate("window.hacked") is None

    save(page)
    ready(page, lab.url("closed.ipynb"))  # the kernel lives on
    one, two, ordering, matching = page.locator(CARD).all()
    for card in (one, two, ordering, matching):
        expect(card.locator(".fbq-verdict")).to_be_visible()
        assert accessibility_problems(card) == []
    expect(one.get_by_role("radio").nth(0)).to_be_checked()
    expect(ordering.locator(".fbq-step").nth(2)).to_contain_text(text)
    again = one.get_by_role("button", name="Answer again")
    again.focus()
    page.keyboard.press("Enter")
    expect(one.locator("legend")).to_be_focused()
    expect(one.get_by_role("radio").nth(0)).not_to_be_checked()
    expect(one.get_by_text("Why delta.")).to_have_count(0)


def test_one_question_after_another_keeps_the_keyboard_in_the_cards(page: Any, lab: Any) -> None:
    card = run(page, lab, "series.ipynb", "example_cards.series()")
    count = cells(page)
    tab_to(page, card.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    tab_to(page, page.locator(CARD).get_by_role("button", name="Next question"))
    page.keyboard.press("Enter")
    expect(page.locator(CARD).locator("legend")).to_have_text("Question 2 of 2")
    expect(page.locator(CARD).locator("legend")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    tab_to(page, page.locator(CARD).get_by_role("button", name="Next question"))
    page.keyboard.press("Enter")
    expect(page.locator(CARD).locator(".fbq-status").last).to_contain_text("That was the last one.")
    assert cells(page) == count


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_every_text_can_be_read_in_both_themes_and_on_a_narrow_screen(
    page: Any, lab: Any, theme: str
) -> None:
    lab.theme(theme)
    run(page, lab, "marked.ipynb", MARKED)
    dark = page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert dark == theme.endswith("Dark")
    cards = page.locator(CARD)
    expect(cards).to_have_count(7)
    for card in cards.all():
        assert pale_texts(card) == []
        assert accessibility_problems(card) == []
    exam = cards.last
    exam.get_by_text("All questions").click()
    assert pale_texts(exam) == []
    exam.get_by_role("button", name="Review before handing in").click()
    exam.get_by_role("button", name="Hand in the exam").click()
    assert pale_texts(exam) == []
    exam.get_by_role("button", name="Hand in now").click()
    expect(exam.get_by_role("table", name="By exam domain")).to_be_visible()
    exam.locator("summary").nth(1).click()
    assert pale_texts(exam) == []
    assert accessibility_problems(exam) == []

    narrow(page, 420)
    for card in cards.all():
        expect(card).to_be_visible()
        assert card.evaluate("card => card.scrollWidth <= card.clientWidth"), "nothing sticks out"
    assert page.locator(f"{CARD} img").count() == 0
