"""Basic scanning against the bundled list of vulnerabilities: short, dated, and named as such in every finding.

ECR's own list is complete and current; this one knows some famous vulnerabilities, so that a scan finds something
to talk about without the Internet. A clean result means little, and says so.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from itertools import zip_longest

import yaml

from labs.cloud.registry.packages import Package, System


@dataclass(frozen=True)
class Vulnerability:
    """A known vulnerability; `fixed`: (system, release, source package) → the first version without it."""

    name: str
    severity: str
    description: str
    fixed: dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class OfflineList:
    """The bundled list, the day it was written and where its facts are from."""

    date: datetime
    source: str
    vulnerabilities: tuple[Vulnerability, ...]


@dataclass(frozen=True)
class Finding:
    """A package of an image that has a known vulnerability."""

    vulnerability: Vulnerability
    package: Package
    fixed_in: str


@functools.cache
def offline_list() -> OfflineList:
    """The list that comes with the course."""
    content = yaml.safe_load(resources.files(__package__).joinpath("vulnerabilities.yaml").read_text("utf-8"))
    entries = tuple(
        Vulnerability(
            entry["name"],
            entry["severity"],
            entry["description"],
            {(fix["system"], fix["release"], fix["package"]): fix["version"] for fix in entry["fixed"]},
        )
        for entry in content["vulnerabilities"]
    )
    return OfflineList(
        datetime.fromisoformat(content["date"]).replace(tzinfo=UTC), content["source"], entries
    )


def find(system: System) -> list[Finding]:
    """What the list knows of the system's packages, worst first."""
    order = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]
    findings = []
    for vulnerability in offline_list().vulnerabilities:
        for package in system.packages:
            fixed = vulnerability.fixed.get((system.name, system.release, package.source))
            if fixed is not None and compare(package.version, fixed) < 0:
                findings.append(Finding(vulnerability, package, fixed))
    return sorted(
        findings, key=lambda f: (order.index(f.vulnerability.severity), f.vulnerability.name, f.package.name)
    )


def compare(one: str, other: str) -> int:
    """Negative, zero or positive as version `one` is before, the same as or after `other`.

    Debian Policy, "Version"; Alpine's versions sort the same way once their pre-release suffixes have Debian's sign.
    """
    for left, right in zip(_parts(one), _parts(other), strict=True):
        for a, b in zip_longest(_tokens(left), _tokens(right), fillvalue=("", 0)):
            if _key(a) != _key(b):
                return -1 if _key(a) < _key(b) else 1
    return 0


def _parts(version: str) -> tuple[str, str, str]:
    """Epoch, upstream version, revision."""
    version = re.sub(r"_(?=alpha|beta|pre|rc)", "~", version)
    epoch, colon, rest = version.rpartition(":")
    upstream, hyphen, revision = rest.rpartition("-")
    return (epoch if colon else "0"), (upstream if hyphen else rest), (revision if hyphen else "0")


def _tokens(text: str) -> list[tuple[str, int]]:
    """Pairs of what is no digit and the number that follows."""
    return [
        (word, int(number or 0)) for word, number in re.findall(r"(\D*)(\d{0,18})", text) if word or number
    ]


def _key(token: tuple[str, int]) -> tuple[list[int], int]:
    # ~ sorts before the end of the text, letters before all other signs.
    word, number = token
    order = [-1 if sign == "~" else ord(sign) if sign.isalpha() else ord(sign) + 256 for sign in word]
    return [*order, 0], number
