"""The address of every cluster's Kubernetes API: a listener on this machine that says that there is none.

A loopback address, not one that looks like AWS's: kubectl sends a signed token to whatever the endpoint names, and
a name under amazonaws.com would lead out of this machine, or nowhere. The certificate is real, so that what the
learner sees is this answer and no TLS error. Open while there is a cluster.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from labs.cloud.aws.eks.texts import say
from labs.cloud.load_balancer.model import Certificate
from labs.cloud.load_balancer.tls import server_context

NOT_IMPLEMENTED = 501
PATIENCE = 10.0  # seconds for a client to say what it wants
MOST_CONNECTIONS = 32  # at the same time; further ones are closed unheard
_RESOURCES = ("/api/", "/apis/")  # paths where Kubernetes has its objects
LARGEST_BODY = 1024 * 1024  # bytes that are read, and thrown away, before the answer


class Door:
    """The open listener: its URL and, in base64, the certificate of the authority that signed for it."""

    def __init__(self) -> None:
        authority, shown = _certificates()
        self.authority = base64.b64encode(authority).decode()
        self._server = _Server(("127.0.0.1", 0), _Answer)
        self._server.tls = server_context(shown)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="eks-endpoint",
            daemon=True,
        ).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


_door: Door | None = None
_guard = threading.Lock()


def open_door() -> Door:
    """The listener, opened if it is not yet."""
    global _door
    with _guard:
        if _door is None:
            _door = Door()
        return _door


def close() -> None:
    """Close the listener, if it is open."""
    global _door
    with _guard:
        if _door is not None:
            _door.close()
            _door = None


def _status(message: str) -> dict[str, Any]:
    """A failure as the Kubernetes API tells it."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": "NotImplemented",
        "code": NOT_IMPLEMENTED,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, while there are not too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be started
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """TLS in the connection's own thread: a silent client holds up nobody else."""
        try:
            request.settimeout(PATIENCE)
            try:
                secured = self.tls.wrap_socket(request, server_side=True)
            except OSError:  # of ssl, too: whoever this was, it spoke no TLS or did not trust us
                with contextlib.suppress(OSError):
                    request.close()
                return
            super().process_request_thread(secured, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to log."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _say_so(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        left = min(int(length), LARGEST_BODY) if length.isdecimal() and len(length) < 12 else 0
        self.rfile.read(left)
        if self.path.startswith(_RESOURCES):
            kind, body = "application/json", json.dumps(_status(say("no-kubernetes")), ensure_ascii=False)
        else:  # kubectl looks at what is offered first, and then shows an error only if it is plain text
            kind, body = (
                "text/plain; charset=utf-8",
                say("no-kubernetes").replace("\u00a0", " "),
            )  # it would show \\u00a0
        content = body.encode()
        self.send_response(NOT_IMPLEMENTED, "Not Implemented")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _say_so

    def log_message(self, format: str, *args: Any) -> None:
        """Requests bring tokens in their headers; none of this is logged."""


def _certificates() -> tuple[bytes, Certificate]:
    """An authority's certificate, as PEM, and one that it signed for 127.0.0.1. The authority's key is forgotten."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.UTC)  # of this machine, whose TLS clients will compare with it

    def certificate(name: str, issuer: str, key: Any, signer: Any, authority: bool) -> x509.Certificate:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=authority,
                    crl_sign=authority,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if not authority:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    signer, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    root = certificate("kubernetes", "kubernetes", signer, signer, True).public_bytes(pem)
    own = certificate("127.0.0.1", "kubernetes", key, signer, False).public_bytes(pem)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return root, Certificate("eks-endpoint", own, secret)
