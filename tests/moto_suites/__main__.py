"""moto's own tests, run against the completed backends: `python -m tests.moto_suites [suite …]`.

moto's source distribution, at the version that is installed, is fetched with pip and kept in the user's cache
folder, outside the repository. A test may fail only where AWS differs from moto: `differences.yaml` says for each
why. A failure without a reason fails the run, and so does a reason whose test passes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from importlib.metadata import version
from pathlib import Path

import platformdirs
import yaml

HERE = Path(__file__).parent
SUITES = ("ecs", "ecr", "elbv2", "eks", "applicationautoscaling")


def sources() -> Path:
    """The unpacked source distribution of the installed moto."""
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
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            (Path(folder) / release).rename(cache / release)
    return cache / release


def run(suite: str, tree: Path) -> dict[str, str]:
    """Every test of a suite and its outcome: passed, failed or skipped."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        search_path = os.pathsep.join((str(tree), str(HERE), str(HERE.parents[1])))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "inert_cloud", f"tests/test_{suite}"]
        options = ["-p", "no:cacheprovider", "--timeout=60", "--tb=short", "--no-header", f"--junit-xml={report}"]
        done = subprocess.run(
            [*command, *options], cwd=tree, env={**os.environ, "PYTHONPATH": search_path}, capture_output=True, text=True
        )
        if not report.exists():
            raise SystemExit(f"moto's {suite} tests did not run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        outcomes = {}
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314  our own pytest wrote it
            name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
            failed = case.find("failure") is not None or case.find("error") is not None
            outcomes[name] = (
                "failed" if failed else "skipped" if case.find("skipped") is not None else "passed"
            )
        return outcomes


def main(suites: list[str]) -> int:
    """Run the suites and compare their failures with the documented ones; the exit code."""
    documented = yaml.safe_load((HERE / "differences.yaml").read_text())
    tree, wrong = sources(), 0
    for suite in suites or SUITES:
        outcomes = run(suite, tree)
        failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
        known = documented.get(suite) or {}
        counts = {each: sum(outcome == each for outcome in outcomes.values()) for each in ("passed", "failed", "skipped")}
        print(f"{suite}: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
        for name in sorted(failed - set(known)):
            print(f"  fails without a documented reason: {name}")
        for name in sorted(set(known) - failed):
            print(f"  documented, but does not fail: {name}")
        wrong += len(failed ^ set(known))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
