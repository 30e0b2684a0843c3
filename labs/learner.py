"""The learner: their language, their home folder, and texts in both languages.

Everything the course writes for a learner lives under one home folder (`home()`), so that a clone
stays clean and erasing the folder erases the course's traces.
"""

from __future__ import annotations

import json
import locale
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


def home() -> Path:
    """The learner's folder: `$COURSE_HOME`, else `~/frenchbakery-course`. Created, private to its user."""
    path = Path(os.environ.get("COURSE_HOME") or Path.home() / "frenchbakery-course")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _settings_file() -> Path:
    return home() / "settings.json"


def _settings() -> dict[str, str]:
    try:
        settings = json.loads(_settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent or damaged: fall back to the locale rather than stop the course
        return {}
    return settings if isinstance(settings, dict) else {}


def language() -> Language:
    """The learner's language: `$COURSE_LANG`, else the saved choice, else the machine's locale, else English."""
    for wanted in (os.environ.get("COURSE_LANG"), _settings().get("language")):
        if wanted in LANGUAGES:
            return wanted
    tongue = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "fr" if tongue.lower().startswith("fr") else "en"


def choose_language(lang: Language) -> None:
    """Remember the learner's language for later commands. Raises ValueError for another language."""
    if lang not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    scratch = _settings_file().with_suffix(".tmp")
    scratch.write_text(json.dumps(_settings() | {"language": lang}), encoding="utf-8")
    scratch.replace(_settings_file())


class Texts:
    """One module's texts: `{key: {"fr": …, "en": …}}`, with `{placeholders}` filled by keyword.

    >>> say = Texts({"hello": {"fr": "Bonjour {name}", "en": "Hello {name}"}})
    >>> say("hello", lang="fr", name="Ada")
    'Bonjour Ada'
    """

    def __init__(self, catalogue: Mapping[str, Mapping[Language, str]]):
        self.catalogue = catalogue

    def __call__(self, key: str, /, lang: Language | None = None, **values: object) -> str:
        """The text in `lang` (the learner's language when None). Raises KeyError for an unknown key."""
        return self.catalogue[key][lang or language()].format(**values)
