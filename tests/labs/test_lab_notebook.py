"""Whoever comes back in the middle of the lab can go on: a step leans on no variable of another step."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

import nbformat
import pytest

from labs.workspace import NOTEBOOKS

STEPS = {"06_frenchbakery_lab": 7, "06b_frenchbakery_operate": 4}  # by notebook
SET_UP = 3  # code cells that a notebook asks everybody to run: language, session, clients


def cells(part: str) -> list[nbformat.NotebookNode]:
    found: list[nbformat.NotebookNode] = nbformat.read(NOTEBOOKS / "en" / f"{part}.ipynb", as_version=4).cells
    return found


def sections(part: str) -> Iterator[tuple[str, list[str]]]:
    """(heading, code cells) of each part under a second-level heading, after the set-up cells."""
    title, own, code = "", list[str](), 0
    for cell in cells(part):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            yield title, own
            title, own = cell.source.splitlines()[0], []
        elif cell.cell_type == "code":
            code += 1
            if code > SET_UP:
                own.append(cell.source)
    yield title, own


def set_up_names(part: str) -> set[str]:
    code = [cell.source for cell in cells(part) if cell.cell_type == "code"][1:SET_UP]
    return names("\n".join(code), ast.Store)


def names(code: str, kind: type[ast.expr_context]) -> set[str]:
    tree = ast.parse(code)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}
    if kind is ast.Store:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    return found


PARTS = [
    pytest.param(part, code, id=f"{part.partition('_')[0]} {title}")
    for part in STEPS
    for title, code in sections(part)
    if code
]


@pytest.mark.parametrize("part", STEPS)
def test_the_lab_has_its_steps(part: str) -> None:
    assert sum(title.startswith("## Step") for title, _ in sections(part)) == STEPS[part]


@pytest.mark.parametrize(("part", "own"), PARTS)
def test_a_step_stands_on_its_own(part: str, own: list[str]) -> None:
    code = "\n".join(own)
    known = names(code, ast.Store) | set_up_names(part) | set(dir(builtins)) | {"display"}
    assert names(code, ast.Load) - known == set()
