"""The TLS side of a listener: a certificate of the account's, shown on loopback."""

from __future__ import annotations

import ssl
import tempfile

from labs.cloud.load_balancer.model import Certificate


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """A context for TLS 1.2 and later that shows this certificate. Raises ssl.SSLError if it is not one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    show(context, certificate)
    return context


def show(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Make a context show another certificate, from the next connection on."""
    # The ssl module reads keys from files only; this one is readable by its owner and gone at once.
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate.key.rstrip() + b"\n" + certificate.chain)
        file.flush()
        context.load_cert_chain(file.name)
