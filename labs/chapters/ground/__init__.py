"""What several notebooks stand on, and taking it away.

Everything carries a name of the chapter's. Each function creates what is absent, or deletes what is there: it can
run twice. It looks before it deletes: on a real account a call about what the course never made is refused.
"""
