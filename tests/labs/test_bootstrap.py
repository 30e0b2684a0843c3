"""bootstrap.py: the ways to pip, the stamp, and what it says when it cannot."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

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


def test_a_failed_installation_shows_the_end_of_the_log_and_leaves_no_stamp(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [sys.executable, "-c", "print('no space left'); raise SystemExit(1)"]
    with pytest.raises(SystemExit):
        bootstrap.install(failing, extra="")
    assert "no space left" in capsys.readouterr().err
    assert not bootstrap.STAMP.exists()


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
