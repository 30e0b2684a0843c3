"""What nbval cannot see: cells that never ran, and cells that it is told to skip."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labs.authoring import check, glossary, source
from labs.learner import LANGUAGES
from labs.workspace import NOTEBOOKS

SKIPPED_AT_MOST = 12  # cells in all notebooks of one language that nbval does not run
COMMITTED = sorted(path for lang in LANGUAGES for path in (NOTEBOOKS / lang).glob("*.ipynb"))


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_is_something_to_test() -> None:
    assert COMMITTED
    assert {path.name for path in COMMITTED if path.parent.name == "fr"} == {
        path.name for path in COMMITTED if path.parent.name == "en"
    }


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_code_cell_ran(path: Path) -> None:
    cells = code_cells(path)
    unrun = [cell.source for cell in cells if list(check.executed(cell))]
    assert cells or path.stem == glossary.NAME
    assert not unrun


@pytest.mark.parametrize("lang", LANGUAGES)
def test_few_cells_are_skipped(lang: str) -> None:
    paths = [path for path in COMMITTED if path.parent.name == lang]
    skipped = [cell for path in paths for cell in code_cells(path) if "nbval-skip" in source.tags(cell)]
    assert len(skipped) <= SKIPPED_AT_MOST


def test_the_notebooks_are_what_their_sources_say() -> None:
    sources = sorted((NOTEBOOKS / "src").glob("*.py"))
    assert [str(problem) for problem in [*check.check(sources), *check.orphans()]] == []
