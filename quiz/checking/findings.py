"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from labs.learner import Language
from quiz.checking.texts import say


@dataclass(frozen=True)
class Finding:
    """Something to mend: `key` names the text of `quiz.checking.texts`, `question` what it is about ("" for the bank)."""

    question: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """The finding in words."""
        return say(self.key, lang, **self.values)
