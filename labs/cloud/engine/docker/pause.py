"""The program that holds a task's network open, as an image: nothing has to be pulled, no compiler is needed.

It makes one system call after another that waits for ever. As the first process of its container it is deaf
to every signal but SIGKILL.
"""

from __future__ import annotations

import io
import struct
import tarfile

PAUSE_IMAGE = "frenchbakery-course/pause:1"
LOADED_AT = 0x400000
# ELF machine number and code: pause() for x86-64; ppoll(NULL, 0, NULL, NULL) for arm64, which has no pause().
PROGRAMS = {
    "x86_64": (0x3E, bytes.fromhex("b822000000 0f05 ebf7".replace(" ", ""))),
    "aarch64": (
        0xB7,
        struct.pack(
            "<7I", 0xD2800000, 0xD2800001, 0xD2800002, 0xD2800003, 0xD2800928, 0xD4000001, 0x17FFFFFA
        ),
    ),
}
NAMES = {"amd64": "x86_64", "arm64": "aarch64"}


def pause_program(architecture: str) -> bytes:
    """The executable for that architecture, as uname or Docker writes it. Raises KeyError for others."""
    machine, code = PROGRAMS[NAMES.get(architecture, architecture)]
    headers = 64 + 56
    entry = LOADED_AT + headers
    size = headers + len(code)
    elf = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, machine, 1, entry, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, LOADED_AT, LOADED_AT, size, size, 0x1000)
    return elf + segment + code


def pause_archive(architecture: str) -> bytes:
    """A tar file of an image's only file: /pause. Raises KeyError for an unknown architecture."""
    content = pause_program(architecture)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("pause")
        entry.size, entry.mode = len(content), 0o755
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
