"""The bank in other programs' formats, and back.

Every format goes through `plain`: one question in one language. A writer gives the file's content and the list
of what the format could not hold; a reader gives the questions and the list of what it could not read.
"""
