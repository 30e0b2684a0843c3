"""The registry's own API under /v2/: what `docker push`, `skopeo copy` and task starts speak to.

Docker Registry HTTP API v2, now the OCI distribution specification, over the repositories of ECR
(`aws/ecr/`), with ECR's authentication (user AWS, password from GetAuthorizationToken) and ECR's texts.
Bytes are streamed between socket and disk outside the cloud's lock; the lock is held only to look at, or
change, what ECR knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.ecr.models import ECR_REPOSITORY_NAME_PATTERN
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response

from labs.cloud.registry.access import Access
from labs.cloud.registry.blob_routes import BlobRoutes
from labs.cloud.registry.errors import FROM_ECR, STATUS, RegistryError, check_digest
from labs.cloud.registry.manifest_routes import ManifestRoutes

if TYPE_CHECKING:
    from labs.cloud.runtime import Runtime

NAME = re.compile(ECR_REPOSITORY_NAME_PATTERN)
NAME_LIMIT = 256  # characters; ECR API reference, repositoryName


class Registry:
    """The WSGI application."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self.access = Access(runtime)
        blobs, manifests = BlobRoutes(runtime, self.access), ManifestRoutes(runtime)
        self._routes: tuple[tuple[re.Pattern[str], dict[str, tuple[Callable[..., Response], str]]], ...] = (
            # Each method with ECR's action that it stands for.
            (_route("blobs/uploads/?"), {"POST": (blobs.start, "InitiateLayerUpload")}),
            (
                _route("blobs/uploads/(?P<upload_id>[^/]+)"),
                {
                    "GET": (blobs.status, "UploadLayerPart"),
                    "PATCH": (blobs.go_on, "UploadLayerPart"),
                    "PUT": (blobs.finish, "CompleteLayerUpload"),
                    "DELETE": (blobs.cancel, "UploadLayerPart"),
                },
            ),
            (
                _route("blobs/(?P<digest>[^/]+)"),
                {
                    "GET": (blobs.blob, "GetDownloadUrlForLayer"),
                    "HEAD": (blobs.blob, "BatchCheckLayerAvailability"),
                },
            ),
            (
                _route("manifests/(?P<reference>[^/]+)"),
                {
                    "GET": (manifests.manifest, "BatchGetImage"),
                    "HEAD": (manifests.manifest, "BatchGetImage"),
                    "PUT": (manifests.put, "PutImage"),
                    "DELETE": (manifests.delete, "BatchDeleteImage"),
                },
            ),
            (
                _route("referrers/(?P<digest>[^/]+)"),
                {"GET": (manifests.referrers, "ListImageReferrers")},
            ),
            (_route("tags/list"), {"GET": (manifests.tags, "ListImages")}),
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; every refusal has the registry's JSON shape."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except RegistryError as error:
            response = self._refusal(error)
        except ServiceException as error:
            response = self._refusal(RegistryError(FROM_ECR.get(error.code, "DENIED"), error.message))
        except RequestedRangeNotSatisfiable as error:
            response = Response(status=416, headers=error.get_headers())
        response.headers["Docker-Distribution-Api-Version"] = "registry/2.0"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.rstrip("/") == "/v2":
            self.access.claims(request, "registry")
            return _json({})
        for route, methods in self._routes:
            match = route.fullmatch(request.path)
            if match is None:
                continue
            name, arguments = match["name"], {k: v for k, v in match.groupdict().items() if k != "name"}
            if request.method not in methods:
                raise RegistryError("UNSUPPORTED", "The operation is unsupported.")
            if len(name) > NAME_LIMIT or not NAME.fullmatch(name):
                raise RegistryError("NAME_INVALID", f"Invalid repository name: {name[:NAME_LIMIT]!r}")
            if "digest" in arguments:
                check_digest(arguments["digest"])
            method, action = methods[request.method]
            return method(
                request,
                self.access.backend(request, name, action, arguments.get("digest")),
                name,
                **arguments,
            )
        raise RegistryError("NAME_UNKNOWN", "There is nothing at this address of the registry.")

    def _refusal(self, error: RegistryError) -> Response:
        entry: dict[str, object] = {"code": error.code, "message": error.message}
        if error.detail is not None:
            entry["detail"] = error.detail
        response = _json({"errors": [entry]}, STATUS[error.code])
        if error.code == "UNAUTHORIZED":
            challenge = f'Basic realm="{self._runtime.endpoint}/",service="ecr.amazonaws.com"'
            response.headers["WWW-Authenticate"] = challenge
        return response


def _route(rest: str) -> re.Pattern[str]:
    # The name is taken loosely here and checked afterwards, so that a bad one gets NAME_INVALID.
    return re.compile(rf"/v2/(?P<name>.+?)/{rest}")


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")
