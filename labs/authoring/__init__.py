"""Writing notebooks: one source per topic, two executed notebooks built from it, one check of both."""

from labs.authoring.cli import app

__all__ = ["app"]
