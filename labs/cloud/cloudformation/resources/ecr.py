"""AWS::ECR::Repository."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, tag_list
from labs.cloud.cloudformation.resources.schema import BOOLEAN, JSON, STRING, TAGS, Structure, from_api, own

NAMES = {
    "ImageTagMutabilityExclusionFilter.filterType": "ImageTagMutabilityExclusionFilterType",
    "ImageTagMutabilityExclusionFilter.filter": "ImageTagMutabilityExclusionFilterValue",
}


class Repository(Declared):
    """Ref: the name. Images that are left refuse its end, unless EmptyOnDelete."""

    name = "AWS::ECR::Repository"
    service = "ecr"
    fixed = frozenset({"RepositoryName", "EncryptionConfiguration"})
    gone = frozenset({"RepositoryNotFoundException"})

    def properties(self) -> Structure:
        return from_api("ecr", "CreateRepositoryRequest", renamed=NAMES, without=("RegistryId",)) | own(
            EmptyOnDelete=BOOLEAN,
            LifecyclePolicy=own(LifecyclePolicyText=STRING, RegistryId=STRING),
            RepositoryPolicyText=JSON,
            Tags=TAGS,
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"repositoryName": context.name(256).lower(), **self.api(p), "tags": tag_list(context, p)}
        return str(self.client(context).create_repository(**given)["repository"]["repositoryName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._set_policies(context, physical_id, p)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self._describe(context, physical_id)
        return {"Arn": found["repositoryArn"], "RepositoryUri": found["repositoryUri"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, new = self.client(context), change.new
        if change.touches("ImageTagMutability", "ImageTagMutabilityExclusionFilters"):
            filters = self.api(new, "ImageTagMutabilityExclusionFilters")
            client.put_image_tag_mutability(
                repositoryName=physical_id,
                imageTagMutability=new.get("ImageTagMutability", "MUTABLE"),
                **filters,
            )
        if change.touches("ImageScanningConfiguration"):
            client.put_image_scanning_configuration(
                repositoryName=physical_id,
                **{"imageScanningConfiguration": {}, **self.api(new, "ImageScanningConfiguration")},
            )
        if "LifecyclePolicy" in change.old and "LifecyclePolicy" not in new:
            client.delete_lifecycle_policy(repositoryName=physical_id)
        if "RepositoryPolicyText" in change.old and "RepositoryPolicyText" not in new:
            client.delete_repository_policy(repositoryName=physical_id)
        self._set_policies(context, physical_id, {name: new[name] for name in change.names if name in new})
        arn = self._describe(context, physical_id)["repositoryArn"]
        if dropped := change.dropped_tags():
            client.untag_resource(resourceArn=arn, tagKeys=dropped)
        client.tag_resource(resourceArn=arn, tags=tag_list(context, new))

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_repository(
            repositoryName=physical_id, force=p.get("EmptyOnDelete", False)
        )

    def _set_policies(self, context: Context, name: str, p: Properties) -> None:
        client = self.client(context)
        if text := p.get("LifecyclePolicy", {}).get("LifecyclePolicyText"):
            client.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=text)
        if "RepositoryPolicyText" in p:
            client.set_repository_policy(
                repositoryName=name, policyText=JSON.to_api(p["RepositoryPolicyText"])
            )

    def _describe(self, context: Context, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client(context).describe_repositories(repositoryNames=[name])[
            "repositories"
        ][0]
        return found


TYPES = (Repository,)
