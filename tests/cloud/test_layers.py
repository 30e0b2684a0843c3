"""Unpacking trusts nothing: whatever a layer says, nothing is written outside its folder."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from labs.cloud.engine import layers
from labs.cloud.engine.layers import BadLayer, unpack


def layer(folder: Path, *entries: tuple[str, bytes, str]) -> Path:
    """A layer of (name, tar type, content or link target)."""
    path = folder / f"layer{len(list(folder.glob('layer*')))}"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, value in entries:
            entry = tarfile.TarInfo(name)
            entry.type = kind
            if kind == tarfile.REGTYPE:
                entry.size = len(value)
                archive.addfile(entry, io.BytesIO(value.encode()))
            else:
                entry.linkname = value
                archive.addfile(entry)
    path.write_bytes(gzip.compress(buffer.getvalue()))
    return path


FILE, LINK, HARD, FOLDER = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").write_text("untouched")
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_upper_layers_replace_and_whiteouts_delete(root: Path, tmp_path: Path) -> None:
    lower = layer(
        tmp_path,
        ("app/main.py", FILE, "1"),
        ("app/old.py", FILE, "1"),
        ("data/a", FILE, "1"),
        ("data/b", FILE, "1"),
    )
    upper = layer(
        tmp_path,
        ("app/main.py", FILE, "2"),
        ("app/.wh.old.py", FILE, ""),
        ("data/.wh..wh..opq", FILE, ""),
        ("data/c", FILE, "2"),
    )
    unpack([lower, upper], root)
    files = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}
    assert files == {"app/main.py": "2", "data/c": "2"}


def test_links_within_the_image_work(root: Path, tmp_path: Path) -> None:
    unpack(
        [
            layer(
                tmp_path,
                ("usr/bin/tool", FILE, "tool"),
                ("bin", LINK, "usr/bin"),
                ("opt/deep/abs", LINK, "/usr/bin/tool"),
                ("opt/copy", HARD, "usr/bin/tool"),
                ("bin/other", FILE, "other"),
            )
        ],
        root,
    )
    assert (root / "opt/deep/abs").read_text() == (root / "opt/copy").read_text() == "tool"
    assert (root / "usr/bin/other").read_text() == "other"


@pytest.mark.parametrize(
    "entries",
    [
        [("../outside", FILE, "x")],
        [("a/../../outside", FILE, "x")],
        [("link", LINK, "../outside")],
        [("link", LINK, ".."), ("link/outside", FILE, "x")],
        [("a/b", LINK, "../.."), ("a/b/outside", FILE, "x")],
        [("hard", HARD, "../outside")],
        [("hard", HARD, "nothing")],
        [("a", LINK, "b"), ("b", LINK, "../outside")],
    ],
)
def test_ways_out_are_refused(root: Path, tmp_path: Path, entries: list[tuple[str, bytes, str]]) -> None:
    with pytest.raises(BadLayer):
        unpack([layer(tmp_path, *entries)], root)
    assert (tmp_path / "outside").read_text() == "untouched"


def test_an_absolute_name_stays_inside(root: Path, tmp_path: Path) -> None:
    unpack([layer(tmp_path, ("/etc/passwd", FILE, "mine"))], root)
    assert (root / "etc/passwd").read_text() == "mine"


def test_a_whiteout_removes_a_link_not_its_target(root: Path, tmp_path: Path) -> None:
    (root / "keep").mkdir()
    (root / "keep/file").write_text("kept")
    (root / "link").symlink_to("keep")
    unpack([layer(tmp_path, (".wh.link", FILE, ""))], root)
    assert (root / "keep/file").exists() and not (root / "link").is_symlink()


def test_devices_are_left_out(root: Path, tmp_path: Path) -> None:
    unpack(
        [
            layer(
                tmp_path, ("dev/sda", tarfile.BLKTYPE, ""), ("pipe", tarfile.FIFOTYPE, ""), ("ok", FILE, "ok")
            )
        ],
        root,
    )
    assert sorted(path.name for path in root.iterdir()) == ["ok"]


def test_what_is_no_layer_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a tar file")
    for path in (tmp_path / "text", tmp_path / "absent"):
        with pytest.raises(BadLayer):
            unpack([path], root)


def test_a_bomb_is_defused(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "LARGEST", 10)
    with pytest.raises(BadLayer, match="more than 10 bytes"):
        unpack([layer(tmp_path, ("a", FILE, "x" * 11))], root)


@pytest.mark.parametrize("name", [".wh...", ".wh..", ".wh.", "app/.wh..."])
def test_a_whiteout_of_no_file_is_refused(root: Path, tmp_path: Path, name: str) -> None:
    """`.wh...` would delete the folder above the image's, with every other image."""
    with pytest.raises(BadLayer, match="whiteout of no file"):
        unpack([layer(tmp_path, ("app/main.py", FILE, "1"), (name, FILE, ""))], root)
    assert (tmp_path / "outside").read_text() == "untouched"
    assert (root / "app/main.py").is_file()


def test_many_hard_links_hold_one_file(root: Path, tmp_path: Path) -> None:
    links = [(f"link{number}", HARD, "large") for number in range(3)]
    unpack([layer(tmp_path, ("large", FILE, "x" * 1000), *links, ("large", HARD, "large"))], root)
    assert (root / "link2").read_text() == "x" * 1000
    assert (root / "large").stat().st_nlink == 4
