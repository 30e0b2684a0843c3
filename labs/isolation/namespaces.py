"""One process in namespaces of its own, seen from inside and from outside (namespaces(7) of the Linux manual)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import psutil

Namespace = Literal["pid", "uts", "net"]
NAMESPACES: tuple[Namespace, ...] = ("pid", "uts", "net")
HOSTNAME = "fournil"
SECONDS = 10.0  # the longest that the process may take to show itself

# Runs inside: names itself where it has a host name of its own, says what it sees, and waits to be looked at.
PROGRAM = """
import json, os, socket, sys
if sys.argv[1:]:
    socket.sethostname(sys.argv[1])
print(json.dumps({
    "pid": os.getpid(),
    "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "interfaces": len(socket.if_nameindex()),
    "uid": os.getuid(),
}), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Pair:
    """The same thing seen from outside and from inside."""

    outside: int
    inside: int


@dataclass(frozen=True)
class Views:
    """One process seen from both sides; `recorded` when it is not this machine that showed it."""

    own: tuple[Namespace, ...]
    pid: Pair  # its number
    processes: Pair  # how many are visible
    interfaces: Pair  # of the network; one is the loopback
    uid: Pair
    recorded: bool = False


# By this program under Linux 6.18, started by an ordinary user, November 2026.
RECORDED = Views(NAMESPACES, Pair(11394, 1), Pair(105, 1), Pair(4, 1), Pair(1000, 0), recorded=True)


def look(own: Iterable[Namespace]) -> Views:
    """Start a process with these namespaces of its own, look at it from both sides, end it."""
    wanted = set(own)
    own = tuple(kind for kind in NAMESPACES if kind in wanted)
    if sys.platform != "linux":
        return recorded(own)
    try:
        return _live(own)
    except (OSError, ValueError, psutil.Error):  # no unshare, or not allowed here
        return recorded(own)


def recorded(own: tuple[Namespace, ...]) -> Views:
    """The recorded picture, for those namespaces: what is shared is seen as from outside."""

    def pair(kind: Namespace, both: Pair) -> Pair:
        return both if kind in own else Pair(both.outside, both.outside)

    return Views(
        own,
        pair("pid", RECORDED.pid),
        pair("pid", RECORDED.processes),
        pair("net", RECORDED.interfaces),
        RECORDED.uid,
        recorded=True,
    )


def _live(own: tuple[Namespace, ...]) -> Views:
    flags = ["--user", "--map-root-user", "--fork", "--kill-child"]
    flags += [f"--{kind}" for kind in own] + (["--mount-proc"] if "pid" in own else [])
    name = [HOSTNAME] if "uts" in own else []
    with subprocess.Popen(
        ["unshare", *flags, sys.executable, "-I", "-S", "-c", PROGRAM, *name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as unshare:  # fmt: skip
        assert unshare.stdin and unshare.stdout
        patience = threading.Timer(SECONDS, unshare.kill)
        patience.start()
        try:
            seen = json.loads(unshare.stdout.readline())
            process = _child(unshare.pid)
            return Views(
                own,
                Pair(process.pid, seen["pid"]),
                Pair(len(psutil.pids()), seen["processes"]),
                Pair(len(psutil.net_if_addrs()), seen["interfaces"]),
                Pair(os.getuid(), seen["uid"]),
            )
        finally:
            unshare.stdin.close()
            unshare.wait()
            patience.cancel()


def _child(pid: int) -> psutil.Process:
    """The program itself: `unshare` forked it."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if children := psutil.Process(pid).children():
            return children[0]
        time.sleep(0.01)
    raise OSError(f"{pid} has no child")
