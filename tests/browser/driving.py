"""Driving a notebook in the browser by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

SETUP = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import example_cards"
CARD = ".jp-OutputArea-output .fbq-card"


def ready(page: Any, url: str) -> None:
    """Open a notebook and wait for its kernel and for the keyboard to be in it."""
    page.goto(url)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    page.wait_for_function("document.activeElement.closest('.jp-Cell') !== null")


def narrow(page: Any, width: int) -> None:
    """Make the window this narrow, and wait until JupyterLab has made the notebook so."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(
        "width => document.querySelector('.jp-NotebookPanel').clientWidth <= width", arg=width
    )


def save(page: Any) -> None:
    """Ctrl+S, from wherever the focus is."""
    with page.expect_response(
        lambda response: response.request.method == "PUT" and "/api/contents" in response.url
    ):
        page.keyboard.press("Control+s")


def cells(page: Any) -> int:
    """How many cells the notebook has: a key that became a command would add or delete one."""
    return page.locator(".jp-Notebook .jp-Cell").count()


def run(page: Any, lab: Any, name: str, *code: str) -> Any:
    """Run a notebook by keyboard; its last card. The focus is then above the card's cell."""
    lab.write(name, SETUP, *code, "print('end of notebook')")
    ready(page, lab.url(name))
    for _ in range(len(code) + 3):
        page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="end of notebook")).to_be_visible()
    card = page.locator(CARD).last
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(2):  # up from the new last cell, over the one that prints
        page.keyboard.press("ArrowUp")
    return card


def tab_to(page: Any, target: Any, limit: int = 15) -> None:
    """Press Tab until the focus is there."""
    for _ in range(limit):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {target}")


def accessibility_problems(card: Any) -> list[str]:
    """Controls without a name, groups without a legend, references to nothing, ids taken twice."""
    return list(card.evaluate(_PROBLEMS))


def pale_texts(card: Any) -> list[str]:
    """Visible texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    return list(card.evaluate(_PALE))


_PROBLEMS = """card => {
  const problems = [];
  const named = (node) => (node.labels?.length ? [...node.labels].map((label) => label.textContent).join("") :
    node.getAttribute("aria-label") || node.textContent).trim();
  const seen = new Set();
  for (const node of card.querySelectorAll("*")) {
    const what = `${node.tagName} ${node.className}`;
    if (node.matches("input, select, textarea, button, summary, [role=timer]") && !named(node)) problems.push(`no name: ${what}`);
    if (node.matches("input[type=radio], input[type=checkbox]")
      && !node.closest("fieldset")?.querySelector("legend")?.textContent) problems.push(`no legend: ${what}`);
    if (node.matches("fieldset") && !node.getAttribute("aria-describedby")) problems.push(`no scenario: ${what}`);
    for (const id of (node.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)) {
      if (!document.getElementById(id)) problems.push(`describedby nothing: ${what}`);
    }
    if (node.id && seen.has(node.id)) problems.push(`id twice: ${what}`);
    if (node.id) seen.add(node.id);
    if (node.matches("svg") && node.getAttribute("aria-hidden") !== "true") problems.push("an icon that is read");
  }
  if (!card.querySelector("[role=status]")) problems.push("no status");
  if (!card.lang) problems.push("no language");
  return problems;
}"""

_PALE = """card => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {  // one over the other, from the back
    canvas.fillStyle = "white";
    canvas.fillRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pale = [];
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("option, [aria-disabled=true]")) continue;
    const behind = [];
    for (let up = node; up; up = up.parentElement) behind.unshift(getComputedStyle(up).backgroundColor);
    const [text, ground] = [painted([...behind, getComputedStyle(node).color]), painted(behind)].map(luminance);
    const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (contrast < 4.5) pale.push(`${contrast.toFixed(2)} ${node.className || node.tagName}: ${walker.currentNode.data.slice(0, 40)}`);
  }
  return pale;
}"""
