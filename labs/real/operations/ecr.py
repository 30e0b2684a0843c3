"""ECR: repositories and the images in them."""

from __future__ import annotations

from labs.real.operations.model import Named, Table, at, change, delete, make, pairs, refuse

TAGS = pairs("tags")
REPOSITORY = Named("ecr:repository", at("repositoryName"))

ECR: Table = {
    "CreateRepository": make("ecr:repository", TAGS, "repository.repositoryArn", at("repositoryName")),
    **change(
        "PutLifecyclePolicy DeleteLifecyclePolicy StartLifecyclePolicyPreview SetRepositoryPolicy "
        "DeleteRepositoryPolicy PutImageTagMutability PutImageScanningConfiguration StartImageScan "
        "InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage BatchDeleteImage",
        REPOSITORY,
    ),
    **refuse(
        "PutRegistryScanningConfiguration PutReplicationConfiguration PutRegistryPolicy DeleteRegistryPolicy",
        "whole registry",
    ),
    "DeleteRepository": delete("ecr:repository", at("repositoryName")),
}
