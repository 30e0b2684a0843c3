"""The rules of a notebook's source, and the notebook of one language made from it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labs.authoring import source

LANGUAGE_CELLS = """
# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en
"""
TITLE = """
# %% [markdown] tags=["fr"]
# # Les conteneurs

# %% [markdown] tags=["en"]
# # Containers
"""


@pytest.fixture
def read(tmp_path: Path):
    def write_and_read(text: str) -> nbformat.NotebookNode:
        path = tmp_path / "01_topic.py"
        path.write_text(text, encoding="utf-8")
        return source.read(path)

    return write_and_read


def messages(notebook: nbformat.NotebookNode) -> list[str]:
    return [str(problem) for problem in source.problems(notebook, "src/01_topic.py")]


def test_a_good_source_has_no_problem(read) -> None:
    assert messages(read(TITLE + LANGUAGE_CELLS + "\n# %%\nprint(1)\n")) == []


def test_each_language_gets_its_own_cells_and_the_shared_ones(read) -> None:
    notebook = read(TITLE + LANGUAGE_CELLS + "\n# %%\nprint(1)\n")
    french, english = (source.for_language(notebook, lang) for lang in ("fr", "en"))
    assert [cell.source for cell in french.cells] == ["# Les conteneurs", "%env COURSE_LANG=fr", "print(1)"]
    assert [cell.source for cell in english.cells] == ["# Containers", "%env COURSE_LANG=en", "print(1)"]
    nbformat.validate(french)


def test_shell_and_magic_lines_come_out_bare(read) -> None:
    notebook = read(LANGUAGE_CELLS + "\n# %%\n# !aws ecr describe-repositories\n")
    assert source.for_language(notebook, "en").cells[-1].source == "!aws ecr describe-repositories"


def test_ids_come_from_the_content_and_are_unique(read) -> None:
    text = LANGUAGE_CELLS + "\n# %%\nprint(1)\n\n# %%\nprint(1)\n"
    once, twice = source.for_language(read(text), "fr"), source.for_language(read(text), "fr")
    ids = [cell.id for cell in once.cells]
    assert ids == [cell.id for cell in twice.cells]
    assert len(set(ids)) == len(ids) == 3
    longer = source.for_language(read(TITLE + text), "fr")
    assert [cell.id for cell in longer.cells][1:] == ids


def test_a_challenge_is_empty_for_learners_and_solved_for_tests(read) -> None:
    notebook = read(LANGUAGE_CELLS + '\n# %% tags=["challenge"]\nanswer = 42\n')
    learner = source.for_language(notebook, "fr").cells[-1]
    assert (learner.source, learner.metadata.tags) == ("", ["challenge"])
    assert source.for_language(notebook, "fr", solved=True).cells[-1].source == "answer = 42"


def test_a_cell_that_needs_an_engine_is_skipped_by_tests_of_the_learners_form_only(read) -> None:
    notebook = read(LANGUAGE_CELLS + '\n# %% tags=["engine"]\n# !docker ps\n')
    assert source.for_language(notebook, "fr").cells[-1].metadata.tags == ["engine", "nbval-skip"]
    assert source.for_language(notebook, "fr", solved=True).cells[-1].metadata.tags == ["engine"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ('# %% [markdown] tags=["fr"]\n# Seule', "its twin is missing right beside it: en"),
        ('# %% [markdown] tags=["en"]\n# Alone', "its twin is missing right beside it: fr"),
        (
            '# %% [markdown] tags=["fr"]\n# A\n\n# %%\n1\n\n# %% [markdown] tags=["en"]\n# A',
            "its twin is missing",
        ),
        ('# %% [markdown] tags=["fr"]\n# A\n\n# %% tags=["en"]\n1', "its twin is missing"),
        ('# %% [markdown] tags=["fr", "en"]\n# A', "its twin is missing"),
        ("# %% [markdown]\n# Whose?", "a text cell carries the tag fr or en"),
        ('# %% tags=["homework"]\n1', "unknown tag: homework"),
        (
            '# %% [markdown] tags=["fr"]\n# ## A\n\n# %% [markdown] tags=["en"]\n# ### A',
            "headings are not of the same levels",
        ),
        ("# %% [raw]\n# x", "a raw cell"),
        ("# %%\n\n# %%\n1", "the cell is empty"),
    ],
)
def test_a_broken_rule_names_file_cell_and_rule(read, cells: str, told: str) -> None:
    found = messages(read(LANGUAGE_CELLS + "\n" + cells + "\n"))
    assert found
    assert found[0].startswith("src/01_topic.py, cell 3 (“")
    assert told in found[0]


def test_the_first_code_cell_sets_the_language(read) -> None:
    assert "must set the language" in messages(read(TITLE + "\n# %%\nprint(1)\n"))[0]


def test_a_number_sign_inside_a_code_block_is_no_heading(read) -> None:
    fenced = "# ```sh\n# # {}\n# ```\n"
    pair = f'# %% [markdown] tags=["fr"]\n{fenced.format("un")}\n# %% [markdown] tags=["en"]\n# ```\n# x\n# ```\n'
    assert messages(read(LANGUAGE_CELLS + "\n" + pair)) == []
