"""The address book: where an ENI's private address and port really listen on this machine."""

from __future__ import annotations

import threading


class AddressBook:
    """(private IP, port) → (host, real port). Safe to use from any thread without the cloud's lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: dict[tuple[str, int], tuple[str, int]] = {}

    def bind(self, ip: str, port: int, host: str, real_port: int) -> None:
        """`ip:port` inside the cloud is `host:real_port` on this machine, until released."""
        with self._lock:
            self._sockets[ip, port] = (host, real_port)

    def release(self, ip: str, port: int | None = None) -> None:
        """Forget one port of `ip`, or every one; nothing happens when there is none."""
        with self._lock:
            for address in [known for known in self._sockets if known[0] == ip and port in (None, known[1])]:
                del self._sockets[address]

    def resolve(self, ip: str, port: int) -> tuple[str, int] | None:
        """Where `ip:port` really listens; None when nothing is bound there."""
        with self._lock:
            return self._sockets.get((ip, port))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sockets.clear()
