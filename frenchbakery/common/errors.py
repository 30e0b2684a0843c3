"""One shape for every error: `{"error": {"code", "message", "fields", "request_id"}}`.

Codes are for programs and never change; messages are for people, in their language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match

from frenchbakery.common.fields import SOMETHING
from frenchbakery.common.language import Language, language
from frenchbakery.common.logs import request_id
from frenchbakery.common.texts import ERRORS, FIELDS

CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class FieldProblem(BaseModel):
    """What is wrong with one field of a request; `field` is its path, such as `lines.0.quantity`."""

    field: str
    message: str


class ErrorDetail(BaseModel):
    """The contents of an error."""

    code: str
    message: str
    fields: list[FieldProblem] = []
    request_id: str


class ErrorBody(BaseModel):
    """The body of every answer of 400 and above."""

    error: ErrorDetail


class ServiceError(Exception):
    """An error to tell the caller. `code` is a key of ERRORS; `values` fill its placeholders.

    `fields` are pairs (path of a field, key of FIELDS).
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        fields: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **values: str,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.fields, self.headers, self.values = status, code, fields, headers, values

    def body(self, lang: Language) -> ErrorBody:
        """The error in one language."""
        problems = [FieldProblem(field=path, message=FIELDS[key][lang]) for path, key in self.fields]
        return error_body(self.code, lang, problems, **self.values)


def error_body(code: str, lang: Language, fields: Sequence[FieldProblem] = (), **values: str) -> ErrorBody:
    """An error about the current request."""
    message = ERRORS[code][lang].format(**values)
    return ErrorBody(
        error=ErrorDetail(code=code, message=message, fields=list(fields), request_id=request_id.get())
    )


def unavailable(name: str) -> ServiceError:
    """A service or table that this one needs does not answer: 503, come back in 5 s."""
    return ServiceError(503, "dependency_unavailable", headers={"Retry-After": "5"}, name=name)


def field_problems(error: RequestValidationError, lang: Language) -> list[FieldProblem]:
    """pydantic's findings in the caller's language, without the refused values (they may be personal)."""
    return [
        FieldProblem(field=_path(found["loc"]), message=_explain(found, lang)) for found in error.errors()
    ]


def _path(loc: Sequence[str | int]) -> str:
    parts = [str(part) for part in loc]
    if parts[0] == "body" and len(parts) > 1 and parts[1].isdecimal():
        return "body"  # unreadable JSON: pydantic gives an offset, not a field
    return ".".join(parts[1:]) or parts[0]


def _explain(found: Mapping[str, Any], lang: Language) -> str:
    facts = dict(found.get("ctx", {}))
    key = "blank" if facts.get("pattern") == SOMETHING else found["type"]
    text = FIELDS.get(key, FIELDS["value_error"])[lang]
    if "expected" in facts:  # pydantic's English list: 'morning', 'noon' or 'evening'
        facts["expected"] = ", ".join(re.findall(r"'([^']+)'", facts["expected"]))
    return text.format(**facts)


def error_from_http(error: HTTPException, lang: Language) -> ErrorBody:
    """The framework's own errors (no such path, wrong method, body too large) in the common shape."""
    return error_body(CODES.get(error.status_code, "bad_request"), lang)


def headers_from_http(error: HTTPException, request: Request) -> dict[str, str]:
    """The error's headers; Allow names every method of the address (the framework knows the first route's only)."""
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(method for method in METHODS if _answers(request, method))
    return headers


def _answers(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def install(app: FastAPI) -> None:
    """Answer every error of `app` in the common shape."""

    @app.exception_handler(ServiceError)
    async def refused(request: Request, error: ServiceError) -> JSONResponse:
        body = error.body(language(request))
        return JSONResponse(body.model_dump(), error.status, headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        lang = language(request)
        return JSONResponse(
            error_body("invalid_request", lang, field_problems(error, lang)).model_dump(), 422
        )

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> JSONResponse:
        body = error_from_http(error, language(request))
        return JSONResponse(body.model_dump(), error.status_code, headers=headers_from_http(error, request))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse(error_body("internal_error", language(request)).model_dump(), 500)
