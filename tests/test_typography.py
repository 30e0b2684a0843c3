"""What learners read is set as French and English set it: apostrophes, and spaces that do not break."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz.checking.wording import UNSPACED

ROOT = Path(__file__).parents[1]
MODULES = sorted(file for package in ("labs", "quiz") for file in (ROOT / package).rglob("*.py"))
CODE = re.compile(r"`[^`]*`|\{\{?.*?\}\}?|https?://\S+|--?\w[\w-]*")


def texts(file: Path) -> Iterator[tuple[str, int, str]]:
    """(language, line, text) of each text that a module writes in both languages."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if {"fr", "en"} <= set(keys):
                for key, value in zip(keys, node.values, strict=True):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield str(key), value.lineno, value.value


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_texts_are_set_well(file: Path) -> None:
    faults = []
    for lang, line, text in texts(file):
        words = CODE.sub("x", text)
        if re.search(r"[^\W\d_]'[^\W\d_]", words):
            faults.append(f"line {line}: straight apostrophe: {text}")
        if lang == "fr" and (found := UNSPACED.search(words)):
            faults.append(
                f"line {line}: no-break space: {words[max(0, found.start() - 15) : found.end() + 5]}"
            )
    assert not faults, "\n".join(faults)
