"""bootstrap.py: the ways to pip, the stamp, and what it says when it cannot."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("a==1\n")
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "course-installed.json")
    (tmp_path / ".venv").mkdir()
    return module


def test_an_old_python_can_read_the_script_far_enough_to_complain() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_told_which_one_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED", (99, 0))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.main([])
    assert stopped.value.code == 1
    assert "99.0" in capsys.readouterr().err


def test_an_old_python_hands_over_to_the_newest_that_runs(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A version manager puts names on the path that do not run: those are passed over."""
    paths = {name: tmp_path / name for name in ("python3.14", "python3.13", "python3.12")}
    for name, works in (("python3.14", False), ("python3.13", True), ("python3.12", True)):
        paths[name].write_text(f"#!/bin/sh\nexit {0 if works else 127}\n")
        paths[name].chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 1))
    became: list[list[str]] = []

    def become(_: str, command: list[str]) -> None:
        became.append(command)
        raise SystemExit

    monkeypatch.setattr(bootstrap.os, "execv", become)
    with pytest.raises(SystemExit):
        bootstrap.main(["--lang", "fr"])
    assert became == [[str(paths["python3.13"]), str(tmp_path / "bootstrap.py"), "--lang", "fr"]]


@pytest.mark.parametrize(
    ("working", "expected"),
    [
        ({"-m pip --version"}, "-m pip install"),
        ({"-m ensurepip"}, "-m pip install"),
        ({"--python"}, "--python"),
        ({"uv"}, "uv pip install"),
        ({"debian"}, "pip-1.whl/pip install"),
    ],
)
def test_each_way_to_pip_is_taken_when_the_ones_before_fail(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, working: set[str], expected: str
) -> None:
    def quietly(command: list[object], **_: object) -> bool:
        line = " ".join(map(str, command))
        return any(part in line for part in working)

    monkeypatch.setattr(bootstrap, "quietly", quietly)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name if name in working else None)
    wheel = tmp_path / "pip-1.whl"
    monkeypatch.setattr(bootstrap, "debian_pip", lambda folder: wheel if "debian" in working else None)
    assert expected in " ".join(map(str, bootstrap.pip_command(tmp_path)))


def test_without_any_pip_it_says_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "quietly", lambda *_, **__: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        bootstrap.pip_command(tmp_path)
    assert "apt-get install python3-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "shown", "advice"),
    [
        (
            "ERROR: No matching distribution found for moto",
            "distribution found for moto",
            "same command again",
        ),
        ("OSError: [Errno 28] No space left on device", "disk is full", "free a gigabyte"),
        ("Retrying: NewConnectionError: Temporary failure", "internet does not answer", "HTTPS_PROXY"),
    ],
)
def test_a_failed_installation_says_why_and_leaves_no_stamp(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], told: str, shown: str, advice: str
) -> None:
    failing = [sys.executable, "-c", f"print({told!r}); raise SystemExit(1)"]
    with pytest.raises(SystemExit):
        bootstrap.install(failing, extra="")
    said = capsys.readouterr().err
    assert shown in said and advice in said and "install.log" in said
    assert not bootstrap.STAMP.exists()


def test_a_bundle_for_another_machine_says_so(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network by design, a word about the connection would mislead."""
    monkeypatch.setattr(bootstrap, "WHEELS", tmp_path)
    failing = [sys.executable, "-c", "print('NewConnectionError'); raise SystemExit(1)"]
    with pytest.raises(SystemExit):
        bootstrap.install(failing, extra="")
    assert "--platform" in capsys.readouterr().err


def test_progress_is_counted_in_libraries(bootstrap: ModuleType) -> None:
    told = "Collecting boto3 (from course)\n  Downloading boto3.whl\nCollecting moto==5 (from course)\n"
    assert bootstrap.how_far(told, 7) == "  7 s · libraries gathered: 2 (moto)"
    for name in ("boto3-1.dist-info", "moto-5.dist-info"):
        (bootstrap.VENV / "lib/python3.11/site-packages" / name).mkdir(parents=True)
    told += "Installing collected packages: urllib3, boto3, moto\n"
    assert bootstrap.how_far(told, 60) == "  60 s · libraries installed: 2 of 3"


def test_an_interrupted_installation_ends_pip_and_shows_no_traceback(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pip: list[subprocess.Popen[bytes]] = []

    def popen(*args: object, **options: object) -> subprocess.Popen[bytes]:
        pip.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        return pip[0]

    def interrupt(_: str) -> None:
        monkeypatch.setattr(bootstrap, "tell", lambda _: None)
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "tell", interrupt)
    monkeypatch.setattr(bootstrap, "pip_command", lambda folder: [])
    monkeypatch.setattr(bootstrap, "new_enough", lambda python: True)
    monkeypatch.setattr(bootstrap, "subprocess", SimpleNamespace(Popen=popen, STDOUT=-2, DEVNULL=-3))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.main([])
    assert stopped.value.code == 130
    assert "go on from here" in capsys.readouterr().err
    assert pip[0].returncode is not None


def test_a_folder_that_cannot_be_written_is_told_without_a_traceback(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(bootstrap, "prepare", refuse)
    with pytest.raises(SystemExit):
        bootstrap.main([])
    assert "a folder of your own" in capsys.readouterr().err


def test_a_second_window_waits_for_the_first(bootstrap: ModuleType, tmp_path: Path) -> None:
    holder = (
        "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    waiter = (
        "import runpy, sys; from pathlib import Path; it = runpy.run_path(sys.argv[1]);"
        "wait = it['wait_for_others']; wait.__globals__['HERE'] = Path(sys.argv[2]); wait(); print('in')"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    first = [sys.executable, "-c", holder, str(tmp_path)]
    second = [sys.executable, "-c", waiter, str(ROOT / "bootstrap.py"), str(tmp_path)]
    with subprocess.Popen(first, **pipes) as holding:  # type: ignore[call-overload]
        assert holding.stdout.readline() == "held\n"
        with subprocess.Popen(second, **pipes) as waiting:  # type: ignore[call-overload]
            assert "Another window" in waiting.stdout.readline()
            holding.communicate()
            assert waiting.stdout.readline() == "in\n"


def test_the_environment_is_stale_when_its_inputs_change(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "quietly", lambda *_, **__: True)
    assert not bootstrap.up_to_date(bootstrap.fingerprint(""))
    bootstrap.STAMP.write_text(json.dumps(bootstrap.fingerprint("dev")))
    assert bootstrap.up_to_date(bootstrap.fingerprint(""))  # the test tools include all that learners need
    assert bootstrap.up_to_date(bootstrap.fingerprint("dev"))
    bootstrap.STAMP.write_text(json.dumps(bootstrap.fingerprint("")))
    assert not bootstrap.up_to_date(bootstrap.fingerprint("dev"))
    (bootstrap.HERE / "constraints.txt").write_text("a==2\n")
    assert not bootstrap.up_to_date(bootstrap.fingerprint(""))


@pytest.mark.parametrize(
    ("works", "folder", "made"),
    [
        (True, None, False),  # a learner's own environment, or an installation that was interrupted
        (False, None, True),  # too old, or its Python is gone
        (True, "/elsewhere", True),  # moved: its commands name the folder where it was made
    ],
)
def test_an_environment_is_kept_unless_it_cannot_work(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, works: bool, folder: str | None, made: bool
) -> None:
    if folder:
        bootstrap.STAMP.write_text(json.dumps({"folder": folder}))
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(venv, "create", lambda *_, **options: asked.append(options))
    monkeypatch.setattr(bootstrap, "new_enough", lambda python: works)
    monkeypatch.setattr(bootstrap, "pip_command", lambda folder: [])
    monkeypatch.setattr(bootstrap, "install", lambda *_: None)
    bootstrap.prepare("")
    assert [options["clear"] for options in asked] == ([True] if made else [])
    assert bootstrap.stamp() == bootstrap.fingerprint("")


def test_help_teaches_both_languages_and_installs_nothing(tmp_path: Path) -> None:
    script = tmp_path / "bootstrap.py"
    script.write_bytes((ROOT / "bootstrap.py").read_bytes())
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True)
    assert "--lang fr" in done.stdout and "test" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["bootstrap.py"]


@pytest.mark.parametrize(("lang", "word"), [("fr", "demande"), ("en", "needs")])
def test_messages_follow_the_language_asked_for(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, lang: str, word: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "--lang", lang])
    monkeypatch.delenv("COURSE_LANG")
    assert word in bootstrap.say("old_python", needed="3.11", found="3.9")
