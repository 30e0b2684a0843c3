"""The Kubernetes versions, add-ons and access policies that AWS offers: read from `catalogue.yaml`, pure from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

STANDARD, EXTENDED, UNSUPPORTED = "STANDARD_SUPPORT", "EXTENDED_SUPPORT", "UNSUPPORTED"
PUBLISHER = "eks"  # every add-on listed here is AWS's own
POLICY_PREFIX = "arn:aws:eks::aws:cluster-access-policy/"


def _midnight(day: date) -> datetime:
    """AWS's calendar counts days in UTC."""
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True)
class Version:
    """A minor version of Kubernetes on EKS."""

    name: str  # "1.34"
    released: date
    standard_until: date
    extended_until: date
    platform: str
    patch: str

    @property
    def number(self) -> tuple[int, int]:
        """To compare versions by."""
        return parse(self.name)

    def status(self, now: datetime) -> str | None:
        """Its support at that time; None before its release. Extended support starts with the day that ends standard
        support ["Understand the Kubernetes version lifecycle on EKS"]."""
        if now < _midnight(self.released):
            return None
        if now < _midnight(self.standard_until):
            return STANDARD
        return EXTENDED if now < _midnight(self.extended_until) else UNSUPPORTED

    def describe(self, now: datetime, default: bool) -> dict[str, Any]:
        """As DescribeClusterVersions tells it."""
        status = self.status(now) or UNSUPPORTED
        return {
            "clusterVersion": self.name,
            "clusterType": "eks",
            "defaultPlatformVersion": self.platform,
            "defaultVersion": default,
            "releaseDate": _midnight(self.released),
            "endOfStandardSupportDate": _midnight(self.standard_until),
            "endOfExtendedSupportDate": _midnight(self.extended_until),
            "status": status.lower().replace("_", "-"),
            "versionStatus": status,
            "kubernetesPatchVersion": self.patch,
        }


@dataclass(frozen=True)
class AddonType:
    """An add-on with its versions, newest first: version → the cluster versions that it works with."""

    name: str
    type: str
    namespace: str
    computes: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # service account → policies

    def default(self, cluster_version: str) -> str | None:
        """The version that a cluster gets when none is asked for; None when none fits."""
        return next((name for name, fits in self.versions.items() if cluster_version in fits), None)

    def describe(self, cluster_version: str | None) -> dict[str, Any]:
        """As DescribeAddonVersions tells it, for one cluster version or for all."""
        return {
            "addonName": self.name,
            "type": self.type,
            "publisher": PUBLISHER,
            "owner": "aws",
            "defaultNamespace": self.namespace,
            "addonVersions": [
                {
                    "addonVersion": version,
                    "architecture": ["amd64", "arm64"],
                    "computeTypes": list(self.computes),
                    "compatibilities": [
                        {
                            "clusterVersion": each,
                            "platformVersions": ["*"],
                            "defaultVersion": self.default(each) == version,
                        }
                        for each in fits
                        if cluster_version in (None, each)
                    ],
                    "requiresConfiguration": False,
                    "requiresIamPermissions": bool(self.identities),
                }
                for version, fits in self.versions.items()
                if cluster_version is None or cluster_version in fits
            ],
        }


@dataclass(frozen=True)
class Catalogue:
    """What AWS offers. Versions are newest first."""

    versions: tuple[Version, ...]
    addons: Mapping[str, AddonType]
    access_policies: tuple[str, ...]

    def version(self, name: str) -> Version | None:
        """That minor version."""
        return next((version for version in self.versions if version.name == name), None)

    def offered(self, now: datetime) -> list[Version]:
        """What a cluster can be made with: released and still supported."""
        return [version for version in self.versions if version.status(now) in (STANDARD, EXTENDED)]

    def default(self, now: datetime) -> Version:
        """What a cluster gets that asks for no version: the newest. AWS may wait some weeks with a new one."""
        return (self.offered(now) or self.versions)[0]


def parse(version: str) -> tuple[int, int]:
    """Major and minor number. Raises ValueError."""
    major, minor = version.split(".")
    return int(major), int(minor)


@lru_cache
def catalogue() -> Catalogue:
    """What `catalogue.yaml` says."""
    read = yaml.safe_load(Path(__file__).with_name("catalogue.yaml").read_text(encoding="utf-8"))
    versions = [Version(name, **facts) for name, facts in read["versions"].items()]
    return Catalogue(
        tuple(sorted(versions, key=lambda version: version.number, reverse=True)),
        {
            name: AddonType(
                name,
                facts["type"],
                facts["namespace"],
                tuple(facts["computes"]),
                {version: tuple(fits) for version, fits in facts["versions"].items()},
                {account: tuple(arns) for account, arns in facts.get("identities", {}).items()},
            )
            for name, facts in read["addons"].items()
        },
        tuple(read["access_policies"]),
    )
