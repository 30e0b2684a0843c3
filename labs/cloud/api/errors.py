"""Errors as each AWS protocol writes them, so that every SDK raises its own ClientError."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

_REST_XML = {"route53", "cloudfront"}


@dataclass(frozen=True)
class Refusal:
    """An HTTP answer that refuses: status, headers and body ready to send."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def refusal(environ: dict[str, Any], service: str, code: str, message: str, status: int = 400) -> Refusal:
    """AWS's error `code` with `message`, in the protocol that the caller of `service` speaks."""
    request_id = str(uuid4())
    content_type = environ.get("CONTENT_TYPE", "")
    if environ.get("HTTP_X_AMZ_TARGET") or "json" in content_type:
        return _json(environ, code, message, status, request_id)
    text = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return _xml(f"<Error>{text}<RequestId>{request_id}</RequestId></Error>", status, request_id)
    if service == "ec2":
        return _xml(
            f"<Response><Errors><Error>{text}</Error></Errors><RequestID>{request_id}</RequestID></Response>",
            status,
            request_id,
        )
    if service in _REST_XML or "x-www-form-urlencoded" in content_type:
        return _xml(
            f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>",
            status,
            request_id,
        )
    return _json(environ, code, message, status, request_id)


def _json(environ: dict[str, Any], code: str, message: str, status: int, request_id: str) -> Refusal:
    content_type = environ.get("CONTENT_TYPE", "")
    headers = [
        (
            "Content-Type",
            content_type if content_type.startswith("application/x-amz-json-") else "application/json",
        ),
        ("x-amzn-ErrorType", code),
        ("x-amzn-RequestId", request_id),
    ]
    body = json.dumps({"__type": code, "message": message, "Message": message})
    return Refusal(status, headers, body.encode())


def _xml(body: str, status: int, request_id: str) -> Refusal:
    headers = [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)]
    return Refusal(status, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode())
