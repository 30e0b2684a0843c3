"""Whoever comes back in the middle of the lab can go on: a step leans on no variable of another step."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

import nbformat
import pytest

from labs.workspace import NOTEBOOKS

SET_UP = 3  # code cells that the notebook asks everybody to run: language, session, clients


def sections() -> Iterator[tuple[str, list[str]]]:
    """(heading, code cells) of each part under a second-level heading, after the set-up cells."""
    title, cells, code = "", [], 0
    for cell in nbformat.read(NOTEBOOKS / "en" / "06_frenchbakery_lab.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            yield title, cells
            title, cells = cell.source.splitlines()[0], []
        elif cell.cell_type == "code":
            code += 1
            if code > SET_UP:
                cells.append(cell.source)
    yield title, cells


def set_up_names() -> set[str]:
    notebook = nbformat.read(NOTEBOOKS / "en" / "06_frenchbakery_lab.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"][1:SET_UP]
    return names("\n".join(code), ast.Store)


def names(code: str, kind: type[ast.expr_context]) -> set[str]:
    tree = ast.parse(code)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}
    if kind is ast.Store:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found |= {node.name, *(argument.arg for argument in node.args.args)}
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    return found


STEPS = [(title, cells) for title, cells in sections() if cells]


def test_the_lab_has_its_steps() -> None:
    assert sum(title.startswith("## Step") for title, _ in STEPS) == 7


@pytest.mark.parametrize(("title", "cells"), STEPS, ids=[title for title, _ in STEPS])
def test_a_step_stands_on_its_own(title: str, cells: list[str]) -> None:
    code = "\n".join(cells)
    known = names(code, ast.Store) | set_up_names() | set(dir(builtins)) | {"display"}
    assert names(code, ast.Load) - known == set()
