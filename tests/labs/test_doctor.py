"""`course doctor`: what it finds, what it advises, and that no problem makes it crash."""

from __future__ import annotations

import json
from pathlib import Path

import docker
import pytest
from typer.testing import CliRunner

from labs import doctor
from labs.doctor_texts import say


def found(topic: str) -> doctor.Finding:
    return next(finding for finding in doctor.examine() if finding.topic == say(topic))


def test_it_looks_at_every_topic_that_it_promises(course_home: Path) -> None:
    assert [finding.topic for finding in doctor.examine()] == [
        say(topic) for topic in ("python", "packages", "engine", "cloud", "language", "home")
    ]


def test_a_stopped_cloud_is_advice_not_a_problem(course_home: Path) -> None:
    assert found("cloud").state == "advice"
    assert "course cloud start" in found("cloud").advice


def test_a_missing_engine_is_no_problem(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("engine").state == "ok"
    assert found("engine").found == say("engine_none")


def test_an_engine_that_sleeps_is_told_from_one_that_is_not_there(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    (tmp_path / "docker").write_text("#!/bin/sh\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("engine") == doctor.Finding(
        say("engine"), "advice", say("engine_none"), say("engine_asleep")
    )


def test_an_engine_for_others_only_says_how_to_join_them(
    course_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise docker.errors.DockerException("PermissionError(13, 'Permission denied')")

    monkeypatch.setattr(docker, "from_env", refuse)
    assert "usermod -aG docker" in found("engine").advice


def test_an_old_python_is_a_problem(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_PYTHON", (99, 1))
    assert found("python").state == "problem"
    assert "99.1" in found("python").advice


def test_other_versions_than_the_tested_are_named(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "constraints.txt").write_text("# comment\nboto3==0.0.1\nnot-installed==1\n")
    monkeypatch.setattr(doctor, "REPOSITORY", tmp_path)
    assert found("packages").state == "advice"
    assert "boto3" in found("packages").found and "not-installed" not in found("packages").found


def test_outside_a_clone_the_versions_are_unknown(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "REPOSITORY", tmp_path)
    assert found("packages").state == "advice"


def test_a_network_disk_is_a_problem(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_file_system", lambda path: "nfs4")
    assert found("home").state == "problem"


def test_a_full_disk_is_a_problem(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_DISK_MIB", 2**40)
    assert found("home").state == "problem"


def test_a_home_that_cannot_be_made_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file" / "home"))
    assert doctor._home().state == "problem"


@pytest.mark.parametrize(("needed", "code"), [((3, 11), 0), ((99, 1), 1)])
def test_the_exit_code_says_whether_something_must_be_mended(
    course_home: Path, monkeypatch: pytest.MonkeyPatch, needed: tuple[int, int], code: int
) -> None:
    monkeypatch.setattr(doctor, "NEEDED_PYTHON", needed)
    done = CliRunner().invoke(doctor.app, ["--json"])
    assert done.exit_code == code
    assert {"topic", "state", "found", "advice"} == set(json.loads(done.stdout)[0])


def test_the_table_is_in_the_learners_language(course_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "État de la machine" in CliRunner().invoke(doctor.app, []).stdout
