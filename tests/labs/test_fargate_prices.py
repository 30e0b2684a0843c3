"""What a Fargate task costs, and which size is the cheapest for a need."""

from __future__ import annotations

import pytest

from labs.fargate import cheapest, hourly


def test_an_hour_of_one_vcpu_and_two_gigabytes() -> None:
    assert hourly(1024, 2048) == pytest.approx(0.04048 + 2 * 0.004445)
    assert hourly(1024, 2048, arm=True) == pytest.approx(0.03238 + 2 * 0.00356)


@pytest.mark.parametrize(
    ("need", "size"),
    [
        ((1, 1), (256, 512)),
        ((256, 2049), (512, 3072)),
        ((410, 6144), (1024, 6144)),  # memory decides: half a vCPU stops at 4 GB
        ((1025, 1), (2048, 4096)),
        ((8192, 61441), (16384, 65536)),
        ((32768, 249856), (32768, 249856)),
    ],
)
def test_the_cheapest_size_is_enough_in_both(need: tuple[int, int], size: tuple[int, int]) -> None:
    assert cheapest(*need) == size


def test_no_size_is_that_large() -> None:
    with pytest.raises(ValueError, match="empty"):
        cheapest(32769, 1)
