"""How nbval runs the notebooks: a cloud and a home of its own for each, and displays not compared."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

import pytest

from labs.authoring.build import NOT_COMPARED, kernel_environment

LAST = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a notebook's first cell: its kernel inherits this process's environment."""
    if item.path.suffix != ".ipynb" or item.config.stash.get(LAST, None) == item.path:
        return
    item.config.stash[LAST] = item.path
    scratch = tempfile.mkdtemp(prefix="course-nbval-")
    item.config.add_cleanup(partial(shutil.rmtree, scratch, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(kernel_environment(item.path.parent.name, Path(scratch)))
    _start_in(Path(scratch, "work"))


def _start_in(folder: Path) -> None:
    """Let kernels begin in a folder of their own, as a build does: nbval starts them among the committed notebooks."""
    startup = Path(os.environ["IPYTHONDIR"], "profile_default/startup")
    for each in (folder, startup):
        each.mkdir(parents=True)
    (startup / "folder.py").write_text(f"import os\n\nos.chdir({str(folder)!r})\n", encoding="utf-8")


def pytest_itemcollected(item: pytest.Item) -> None:
    """nbval compares HTML and SVG as if they were text; in this course they show what varies."""
    if hasattr(item.parent, "skip_compare"):
        item.parent.skip_compare = tuple({*item.parent.skip_compare, *NOT_COMPARED})
