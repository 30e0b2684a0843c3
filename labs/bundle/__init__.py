"""The course as one folder for a room without internet: sources, notebooks and every wheel they need."""

from labs.bundle.cli import app

__all__ = ["app"]
