"""Runs the service: `python -m frenchbakery.reviews`."""

from frenchbakery.common.server import run
from frenchbakery.reviews.app import create_app

run("reviews", create_app)
