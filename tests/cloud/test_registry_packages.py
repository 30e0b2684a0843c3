"""What a scan reads out of layers, and how versions are ordered."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import yaml

from labs.cloud.registry.packages import Package, System, UnreadableLayer, read
from labs.cloud.registry.vulnerabilities import compare, find, offline_list

DPKG, APK = "var/lib/dpkg/status", "lib/apk/db/installed"
BASH = "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n"


def layer(folder: Path, name: str, **files: str) -> Path:
    """A layer of the files given by path."""
    path = folder / name
    with tarfile.open(path, "w:gz") as archive:
        for target, content in files.items():
            member = tarfile.TarInfo(target)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return path


def test_the_topmost_list_counts(tmp_path: Path) -> None:
    below = layer(tmp_path, "1", **{DPKG: BASH, "etc/os-release": 'ID="debian"\nVERSION_ID="12"\n'})
    above = layer(tmp_path, "2", **{f"./{DPKG}": BASH.replace("5.2-1", "5.2-2")})
    assert read([below, above]) == System("debian", "12", (Package("bash", "5.2-2", "bash"),))


@pytest.mark.parametrize("mark", ["var/lib/dpkg/.wh.status", "var/lib/dpkg/.wh..wh..opq", "var/lib/.wh.dpkg"])
def test_a_whiteout_hides_what_lies_below(tmp_path: Path, mark: str) -> None:
    below, above = layer(tmp_path, "1", **{DPKG: BASH}), layer(tmp_path, "2", **{mark: ""})
    assert read([below, above]) is None
    assert read([above, below]) is not None


def test_only_installed_packages_count_by_their_source(tmp_path: Path) -> None:
    text = (
        "Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.9-1)\nVersion: 3.0.9-1+b1\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
        "Package: nothing\nStatus: install ok installed\n"
    )
    system = read([layer(tmp_path, "1", **{DPKG: text})])
    assert system == System("debian", "", (Package("libssl3", "3.0.9-1+b1", "openssl"),))


def test_alpines_release_has_two_numbers(tmp_path: Path) -> None:
    files = {
        APK: "P:libcrypto3\nV:3.1.4-r5\no:openssl\n\nP:musl\nV:1.2.4-r2\n",
        "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.19.1",
    }
    system = read([layer(tmp_path, "1", **files)])
    assert system is not None and (system.name, system.release) == ("alpine", "3.19")
    assert system.packages == (
        Package("libcrypto3", "3.1.4-r5", "openssl"),
        Package("musl", "1.2.4-r2", "musl"),
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"no tar", gzip.compress(b"no tar"), gzip.compress(b"x" * 4096)[:20]],
    ids=["empty", "no tar", "no tar inside", "cut off"],  # gzip writes the time of day into its bytes
)
def test_a_layer_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "layer"
    path.write_bytes(content)
    with pytest.raises(UnreadableLayer):
        read([path])
    with pytest.raises(UnreadableLayer):
        read([tmp_path / "absent"])


@pytest.mark.parametrize("name", ["../../etc/passwd", "/var/lib/dpkg/status", "a/" * 2000 + "b"])
def test_odd_names_harm_nobody(tmp_path: Path, name: str) -> None:
    read([layer(tmp_path, "1", **{name: BASH})])


ORDER = ["1.0~rc1", "1.0", "1.0-1", "1.0-1+b1", "1.0a", "1.0+1", "1.9", "1.10", "1:0.1"]


@pytest.mark.parametrize("place", range(len(ORDER) - 1))
def test_versions_are_ordered_by_debians_rules(place: int) -> None:
    assert compare(ORDER[place], ORDER[place + 1]) < 0 < compare(ORDER[place + 1], ORDER[place])
    assert compare(ORDER[place], ORDER[place]) == 0


def test_alpines_suffixes() -> None:
    assert compare("3.0.0_rc1-r0", "3.0.0-r0") < 0 < compare("9.7_p1-r4", "9.7-r4")
    assert compare("1.1.1k-r9", "1.1.1l-r0") < 0


def test_the_list_is_whole() -> None:
    known = offline_list()
    assert len({each.name for each in known.vulnerabilities}) == len(known.vulnerabilities) >= 10
    for vulnerability in known.vulnerabilities:
        assert vulnerability.severity in ("CRITICAL", "HIGH", "MEDIUM", "LOW")
        for (name, release, package), fixed in vulnerability.fixed.items():
            old = System(name, release, (Package(package, "0", package),))
            new = System(name, release, (Package(package, fixed, package),))
            assert vulnerability in [each.vulnerability for each in find(old)]
            assert vulnerability not in [each.vulnerability for each in find(new)]


def test_every_entry_names_where_and_when_it_was_checked() -> None:
    content = yaml.safe_load(
        resources.files("labs.cloud.registry").joinpath("vulnerabilities.yaml").read_text("utf-8")
    )
    for entry in content["vulnerabilities"]:
        assert date.fromisoformat(entry["checked"]) <= date.fromisoformat(content["date"])
        assert entry["sources"] and all(
            each["title"] and each["url"].startswith("https://") for each in entry["sources"]
        )
