"""Every text a learner sees exists in both languages, with the same placeholders."""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Iterator

import pytest

import labs
import quiz
from labs.authoring.claims import unsourced
from labs.facts import facts
from labs.learner import LANGUAGES, Texts

TAUGHT_IN = ("labs.chapters", "labs.checks", "labs.playgrounds", "labs.view")
ENTRY_SCRIPTS = {"labs.cloud.__main__"}


def catalogues() -> Iterator[tuple[str, Texts]]:
    for package in (labs, quiz):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name in ENTRY_SCRIPTS:
                continue
            loaded = importlib.import_module(module.name)
            for value in vars(loaded).values():
                if isinstance(value, Texts):
                    yield module.name, value


ALL = {id(texts): (name, texts) for name, texts in catalogues()}


@pytest.mark.parametrize(("name", "texts"), ALL.values(), ids=[name for name, _ in ALL.values()])
def test_both_languages_say_the_same_things(name: str, texts: Texts) -> None:
    for key, text in texts.catalogue.items():
        assert set(text) == set(LANGUAGES), f"{name}: {key}"
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(text[lang]) if field} for lang in LANGUAGES
        ]
        assert fields[0] == fields[1], f"{name}: {key} fills different placeholders"
        assert all(text[lang].strip() for lang in LANGUAGES), f"{name}: {key} is empty"


def test_the_prices_and_limits_that_a_text_teaches_are_facts() -> None:
    strange = [
        (name, key, lang, claim)
        for name, texts in ALL.values()
        if name.startswith(TAUGHT_IN)
        for key, text in texts.catalogue.items()
        for lang in LANGUAGES
        for claim in unsourced(text[lang], facts().values())
    ]
    assert strange == []
