"""Errors for people: the common shape stays for programs, browsers get a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from frenchbakery.common.calls import Unreachable
from frenchbakery.common.errors import (
    ErrorBody,
    ServiceError,
    error_body,
    error_from_http,
    field_problems,
    headers_from_http,
    unavailable,
)
from frenchbakery.common.language import language
from frenchbakery.frontend.pages import Pages

TITLES = {404: "error_404", 500: "error_500", 503: "error_503"}


def _documented(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    """An error answer in OpenAPI terms: a page for a browser, JSON for a program."""
    content = {
        "text/html": {"schema": {"type": "string"}},
        "application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}},
    }
    return {status: {"description": description, "content": content}}


NOT_FOUND = _documented(404, "No such page")
REFUSED = _documented(422, "Something in the form is not valid")
FOREIGN = _documented(403, "The form was sent from another site")
DEGRADED = _documented(503, "A service that this page needs does not answer")


def install(app: FastAPI, pages: Pages) -> None:
    """Show the errors of `app` as pages to whoever accepts HTML."""

    def answer(
        request: Request, status: int, body: ErrorBody, headers: Mapping[str, str] | None = None
    ) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            title = TITLES.get(status, "error_400")
            response = pages.render(request, "error.html", status, title=title, error=body.error)
        else:
            response = JSONResponse(body.model_dump(), status)
        response.headers.update(headers or {})
        return response

    @app.exception_handler(ServiceError)
    async def refused(request: Request, error: ServiceError) -> Response:
        return answer(request, error.status, error.body(language(request)), error.headers)

    @app.exception_handler(Unreachable)
    async def unreachable(request: Request, error: Unreachable) -> Response:
        return await refused(request, unavailable(error.service))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        lang = language(request)
        return answer(request, 422, error_body("invalid_request", lang, field_problems(error, lang)))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        body = error_from_http(error, language(request))
        return answer(request, error.status_code, body, headers_from_http(error, request))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        return answer(request, 500, error_body("internal_error", language(request)))
