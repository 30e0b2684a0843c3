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
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from labs.cloud.api.calls import Call, CallError, read_call, spoken_name
from labs.cloud.api.constraints import Problem, problems
from labs.cloud.api.errors import Refusal, failed, invalid, not_allowed, refusal
from labs.cloud.api.signing import ALGORITHM, Caller, Request, SignatureError
from labs.cloud.registry.application import Registry
from labs.cloud.runtime import Runtime

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

MEGABYTE = 1024 * 1024
LARGEST_REQUEST = 256 * MEGABYTE  # bytes of an API call's body under the cloud's own key
LARGEST_OF_OTHERS = 64 * MEGABYTE  # under another key, which is checked only when the body is there
LARGEST_UNSIGNED = MEGABYTE // 16  # enough to refuse it in AWS's words
LARGEST_LAYER = 1024 * MEGABYTE  # waitress's own limit
_READ_ONLY = ("Describe", "List", "Get", "BatchGet", "Head")


class Gateway:
    """Checks every request, then passes it on. Answers are complete before they leave (no lock is held while sending)."""

    def __init__(
        self,
        runtime: Runtime,
        moto: WSGIApplication,
        registry: Registry,
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
            return _send(
                refusal(environ, error.service, error.code, error.message, error.status), start_response
            )
        except Exception as error:
            log.exception("request failed")
            message = f"The local cloud failed to answer ({type(error).__name__}); its log says more."
            return _send(refusal(environ, "", "InternalFailure", message, 400), start_response)

    def largest_body(self, path: str, query: str, headers: Mapping[str, str]) -> int:
        """How many bytes a request may bring, by what its headers prove; called before any of them is kept."""
        given = headers.get("AUTHORIZATION", "")
        if path.startswith("/v2/"):
            return LARGEST_LAYER if self._registry.access.knows(given) else LARGEST_UNSIGNED
        if self._runtime.credentials.access_key_id in given + query:
            return LARGEST_REQUEST
        signed = given.startswith(ALGORITHM) or "X-Amz-Credential=" in query
        return LARGEST_OF_OTHERS if signed else LARGEST_UNSIGNED

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
            raise SignatureError(
                "RequestEntityTooLarge", "The request is too large for the local cloud.", 413
            )
        if "AWSAccessKeyId=" in environ.get("QUERY_STRING", ""):
            raise SignatureError(
                "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256. "
                'With boto3: client("s3", config=Config(signature_version="s3v4")).',
                400,
                "s3",
            )
        if "HTTP_AUTHORIZATION" not in environ and "X-Amz-Signature=" not in environ.get("QUERY_STRING", ""):
            self._refuse_federation(environ["wsgi.input"].read(int(length)))
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

    def _refuse_federation(self, body: bytes) -> None:
        """AWS takes these without a signature; here they are refused like all that is not emulated."""
        for name in ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"):
            if f"Action={name}&".encode() in body + b"&":
                message = f"sts:{name} is not emulated by the local cloud."
                raise SignatureError("NotImplemented", message, 501, "sts")

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
        if environ.get("HTTP_CONTENT_ENCODING") == "gzip" and caller.service != "s3":
            del environ["HTTP_CONTENT_ENCODING"]
            body = _unpacked(body)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        # moto reads service, Region and account out of headers: give it the verified ones only.
        environ["HTTP_AUTHORIZATION"] = caller.authorization
        environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)
        environ["HTTP_USER_AGENT"] = environ.get("HTTP_USER_AGENT", "").replace("region/", "")
        operation = place = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')[:100]}"
        try:
            call = read_call(environ, caller.service, body)
            operation = call.operation or place
            wrong = problems(call)
            with self._runtime.lock:
                refused = self._refused(environ, caller, call, wrong)
                if refused is not None:
                    return _send(refused, start_response)
                status, headers, content = self._ask_moto(environ)
        except CallError as error:
            return _send(refusal(environ, caller.service, error.code, error.message), start_response)
        except (NotImplementedError, ImportError):  # moto misses a library that it would need for this
            if operation == place:
                operation = spoken_name(environ, caller.service) or place
            log.info("not emulated: %s:%s", caller.service, operation)
            message = f"{caller.service}:{operation} is not emulated by the local cloud."
            return _send(refusal(environ, caller.service, "NotImplemented", message, 501), start_response)
        except Exception as error:
            log.exception("moto failed on %s:%s", caller.service, operation)
            return _send(
                _failed(environ, caller, operation, f"{type(error).__name__}: {error}"), start_response
            )
        if status.startswith("5"):
            log.error("moto answered %s to %s:%s", status, caller.service, operation)
            return _send(_failed(environ, caller, operation, status), start_response)
        if not operation.startswith(_READ_ONLY):
            self._runtime.wake.set()
        start_response(status, headers)
        return [content]

    def _refused(
        self, environ: dict[str, Any], caller: Caller, call: Call, wrong: Sequence[Problem]
    ) -> Refusal | None:
        """Why the call goes no further: authorization first, then its parameters, as on AWS."""
        context = {
            "aws:SourceIp": (environ.get("REMOTE_ADDR", "127.0.0.1"),),
            "aws:SecureTransport": ("true",),  # loopback stands for the TLS connection to AWS
            "aws:RequestedRegion": (caller.region,),
            "aws:UserAgent": (environ.get("HTTP_USER_AGENT", ""),),
        }
        denial = self._runtime.authorizer.call_denial(
            caller.access_key_id, call.service, call.operation, call.parameters, caller.region, context
        )
        if denial is not None:
            return not_allowed(environ, caller.service, denial)
        return invalid(environ, caller.service, wrong) if wrong else None

    def _ask_moto(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """moto's status, headers and whole body."""
        answer: list[Any] = []
        chunks = self._moto(environ, lambda status, headers, exc_info=None: answer.extend((status, headers)))
        content = b"".join(chunks)
        return answer[0], answer[1], content


def _unpacked(body: bytes) -> bytes:
    """A body that an SDK has compressed, as it was before."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip
    try:
        unpacked = unpacker.decompress(body, LARGEST_OF_OTHERS)
    except zlib.error:
        raise SignatureError("SerializationException", "The body is not gzip.", 400) from None
    if unpacker.unconsumed_tail:
        raise SignatureError("RequestEntityTooLarge", "The request is too large for the local cloud.", 413)
    return unpacked


def _failed(environ: dict[str, Any], caller: Caller, operation: str, why: str) -> Refusal:
    return failed(
        environ,
        caller.service,
        f"The local cloud could not process {caller.service}:{operation} ({why[:200]}). "
        "Check the parameters; the cloud's log says more.",
    )


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
