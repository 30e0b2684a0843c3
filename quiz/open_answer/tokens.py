"""From normalised text to words and punctuation, grouped in sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

SENTENCE_ENDS = frozenset(".!?\n")
PUNCTUATION = frozenset(".!?;,:()\n")

# A full stop, colon or comma inside a number or name ("0.25", "ecr:BatchGetImage") does not part anything.
_PIECES = re.compile(r"[a-z0-9]+|[!?;\n]|[.,:](?=[\s\"')\]}]|$)|[()]|(?<![\w*])\*(?![\w*])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of punctuation, with the number of its sentence."""

    text: str
    sentence: int

    @property
    def is_word(self) -> bool:
        """Whether this is a word rather than punctuation."""
        return self.text not in PUNCTUATION


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a normalised text, in order."""
    tokens: list[Token] = []
    sentence = 0
    for match in _PIECES.finditer(text):
        piece = match.group()
        tokens.append(Token(piece, sentence))
        if piece in SENTENCE_ENDS:
            sentence += 1
    return tuple(tokens)
