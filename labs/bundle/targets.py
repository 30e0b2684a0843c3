"""The machines that a bundle is for: what pip calls them, and what markers see on them."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from packaging import tags

# The oldest systems whose wheels the course's dependencies all offer.
GLIBC = (2, 28)
MACOS = (14, 0)

# name → system, processor as Python names it
PLATFORMS = {
    "linux-x86_64": ("Linux", "x86_64"),
    "linux-aarch64": ("Linux", "aarch64"),
    "macos-arm64": ("Darwin", "arm64"),
    "macos-x86_64": ("Darwin", "x86_64"),
}


@dataclass(frozen=True, order=True)
class Target:
    """One platform and one version of Python (“3.12”)."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"{self.platform}, Python {self.python}"

    def platform_tags(self) -> list[str]:
        """The wheel platforms that run there, the best first."""
        system, machine = PLATFORMS[self.platform]
        if system == "Darwin":
            return list(tags.mac_platforms(MACOS, machine))
        newest = [f"manylinux_{GLIBC[0]}_{minor}_{machine}" for minor in range(GLIBC[1], 4, -1)]
        legacy = [f"manylinux{name}_{machine}" for name in ("2014", "2010", "1")]
        return [*newest, *legacy, f"linux_{machine}"]

    def pip_options(self) -> list[str]:
        """pip's options that make it choose wheels for there instead of for here."""
        options = ["--only-binary=:all:", "--implementation=cp", f"--python-version={self.python}"]
        return options + [f"--platform={tag}" for tag in self.platform_tags()]

    def markers(self) -> dict[str, str]:
        """What `; sys_platform == …` and the like are judged by."""
        system, machine = PLATFORMS[self.platform]
        first = f"{self.python}.0"  # of its kind: it needs the most backports
        return {
            "implementation_name": "cpython",
            "implementation_version": first,
            "os_name": "posix",
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": system,
            "platform_version": "",
            "python_full_version": first,
            "python_version": self.python,
            "sys_platform": system.lower(),
        }


def here() -> Target:
    """This machine. Raises LookupError when it is none of the platforms."""
    for name, found in PLATFORMS.items():
        if found == (platform.system(), platform.machine()):
            return Target(name, f"{sys.version_info.major}.{sys.version_info.minor}")
    raise LookupError(f"{platform.system()} {platform.machine()}")


def every(platforms: list[str], pythons: list[str]) -> Iterator[Target]:
    """Each platform with each Python, once."""
    for name in dict.fromkeys(platforms):
        for python in dict.fromkeys(pythons):
            yield Target(name, python)
