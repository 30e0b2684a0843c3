"""The bundle for a room without internet: which wheels it needs, what it holds, and what the bootstrap makes of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labs.bundle import build, targets, wheels
from labs.bundle.cli import KNOWN, app
from labs.bundle.targets import Target
from labs.bundle.wheels import BundleError, PipFailed, Wheel
from labs.site.folder import MadeFolder

LINUX = Target("linux-x86_64", "3.11")
MAC = Target("macos-arm64", "3.13")

# A tiny index: name → what it requires. pip on Linux never sees what is behind the markers of other systems.
INDEX = {
    "kernel": [
        'apple-nap>=1; sys_platform == "darwin"',
        "messages",
        'colours[bright]; python_version >= "3.12"',
    ],
    "messages": ['backport; python_version < "3.12"', 'tests-only; extra == "test"'],
    "apple-nap": ["apple-core"],
    "apple-core": [],
    "colours": ['paint; extra == "bright"'],
    "paint": [],
    "backport": [],
    "tests-only": [],
}


class FakePip:
    """pip over INDEX; like the real one it judges markers by the machine it runs on (Linux, Python 3.11)."""

    def __init__(self, without: Sequence[str] = ()):
        self.without = without
        self.commands: list[list[str]] = []

    def __call__(self, arguments: Sequence[str], progress: Callable[[str], None]) -> None:
        self.commands.append(list(arguments))
        options = dict(each.partition("=")[::2] for each in arguments if each.startswith("--"))
        wanted = [
            line.split("=")[0].split(">")[0] for line in Path(options["--requirement"]).read_text().split()
        ]
        if "--no-deps" in options:
            names = wanted
        else:
            here = {f"{name}-1-py3-none-any.whl": wheel(name) for name in INDEX}
            names, waiting = [], list(wanted)
            while waiting:
                names.append(name := waiting.pop())
                lacking = wheels.missing([name], {name: here[f"{name}-1-py3-none-any.whl"]}, LINUX)
                waiting += [each for each in (text.split(">")[0] for text in lacking) if each not in names]
        for name in names:
            progress(name)
            if name in self.without:
                raise PipFailed(f"ERROR: No matching distribution found for {name}==1")
        if arguments[0] == "download":
            folder = Path(options["--dest"])
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                (folder / wheel(name).file).write_bytes(name.encode())
        else:
            Path(options["--report"]).write_text(json.dumps({"install": [entry(name) for name in names]}))


def wheel(name: str) -> Wheel:
    return Wheel(name, "1", f"{name}-1-py3-none-any.whl", tuple(INDEX[name]))


def entry(name: str) -> dict[str, Any]:
    metadata = {"name": name.replace("-", "_"), "version": "1", "requires_dist": INDEX[name]}
    return {
        "metadata": metadata,
        "download_info": {"url": f"https://example.com/x/{name}-1-py3-none-any.whl#sha256=0"},
    }


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of three files and some litter."""
    folder = tmp_path / "clone"
    for name in (
        "labs/a.py",
        "labs/__pycache__/a.pyc",
        "notebooks/fr/00.ipynb",
        "notebooks/.ipynb_checkpoints/x",
        "quiz/q.py",
        "frenchbakery/f.py",
        "tests/t.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    for name in ("bootstrap.py", "constraints.txt", "LICENSE", "README.md"):
        (folder / name).write_text(name)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["paint"]\n[project]\nname = "course"\ndependencies = ["kernel"]\n'
    )
    return folder


# --- which wheels


def test_what_another_system_needs_is_found_though_pip_does_not_see_it(tmp_path: Path) -> None:
    found = {
        target: sorted(wheels.resolve(["kernel"], tmp_path / "none", target, pip=FakePip()))
        for target in (LINUX, MAC)
    }
    assert found[LINUX] == ["backport", "kernel", "messages"]
    # The backport is one too many on 3.13: pip, here on 3.11, asked for it. One too many does no harm.
    assert set(found[MAC]) - {"backport"} == {
        "apple-core",
        "apple-nap",
        "colours",
        "kernel",
        "messages",
        "paint",
    }


def test_pip_is_told_the_platform_and_the_versions_that_were_tested(tmp_path: Path) -> None:
    pip = FakePip()
    wheels.resolve(["kernel"], tmp_path / "constraints.txt", MAC, pip=pip)
    assert f"--constraint={tmp_path / 'constraints.txt'}" in pip.commands[0]
    for command in pip.commands:
        assert {"--only-binary=:all:", "--python-version=3.13", "--platform=macosx_14_0_arm64"} <= set(
            command
        )
        assert "--dry-run" in command


def test_a_library_without_a_wheel_is_named_with_its_target(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"messages==1 for linux-x86_64, Python 3\.11"):
        wheels.resolve(["kernel"], tmp_path, LINUX, pip=FakePip(without=["messages"]))


def test_one_that_only_the_other_system_lacks_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"apple-nap.*macos-arm64"):
        wheels.resolve(["kernel"], tmp_path, MAC, pip=FakePip(without=["apple-nap"]))


def test_a_pip_that_makes_no_headway_is_not_asked_for_ever(tmp_path: Path) -> None:
    def stubborn(arguments: Sequence[str], progress: Callable[[str], None]) -> None:
        [report] = [each.partition("=")[2] for each in arguments if each.startswith("--report=")]
        Path(report).write_text(json.dumps({"install": [entry("kernel")]}))

    with pytest.raises(BundleError, match="messages"):
        wheels.resolve(["kernel"], tmp_path, LINUX, pip=stubborn)


def test_wheels_arrive_or_are_missed(tmp_path: Path) -> None:
    needed = {name: wheel(name) for name in ("kernel", "messages")}
    wheels.fetch(needed, LINUX, tmp_path / "wheels", pip=FakePip())
    assert sorted(path.name for path in (tmp_path / "wheels").iterdir()) == sorted(
        each.file for each in needed.values()
    )
    with pytest.raises(BundleError, match="kernel-1"):
        wheels.fetch(needed, LINUX, tmp_path / "empty", pip=lambda arguments, progress: None)


@pytest.mark.parametrize(
    ("told", "explained"),
    [
        (
            "WARNING: Retrying … NewConnectionError(…)\nERROR: No matching distribution found for boto3",
            "no network",
        ),
        ("ERROR: No matching distribution found for boto3==1.44.5", "no wheel of boto3==1.44.5"),
        ("/usr/bin/python3: No module named pip", "needs pip"),
        ("noise\nERROR: disk is full\nmore", "ERROR: disk is full"),
        ("Killed", "Killed"),
    ],
)
def test_pips_errors_are_told_in_plain_words(told: str, explained: str) -> None:
    assert explained in PipFailed(told).explained(LINUX)


def test_the_real_pip_reports_progress_and_its_errors(tmp_path: Path) -> None:
    """No network: pip fails on an empty folder of wheels, and lists one that is there."""
    package = tmp_path / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(package, "w") as packed:
        packed.writestr("tiny.py", "")
        packed.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        packed.writestr(
            "tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr("tiny-1.dist-info/RECORD", "")
    offline = ["--no-index", f"--find-links={tmp_path}"]

    def pip(arguments: Sequence[str], progress: Callable[[str], None]) -> None:
        wheels.run_pip([*arguments, *offline], progress)

    (tmp_path / "constraints.txt").write_text("tiny==1\n")
    seen: list[str] = []
    found = wheels.resolve(["tiny"], tmp_path / "constraints.txt", LINUX, seen.append, pip=pip)
    assert [each.file for each in found.values()] == [package.name] and seen == ["tiny"]
    wheels.fetch(found, LINUX, tmp_path / "there", pip=pip)
    assert (tmp_path / "there" / package.name).read_bytes() == package.read_bytes()
    assert wheels.sizes(found.values()) == {package.name: package.stat().st_size}
    with pytest.raises(BundleError, match="no wheel of absent"):
        wheels.resolve(["absent"], tmp_path / "constraints.txt", LINUX, pip=pip)


def test_a_size_that_nobody_tells_is_unknown(tmp_path: Path) -> None:
    gone = Wheel("gone", "1", "gone.whl", (), (tmp_path / "gone.whl").as_uri())
    assert wheels.sizes([gone]) == {"gone.whl": None}


@pytest.mark.parametrize("name", targets.PLATFORMS)
def test_each_platform_has_tags_of_its_own_processor(name: str) -> None:
    tags = Target(name, "3.12").platform_tags()
    assert len(set(tags)) == len(tags) > 10
    machine = targets.PLATFORMS[name][1]
    assert all(machine in tag or "universal" in tag or "intel" in tag or "fat" in tag for tag in tags)


def test_the_help_names_every_platform() -> None:
    assert KNOWN.split(", ") == list(targets.PLATFORMS)


# --- what the folder holds


def test_the_course_goes_in_without_what_running_it_left(course: Path) -> None:
    names = {file.as_posix() for file in build.course_files(course)}
    assert names == {
        "bootstrap.py", "constraints.txt", "LICENSE", "README.md", "pyproject.toml",
        "labs/a.py", "notebooks/fr/00.ipynb", "quiz/q.py", "frenchbakery/f.py",
    }  # fmt: skip


def test_the_readme_leads_nowhere_that_is_not_in_the_folder() -> None:
    names = {file.as_posix() for file in build.course_files(build.COURSE)}
    linked = re.findall(r"\]\(([^)#]+)\)", (build.COURSE / "README.md").read_text(encoding="utf-8"))
    assert linked and set(linked) <= names


def test_pip_is_asked_for_what_the_bootstrap_will_ask_for(course: Path) -> None:
    assert build.requirements(course) == ["kernel", "paint", "pip"]


def assemble(course: Path, root: Path, **options: Any) -> list[str]:
    resolved = {LINUX: {name: wheel(name) for name in ("kernel", "messages")}}
    folder = MadeFolder(root, build.MARKER)
    folder.begin()
    wheels.fetch(resolved[LINUX], LINUX, root / build.WHEELS, pip=FakePip())
    return build.assemble(folder, resolved, course=course, **options)


def test_every_file_has_its_checksum_and_the_readmes_say_for_what_it_is(course: Path, tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    names = assemble(course, root, site={"index.html": b"<p>", "fr/a.html": b"<p>"})
    sums = dict(reversed(line.split("  ")) for line in (root / build.SUMS).read_text().splitlines())
    assert set(sums) == set(names) - {build.SUMS}
    assert set(sums) | {build.SUMS, build.MARKER} == {
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    }
    for name, digest in sums.items():
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
    for name in build.README.values():
        text = (root / name).read_text()
        assert "linux-x86_64, Python 3.11" in text and "site/index.html" in text


def test_without_the_site_the_readmes_do_not_mention_it() -> None:
    for lang in build.README:
        assert "site/" not in build.readme([LINUX], lang, with_site=False)


def test_made_again_wheels_of_older_versions_go(course: Path, tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    assemble(course, root)
    (course / "quiz/q.py").rename(course / "quiz/r.py")
    old = root / build.WHEELS / "old-1-py3-none-any.whl"
    old.touch()
    marker = root / build.MARKER
    marker.write_text(json.dumps([*json.loads(marker.read_text()), f"{build.WHEELS}/{old.name}"]))
    assemble(course, root)
    assert not old.exists() and not (root / "quiz/q.py").exists() and (root / "quiz/r.py").exists()


def test_the_archive_unpacks_to_one_folder_that_is_whole(course: Path, tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    names = assemble(course, root)
    packed = build.archive(root, names)
    with zipfile.ZipFile(packed) as archive:
        assert sorted(archive.namelist()) == sorted(f"bundle/{name}" for name in names)
        archive.extractall(tmp_path / "there")
    for name in names:
        assert (tmp_path / "there/bundle" / name).read_bytes() == (root / name).read_bytes()
    assert not list(tmp_path.glob("*.tmp"))


# --- the command


@pytest.fixture
def run(course_home: Path, course: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`course bundle` on the small course, with the tiny index; sizes are known of all but one wheel."""
    INDEX["pip"] = []
    monkeypatch.setattr(build, "COURSE", course)
    monkeypatch.setattr(wheels, "run_pip", FakePip())
    monkeypatch.setattr(targets, "here", lambda: LINUX)
    monkeypatch.setattr(
        wheels,
        "sizes",
        lambda found: {each.file: None if each.name == "pip" else 2_000_000 for each in found},
    )
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_command_makes_folder_and_archive(run: Any, course_home: Path) -> None:
    done = run("--zip")
    assert done.exit_code == 0, done.output
    assert (course_home / "bundle/wheels/kernel-1-py3-none-any.whl").is_file()
    assert (course_home / "bundle.zip").is_file()
    assert "linux-x86_64, Python 3.11" in done.stdout
    assert run().exit_code == 0  # again


def test_several_targets_share_one_folder(run: Any, course_home: Path) -> None:
    done = run("--platform", "linux-x86_64", "--platform", "macos-arm64", "--python", "3.12")
    assert done.exit_code == 0, done.output
    names = {path.name for path in (course_home / "bundle/wheels").iterdir()}
    assert {"kernel-1-py3-none-any.whl", "apple-core-1-py3-none-any.whl"} <= names
    assert "macos-arm64, Python 3.12" in (course_home / "bundle/READ-ME-FIRST.txt").read_text()


def test_a_dry_run_tells_sizes_and_writes_nothing(run: Any, course_home: Path) -> None:
    done = run("--dry-run")
    assert done.exit_code == 0
    assert "5 libraries, 8.0 MB (size unknown for 1 of them)" in done.stdout
    assert not (course_home / "bundle").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--platform", "windows"], "macos-arm64"),
        (["--python", "3.10"], "3.11 at least"),
        (["--python", "3"], "3.11 at least"),
    ],
)
def test_a_target_that_is_none_is_explained(run: Any, arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 1 and told in done.stderr


def test_an_unknown_machine_must_be_chosen(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Target:
        raise LookupError("Plan9 mips")

    monkeypatch.setattr(targets, "here", unknown)
    done = run()
    assert done.exit_code == 1 and "Plan9 mips" in done.stderr
    assert run("--platform", "linux-x86_64").exit_code == 0


def test_without_a_network_the_command_says_so(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(arguments: Sequence[str], progress: Callable[[str], None]) -> None:
        raise PipFailed("NewConnectionError\nERROR: No matching distribution found for kernel")

    monkeypatch.setattr(wheels, "run_pip", offline)
    done = run()
    assert done.exit_code == 1 and "no network" in done.stderr and "Traceback" not in done.stderr


def test_foreign_folders_and_the_course_itself_are_refused(run: Any, course: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").touch()
    done = run("--out", str(tmp_path / "full"))
    assert done.exit_code == 1 and "not empty" in done.stderr
    done = run("--out", str(course / "bundle"))
    assert done.exit_code == 1 and "within the course" in done.stderr


# --- the bootstrap beside wheels


def test_the_bootstrap_installs_from_the_folder_beside_it_without_any_index(tmp_path: Path) -> None:
    """A whole bootstrap of a one-module course, its build tool and pip among the wheels; every index is unreachable."""
    script = Path(build.__file__).parents[2] / "bootstrap.py"
    root = tmp_path / "room"
    (root / "wheels").mkdir(parents=True)
    (root / "bootstrap.py").write_bytes(script.read_bytes())
    (root / "constraints.txt").write_text("")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["tinybuild"]\nbuild-backend = "tinybuild"\n'
        '[project]\nname = "course"\nversion = "1"\n'
    )
    backend = """
import os, zipfile
def get_requires_for_build_editable(settings=None): return []
def build_editable(folder, settings=None, metadata=None):
    name = "course-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as packed:
        packed.writestr("labs.py", "")
        packed.writestr("quiz.py", "")
        packed.writestr("told.py", "def app(): print('the course runs')")
        packed.writestr("course-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: course\\nVersion: 1\\n")
        packed.writestr("course-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        packed.writestr("course-1.dist-info/entry_points.txt", "[console_scripts]\\ncourse = told:app\\n")
        packed.writestr("course-1.dist-info/RECORD", "")
    return name
"""
    with zipfile.ZipFile(root / "wheels/tinybuild-1-py3-none-any.whl", "w") as packed:
        packed.writestr("tinybuild.py", backend)
        packed.writestr(
            "tinybuild-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinybuild\nVersion: 1\n"
        )
        packed.writestr(
            "tinybuild-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr("tinybuild-1.dist-info/RECORD", "")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(root / "bootstrap.py"), "doctor"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "without a network" in done.stdout and "the course runs" in done.stdout

    (root / "wheels/tinybuild-1-py3-none-any.whl").unlink()
    (root / "constraints.txt").write_text("# changed\n")
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "course bundle" in done.stderr and "tinybuild" in done.stderr
