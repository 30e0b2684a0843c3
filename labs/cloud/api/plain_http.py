"""A server of plain HTTP that says so at once to clients that try TLS first, and reads no body from strangers.

Container engines greet a loopback registry with TLS before they fall back to HTTP. Waitress takes the greeting
for the beginning of a header and waits for the rest, until the engine gives up: ten seconds per push or pull. Waitress also keeps a body, up to a gigabyte, before the application sees
the request: how much it keeps is decided here, when the headers are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import BadRequest, RequestEntityTooLarge

TLS_HANDSHAKE = b"\x16"  # first byte of a TLS record that opens a connection (RFC 8446, section 5.1)


LargestBody = Callable[
    [str, str, Mapping[str, str]], int
]  # (path, query, headers as WSGI spells them) → bytes


class PlainParser(HTTPRequestParser):
    """Waitress's parser, which also knows a TLS greeting when it sees one, and bodies that are too large."""

    completed: bool
    largest_body: LargestBody

    def received(self, data: bytes) -> int:
        """Take more of the request; how many bytes were taken."""
        greeting = data.startswith(TLS_HANDSHAKE) and not self.header_plus and self.body_rcv is None
        if greeting and not self.completed:
            self.parse_header(b"GET / HTTP/1.0\r\n")
            self.error = BadRequest("This server speaks plain HTTP.")
            self.completed = True
            return len(data)
        taken: int = super().received(data)
        if self.headers_finished and not self.error and (self.content_length or self.chunked):
            limit = self.largest_body(self.path, self.query, self.headers)
            if max(self.content_length, self.body_bytes_received) > limit:
                self.error = RequestEntityTooLarge(f"The body may have {limit} bytes.")
                self.completed = True
        if self.completed:  # waitress would ask for a body that never comes, or is not wanted
            self.expect_continue = False
        return taken


def plain_channel(largest: LargestBody) -> type[HTTPChannel]:
    """A class of connections for `channel_class` of a server; `largest` bounds what a request may bring."""

    class Parser(PlainParser):
        largest_body = staticmethod(largest)

    class Channel(HTTPChannel):
        parser_class = Parser

    return Channel
