"""The learner's working copy of the notebooks, in their home folder.

The clone stays clean and updates never conflict: untouched notebooks follow the course, changed ones
stay the learner's, with the new version offered beside them.

What is delivered has no outputs: a learner sees at a glance what they have run, no link leads to a shop of another
day, and JupyterLab, which shows no picture of a notebook that it does not trust, has none to mangle.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from labs.learner import Language, home, language

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"  # of the clone the course runs from


class UnknownNotebook(LookupError):
    """No notebook has the wanted name; `known` are those that exist."""

    def __init__(self, name: str, known: list[str]):
        super().__init__(name)
        self.name = name
        self.known = known


@dataclass
class Refreshed:
    """What a refresh did, by file name."""

    folder: Path
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # changed by the learner → the new version beside it


def find(name: str, names: list[str]) -> str:
    """The one of `names` that is `name`, has it as its number, or alone begins with it. Raises UnknownNotebook."""
    wanted = name.removesuffix(".ipynb").removesuffix(".py")
    if wanted in names:
        return wanted
    numbered = [known for known in names if known.startswith(f"{wanted}_")]  # "06" is not 06b
    matching = numbered or [known for known in names if known.startswith(wanted)]
    if len(matching) != 1:
        raise UnknownNotebook(name, matching or names)
    return matching[0]


def refresh(
    course_home: Path | None = None, lang: Language | None = None, *, notebooks: Path = NOTEBOOKS
) -> Refreshed:
    """Bring the working copy of one language up to date, keeping whatever the learner changed.

    Home folder and language are the learner's unless given. A notebook is untouched while its cells say what was
    delivered: running and saving it changes outputs only. The new version of a touched one is written beside it
    as `NN_topic.new.ipynb`.
    """
    lang = lang or language()
    folder = (course_home or home()) / "notebooks" / lang
    folder.mkdir(parents=True, exist_ok=True)
    done = Refreshed(folder)
    delivered = _delivered(folder)
    for origin in sorted((notebooks / lang).glob("*.ipynb")):
        name, new, mine = origin.name, _unrun(origin.read_bytes()), folder / origin.name
        theirs = _digest(mine.read_bytes()) if mine.exists() else None
        untouched = theirs is not None and delivered.get(name) == theirs
        if theirs == _digest(new):
            _offer(mine).unlink(missing_ok=True)
        elif theirs is None or untouched:
            (done.added if theirs is None else done.updated).append(name)
            _write(mine, new)
        else:
            if delivered.get(name) != _digest(new):
                _write(_offer(mine), new)
                done.kept[name] = _offer(mine).name
            continue
        delivered[name] = _digest(new)
    _remember(folder, delivered)
    return done


def reset(
    name: str,
    course_home: Path | None = None,
    lang: Language | None = None,
    *,
    now: datetime | None = None,
    notebooks: Path = NOTEBOOKS,
) -> Path | None:
    """Replace one notebook of the working copy by the course's; return the backup of the old one, if any.

    `name` may be the beginning of the name ("06"). Raises UnknownNotebook.
    """
    lang = lang or language()
    name = find(name, sorted(path.stem for path in (notebooks / lang).glob("*.ipynb")))
    folder = (course_home or home()) / "notebooks" / lang
    folder.mkdir(parents=True, exist_ok=True)
    mine = folder / f"{name}.ipynb"
    new = _unrun((notebooks / lang / mine.name).read_bytes())
    backup = None
    if mine.exists():
        backup = _free(folder / "backups", mine.stem, now or datetime.now())
        _write(backup, mine.read_bytes())
    _write(mine, new)
    _offer(mine).unlink(missing_ok=True)
    _remember(folder, _delivered(folder) | {mine.name: _digest(new)})
    return backup


def _offer(mine: Path) -> Path:
    return mine.with_suffix(".new.ipynb")


def _free(folder: Path, stem: str, now: datetime) -> Path:
    """A dated name that no earlier backup has."""
    folder.mkdir(exist_ok=True)
    dated = f"{stem}.{now:%Y-%m-%d_%H-%M-%S}"
    names = (dated, *(f"{dated}_{count}" for count in range(2, 1000)))
    return next(path for name in names if not (path := folder / f"{name}.ipynb").exists())


def _unrun(content: bytes) -> bytes:
    """The notebook as it is before any cell has run; what is no notebook stays as it is."""
    try:
        notebook = json.loads(content)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return content
    for cell in cells:
        cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(content: bytes) -> str:
    """Of what the cells say, outputs and metadata left aside; of the bytes where they are no notebook."""
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _delivered(folder: Path) -> dict[str, str]:
    """File name → digest of the version last delivered; empty when unknown, so that all counts as changed."""
    try:
        known = json.loads((folder / ".delivered.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(folder: Path, delivered: dict[str, str]) -> None:
    _write(folder / ".delivered.json", json.dumps(delivered, indent=1, sort_keys=True).encode())


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a kill never leaves half a notebook."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    scratch.write_bytes(content)
    scratch.replace(path)
