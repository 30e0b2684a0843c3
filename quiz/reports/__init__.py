"""What the learner's record says (the package is plural because `quiz.report()` is what a notebook calls).

`of_record` (or `summarise`, pure) → `figure` (SVG), `html` (a page), `tables.headlines` and `tables.tables` (texts).
"""

from quiz.reports.page import html
from quiz.reports.plot import description, figure
from quiz.reports.statistics import Summary, of_record, summarise

__all__ = ["Summary", "description", "figure", "html", "of_record", "summarise"]
