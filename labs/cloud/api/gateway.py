"""The front door: one WSGI application that lets in what is signed and sends it to moto or to the course.

With containers running behind it, an open API would let any web page or neighbour run commands as the
learner. So: a foreign Host (DNS rebinding) or any Origin (a web page) is refused, there is no CORS, and every
request proves that it knows a key of this cloud. Three doors have their own proof: `/v2/` (the registry's
Basic authentication) and `/_course/tasks/<secret>/` (a task's unguessable path and token).
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from labs.cloud.api.errors import Refusal, refusal
from labs.cloud.api.signing import Caller, Request, SignatureError
from labs.cloud.runtime import Runtime

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

LARGEST_REQUEST = 256 * 1024 * 1024  # bytes of an API call's body; the registry streams and has its own limit
_READ_ONLY = ("Describe", "List", "Get", "BatchGet", "Head")


class Gateway:
    """Checks every request, then passes it on. Answers are complete before they leave (no lock is held while sending)."""

    def __init__(
        self,
        runtime: Runtime,
        moto: WSGIApplication,
        registry: WSGIApplication,
        control: Callable[[str, str, bytes], Any],
        tasks: Callable[[str, str, str | None], Any],
    ):
        self._runtime = runtime
        self._moto = moto
        self._registry = registry
        self._control = control
        self._tasks = tasks

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI entry point; never raises."""
        try:
            return self._route(environ, start_response)
        except SignatureError as error:
            return _send(refusal(environ, "", error.code, error.message, 403), start_response)
        except Exception as error:
            log.exception("request failed")
            message = f"The local cloud failed to answer ({type(error).__name__}); its log says more."
            return _send(refusal(environ, "", "InternalFailure", message, 400), start_response)

    def _route(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self._refuse_foreigners(environ)
        # Waitress has decoded the path; the signature and moto want it as it was sent.
        environ["RAW_URI"] = environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
        path = environ.get("PATH_INFO", "/")
        if path == "/v2" or path.startswith("/v2/"):
            return self._registry(environ, start_response)
        if path.startswith("/_course/tasks/"):
            return _answer(
                self._tasks(environ["REQUEST_METHOD"], path, environ.get("HTTP_AUTHORIZATION")),
                start_response,
            )
        caller, body = self._authenticate(environ)
        if path.startswith("/_course/"):
            return self._course(environ, caller, body, start_response)
        if path.startswith(("/moto-api", "/favicon.ico", "/latest/")):
            return _send(
                refusal(environ, "", "AccessDenied", "Not part of the local cloud.", 403), start_response
            )
        return self._aws(environ, caller, body, start_response)

    def _refuse_foreigners(self, environ: dict[str, Any]) -> None:
        if environ.get("HTTP_HOST", "").lower() not in self._runtime.hosts:
            raise SignatureError("AccessDenied", "The local cloud answers on 127.0.0.1 only.")
        if "HTTP_ORIGIN" in environ:
            raise SignatureError("AccessDenied", "The local cloud answers no web page.")
        if environ["REQUEST_METHOD"] == "OPTIONS":
            raise SignatureError("AccessDenied", "The local cloud allows no cross-origin requests.")

    def _authenticate(self, environ: dict[str, Any]) -> tuple[Caller, bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST_REQUEST:
            raise SignatureError("RequestEntityTooLarge", "The request is too large for the local cloud.")
        if "HTTP_AUTHORIZATION" not in environ and "X-Amz-Signature=" not in environ.get("QUERY_STRING", ""):
            raise SignatureError("MissingAuthenticationToken", "Missing Authentication Token")
        body = environ["wsgi.input"].read(int(length))
        path, _, query = environ["RAW_URI"].partition("?")
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                headers[name.replace("_", "-").lower()] = environ[name]
        caller = self._runtime.credentials.verify(
            Request(environ["REQUEST_METHOD"], path, query, headers, body)
        )
        return caller, body

    def _course(
        self, environ: dict[str, Any], caller: Caller, body: bytes, start_response: StartResponse
    ) -> Iterable[bytes]:
        # Only the cloud's own key commands the cloud itself; a task's role never does.
        if caller.service != "course" or caller.access_key_id != self._runtime.credentials.access_key_id:
            raise SignatureError(
                "AccessDenied", "The control API takes the cloud's own key, service name course."
            )
        try:
            answer = self._control(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
        except ValueError as error:
            return _send(refusal(environ, "", "ValidationException", str(error)), start_response)
        return _answer(answer, start_response)

    def _aws(
        self, environ: dict[str, Any], caller: Caller, body: bytes, start_response: StartResponse
    ) -> Iterable[bytes]:
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        # moto reads service, Region and account out of headers: give it the verified ones only.
        environ["HTTP_AUTHORIZATION"] = caller.authorization
        environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)
        environ["HTTP_USER_AGENT"] = environ.get("HTTP_USER_AGENT", "").replace("region/", "")
        answer: list[Any] = []
        operation = _operation(environ)
        try:
            with self._runtime.lock:
                chunks = self._moto(
                    environ, lambda status, headers, exc_info=None: answer.extend((status, headers))
                )
                content = b"".join(chunks)
        except NotImplementedError:
            operation = _by_route(environ, caller.service) or operation
            log.info("not emulated: %s:%s", caller.service, operation)
            message = f"{caller.service}:{operation} is not emulated by the local cloud."
            return _send(refusal(environ, caller.service, "NotImplemented", message, 501), start_response)
        except Exception as error:
            log.exception("moto failed on %s:%s", caller.service, operation)
            message = (
                f"The local cloud could not process {caller.service}:{operation} "
                f"({type(error).__name__}: {str(error)[:200]}). Check the parameters; the cloud's log says more."
            )
            return _send(refusal(environ, caller.service, "ValidationException", message), start_response)
        if not operation.startswith(_READ_ONLY):
            self._runtime.wake.set()
        start_response(answer[0], answer[1])
        return [content]


def _by_route(environ: dict[str, Any], service: str) -> str | None:
    """The operation of a REST service, which its method and path name; None for what is no such service."""
    from moto.core.request import Request as MotoRequest
    from moto.core.routing import get_service_router

    if environ.get("HTTP_X_AMZ_TARGET") or "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        return None
    try:
        operation, _ = get_service_router(service).match(MotoRequest(environ))
    except Exception:  # a service or a path that AWS does not have
        return None
    return str(operation.name)


def _operation(environ: dict[str, Any]) -> str:
    """The operation's name, for messages: from the target header, the form, else method and path."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return target.rpartition(".")[2][:100]
    if "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        environ["wsgi.input"].seek(0)
        form = environ["wsgi.input"].read(4096).decode("latin-1")
        environ["wsgi.input"].seek(0)
        return parse_qs(form).get("Action", [""])[0][:100]
    return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')[:100]}"


def _answer(answer: Any, start_response: StartResponse) -> Iterable[bytes]:
    """A JSON answer; None means there is no such thing."""
    if answer is None:
        return _send(
            Refusal(404, [("Content-Type", "application/json")], b'{"message": "Not Found"}'), start_response
        )
    return _send(
        Refusal(200, [("Content-Type", "application/json")], json.dumps(answer, default=str).encode()),
        start_response,
    )


def _send(answer: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    length = ("Content-Length", str(len(answer.body)))
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", [*answer.headers, length])
    return [answer.body]
