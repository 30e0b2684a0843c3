"""Runs the service: `python -m frenchbakery.products`."""

from frenchbakery.common.server import run
from frenchbakery.products.app import create_app

run("products", create_app)
