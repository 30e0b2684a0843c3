"""The images run on the versions that were tested."""

from __future__ import annotations

from tests.frenchbakery.bakery import ROOT


def pins(name: str) -> dict[str, str]:
    """Version by package of a requirements file."""
    lines = (ROOT / name).read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {package.lower().replace("_", "-"): version for package, version in pairs}


def test_images_and_tests_use_the_same_versions() -> None:
    tested, shipped = pins("constraints.txt"), pins("frenchbakery/requirements.txt")
    assert len(shipped) > 7
    assert shipped == {package: tested.get(package) for package in shipped}
