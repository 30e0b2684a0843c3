"""Errors as each AWS protocol writes them, so that every SDK raises its own ClientError."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from xml.sax.saxutils import escape

from labs.cloud.api.constraints import Problem

if TYPE_CHECKING:
    from labs.cloud.authorization.authorizer import Denial

# What XML cannot carry: an answer that repeats a hostile parameter must stay readable.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REST_XML = {"route53", "cloudfront"}
_MOST_SAID = 10  # violated constraints told in one answer
_LONGEST_SAID = 200  # characters of a value told back


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
    message = UNSAYABLE.sub("\ufffd", message)
    text = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return _xml(f"<Error>{text}<RequestId>{request_id}</RequestId></Error>", status, request_id)
    if service == "ec2":
        return _xml(
            f"<Response><Errors><Error>{text}</Error></Errors><RequestID>{request_id}</RequestID></Response>",
            status,
            request_id,
        )
    if service in _REST_XML or _is_form(environ):
        return _xml(
            f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>",
            status,
            request_id,
        )
    return _json(environ, code, message, status, request_id)


# How each service calls a parameter that violates its model; the others say ValidationException.
_INVALID = (
    dict.fromkeys(("ecs", "ecr", "eks", "logs"), "InvalidParameterException")
    | dict.fromkeys(
        ("elasticloadbalancing", "cloudformation", "iam", "sts", "autoscaling"), "ValidationError"
    )
    | {"ec2": "InvalidParameterValue", "s3": "InvalidRequest"}
)


def not_allowed(environ: dict[str, Any], service: str, denial: Denial) -> Refusal:
    """The caller may not do this, as the protocol of `service` tells it."""
    message = denial.message
    if service == "ec2":
        text = (
            f"You are not authorized to perform this operation. {message}. "
            f"Encoded authorization failure message: {denial.encoded()}"
        )
        return refusal(environ, service, "UnauthorizedOperation", text, 403)
    if environ.get("HTTP_X_AMZ_TARGET"):
        return refusal(environ, service, "AccessDeniedException", message, 400)
    rest_json = service not in _REST_XML | {"s3"} and not _is_form(environ)
    return refusal(environ, service, "AccessDeniedException" if rest_json else "AccessDenied", message, 403)


def invalid(environ: dict[str, Any], service: str, problems: Sequence[Problem]) -> Refusal:
    """Parameters violate the service's model."""
    first = problems[0]
    code = _INVALID.get(service, "ValidationException")
    text = _coral(problems)
    if service == "ecr":
        text = f"Invalid parameter at '{first.member}' failed to satisfy constraint: '{first.constraint}'"
    elif service == "ecs" and first.allowed:
        text = f"{first.member} should be one of [{','.join(first.allowed)}]"
    elif service == "ec2" and first.missing:
        code = "MissingParameter"
        text = f"The request must contain the parameter {first.member[0].upper()}{first.member[1:]}"
    return refusal(environ, service, code, text)


def _coral(problems: Sequence[Problem]) -> str:
    """Most services' words for what is wrong with parameters."""
    said = []
    for problem in problems[:_MOST_SAID]:
        value = "null" if problem.missing else f"'{str(problem.value)[:_LONGEST_SAID]}'"
        said.append(
            f"Value {value} at '{problem.member}' failed to satisfy constraint: Member {problem.constraint}"
        )
    count = "1 validation error" if len(problems) == 1 else f"{len(problems)} validation errors"
    return f"{count} detected: {'; '.join(said)}"


def failed(environ: dict[str, Any], service: str, message: str) -> Refusal:
    """The operation did not understand its parameters."""
    return refusal(environ, service, _INVALID.get(service, "ValidationException"), message)


def _is_form(environ: dict[str, Any]) -> bool:
    return "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "") or "Action=" in environ.get(
        "QUERY_STRING", ""
    )


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
