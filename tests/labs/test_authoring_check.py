"""Each rule about committed notebooks: what it refuses, and what it lets through."""

from __future__ import annotations

import socket
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from labs.authoring import check, source
from labs.learner import LANGUAGES

SOURCE = """
# %% [markdown] tags=["fr"]
# # Un
# %% [markdown] tags=["en"]
# # One
# %% tags=["fr"]
# %env COURSE_LANG=fr
# %% tags=["en"]
# %env COURSE_LANG=en
"""


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A source and its two notebooks, as if they had been executed."""
    (tmp_path / "src").mkdir()
    path = tmp_path / "src/01_topic.py"
    path.write_text(SOURCE)
    for lang in LANGUAGES:
        notebook = source.for_language(source.read(path), lang)
        notebook.cells[-1].execution_count = 1
        (tmp_path / lang).mkdir()
        nbformat.write(notebook, tmp_path / lang / "01_topic.ipynb")
    return tmp_path


def found(notebooks: Path) -> list[str]:
    sources = sorted((notebooks / "src").glob("*.py"))
    return [str(problem) for problem in [*check.check(sources, notebooks), *check.orphans(notebooks)]]


def test_a_fresh_build_is_well(notebooks: Path) -> None:
    assert found(notebooks) == []


def test_an_edited_source_makes_the_build_stale(notebooks: Path) -> None:
    path = notebooks / "src/01_topic.py"
    path.write_text(SOURCE.replace("# # One", "# # First"))
    assert found(notebooks) == [
        "en/01_topic.ipynb, cell 1 (“# One”): differs from the source: run “course notebooks build 01_topic”"
    ]
    path.write_text(SOURCE + "\n# %%\nprint(1)\n")
    assert "has 2 cells, the source gives 3" in found(notebooks)[0]


def test_an_edit_by_hand_is_seen(notebooks: Path) -> None:
    path = notebooks / "fr/01_topic.ipynb"
    path.write_text(path.read_text().replace("# Un", "# Deux"))
    assert "fr/01_topic.ipynb, cell 1 (“# Deux”): differs from the source" in found(notebooks)[0]


def test_missing_orphaned_and_damaged_notebooks(notebooks: Path) -> None:
    (notebooks / "fr/01_topic.ipynb").rename(notebooks / "fr/02_other.ipynb")
    (notebooks / "en/01_topic.ipynb").write_text("{")
    missing, damaged, orphan = found(notebooks)
    assert missing.startswith("fr/01_topic.ipynb: is not built")
    assert damaged.startswith("en/01_topic.ipynb: is not a readable notebook")
    assert orphan == "fr/02_other.ipynb: has no source in notebooks/src"


def test_a_cell_that_did_not_run_is_named(notebooks: Path) -> None:
    path = notebooks / "fr/01_topic.ipynb"
    path.write_text(path.read_text().replace('"execution_count": 1', '"execution_count": null'))
    assert found(notebooks) == ["fr/01_topic.ipynb, cell 2 (“%env COURSE_LANG=fr”): has not been executed"]


def test_challenges_and_engine_cells_need_not_have_run() -> None:
    for tag in ("challenge", "engine"):
        assert not list(check.executed(new_code_cell(metadata={"tags": [tag]})))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("![Deux zones](z.svg)", 0),
        ("![](z.svg)", 1),
        ("texte ![ ](z.svg) suite", 1),
        ('<img src="z.svg" alt="Two zones">', 0),
        ('<img src="z.svg">', 1),
        ('<img src="z.svg" alt="">', 1),
        ("```\n![](z.svg)\n```", 0),
    ],
)
def test_images_have_alternative_text(text: str, count: int) -> None:
    assert len(list(check.alternative_text(new_markdown_cell(text)))) == count


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (
            "[suite](01_topic.ipynb) [web](https://example.com) [ici](#Un) [boîte](mailto:a@example.com)",
            [],
        ),
        ("[suite](01_topic.ipynb#Un)", []),
        ("[suite](01_topic.ipynb#titre)", ["dead_link"]),
        ("[ici](#titre)", ["dead_link"]),
        ("[mort](03_absent.ipynb)", ["dead_link"]),
        ("![image](absente.png)", ["dead_link"]),
        ("[haut](../README.md)", ["link_leaves"]),
    ],
)
def test_links_lead_to_notebooks_of_the_same_language(notebooks: Path, text: str, keys: list[str]) -> None:
    findings = check.links(new_markdown_cell(text), notebooks / "fr/01_topic.ipynb", notebooks / "src")
    assert [key for key, _ in findings] == keys


def test_a_link_may_lead_to_a_notebook_that_is_built_later(notebooks: Path) -> None:
    (notebooks / "src/02_next.py").write_text(SOURCE)
    cell = new_markdown_cell("[suite](02_next.ipynb)")
    assert not list(check.links(cell, notebooks / "fr/01_topic.ipynb", notebooks / "src"))


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("# a short comment\nx = 1", 0),
        ("# one line\n# and another: this is prose\nx = 1", 1),
        ("x = 1  # beside code, however long it may be, because that is rarely an explanation at all", 0),
        ("# " + "word " * 13, 1),
        ('text = "# not a comment\\n# nor this"', 0),
        ("!aws ecr describe-repositories\n# then\nx = 1", 0),
        ("if x:\n    !aws ecs list-clusters\n", 0),
        ("%%bash\n# a shell comment\n# and another\nls", 0),
        ("this is not python (", 0),
    ],
)
def test_code_holds_no_prose(code: str, count: int) -> None:
    assert len(list(check.prose(new_code_cell(code)))) == count


@pytest.mark.parametrize(
    "text", ["/home/ada/course", "/Users/ada/x", "/tmp/tmpabc/x", "C:\\Users\\ada", str(source.SOURCES)]
)
def test_the_authors_machine_does_not_show(text: str) -> None:
    printed = new_code_cell("print(x)", outputs=[new_output("stream", text=f"in {text}\n")])
    assert list(check.machine(printed))
    assert list(check.machine(new_markdown_cell(f"See {text}")))


def test_the_host_name_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "bakery-laptop")
    shown = new_code_cell("x", outputs=[new_output("display_data", {"text/html": "<b>bakery-laptop</b>"})])
    assert [values for _, values in check.machine(shown)] == [{"found": "bakery-laptop"}]


def test_paths_of_containers_and_addresses_may_show() -> None:
    text = "/app/frenchbakery /tmp 127.0.0.1 https://example.com/home/page"
    assert not list(check.machine(new_markdown_cell(text)))
