"""nbval as this course runs it: text is compared, displays are not, every notebook has its own world."""

from __future__ import annotations

import os
import re
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


def ran(code: str, *outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_code_cell(code, outputs=list(outputs), execution_count=1)


def printed(text: str) -> nbformat.NotebookNode:
    return new_output("stream", name="stdout", text=text)


def displayed(kind: str) -> nbformat.NotebookNode:
    """A cell whose display is another in every run."""
    code = f'from IPython.display import display\nimport time\ndisplay({{"text/plain": "clock", "{kind}": str(time.time())}}, raw=True)'
    return ran(code, new_output("display_data", {"text/plain": "clock", kind: "then"}))


CRUMBS = """from pathlib import Path
from labs.learner import home
_ = Path('left.txt').write_text('crumbs'), (home() / 'left.txt').write_text('crumbs')"""
WORLD = "import os\nfrom labs.learner import home\nprint(os.environ['COURSE_CLOUD'], os.environ['COURSE_LANG'], list(home().iterdir()))"
MAY_VARY = [
    displayed("text/html"),
    displayed("image/svg+xml"),
    ran('print("http://127.0.0.1:4321/")', printed("http://127.0.0.1:8765/\n")),
    ran(
        "import ipywidgets\nipywidgets.IntSlider()",
        new_output("execute_result", {"text/plain": "IntSlider(value=0)"}, execution_count=1),
    ),
    new_code_cell("", metadata={"tags": ["challenge"]}),
]
MUST_NOT_VARY = [
    ran('print("RUNNING")', printed("STOPPED\n")),
    ran("{}['x']"),
    ran("1", new_output("execute_result", {"text/plain": "2"}, execution_count=1)),
    ran('print("new")'),
]
CELLS = {
    "01": [ran(CRUMBS), *MAY_VARY, *MUST_NOT_VARY],
    "02": [ran(WORLD, printed("ephemeral fr []\n"))],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks, and how nbval is set up for the course's."""
    base = tmp_path_factory.mktemp("nbval")
    shutil.copy(NOTEBOOKS / "conftest.py", base)
    (base / "pytest.ini").write_text("[pytest]\n")
    (base / "fr").mkdir()
    for name, cells in CELLS.items():
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), base / f"fr/{name}.ipynb")
    return base


@pytest.fixture(scope="module")
def told(folder: Path) -> str:
    """What nbval says of the notebooks."""
    command = [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-p", "nbval.plugin", "--nbval"]
    return subprocess.run(
        [*command, "--nbval-sanitize-with", str(SANITIZE), "-p", "no:cacheprovider", "--color=no", "-v", "."],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # the other plugins take longer to load
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip


def outcomes(told: str, name: str) -> list[str]:
    return re.findall(rf"fr/{name}\W+ipynb::Cell \d+ (PASSED|FAILED)", told)


def test_what_may_vary_passes_and_what_must_not_vary_fails(told: str) -> None:
    passed, failed = ["PASSED"] * len(MAY_VARY), ["FAILED"] * len(MUST_NOT_VARY)
    assert outcomes(told, "01")[1:] == passed + failed, told


def test_each_notebook_has_a_home_and_a_cloud_of_its_own(told: str) -> None:
    assert outcomes(told, "02") == ["PASSED"], told


def test_a_notebook_leaves_nothing_beside_it(told: str, folder: Path) -> None:
    assert outcomes(told, "01")[0] == "PASSED", told
    assert sorted(path.stem for path in (folder / "fr").iterdir()) == sorted(CELLS)
