"""One JavaScript module from several files: a widget has exactly one, and it must work without a network.

A file imports from those beside it by `import { … } from "./name.js";`, one import a line, and exports at the start of
a line. Names at the top of a file are those of the whole bundle: a test holds that none is taken twice.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


def bundle(entry: str) -> str:
    """The text of the entry after that of every file it needs, each once."""
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        source = (STATIC / name).read_text(encoding="utf-8")
        for needed in _IMPORT.findall(source):
            if needed not in parts:
                add(needed)
        parts[name] = _EXPORT.sub("", _IMPORT.sub("", source))

    add(entry)
    return "\n".join(parts.values())
