"""The harness of moto's own suites: its list of differences is well formed, and it reads reports as they are."""

from __future__ import annotations

import pytest

from tests.moto_suites.__main__ import SUITES, complaints, differences, main, sort_out

REPORT = b"""<testsuites><testsuite>
<testcase classname="tests.test_ecs.test_ecs_tasksets" name="test_a[x-1]" time="1.5"/>
<testcase classname="tests.test_ecs.test_ecs" name="test_b" time="0.5"><failure message="no"/></testcase>
<testcase classname="tests.test_ecs.test_ecs" name="test_c" time="0"><error message="set-up"/></testcase>
<testcase classname="tests.test_eks.test_server" name="test_d" time="0"><skipped/></testcase>
</testsuite></testsuites>"""


def test_every_difference_names_a_suite_a_test_and_a_reason() -> None:
    listed = differences()
    assert set(listed) <= set(SUITES)
    for reasons in listed.values():
        for test, reason in reasons.items():
            module, _, name = test.partition("::")
            assert module.startswith("test_") and name.startswith("test_"), test
            assert isinstance(reason, str) and len(reason.split()) >= 5, test


def test_a_report_is_sorted_by_suite_and_outcome() -> None:
    found = sort_out(REPORT, ["ecs", "eks"])
    assert found["ecs"].passed == {"test_ecs_tasksets::test_a[x-1]"}
    assert found["ecs"].failed == {"test_ecs::test_b", "test_ecs::test_c"}
    assert found["ecs"].seconds == 2.0
    assert found["eks"].skipped == {"test_server::test_d"}


def test_only_documented_failures_are_accepted() -> None:
    reasons = {"test_ecs::test_b": "why", "test_ecs::test_x": "why"}
    assert complaints({"test_ecs::test_b"}, {"test_ecs::test_b": "why"}) == []
    assert complaints({"test_ecs::test_b", "test_ecs::test_c"}, reasons) == [
        "fails without a documented reason: test_ecs::test_c",
        "documented, but does not fail: test_ecs::test_x",
    ]


def test_an_unknown_suite_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["lambda"])
    assert ended.value.code == 2
    assert "no such suite: lambda" in capsys.readouterr().err
