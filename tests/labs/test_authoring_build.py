"""Building runs real kernels; what it writes is the same when run again."""

from __future__ import annotations

from copy import deepcopy
from itertools import cycle
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from labs.authoring import build, check, cli

HEAD = """
# %% [markdown] tags=["fr"]
# # Un
# %% [markdown] tags=["en"]
# # One
# %% tags=["fr"]
# %env COURSE_LANG=fr
# %% tags=["en"]
# %env COURSE_LANG=en
"""
BODY = """
# %%
import os, time, uuid
from pathlib import Path
from IPython.display import HTML, display
from labs.learner import home, language

print(language(), os.environ["COURSE_CLOUD"], list(Path.cwd().iterdir()), list(home().iterdir()))
print([name for name in os.environ if name.startswith("AWS_")])
display(HTML(f"<b>{uuid.uuid4()} {time.time()}</b>"))
# %% tags=["challenge"]
answer = 42
# %% tags=["raises-exception"]
print("before", flush=True)
1 / 0
# %%
import ipywidgets
print("after")
ipywidgets.IntSlider()
"""


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    (folder / "src").mkdir(parents=True)
    monkeypatch.setattr(cli, "NOTEBOOKS", folder)
    return folder


def write(notebooks: Path, text: str, name: str = "01_topic") -> Path:
    path = notebooks / "src" / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def course(*arguments: str):
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[nbformat.NotebookNode]:
    """Two real runs of one source, on a machine that has AWS settings."""
    source = tmp_path_factory.mktemp("runs") / "01_topic.py"
    source.write_text(HEAD + BODY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_PROFILE", "mine")
        return [build.run(source, "fr") for _ in range(2)]


@pytest.fixture
def source(runs: list[nbformat.NotebookNode], notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Their source: whenever it is built, the next of these runs is taken for a run of its own."""
    turns = cycle(runs)
    monkeypatch.setattr(build, "run", lambda *_, **__: deepcopy(next(turns)))
    return write(notebooks, HEAD + BODY)


def test_build_then_build_again_changes_no_byte(source: Path, notebooks: Path) -> None:
    first = build.build(source, "fr", notebooks=notebooks)
    content = first.path.read_bytes()
    again = build.build(source, "fr", notebooks=notebooks)
    assert (first.changed, again.changed) == (True, False)
    assert first.path.read_bytes() == content

    notebook = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(notebook)
    assert dict(notebook.metadata) == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    _, _, shared, challenge, error, widget = notebook.cells
    assert shared.outputs[0].text == "fr ephemeral [] []\n[]\n"
    assert (challenge.source, challenge.execution_count) == ("", None)
    assert error.outputs[-1].traceback == ["ZeroDivisionError: division by zero"]
    assert widget.outputs[-1].data == {"text/plain": "IntSlider(value=0)"}
    assert all(cell.metadata.get("execution") is None for cell in notebook.cells)


def test_fresh_takes_displays_anew_and_changed_text_always_does(source: Path, notebooks: Path) -> None:
    path = build.build(source, "fr", notebooks=notebooks).path
    before = path.read_text()
    assert build.build(source, "fr", notebooks=notebooks, fresh=True).changed
    assert path.read_text() != before

    path.write_text(before.replace('"after\\n"', '"other\\n"'))
    assert build.build(source, "fr", notebooks=notebooks).changed
    assert path.read_text() == before


def test_a_failing_cell_is_named_with_the_end_of_its_traceback(notebooks: Path) -> None:
    write(notebooks, HEAD + '\n# %%\n\nprices = {}\nprices["baguette"]\n')
    write(notebooks, HEAD + "\n# %%\nprint(2)\n", name="02_other")
    result = course("build", "--lang", "fr")
    assert result.exit_code == 1
    assert (
        "01_topic.py [fr], cell 3 (“prices = {}”): the run stopped here: KeyError: 'baguette'"
        in result.stderr
    )
    assert '----> 2 prices["baguette"]' in result.stderr
    assert not (notebooks / "fr/01_topic.ipynb").exists()
    assert (notebooks / "fr/02_other.ipynb").exists(), "the other notebooks are still built"


def test_a_kernel_that_dies_is_an_error_too(notebooks: Path) -> None:
    source = write(notebooks, HEAD + "\n# %%\nimport os\nos._exit(9)\n")
    with pytest.raises(build.BuildError, match=r"cell 3 .*DeadKernelError"):
        build.run(source, "en")


def test_the_solved_form_runs_and_writes_nothing(notebooks: Path) -> None:
    write(notebooks, HEAD + '\n# %% tags=["challenge"]\nraise SystemError("solution is run")\n')
    assert course("build", "--lang", "fr").exit_code == 0
    before = (notebooks / "fr/01_topic.ipynb").read_bytes()
    result = course("build", "--solved", "--lang", "fr")
    assert result.exit_code == 1
    assert "SystemError: solution is run" in result.stderr
    assert (notebooks / "fr/01_topic.ipynb").read_bytes() == before


def test_cells_for_an_engine_run_only_in_the_solved_form_with_one(notebooks: Path) -> None:
    source = write(notebooks, HEAD + '\n# %% tags=["engine"]\nprint("engine")\n')
    seen: list[tuple[int, int]] = []
    assert build.run(source, "fr").cells[-1].execution_count is None
    assert build.run(source, "fr", solved=True).cells[-1].execution_count is None
    with_engine = build.run(source, "fr", solved=True, with_engine=True, progress=lambda *at: seen.append(at))
    assert with_engine.cells[-1].outputs[0].text == "engine\n"
    assert seen[-1] == (3, 3)
    assert seen == sorted(seen)


def test_a_source_that_breaks_a_rule_is_not_run(notebooks: Path) -> None:
    write(notebooks, HEAD + '\n# %% [markdown] tags=["fr"]\n# Seul\n')
    result = course("build")
    assert result.exit_code == 1
    assert "its twin is missing" in result.stderr
    assert not (notebooks / "fr").exists()


def test_an_unknown_name_lists_the_known_ones(notebooks: Path) -> None:
    write(notebooks, HEAD)
    result = course("build", "07")
    assert result.exit_code == 2
    assert "01_topic" in result.stderr


def test_check_rebuild_compares_text_and_not_displays(notebooks: Path) -> None:
    write(
        notebooks, HEAD + "\n# %%\nimport uuid\nfrom IPython.display import HTML\nHTML(str(uuid.uuid4()))\n"
    )
    assert course("build").exit_code == 0
    result = course("check", "--rebuild")
    assert result.exit_code == 0, result.stderr
    assert "2 notebooks checked" in result.stdout


def test_check_rebuild_says_which_text_differs(source: Path, notebooks: Path) -> None:
    target = build.build(source, "fr", notebooks=notebooks).path
    target.write_text(target.read_text().replace('"after\\n"', '"other\\n"'))
    (problem,) = check.rebuilt(source, "fr", lambda done, total: None, notebooks)
    assert "fr/01_topic.ipynb, cell 6" in str(problem)
    assert '-  "stdout": "other' in str(problem)
    assert '+  "stdout": "after' in str(problem)


def test_reset_brings_the_course_s_notebook_back(notebooks: Path, course_home: Path) -> None:
    (notebooks / "en").mkdir()
    (notebooks / "en/01_topic.ipynb").write_text("theirs")
    assert course("reset", "01", "--lang", "en").exit_code == 0
    mine = course_home / "notebooks/en/01_topic.ipynb"
    mine.write_text("mine")
    assert course("reset", "01", "--lang", "en").exit_code == 0
    assert mine.read_text() == "theirs"
    assert [path.read_text() for path in mine.parent.glob("backups/*.ipynb")] == ["mine"]
    assert course("reset", "99").exit_code == 2


@pytest.mark.parametrize("answer", [41, 42])
def test_a_solution_that_its_check_refuses_stops_the_build(notebooks: Path, answer: int) -> None:
    source = write(
        notebooks,
        f"""{HEAD}
# %%
class Outcome:
    def __init__(self, text):
        self.text = text
    def __repr__(self):
        return self.text

class lab:
    check = staticmethod(lambda name: Outcome("✔ well" if answer == 42 else "✘ not 42"))
# %% tags=["challenge"]
answer = {answer}
# %%
lab.check("topic-answer")
""",
    )
    if answer == 42:
        build.run(source, "fr", solved=True)
    else:
        with pytest.raises(build.BuildError, match="not 42"):
            build.run(source, "fr", solved=True)
