"""The language of answers, and the texts themselves."""

from __future__ import annotations

import string
import subprocess
import sys
from datetime import datetime

import pytest

from frenchbakery.common.language import LANGUAGES, Text, preferred
from frenchbakery.common.texts import ERRORS, FIELDS
from frenchbakery.frontend.texts import PAGES, day, decimal, money
from frenchbakery.products import catalogue
from tests.frenchbakery.bakery import ROOT


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.5, fr;q=0.6", "fr"),
        ("de, it", "en"),
        ("fr;q=0", "en"),
        ("FR-ca", "fr"),
        ("fr;q=nonsense, en", "en"),
        (";;;q=,,", "en"),
    ],
)
def test_accept_language(header: str, expected: str) -> None:
    assert preferred(header) == expected


TEXTS: dict[str, Text] = {
    **{f"errors.{key}": text for key, text in ERRORS.items()},
    **{f"fields.{key}": text for key, text in FIELDS.items()},
    **{f"pages.{key}": text for key, text in PAGES.items()},
    **{f"products.{key}": product.name for key, product in catalogue.load().items()},
    **{f"descriptions.{key}": product.description for key, product in catalogue.load().items()},
}


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_has_both_languages(key: str) -> None:
    text = TEXTS[key]
    assert set(text) == set(LANGUAGES)
    fields = [{name for _, name, _, _ in string.Formatter().parse(text[lang]) if name} for lang in LANGUAGES]
    assert fields[0] == fields[1], "the placeholders differ"
    assert all(text[lang].strip() for lang in LANGUAGES)


@pytest.mark.parametrize("key", TEXTS)
def test_french_typography(key: str) -> None:
    french = TEXTS[key]["fr"]
    for mark in ":;!?»":
        assert f" {mark}" not in french, "an ordinary space before a mark lets the line break there"
    assert "« " not in french
    assert "'" not in french.replace("{", "").replace("}", ""), "the apostrophe is ’"


def test_numbers_and_dates() -> None:
    assert money(5, "fr") == "0,05\u00a0€"
    assert money(123456, "en") == "€1234.56"
    assert day(datetime(2026, 9, 1), "fr") == "1er septembre 2026"
    assert day(datetime(2026, 9, 2), "en") == "2 September 2026"
    assert decimal(4.25, "fr") == "4,2"


def test_examples_in_docstrings() -> None:
    for module in ("common/language.py", "common/idempotency.py", "frontend/basket.py", "frontend/texts.py"):
        done = subprocess.run(
            [sys.executable, "-m", "doctest", str(ROOT / "frenchbakery" / module)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
