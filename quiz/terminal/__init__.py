"""The quiz in a plain terminal, also through a pipe: `practice` for every mode with feedback at once, `exam` for mock exams.

What is read comes from `read` (a line; EOFError at the end), what is shown goes to `write`; Ctrl-C is the caller's, but for an exam.
"""
