"""AWS::DynamoDB::Table and AWS::S3::Bucket."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import (
    PATIENCE,
    Change,
    Declared,
    Properties,
    all_tags,
    tag_list,
)
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    STRING,
    TAGS,
    Structure,
    from_api,
    own,
    unemulated,
)


class Table(Declared):
    """Ref: the name. Created once it is active."""

    name = "AWS::DynamoDB::Table"
    service = "dynamodb"
    fixed = frozenset({"KeySchema", "LocalSecondaryIndexes", "TableName"})
    gone = frozenset({"ResourceNotFoundException"})
    # What UpdateTable takes in one call; secondary indexes go one by one.
    UPDATED = (
        "BillingMode",
        "DeletionProtectionEnabled",
        "OnDemandThroughput",
        "ProvisionedThroughput",
        "SSESpecification",
        "StreamSpecification",
        "TableClass",
    )

    def properties(self) -> Structure:
        return (
            from_api(
                "dynamodb",
                "CreateTableInput",
                required=("KeySchema",),
                without=("ResourcePolicy", "WarmThroughput", "StreamSpecification"),
                renamed={
                    "SSESpecification.Enabled": "SSEEnabled",
                    "SSESpecification.KMSMasterKeyId": "KMSMasterKeyId",
                },
            )
            | own(
                PointInTimeRecoverySpecification=from_api("dynamodb", "PointInTimeRecoverySpecification"),
                StreamSpecification=own(required=("StreamViewType",), StreamViewType=STRING),
                Tags=TAGS,
                TimeToLiveSpecification=own(required=("Enabled",), AttributeName=STRING, Enabled=BOOLEAN),
            )
            | unemulated(
                "ContributorInsightsSpecification",
                "ImportSourceSpecification",
                "KinesisStreamSpecification",
                "ResourcePolicy",
                "VectorIndexes",
                "WarmThroughput",
            )
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"TableName": context.name(255), **self._given(p), "Tags": tag_list(context, p)}
        given.setdefault("AttributeDefinitions", [])
        self.client(context).create_table(**given)
        return str(given["TableName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._wait(context, physical_id)
        client = self.client(context)
        if p.get("TimeToLiveSpecification", {}).get("Enabled"):
            client.update_time_to_live(
                TableName=physical_id, TimeToLiveSpecification=p["TimeToLiveSpecification"]
            )
        if "PointInTimeRecoverySpecification" in p:
            client.update_continuous_backups(
                TableName=physical_id, **self._recovery(p["PointInTimeRecoverySpecification"])
            )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self._describe(context, physical_id)
        return {"Arn": found["TableArn"], "StreamArn": found.get("LatestStreamArn", "")}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, new = self.client(context), change.new
        wanted = self._given(
            {name: new[name] for name in self.UPDATED if name in change.names and name in new}
        )
        if change.touches("StreamSpecification") and "StreamSpecification" not in new:
            wanted["StreamSpecification"] = {"StreamEnabled": False}
        if wanted:
            client.update_table(TableName=physical_id, **wanted)
            self._wait(context, physical_id)
        self._change_indexes(context, physical_id, change)
        if change.touches("TimeToLiveSpecification"):
            old = change.old.get("TimeToLiveSpecification", {})
            if old.get("Enabled") and not new.get("TimeToLiveSpecification", {}).get("Enabled"):
                client.update_time_to_live(
                    TableName=physical_id, TimeToLiveSpecification={**old, "Enabled": False}
                )
        self.finish(context, physical_id, {name: new[name] for name in change.names if name in new})
        arn = self._describe(context, physical_id)["TableArn"]
        if dropped := change.dropped_tags():
            client.untag_resource(ResourceArn=arn, TagKeys=dropped)
        if tags := tag_list(context, new):
            client.tag_resource(ResourceArn=arn, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_table(TableName=physical_id)
        context.wait(
            lambda: self.exists(lambda: self._describe(context, physical_id)) is None,
            "the table to be deleted",
            PATIENCE,
        )

    def _given(self, p: Properties) -> dict[str, Any]:
        given = self.api(p)
        if "StreamSpecification" in p:
            given["StreamSpecification"] = {"StreamEnabled": True, **p["StreamSpecification"]}
        return given

    @staticmethod
    def _recovery(specification: Mapping[str, Any]) -> dict[str, Any]:
        enabled = {"PointInTimeRecoveryEnabled": False, **specification}
        return {"PointInTimeRecoverySpecification": enabled}

    def _change_indexes(self, context: Context, table: str, change: Change) -> None:
        """One at a time, as CloudFormation and DynamoDB have it."""
        old, new = (
            {index["IndexName"]: index for index in p.get("GlobalSecondaryIndexes", [])}
            for p in (change.old, change.new)
        )
        updates: list[dict[str, Any]] = [
            {"Delete": {"IndexName": name}} for name in old if old[name] != new.get(name)
        ]
        updates += [{"Create": index} for name, index in new.items() if index != old.get(name)]
        attributes = self.api(change.new, "AttributeDefinitions")
        for update in updates:
            self.client(context).update_table(
                TableName=table, GlobalSecondaryIndexUpdates=[update], **attributes
            )
            self._wait(context, table)

    def _wait(self, context: Context, table: str) -> None:
        def active() -> bool:
            found = self._describe(context, table)
            indexes = found.get("GlobalSecondaryIndexes", [])
            return all(
                entry == "ACTIVE"
                for entry in (found["TableStatus"], *(index["IndexStatus"] for index in indexes))
            )

        context.wait(active, "the table to be active", PATIENCE)

    def _describe(self, context: Context, table: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client(context).describe_table(TableName=table)["Table"]
        return found


# Property → operation, and the parameter that holds it.
BUCKET_SETTINGS = {
    "CorsConfiguration": ("put_bucket_cors", "CORSConfiguration"),
    "OwnershipControls": ("put_bucket_ownership_controls", "OwnershipControls"),
    "PublicAccessBlockConfiguration": ("put_public_access_block", "PublicAccessBlockConfiguration"),
    "VersioningConfiguration": ("put_bucket_versioning", "VersioningConfiguration"),
    "BucketEncryption": ("put_bucket_encryption", "ServerSideEncryptionConfiguration"),
}


class Bucket(Declared):
    """Ref: the name. One with objects in it cannot be deleted."""

    name = "AWS::S3::Bucket"
    service = "s3"
    fixed = frozenset({"BucketName", "ObjectLockEnabled"})
    gone = frozenset({"NoSuchBucket"})

    def properties(self) -> Structure:
        return (
            own(
                BucketName=STRING,
                ObjectLockEnabled=BOOLEAN,
                CorsConfiguration=from_api(
                    "s3",
                    "CORSConfiguration",
                    renamed={
                        "CORSConfiguration.CORSRules": "CorsRules",
                        "CORSRule.ID": "Id",
                        "CORSRule.ExposeHeaders": "ExposedHeaders",
                        "CORSRule.MaxAgeSeconds": "MaxAge",
                    },
                ),
                OwnershipControls=from_api("s3", "OwnershipControls"),
                PublicAccessBlockConfiguration=from_api("s3", "PublicAccessBlockConfiguration"),
                VersioningConfiguration=from_api("s3", "VersioningConfiguration", without=("MFADelete",)),
                BucketEncryption=from_api(
                    "s3",
                    "ServerSideEncryptionConfiguration",
                    renamed={
                        "ServerSideEncryptionConfiguration.Rules": "ServerSideEncryptionConfiguration",
                        "ServerSideEncryptionRule.ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault",
                    },
                ),
                Tags=TAGS,
            )
            | unemulated(
                "AbacStatus",
                "AccelerateConfiguration",
                "AccessControl",
                "AnalyticsConfigurations",
                "BucketNamePrefix",
                "BucketNamespace",
                "IntelligentTieringConfigurations",
                "InventoryConfigurations",
                "LifecycleConfiguration",
                "LoggingConfiguration",
            )
            | unemulated(
                "MetadataConfiguration",
                "MetadataTableConfiguration",
                "MetricsConfigurations",
                "NotificationConfiguration",
                "ObjectLockConfiguration",
                "ReplicationConfiguration",
                "WebsiteConfiguration",
            )
        )

    def make(self, context: Context, p: Properties) -> str:
        name = p.get("BucketName", context.name(63).lower())
        given: dict[str, Any] = {"Bucket": name}
        if context.region != "us-east-1":
            given["CreateBucketConfiguration"] = {"LocationConstraint": context.region}
        if "ObjectLockEnabled" in p:
            given["ObjectLockEnabledForBucket"] = p["ObjectLockEnabled"]
        self.client(context).create_bucket(**given)
        return str(name)

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._configure(context, physical_id, p)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {
            "Arn": f"arn:aws:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.amazonaws.com",
            "DualStackDomainName": f"{physical_id}.s3.dualstack.{context.region}.amazonaws.com",
            "RegionalDomainName": f"{physical_id}.s3.{context.region}.amazonaws.com",
            "WebsiteURL": f"http://{physical_id}.s3-website-{context.region}.amazonaws.com",
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        for name in ("CorsConfiguration", "OwnershipControls", "PublicAccessBlockConfiguration"):
            if name in change.old and name not in change.new:
                operation = BUCKET_SETTINGS[name][0].replace("put_", "delete_")
                getattr(self.client(context), operation)(Bucket=physical_id)
        kept = {name: value for name, value in change.new.items() if name in (*change.names, "Tags")}
        self._configure(context, physical_id, kept)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_bucket(Bucket=physical_id)

    def _configure(self, context: Context, bucket: str, p: Properties) -> None:
        client = self.client(context)
        for name, (operation, parameter) in BUCKET_SETTINGS.items():
            if name in p:
                value = self.schema.members[name].kind.to_api(p[name])
                getattr(client, operation)(Bucket=bucket, **{parameter: value})
        # CloudFormation's own tags may only be put by CloudFormation itself; S3 is the one that minds.
        tags = {key: value for key, value in all_tags(context, p).items() if not key.startswith("aws:")}
        if tags:
            tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
            client.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set})


TYPES = (Table, Bucket)
