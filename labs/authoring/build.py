"""From a source to an executed notebook that is the same, byte for byte, when built again."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labs.authoring.source import first_line, tags
from labs.authoring.source import notebook as from_source
from labs.authoring.texts import say
from labs.learner import Language
from labs.workspace import NOTEBOOKS

CELL_SECONDS = 600  # the longest a cell may take; the slowest waits for services to be stable
ANSI = re.compile(r"\x1b\[[0-9;]*m")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# nbval compares every kind of output but these (see notebooks/conftest.py): they show what varies between runs
NOT_COMPARED = frozenset({"text/html", "image/svg+xml", "image/png", "image/jpeg", WIDGET_VIEW})

Progress = Callable[[int, int], None]  # cells done, cells in all


class BuildError(Exception):
    """A notebook that does not run; the text names notebook, language, cell and the end of the traceback."""


@dataclass(frozen=True)
class Built:
    """One notebook of one language."""

    path: Path
    changed: bool


def kernel_environment(lang: Language, scratch: Path) -> dict[str, str]:
    """The environment of a notebook's kernel here and in tests: a private cloud, home and IPython profile."""
    own = {
        "COURSE_LANG": lang,
        "COURSE_CLOUD": "ephemeral",
        "COURSE_HOME": str(scratch / "home"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "TZ": "UTC",
    }
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return theirs | own


def target(source: Path, lang: Language, notebooks: Path = NOTEBOOKS) -> Path:
    """Where the notebook of a source goes."""
    return notebooks / lang / f"{source.stem}.ipynb"


def build(
    source: Path,
    lang: Language,
    *,
    notebooks: Path = NOTEBOOKS,
    fresh: bool = False,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Execute one source in one language and write its notebook. Raises BuildError.

    Outputs whose compared text has not changed are left as committed (unless `fresh`), so that
    identifiers and timings inside displays do not make every build a change.
    """
    path = target(source, lang, notebooks)
    notebook = run(source, lang, progress=progress)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before is not None and not fresh:
        keep_outputs(notebook, nbformat.reads(before, as_version=4))
    after = nbformat.writes(notebook, version=4) + "\n"
    if after == before:
        return Built(path, changed=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    scratch.write_text(after, encoding="utf-8")
    scratch.replace(path)
    return Built(path, changed=True)


def run(
    source: Path,
    lang: Language,
    *,
    solved: bool = False,
    with_engine: bool = False,
    progress: Progress = lambda done, total: None,
) -> NotebookNode:
    """The executed, scrubbed notebook of one source and language; writes nothing. Raises BuildError.

    The kernel starts in an empty folder of its own, so nothing can lean on the author's files.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = from_source(source, lang, solved=solved)
    current = {"cell": notebook.cells[0], "number": 1} if notebook.cells else {}

    def starting(cell: NotebookNode, cell_index: int) -> None:
        current.update(cell=cell, number=cell_index + 1)
        progress(cell_index, len(notebook.cells))

    with tempfile.TemporaryDirectory(prefix="course-build-", ignore_cleanup_errors=True) as scratch:
        work = Path(scratch, "work")
        work.mkdir()
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_SECONDS,
            resources={"metadata": {"path": str(work)}},
            record_timing=False,
            coalesce_streams=True,
            store_widget_state=False,
            extra_arguments=["--log-level=ERROR"],  # else every start warns about TCP on loopback
            skip_cells_with_tag="" if with_engine else "engine",
            on_cell_start=starting,
        )
        try:
            client.execute(env=kernel_environment(lang, Path(scratch)))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise BuildError(_explain(source, lang, current, error)) from error
    progress(len(notebook.cells), len(notebook.cells))
    scrub(notebook)
    if solved:
        _all_passed(notebook, f"{source.name} [{lang}]")
    return notebook


def _all_passed(notebook: NotebookNode, file: str) -> None:
    """The check below each solved challenge must be content. Raises BuildError."""
    for number, (challenge, below) in enumerate(pairwise(notebook.cells), 2):
        if "challenge" not in tags(challenge) or "lab.check(" not in below.source:
            continue
        said = [output.get("data", {}).get("text/plain", "") for output in below.get("outputs", ())]
        if said and not any(text.startswith("✔") for text in said):
            where = say("cell", file=file, number=number, line=first_line(below))
            raise BuildError(f"{where}: {say('not_passed', said=' '.join(said))}")


def _explain(source: Path, lang: Language, current: dict, error: Exception) -> str:
    where = say(
        "cell", file=f"{source.name} [{lang}]", number=current["number"], line=first_line(current["cell"])
    )
    shown = ANSI.sub("", str(getattr(error, "traceback", error))).strip()
    traceback = (
        re.split(r"(?m)^-{20,}$", shown)[-1].strip().splitlines()
    )  # nbclient repeats the cell above it
    reason = f"{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', '')}".rstrip(": ")
    tail = "\n".join(f"    {line}" for line in traceback[-15:])
    return f"{where}: {say('failed', reason=reason.splitlines()[0], traceback=tail)}"


def scrub(notebook: NotebookNode) -> None:
    """Remove what changes from one run to the next without meaning anything, in place."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        cell.outputs = [output for output in cell.outputs if not _only_a_view(output)]
        for output in cell.outputs:
            if "data" in output:
                output.metadata = {}
                output.data.pop(WIDGET_VIEW, None)  # a view of a model that ended with its kernel
            elif output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]  # frames name files of this machine
    notebook.metadata.pop("widgets", None)
    for name in set(notebook.metadata) - {"kernelspec", "language_info"}:
        del notebook.metadata[name]
    notebook.metadata["language_info"] = {"name": "python"}


def _only_a_view(output: NotebookNode) -> bool:
    return set(output.get("data", ())) == {WIDGET_VIEW}


def compared(outputs: list[NotebookNode]) -> list[dict[str, str]]:
    """What of a cell's outputs must be the same in every run."""
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            kept.append({output.name: output.text})
        elif output.output_type == "error":
            kept.append({"error": f"{output.ename}: {output.evalue}"})
        elif data := {kind: text for kind, text in output.data.items() if kind not in NOT_COMPARED}:
            kept.append(data)
    return kept


def keep_outputs(notebook: NotebookNode, committed: NotebookNode) -> None:
    """Give each cell its committed outputs where the compared ones are equal, in place."""
    before = {cell.get("id"): cell for cell in committed.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        old = before.get(cell.id)
        if cell.cell_type == "code" and old and compared(old.outputs) == compared(cell.outputs):
            cell.outputs = old.outputs
