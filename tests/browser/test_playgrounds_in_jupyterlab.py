"""Playgrounds in a real JupyterLab and a real browser, by keyboard alone: controls, consequences, themes, narrow pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.driving import cells, pale_texts, ready, save, tab_to

pytestmark = pytest.mark.browser

NAMES = ("placement", "task_life", "network_path")
NARROW = 420  # pixels: a phone, or half a projector


def open_playground(page: Any, lab: Any, *names: str) -> Any:
    """Run a notebook of playgrounds by keyboard; the last of them. The focus is then above its cell."""
    notebook = f"{names[0]}.ipynb"
    codes = [f"from labs.playgrounds import {name}; {name}.playground()" for name in names]
    lab.write(notebook, *codes, "print('end of notebook')")
    ready(page, lab.url(notebook))
    for _ in range(len(names) + 2):
        page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="end of notebook")).to_be_visible()
    playground = page.locator(".fbp").last
    expect(playground.locator("svg").first).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(2):  # up from the new last cell, over the one that prints
        page.keyboard.press("ArrowUp")
    return playground


def check_legible(playground: Any) -> None:
    """Every text stands out from its ground; on a narrow page nothing is cut, and no drawing's text is too small."""
    assert pale_texts(playground) == []
    playground.evaluate("(node, width) => { node.style.width = `${width}px`; }", NARROW)
    output = playground.locator(".fbp-output")
    assert output.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    smallest = output.locator("svg text").evaluate_all(
        "nodes => Math.min(...nodes.map((node) => parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a))"
    )
    assert smallest >= 10, "pixels"
    playground.evaluate("node => { node.style.width = ''; }")


def test_sliders_and_lists_by_keyboard_then_a_reload(page: Any, lab: Any) -> None:
    playground = open_playground(page, lab, "placement")
    check_legible(playground)
    count = cells(page)
    output = playground.locator(".fbp-output[role=status]")
    expect(output.locator("svg").first).to_contain_text("9 of 9 placed")
    tab_to(page, playground.get_by_role("slider", name="Tasks to place"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(output.locator("svg").first).to_contain_text("12 of 12 placed")
    page.keyboard.press("End")
    expect(output.locator("svg").first).to_contain_text("30 of 30 placed")

    tab_to(page, playground.get_by_role("combobox", name="Constraint"))
    page.keyboard.type("distinct")
    expect(output).to_contain_text("Tasks without a place: 25.")
    expect(output).to_contain_text("(service shop) was unable to place a task")
    # Commands of the notebook, of which only d begins an option of the list.
    for key in ("d", "d", "a", "b", "x", "Escape"):
        page.keyboard.press(key)
    assert cells(page) == count, "no key became a notebook command"
    tab_to(page, output.locator("summary").first)
    page.keyboard.press("Enter")
    expect(output.locator("table").first).to_be_visible()

    save(page)
    ready(page, lab.url("placement.ipynb"))  # the kernel lives on
    slider = page.locator(".fbp").get_by_role("slider", name="Tasks to place")
    expect(slider).to_have_value("30")


def test_boxes_by_keyboard_find_the_way_to_ecr(page: Any, lab: Any) -> None:
    playground = open_playground(page, lab, "network_path")
    check_legible(playground)
    output = playground.locator(".fbp-output")
    expect(output).to_contain_text("The task stops at GetObject (s3)")
    for name, words in (
        ("S3 gateway endpoint", "The task starts: its 4 calls arrive."),
        ("Their security group opens 443 to the tasks", "do not allow port 443 from sg-tasks"),
        ("Execution role", "RegisterTaskDefinition refuses"),
    ):
        tab_to(page, playground.get_by_role("checkbox", name=name))
        page.keyboard.press("Space")
        expect(output).to_contain_text(words)
        expect(playground.get_by_role("checkbox", name=name)).to_be_focused()


def test_a_task_s_life_by_keyboard(page: Any, lab: Any) -> None:
    playground = open_playground(page, lab, "task_life")
    check_legible(playground)
    output = playground.locator(".fbp-output")
    expect(output).to_contain_text('"exitCode": 137')
    tab_to(page, playground.get_by_role("combobox", name="What happens"))
    page.keyboard.type("its image")
    expect(output).to_contain_text("CannotPullContainerError")
    page.keyboard.press("Home")
    tab_to(page, playground.get_by_role("checkbox", name="The program listens to SIGTERM"))
    page.keyboard.press("Space")
    expect(output).to_contain_text('"exitCode": 0')


def test_texts_are_legible_and_nothing_is_cut_in_the_dark_too(page: Any, lab: Any) -> None:
    lab.theme("JupyterLab Dark")
    open_playground(page, lab, *NAMES)
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert page.locator(".fbp").count() == len(NAMES)
    for playground in page.locator(".fbp").all():
        check_legible(playground)
