"""What AWS offers on a given day, and what a call must bring: pure, with days that the tests choose."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labs.cloud.aws.eks import validation
from labs.cloud.aws.eks.addons import EksBackend
from labs.cloud.aws.eks.catalogue import EXTENDED, STANDARD, UNSUPPORTED, catalogue
from labs.cloud.aws.eks.errors import EKSError
from labs.cloud.aws.eks.responses import GAPS, LISTS, EksResponse, paths

TODAY = datetime(2026, 11, 21, tzinfo=UTC)


def statuses(now: datetime) -> dict[str, str | None]:
    return {version.name: version.status(now) for version in catalogue().versions}


def test_support_follows_the_calendar_to_the_day() -> None:
    today = statuses(TODAY)
    assert {name for name, status in today.items() if status == STANDARD} == {"1.36", "1.35", "1.34"}
    assert {name for name, status in today.items() if status == EXTENDED} == {"1.33", "1.32", "1.31"}
    assert today["1.30"] == UNSUPPORTED
    assert statuses(datetime(2026, 11, 25, 23, 59, tzinfo=UTC))["1.31"] == EXTENDED
    assert statuses(datetime(2026, 11, 26, tzinfo=UTC))["1.31"] == UNSUPPORTED
    assert statuses(datetime(2026, 12, 2, tzinfo=UTC))["1.34"] == EXTENDED
    assert statuses(datetime(2026, 6, 1, tzinfo=UTC))["1.36"] is None
    assert catalogue().default(datetime(2026, 6, 1, tzinfo=UTC)).name == "1.35"
    assert catalogue().default(TODAY).name == "1.36"


def test_every_version_lives_through_its_periods_in_order() -> None:
    for version in catalogue().versions:
        assert version.released < version.standard_until < version.extended_until
        assert version.patch.startswith(f"{version.name}.")


def test_every_add_on_has_a_default_for_every_version_that_is_offered() -> None:
    for addon in catalogue().addons.values():
        for version in catalogue().offered(TODAY):
            default = addon.default(version.name)
            assert default is not None, (addon.name, version.name)
            described = addon.describe(version.name)["addonVersions"]
            marked = [
                each["addonVersion"]
                for each in described
                for fit in each["compatibilities"]
                if fit["defaultVersion"]
            ]
            assert marked == [default]
        assert {fit for fits in addon.versions.values() for fit in fits} <= {
            v.name for v in catalogue().versions
        }


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        (None, {"minSize": 1, "maxSize": 2, "desiredSize": 2}),
        ({"minSize": 0, "maxSize": 5, "desiredSize": 0}, {"minSize": 0, "maxSize": 5, "desiredSize": 0}),
        ({"minSize": 3, "maxSize": 2, "desiredSize": 3}, None),
        ({"desiredSize": 9}, None),
    ],
)
def test_scaling_is_completed_or_refused(given: dict[str, int] | None, whole: dict[str, int] | None) -> None:
    if whole is None:
        with pytest.raises(EKSError):
            validation.scaling(given)
    else:
        assert validation.scaling(given) == whole


@pytest.mark.parametrize(
    "block", ["172.31.0.0/16", "8.8.0.0/16", "10.0.0.0/8", "10.0.0.0/25", "10.0.0.1/16", "oven"]
)
def test_services_addresses_are_private_and_not_the_vpcs(block: str) -> None:
    with pytest.raises(EKSError):
        validation.service_block(block, "172.31.0.0/16")


def test_services_addresses_keep_clear_of_the_vpc() -> None:
    assert validation.service_block(None, "10.0.0.0/16") == "172.20.0.0/16"
    assert validation.service_block(None, "172.31.0.0/16") == "10.100.0.0/16"
    assert validation.service_block("10.1.0.0/16", "10.0.0.0/16") == "10.1.0.0/16"


def test_logs_are_switched_one_by_one() -> None:
    on = validation.logging({"clusterLogging": [{"types": ["audit", "api"], "enabled": True}]})
    assert on["clusterLogging"][0] == {"types": ["api", "audit"], "enabled": True}
    less = validation.logging({"clusterLogging": [{"types": ["api"], "enabled": False}]}, on)
    assert less["clusterLogging"][0] == {"types": ["audit"], "enabled": True}
    with pytest.raises(EKSError):
        validation.logging({"clusterLogging": [{"types": ["oven"], "enabled": True}]})


SWITCHES: dict[str, Any] = {
    "computeConfig": {"enabled": True},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
}


@pytest.mark.parametrize("left_out", SWITCHES)
def test_auto_modes_switches_go_together(left_out: str) -> None:
    assert validation.auto_mode(SWITCHES) is True
    assert validation.auto_mode({}) is None
    with pytest.raises(EKSError):
        validation.auto_mode({name: value for name, value in SWITCHES.items() if name != left_out})


def test_every_operation_of_eks_is_done_or_refused_by_name() -> None:
    from moto.core.utils import camelcase_to_underscores, get_service_model

    operations = [camelcase_to_underscores(name) for name in get_service_model("eks").operation_names]
    left = [
        name
        for name in operations
        if not hasattr(EksBackend, name)
        and name not in ("list_clusters", "list_identity_provider_configs")
        and not any(part in name for part in GAPS)
    ]
    assert left == []
    assert all(hasattr(EksResponse, name) for name in operations)
    assert set(LISTS) <= set(operations)
    assert all(pattern.startswith("{0}/") for pattern in paths())
