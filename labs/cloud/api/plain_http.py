"""A server of plain HTTP that says so at once to clients that try TLS first.

Container engines greet a loopback registry with TLS before they fall back to HTTP. Waitress takes the greeting
for the beginning of a header and waits for the rest, until the engine gives up: ten seconds per push or pull.
"""

from __future__ import annotations

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import BadRequest

TLS_HANDSHAKE = b"\x16"  # first byte of a TLS record that opens a connection (RFC 8446, section 5.1)


class PlainParser(HTTPRequestParser):
    """Waitress's parser, which also knows a TLS greeting when it sees one."""

    completed: bool

    def received(self, data: bytes) -> int:
        """Take more of the request; how many bytes were taken."""
        greeting = data.startswith(TLS_HANDSHAKE) and not self.header_plus and self.body_rcv is None
        if not greeting or self.completed:
            return super().received(data)
        self.parse_header(b"GET / HTTP/1.0\r\n")
        self.error = BadRequest("This server speaks plain HTTP.")
        self.completed = True
        return len(data)


class PlainChannel(HTTPChannel):
    """A connection whose requests `PlainParser` reads; set as a server's `channel_class`."""

    parser_class = PlainParser
