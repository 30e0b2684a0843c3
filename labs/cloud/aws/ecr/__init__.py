"""ECR as AWS answers, over moto's: images have the digest and size of their manifest, layers are kept on disk.

moto computes digests that are not the manifest's, drops an image when its tag moves, keeps layers nowhere,
gives a token that ended in 2015, keeps lifecycle policies without a meaning and reports a made-up
vulnerability.

The backend's layers build on each other: `layers`, `images`, `lifecycle`, `scanning`, `backend`; the
registry's own API (`labs.cloud.registry`) stands on the same ones.
"""

from __future__ import annotations

from labs.cloud.aws.ecr.responses import install

__all__ = ["install"]
