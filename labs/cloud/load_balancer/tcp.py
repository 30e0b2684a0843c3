"""Network Load Balancers: TCP connections passed on to a target, bytes untouched.

Sources: ELB User Guide for Network Load Balancers, "What is a Network Load Balancer?" (one target per connection),
"Edit target group attributes" (source_ip stickiness), "Health checks" (fail open).
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from dataclasses import dataclass, field

from labs.cloud.load_balancer import routing
from labs.cloud.load_balancer.exchange import CONNECT_SECONDS
from labs.cloud.load_balancer.model import Forward, Listener, Target, TargetGroup
from labs.cloud.load_balancer.proxy import Proxy

_CHUNK = 64 * 1024  # bytes


@dataclass
class TcpServer:
    """The connections of one TCP or TLS listener."""

    proxy: Proxy
    listener_arn: str
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until both sides have ended. Whatever happens, the client's side is closed."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError):
            writer.transport.abort()  # a reset, as when a target refuses
        finally:
            self._connections.discard(task)
            writer.close()

    def close(self) -> None:
        """End every connection."""
        for task in self._connections:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener = self.proxy.snapshot().listeners.get(self.listener_arn)
        target = self._target(listener, writer.get_extra_info("peername")[0])
        place = self.proxy.addresses.resolve(target.address or "", target.port) if target else None
        if listener is None or target is None or target.blocked or place is None:
            raise ConnectionRefusedError
        async with asyncio.timeout(CONNECT_SECONDS):
            far_reader, far_writer = await asyncio.open_connection(*place)
        try:
            async with asyncio.timeout(listener.idle_timeout) as silence, asyncio.TaskGroup() as both:
                for source, sink in ((reader, far_writer), (far_reader, writer)):
                    both.create_task(_copy(source, sink, silence, listener.idle_timeout))
        except* OSError as errors:  # one side is gone
            raise ConnectionResetError from errors
        finally:
            far_writer.close()

    def _target(self, listener: Listener | None, client: str) -> Target | None:
        snapshot = self.proxy.snapshot()
        action = listener.rules[-1].action if listener else None
        group: TargetGroup | None = None
        if isinstance(action, Forward):
            group = snapshot.target_groups.get(routing.draw(action, 0) or "")
        targets = self.proxy.eligible(group) if group else []
        if group is None or not targets:
            return None
        if group.stickiness is not None:  # by source address
            ordered = sorted(targets, key=lambda target: (target.id, target.port))
            return ordered[zlib.crc32(client.encode()) % len(ordered)]
        return self.proxy.pick(group, targets)


async def _copy(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, silence: asyncio.Timeout, longest: float
) -> None:
    """Pass bytes on until the source has no more, then say so: each direction may end alone, but not over TLS.

    Every chunk puts off the end of `silence` by `longest` seconds.
    """
    while chunk := await source.read(_CHUNK):
        silence.reschedule(asyncio.get_running_loop().time() + longest)
        sink.write(chunk)
        await sink.drain()
    with contextlib.suppress(OSError):
        if sink.can_write_eof():
            sink.write_eof()
        else:  # TLS ends in both directions at once
            sink.close()
