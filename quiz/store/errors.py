"""Why the record cannot be used."""

from __future__ import annotations

from pathlib import Path

from quiz.store.texts import say


class RecordError(Exception):
    """The record cannot be used; the text tells the learner why."""


class UnknownExam(KeyError):
    """The record holds no such exam (any more: it may have been erased meanwhile)."""


class DamagedRecord(RecordError):
    """The file was damaged and has been set aside at `aside`: trying again starts a new record."""

    def __init__(self, aside: Path):
        super().__init__(say("damaged", aside=aside))
        self.aside = aside
