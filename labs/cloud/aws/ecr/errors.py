"""ECR's refusals that moto does not have, in ECR's words."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.exceptions import ServiceException
from moto.ecr.exceptions import InvalidParameterException
from moto.ecr.models import Repository


class ImageTagAlreadyExistsException(ServiceException):
    """The tag of an immutable repository names another image."""

    code = "ImageTagAlreadyExistsException"

    def __init__(self, repository: str, tag: str):
        super().__init__(
            f"The image tag '{tag}' already exists in the '{repository}' repository "
            "and cannot be overwritten because the repository is immutable."
        )


class ImageDigestDoesNotMatchException(ServiceException):
    """The caller's digest is not that of the manifest."""

    code = "ImageDigestDoesNotMatchException"
    message = "The specified image digest does not match the digest that Amazon ECR calculated for the image."


class LayersNotFoundException(ServiceException):
    """A manifest names layers that the repository does not hold."""

    code = "LayersNotFoundException"


class ReferencedImagesNotFoundException(ServiceException):
    """An index names images that the repository does not hold."""

    code = "ReferencedImagesNotFoundException"


class LayerInaccessibleException(ServiceException):
    """The layer is there, but no image uses it."""

    code = "LayerInaccessibleException"
    message = "The specified layer is not available because it is not associated with an image."


class InvalidLayerException(ServiceException):
    """The uploaded bytes are not those of any digest the caller gave."""

    code = "InvalidLayerException"


class EmptyUploadException(ServiceException):
    """An upload was completed before a part came."""

    code = "EmptyUploadException"
    message = "The specified layer upload does not contain any layer parts."


class LayerAlreadyExistsException(ServiceException):
    """The repository holds the layer already."""

    code = "LayerAlreadyExistsException"


class LifecyclePolicyPreviewInProgressException(ServiceException):
    """The repository's last preview is not complete yet."""

    code = "LifecyclePolicyPreviewInProgressException"

    def __init__(self, repository: str, registry_id: str):
        super().__init__(
            f"The lifecycle policy preview for the repository with name '{repository}' in the registry "
            f"with id '{registry_id}' is in progress"
        )


class LifecyclePolicyPreviewNotFoundException(ServiceException):
    """No preview was asked for."""

    code = "LifecyclePolicyPreviewNotFoundException"

    def __init__(self, repository: str, registry_id: str):
        super().__init__(
            f"There is no lifecycle policy preview for the repository with name '{repository}' in the "
            f"registry with id '{registry_id}'"
        )


class ImageStorageClassUpdateNotSupportedException(ServiceException):
    """The image is where it should go, or on its way."""

    code = "ImageStorageClassUpdateNotSupportedException"

    def __init__(self, target: str, status: str):
        super().__init__(f"The image with status {status} cannot be moved to the storage class {target}")


class ImageArchivedException(ServiceException):
    """The image is in the archive storage class."""

    code = "ImageArchivedException"
    message = "The specified image is archived and cannot be scanned."


class UnsupportedImageTypeException(ServiceException):
    """An index has no packages of its own."""

    code = "UnsupportedImageTypeException"
    message = "The image is of a type that cannot be scanned."


def invalid(parameter: str, constraint: str) -> InvalidParameterException:
    """The refusal of a parameter's value, in ECR's words."""
    return InvalidParameterException(
        f"Invalid parameter at '{parameter}' failed to satisfy constraint: '{constraint}'"
    )


def required(what: str, digests: Iterable[str], repository: Repository) -> str:
    """That an image refers to layers or images which the repository lacks, in ECR's words."""
    return (
        f"{what} with digests '[{', '.join(digests)}]' required for pushing image into repository "
        f"with name '{repository.name}' in the registry with id '{repository.registry_id}' do not exist"
    )
