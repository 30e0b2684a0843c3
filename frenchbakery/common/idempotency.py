"""Safe retries: the same request under the same key has one effect.

The key becomes the id of what it creates, so one conditional write ("put unless this id exists") decides
every race, in SQLite and in DynamoDB alike. Status codes follow the IETF draft "The Idempotency-Key HTTP
Header Field": 422 when a key comes back with another body.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="chosen by the client, new for each new intention, repeated on a retry",
    ),
]

ID_PATTERN = r"^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$"


def id_from_key(key: str) -> str:
    """A short id that can be read aloud: 60 bits of the key's SHA-256 in base 32.

    >>> id_from_key("a-key-of-a-client")
    'TTDY-T5RC-AZFM'
    """
    text = base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()
    return "-".join((text[:4], text[4:8], text[8:12]))


def fingerprint(key: str, body: BaseModel) -> str:
    """Tells one request from another: a digest of the key and of the validated body."""
    return hashlib.sha256(f"{key}\n{body.model_dump_json()}".encode()).hexdigest()
