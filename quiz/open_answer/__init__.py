"""Grading of open answers: normalise, thesaurus, polarity, rubric, verdict."""
