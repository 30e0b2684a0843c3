"""The site on this machine, as a host of files would serve it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORT = 8000


class _Handler(SimpleHTTPRequestHandler):
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """An address that does not exist shows the site's own page, as hosts of static sites do."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def end_headers(self) -> None:
        """Never kept by the browser: the author reloads to see what has just been made."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal shows the address."""


def server(folder: Path, port: int | None) -> ThreadingHTTPServer:
    """A server of that folder, listening; on the wished port, else on 8000 or a free one. Raises OSError."""
    handler = partial(_Handler, directory=str(folder))
    if port is not None:
        return ThreadingHTTPServer((LOOPBACK, port), handler)
    try:
        return ThreadingHTTPServer((LOOPBACK, PORT), handler)
    except OSError:
        return ThreadingHTTPServer((LOOPBACK, 0), handler)
