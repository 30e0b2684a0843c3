"""Tickets: short-lived strings that only this cloud can write, and that say what their bearer may do.

A ticket carries its claims and the time it ends, signed with a key that lives as long as the process.
Nothing is stored, so any number can be given out, and none outlives the cloud.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta

from labs.cloud.clock import Clock


class Tickets:
    """Gives out tickets and reads them back."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def issue(self, claims: dict[str, str], lifetime: timedelta) -> tuple[str, datetime]:
        """A ticket for `claims` and the moment it ends. URL-safe text."""
        expires = self._clock.now() + lifetime
        body = json.dumps({"claims": claims, "expires": expires.timestamp()}).encode()
        return base64.urlsafe_b64encode(self._seal(body) + body).decode(), expires

    def read(self, ticket: str) -> dict[str, str] | None:
        """The claims of a ticket that this cloud gave out and that has not ended; else None."""
        try:
            raw = base64.urlsafe_b64decode(ticket.encode("ascii"))
        except ValueError:
            return None
        seal, body = raw[:32], raw[32:]
        if not hmac.compare_digest(seal, self._seal(body)):
            return None
        content = json.loads(body)
        return content["claims"] if self._clock.now().timestamp() < content["expires"] else None

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)
