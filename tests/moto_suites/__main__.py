"""moto's own tests, run against the completed backends: `python -m tests.moto_suites [suite …]`.

moto's source distribution, at the version that is installed, is fetched with pip and kept in the user's cache
folder, outside the repository. A test may fail only where AWS differs from moto: `differences.yaml` says for each
why. A failure without a reason fails the run, and so does a reason whose test passes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import platformdirs
import yaml

HERE = Path(__file__).parent
NOT_FETCHED = 3  # exit code: the suites could not be run at all
SUITES = ("ecs", "ecr", "elbv2", "eks", "applicationautoscaling")


@dataclass
class Outcomes:
    """The tests of one suite, by outcome, and the seconds that they took together."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    seconds: float = 0.0


def sources() -> Path:
    """The unpacked source distribution of the installed moto. Raises CalledProcessError when it cannot be fetched."""
    release = f"moto-{version('moto')}"
    cache = Path(platformdirs.user_cache_dir("frenchbakery-course")) / "moto-sources"
    if not (cache / release / "tests").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "moto"]
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            subprocess.run(
                [*command, "--dest", folder, release.replace("-", "==")], check=True, stdout=sys.stderr
            )
            (archive,) = Path(folder).glob("moto-*.tar.gz")
            shutil.unpack_archive(archive, folder)
            (Path(folder) / release).rename(cache / release)
    return cache / release


def differences() -> dict[str, dict[str, str]]:
    """Suite → test → why it fails."""
    read = yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8"))
    return {suite: reasons or {} for suite, reasons in (read or {}).items()}


def run(suites: Iterable[str], tree: Path, processes: int) -> dict[str, Outcomes]:
    """Run moto's tests of these suites, in so many processes; the outcomes by suite. Raises SystemExit."""
    suites = list(suites)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        search_path = os.pathsep.join((str(tree), str(HERE), str(HERE.parents[1])))
        command = [sys.executable, "-m", "pytest", "-q", *(f"tests/test_{suite}" for suite in suites)]
        options = ["-p", "inert_cloud", "-p", "no:cacheprovider", "--timeout=60", "--tb=no", "--no-header"]
        parallel = ["-n", str(processes), f"--basetemp={folder}/tests", f"--junit-xml={report}"]
        done = subprocess.run(
            [*command, *options, *parallel],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": search_path},
            capture_output=True,
            text=True,
        )
        if not report.exists() or done.returncode not in (0, 1):  # 1: some tests failed
            raise SystemExit(f"moto's tests did not run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return sort_out(report.read_bytes(), suites)


def sort_out(report: bytes, suites: Iterable[str]) -> dict[str, Outcomes]:
    """The outcomes in a JUnit report, by suite; a test is `<module>::<name>`."""
    sorted_out = {suite: Outcomes() for suite in suites}
    for case in ElementTree.fromstring(report).iter("testcase"):
        package, _, module = case.get("classname", "").rpartition(".")
        outcomes = sorted_out[package.removeprefix("tests.test_")]
        name = f"{module}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            outcomes.failed.add(name)
        else:
            (outcomes.passed if case.find("skipped") is None else outcomes.skipped).add(name)
        outcomes.seconds += float(case.get("time", 0))
    return sorted_out


def complaints(failed: set[str], reasons: Mapping[str, str]) -> list[str]:
    """What differs between the failures of a suite and the documented ones, in words."""
    return [
        *(f"fails without a documented reason: {name}" for name in sorted(failed - set(reasons))),
        *(f"documented, but does not fail: {name}" for name in sorted(set(reasons) - failed)),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the suites and compare their failures with the documented ones; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.moto_suites",
        description="Run moto's own tests against the local cloud's backends. Only failures that differences.yaml "
        "gives a reason for are accepted.",
    )
    parser.add_argument(
        "suites", nargs="*", metavar="suite", help=f"any of {', '.join(SUITES)}; all by default"
    )
    parser.add_argument(
        "-n", type=int, default=2, metavar="N", help="processes, 2 by default", dest="processes"
    )
    parser.add_argument(
        "--reasons", action="store_true", help="also print each accepted failure with its reason"
    )
    given = parser.parse_args(arguments)
    if unknown := set(given.suites) - set(SUITES):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    try:
        tree = sources()
    except subprocess.CalledProcessError:
        print("moto's source distribution cannot be fetched here; its suites were not run")
        return NOT_FETCHED
    documented, wrong = differences(), 0
    for suite, outcomes in run(given.suites or SUITES, tree, given.processes).items():
        reasons = documented.get(suite, {})
        counts = ((len(getattr(outcomes, each)), each) for each in ("passed", "failed", "skipped"))
        print(f"{suite}: {', '.join(f'{n} {each}' for n, each in counts)}, {outcomes.seconds:.0f} s of tests")
        if given.reasons:
            for name in sorted(outcomes.failed & set(reasons)):
                print(f"  {name}: {reasons[name].strip()}")
        for complaint in complaints(outcomes.failed, reasons):
            wrong += 1
            print(f"  {complaint}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
