"""Whether a mention is asserted, denied (or set aside), only spoken of, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from labs.learner import Language
from quiz.open_answer import denials, judgements
from quiz.open_answer.layout import Layout
from quiz.open_answer.matching import Mention, Span
from quiz.open_answer.tokens import Token


class Polarity(Enum):
    """What an answer does with a concept that it mentions."""

    ASSERTED = "asserted"
    DENIED = "denied"  # or set aside: named only to be turned down
    OBSERVED = "observed"  # something is said about it, which is not to propose it ("EC2 needs patching")
    NEUTRAL = "neutral"  # named in a question, a concession, a reason against something else


class Polarities:
    """The polarity of every word of an answer, given its mentions."""

    def __init__(self, tokens: Sequence[Token], mentions: Iterable[Mention], lang: Language):
        layout = Layout(tokens, mentions, lang)
        self._named = layout.named
        self._denied = denials.negated(layout) ^ denials.turned(
            layout
        )  # "never without limits": both, so neither
        condemned, freed = judgements.condemned(layout, self._is_denied)
        self._denied = (self._denied - freed) | condemned
        self._neutral = judgements.neutral(layout, self._is_denied)
        self._observed = judgements.observed(layout, self._is_denied)

    def of(self, mention: Mention) -> Polarity:
        """The polarity of the mention's head; neutral if its other parts disagree with it."""
        parts = {self._of_span(span) for span in mention.spans}
        if mention.head.start in self._named and self._of_span(mention.head) is Polarity.DENIED:
            return Polarity.DENIED  # "IAM is not useful for ECR"
        if Polarity.NEUTRAL in parts or (Polarity.DENIED in parts and len(parts) > 1):
            return Polarity.NEUTRAL
        return self._of_span(mention.head)

    def _of_span(self, span: Span) -> Polarity:
        # what reaches the first word of a term covers it; a cue inside ("no new privileges") belongs to the term
        if self._is_denied(span.start):
            return Polarity.DENIED
        if span.start in self._neutral:
            return Polarity.NEUTRAL
        return Polarity.OBSERVED if span.start in self._observed else Polarity.ASSERTED

    def _is_denied(self, place: int) -> bool:
        return place in self._denied
