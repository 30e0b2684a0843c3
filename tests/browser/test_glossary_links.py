"""A term's link in JupyterLab opens the glossary at the term, accents and apostrophes included."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from labs.authoring import glossary, source
from labs.workspace import NOTEBOOKS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("heading", ["Rôle d’exécution", "Équilibreur de charge"])
def test_a_link_leads_to_its_term(page: Any, lab: Any, heading: str) -> None:
    shutil.copy(NOTEBOOKS / "fr" / f"{glossary.NAME}.ipynb", lab.folder)
    [term] = [
        term
        for term in source.terms_of(NOTEBOOKS / "src/06_frenchbakery_lab.py", "fr")
        if term.heading == heading
    ]
    lab.write("06.ipynb")
    notebook = lab.folder / "06.ipynb"
    notebook.write_text(notebook.read_text().replace("# Quiz", f"[{heading}]({term.address})"))
    page.goto(lab.url("06.ipynb", view="lab"))
    link = page.get_by_role("link", name=heading)
    link.click()
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    found = shown.get_by_role("heading", name=heading)
    # JupyterLab draws a notebook cell by cell and does not wait long for one: a reader on a slow machine clicks again.
    expect(found).to_be_visible()
    page.get_by_role("tab", name="06.ipynb").click()
    link.click()
    expect(found).to_be_in_viewport()
