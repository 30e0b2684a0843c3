"""nbval as this course runs it: text is compared, displays are not, every notebook has its own world."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from labs.authoring.source import KERNEL
from labs.workspace import NOTEBOOKS

SANITIZE = Path(__file__).parent / "sanitize.cfg"


@pytest.fixture
def nbval(tmp_path: Path):
    def run(*cells: nbformat.NotebookNode) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "fr"
        folder.mkdir()
        shutil.copy(NOTEBOOKS / "conftest.py", tmp_path)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": KERNEL}), folder / "01.ipynb")
        command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", str(SANITIZE)]
        return subprocess.run(
            [*command, "-p", "no:cacheprovider", "--color=no", "-q", "."],
            cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    return run


def ran(code: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    return new_code_cell(code, outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)})


def printed(text: str) -> nbformat.NotebookNode:
    return new_output("stream", name="stdout", text=text)


def test_what_may_vary_passes(nbval) -> None:
    display = 'from IPython.display import display\nimport time\ndisplay({{"text/plain": "clock", "{}": str(time.time())}}, raw=True)'
    kinds = ("text/html", "image/svg+xml")
    cells = [
        ran(display.format(kind), new_output("display_data", {"text/plain": "clock", kind: "then"}))
        for kind in kinds
    ]
    port = ran('print("http://127.0.0.1:4321/")', printed("http://127.0.0.1:8765/\n"))
    widget = ran(
        "import ipywidgets\nipywidgets.IntSlider()",
        new_output("execute_result", {"text/plain": "IntSlider(value=0)"}, execution_count=1),
    )
    empty = new_code_cell("", metadata={"tags": ["challenge"]})
    result = nbval(*cells, port, widget, empty)
    assert "5 passed" in result.stdout, result.stdout


def test_what_must_not_vary_fails(nbval) -> None:
    result = nbval(
        ran('print("RUNNING")', printed("STOPPED\n")),
        ran("{}['x']", tags=()),
        ran("1", new_output("execute_result", {"text/plain": "2"}, execution_count=1)),
        ran('print("new")'),
    )
    assert "4 failed" in result.stdout, result.stdout


def test_each_notebook_has_a_home_and_a_cloud_of_its_own(nbval) -> None:
    code = "import os\nfrom labs.learner import home\nprint(os.environ['COURSE_CLOUD'], os.environ['COURSE_LANG'], list(home().iterdir()))"
    result = nbval(ran(code, printed("ephemeral fr []\n")))
    assert "1 passed" in result.stdout, result.stdout


def test_a_notebook_leaves_nothing_beside_it(nbval, tmp_path: Path) -> None:
    result = nbval(ran("from pathlib import Path\n_ = Path('left.txt').write_text('crumbs')"))
    assert "1 passed" in result.stdout, result.stdout
    assert [path.name for path in (tmp_path / "fr").iterdir()] == ["01.ipynb"]
