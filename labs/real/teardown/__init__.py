"""`course lab`: take away everything that a run made, and confirm with AWS that nothing is left.

What to delete and in which order is a pure plan over a survey of what exists. The deletes go through the
run's own guarded session, so each is checked against ledger and tag once more before it is sent. Every
step may be repeated and interrupted: a second teardown surveys again and does what remains.
"""

from labs.real.teardown.commands import app

__all__ = ["app"]
