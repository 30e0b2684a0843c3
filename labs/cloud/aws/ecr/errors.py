"""ECR's refusals that moto does not have, in ECR's words."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.exceptions import ServiceException
from moto.ecr.exceptions import InvalidParameterException
from moto.ecr.models import Repository


class EcrError(ServiceException):
    """A refusal whose code is its class's name."""

    def __init_subclass__(cls) -> None:
        cls.code = cls.__name__


class ImageTagAlreadyExistsException(EcrError):
    """The tag of an immutable repository names another image."""

    def __init__(self, repository: str, tag: str):
        super().__init__(
            f"The image tag '{tag}' already exists in the '{repository}' repository "
            "and cannot be overwritten because the repository is immutable."
        )


class ImageDigestDoesNotMatchException(EcrError):
    """The caller's digest is not that of the manifest."""

    message = "The specified image digest does not match the digest that Amazon ECR calculated for the image."


class LayersNotFoundException(EcrError):
    """A manifest names layers that the repository does not hold."""


class ReferencedImagesNotFoundException(EcrError):
    """An index names images that the repository does not hold."""


class LayerInaccessibleException(EcrError):
    """The layer is there, but no image uses it."""

    message = "The specified layer is not available because it is not associated with an image."


class InvalidLayerException(EcrError):
    """The uploaded bytes are not those of any digest the caller gave."""


class EmptyUploadException(EcrError):
    """An upload was completed before a part came."""

    message = "The specified layer upload does not contain any layer parts."


class LayerAlreadyExistsException(EcrError):
    """The repository holds the layer already."""


class LifecyclePolicyPreviewInProgressException(EcrError):
    """The repository's last preview is not complete yet."""

    def __init__(self, repository: str, registry_id: str):
        super().__init__(
            f"The lifecycle policy preview for the repository with name '{repository}' in the registry "
            f"with id '{registry_id}' is in progress"
        )


class LifecyclePolicyPreviewNotFoundException(EcrError):
    """No preview was asked for."""

    def __init__(self, repository: str, registry_id: str):
        super().__init__(
            f"There is no lifecycle policy preview for the repository with name '{repository}' in the "
            f"registry with id '{registry_id}'"
        )


class ImageStorageClassUpdateNotSupportedException(EcrError):
    """The image is where it should go, or on its way."""

    def __init__(self, target: str, status: str):
        super().__init__(f"The image with status {status} cannot be moved to the storage class {target}")


class ImageArchivedException(EcrError):
    """The image is in the archive storage class."""

    message = "The specified image is archived and cannot be scanned."


class UnsupportedImageTypeException(EcrError):
    """An index has no packages of its own."""

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
