"""Runs the service: `python -m frenchbakery.orders`."""

from frenchbakery.common.server import run
from frenchbakery.orders.app import create_app

run("orders", create_app)
