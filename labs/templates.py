"""The shop as one CloudFormation template, which the lab's last part deploys."""

from __future__ import annotations

from pathlib import Path

SHOP = Path(__file__).parents[1] / "frenchbakery" / "deploy" / "cloudformation" / "frenchbakery.yaml"
