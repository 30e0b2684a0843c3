"""A playground in a real JupyterLab, set by keyboard alone: the roll-out viewer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.driving import cells, narrow, ready, tab_to

pytestmark = pytest.mark.browser
OPEN = "from labs.playgrounds import rollout\nrollout.playground()"


def test_a_bad_version_is_chosen_and_rolled_back_by_keyboard(page: Any, lab: Any) -> None:
    lab.write("rollout.ipynb", OPEN)
    ready(page, lab.url("rollout.ipynb"))
    for _ in range(2):
        page.keyboard.press("Shift+Enter")
    playground = page.locator(".jp-OutputArea-output .fbp")
    output = playground.locator(".fbp-output")
    expect(output).to_contain_text("Complete after 1 min 55 s.")
    before = cells(page)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    version = playground.get_by_label("The new version")
    tab_to(page, version, limit=25)
    page.keyboard.press("ArrowDown")
    expect(output).to_contain_text("The new version is given up after 4 failed tasks")
    assert cells(page) == before
    told = output.locator("svg").get_attribute("aria-labelledby").split()
    assert all(output.locator(f"#{name}").text_content() for name in told)
    narrow(page, 640)
    room, drawing = output.bounding_box(), output.locator("svg").bounding_box()
    assert drawing["width"] <= room["width"]
