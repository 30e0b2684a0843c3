"""Live namespaces and limits, and the recorded picture where they cannot be had."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from labs import isolation
from labs.isolation import cgroups, namespaces, starting
from labs.isolation.cgroups import Limits, read
from labs.isolation.namespaces import NAMESPACES, Namespace, look, recorded
from labs.playgrounds import namespaces as playground


def live(*own: Namespace) -> namespaces.Views:
    views = look(own)
    if views.recorded:
        pytest.skip("this machine grants no user namespaces")
    return views


def test_a_process_with_namespaces_of_its_own_is_alone() -> None:
    views = live(*NAMESPACES)
    assert (views.pid.inside, views.processes.inside, views.interfaces.inside, views.uid.inside) == (
        1,
        1,
        1,
        0,
    )
    assert views.pid.outside > 1
    assert views.processes.outside > 1


@pytest.mark.parametrize("own", NAMESPACES)
def test_what_is_shared_is_seen_alike(own: Namespace) -> None:
    views = live(own)
    assert (views.pid.inside == 1) == (own == "pid")
    assert (views.pid.inside == views.pid.outside) == (own != "pid")


def test_no_process_is_left() -> None:
    import psutil

    before = set(psutil.Process().children(recursive=True))
    look(NAMESPACES)
    assert set(psutil.Process().children(recursive=True)) == before


@pytest.mark.parametrize("trouble", ["platform", "absent", "forbidden"])
def test_elsewhere_the_recorded_picture_says_that_it_is_one(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "platform":
        monkeypatch.setattr(sys, "platform", "darwin")
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    if trouble == "forbidden":
        (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "unshare").chmod(0o755)
    views = look(["pid"])
    assert views.recorded
    assert views.pid.inside == 1
    assert views.interfaces.inside == views.interfaces.outside
    assert "Recorded" in playground.shown(views).html
    assert repr(playground.shown(views)) == repr(playground.show({"pid": True, "uts": False, "net": False}))


def test_the_text_is_the_same_live_or_recorded() -> None:
    for own in [(), ("pid",), NAMESPACES]:
        settings = {kind: kind in own for kind in NAMESPACES}
        assert repr(playground.show(settings)) == repr(playground.shown(recorded(own)))
    assert repr(playground.shown(recorded(()))).endswith(
        "shared: process numbers (pid), host name (uts), network (net)"
    )


def group(root: Path, cgroup: str, files: dict[str, str]) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    for name, content in files.items():
        (root / "sys/fs/cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/fs/cgroup" / name).write_text(content)
    return root


def test_limits_of_version_2_are_the_tightest_on_the_way_up(tmp_path: Path) -> None:
    files = {
        "a/b/memory.max": "max\n",
        "a/memory.max": "536870912\n",
        "a/b/cpu.max": "25000 100000\n",
        "a/cpu.max": "max 100000\n",
        "a/pids.max": "100\n",
        "other/pids.max": "1\n",
    }
    assert read(root=group(tmp_path, "0::/a/b\n", files)) == Limits(2**29, 0.25, 100)


def test_limits_of_version_1(tmp_path: Path) -> None:
    files = {
        "memory/docker/x/memory.limit_in_bytes": "536870912\n",
        "memory/memory.limit_in_bytes": "9223372036854771712\n",
        "cpu,cpuacct/docker/x/cpu.cfs_quota_us": "50000\n",
        "cpu,cpuacct/docker/x/cpu.cfs_period_us": "100000\n",
        "pids/docker/x/pids.max": "max\n",
    }
    cgroup = "3:memory:/docker/x\n2:cpu,cpuacct:/docker/x\n1:pids:/docker/x\n"
    assert read(root=group(tmp_path, cgroup, files)) == Limits(2**29, 0.5, None)


def test_no_limit_and_no_linux_are_told_apart(tmp_path: Path) -> None:
    assert "does not run Linux" in cgroups.limits(tmp_path).html
    found = cgroups.limits(group(tmp_path, "0::/\n", {}))
    assert "no limit" in found.html
    assert "does not run Linux" not in found.html
    assert repr(found) == repr(isolation.limits())


def test_start_times_are_shown_and_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.cloud.engine.docker.client", lambda: None)
    found = starting.starts("frenchbakery/<x>:1.0")
    assert repr(found) == "Start times, measured here"
    assert " ms</td>" in found.html
    assert "recorded on another machine" in found.html
    assert "frenchbakery/&lt;x&gt;" in found.html
