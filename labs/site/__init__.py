"""The course as a static site: the committed notebooks in both languages, made into pages that any host serves."""

from labs.site.cli import app

__all__ = ["app"]
