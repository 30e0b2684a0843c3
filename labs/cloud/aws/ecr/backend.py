"""ECR's backend, whole: each layer builds on the one before."""

from __future__ import annotations

from labs.cloud.aws.ecr.images import TAG, Image, image_answer
from labs.cloud.aws.ecr.scanning import ScanningBackend


class EcrBackend(ScanningBackend):
    """One Region's registry."""


__all__ = ["TAG", "EcrBackend", "Image", "image_answer"]
