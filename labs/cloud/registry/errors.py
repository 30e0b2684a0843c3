"""The registry's refusals, by the error codes of the distribution specification."""

from __future__ import annotations

from labs.cloud.registry.blobs import DIGEST

STATUS = {  # error codes of the distribution specification
    "UNAUTHORIZED": 401,
    "DENIED": 403,
    "NAME_UNKNOWN": 404,
    "NAME_INVALID": 400,
    "MANIFEST_UNKNOWN": 404,
    "MANIFEST_INVALID": 400,
    "MANIFEST_BLOB_UNKNOWN": 400,
    "TAG_INVALID": 400,
    "DIGEST_INVALID": 400,
    "BLOB_UNKNOWN": 404,
    "BLOB_UPLOAD_UNKNOWN": 404,
    "BLOB_UPLOAD_INVALID": 416,
    "SIZE_INVALID": 413,
    "UNSUPPORTED": 405,
}

FROM_ECR = {  # ECR's exceptions as the registry's error codes
    "RepositoryNotFoundException": "NAME_UNKNOWN",
    "ImageNotFoundException": "MANIFEST_UNKNOWN",
    "InvalidParameterException": "MANIFEST_INVALID",
    "ImageDigestDoesNotMatchException": "DIGEST_INVALID",
    "ImageTagAlreadyExistsException": "TAG_INVALID",
    "LayersNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "ReferencedImagesNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "UploadNotFoundException": "BLOB_UPLOAD_UNKNOWN",
}


class RegistryError(Exception):
    """An answer in the registry's error shape."""

    def __init__(self, code: str, message: str, detail: object = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


def check_digest(digest: str) -> None:
    """Raises RegistryError."""
    if not DIGEST.fullmatch(digest):
        raise RegistryError("DIGEST_INVALID", "A digest is sha256: and 64 hexadecimal digits.")
