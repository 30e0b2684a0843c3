"""Progress as the learner sees it: one display that changes in a notebook, lines in a terminal."""

from __future__ import annotations

import sys
from html import escape
from typing import Any

from labs.images.model import Report
from labs.view.display import Shown


def shown(title: str) -> Report:
    """A report under a title. In a notebook the title alone is what tests compare."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if type(shell).__name__ != "ZMQInteractiveShell":
        print(title)
        return lambda subject, line: print("  " + line)
    from IPython.display import display

    lines: dict[str, str] = {}
    handle = display(Shown(title, f"<p>{escape(title)}</p>"), display_id=True)

    def report(subject: str, line: str) -> None:
        lines[subject] = line
        handle.update(
            Shown(title, f"<p>{escape(title)}</p><pre>{escape(chr(10).join(lines.values()))}</pre>")
        )

    return report
