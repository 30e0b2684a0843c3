"""The learner's record: one SQLite file, every answer durable before its feedback shows."""

from quiz.store.entries import Answer, Attempt, Mode
from quiz.store.errors import DamagedRecord, RecordError, UnknownExam
from quiz.store.record import Record, Reschedule

__all__ = ["Answer", "Attempt", "DamagedRecord", "Mode", "Record", "RecordError", "Reschedule", "UnknownExam"]
