"""Runs the service: `python -m frenchbakery.frontend`."""

from frenchbakery.common.server import run
from frenchbakery.frontend.app import create_app

run("frontend", create_app)
