"""AWS::SecretsManager::Secret, AWS::SSM::Parameter and AWS::KMS::Key."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context, ResourceError
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, all_tags, tag_list
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    INTEGER,
    JSON,
    STRING,
    TAGS,
    MapOf,
    Structure,
    choice,
    direct,
    from_api,
    own,
    unemulated,
)


class Secret(Declared):
    """Ref: the ARN. GenerateSecretString makes up a value when the secret is made or that property changes."""

    name = "AWS::SecretsManager::Secret"
    service = "secretsmanager"
    fixed = frozenset({"Name"})
    gone = frozenset({"ResourceNotFoundException"})

    def properties(self) -> Structure:
        generate = from_api("secretsmanager", "GetRandomPasswordRequest") | own(
            SecretStringTemplate=STRING, GenerateStringKey=STRING
        )
        return (
            direct(Name=STRING, Description=STRING, KmsKeyId=STRING, SecretString=STRING)
            | own(GenerateSecretString=generate, Tags=TAGS)
            | unemulated("ReplicaRegions", "Type")
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"Name": context.name(512), **self.api(p), "Tags": tag_list(context, p)}
        given["SecretString"] = self._value(context, p)
        return str(self.client(context).create_secret(**given)["ARN"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        given = self.api(change.new, "Description", "KmsKeyId")
        if change.touches("SecretString", "GenerateSecretString"):
            given["SecretString"] = self._value(context, change.new)
        if given:
            client.update_secret(SecretId=physical_id, **given)
        if dropped := change.dropped_tags():
            client.untag_resource(SecretId=physical_id, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.tag_resource(SecretId=physical_id, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_secret(SecretId=physical_id, ForceDeleteWithoutRecovery=True)

    def _value(self, context: Context, p: Properties) -> str:
        if "SecretString" in p and "GenerateSecretString" in p:
            raise ResourceError("You can't specify both SecretString and GenerateSecretString.")
        if "SecretString" in p:
            return str(p["SecretString"])
        wanted = p.get("GenerateSecretString", {})
        password_only = {
            name: value
            for name, value in wanted.items()
            if name not in ("SecretStringTemplate", "GenerateStringKey")
        }
        password = str(self.client(context).get_random_password(**password_only)["RandomPassword"])
        template, key = wanted.get("SecretStringTemplate"), wanted.get("GenerateStringKey")
        if (template is None) != (key is None):
            raise ResourceError("SecretStringTemplate and GenerateStringKey must be given together.")
        if template is None:
            return password
        try:
            return json.dumps({**json.loads(template), key: password})
        except (ValueError, TypeError) as error:
            raise ResourceError("Could not parse SecretStringTemplate as JSON.") from error


class Parameter(Declared):
    """Ref: the name. SecureString is refused, as by CloudFormation."""

    name = "AWS::SSM::Parameter"
    service = "ssm"
    fixed = frozenset({"Name"})
    gone = frozenset({"ParameterNotFound"})

    def properties(self) -> Structure:
        return direct(
            required=("Type", "Value"),
            AllowedPattern=STRING,
            DataType=STRING,
            Description=STRING,
            Name=STRING,
            Policies=STRING,
            Tier=STRING,
            Type=choice("String", "StringList"),
            Value=STRING,
        ) | own(Tags=MapOf(STRING))

    def make(self, context: Context, p: Properties) -> str:
        given = {"Name": context.name(1011), **self.api(p), "Tags": tag_list(context, p)}
        self.client(context).put_parameter(**given)
        return str(given["Name"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Type": p["Type"], "Value": p["Value"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.names - {"Tags"}:
            client.put_parameter(**{"Name": physical_id, **self.api(change.new), "Overwrite": True})
        place = {"ResourceType": "Parameter", "ResourceId": physical_id}
        if dropped := change.dropped_tags():
            client.remove_tags_from_resource(**place, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            client.add_tags_to_resource(**place, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_parameter(Name=physical_id)


class Key(Declared):
    """Ref: the id. Its end schedules the deletion."""

    name = "AWS::KMS::Key"
    service = "kms"
    fixed = frozenset({"KeySpec", "KeyUsage", "MultiRegion", "Origin"})
    gone = frozenset({"NotFoundException", "KMSInvalidStateException"})

    def properties(self) -> Structure:
        return direct(
            BypassPolicyLockoutSafetyCheck=BOOLEAN,
            Description=STRING,
            KeySpec=STRING,
            KeyUsage=STRING,
            MultiRegion=BOOLEAN,
            Origin=STRING,
        ) | own(
            Enabled=BOOLEAN,
            EnableKeyRotation=BOOLEAN,
            KeyPolicy=JSON,
            PendingWindowInDays=INTEGER,
            RotationPeriodInDays=INTEGER,
            Tags=TAGS,
        )

    def make(self, context: Context, p: Properties) -> str:
        given = self.api(p)
        if "KeyPolicy" in p:
            given["Policy"] = JSON.to_api(p["KeyPolicy"])
        tags = [{"TagKey": key, "TagValue": value} for key, value in all_tags(context, p).items()]
        return str(self.client(context).create_key(**given, Tags=tags)["KeyMetadata"]["KeyId"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        if p.get("EnableKeyRotation"):
            period = (
                {"RotationPeriodInDays": p["RotationPeriodInDays"]} if "RotationPeriodInDays" in p else {}
            )
            client.enable_key_rotation(KeyId=physical_id, **period)
        if p.get("Enabled") is False:
            client.disable_key(KeyId=physical_id)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self.client(context).describe_key(KeyId=physical_id)["KeyMetadata"]
        return {"Arn": found["Arn"], "KeyId": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, new = self.client(context), change.new
        if change.touches("Enabled") and new.get("Enabled", True):
            client.enable_key(KeyId=physical_id)
        if change.touches("Description"):
            client.update_key_description(KeyId=physical_id, Description=new.get("Description", ""))
        if change.touches("KeyPolicy") and "KeyPolicy" in new:
            text = JSON.to_api(new["KeyPolicy"])
            client.put_key_policy(KeyId=physical_id, PolicyName="default", Policy=text)
        if change.touches("EnableKeyRotation") and not new.get("EnableKeyRotation"):
            client.disable_key_rotation(KeyId=physical_id)
        self.finish(context, physical_id, {name: new[name] for name in change.names if name in new})
        if dropped := change.dropped_tags():
            client.untag_resource(KeyId=physical_id, TagKeys=dropped)
        tags = [{"TagKey": key, "TagValue": value} for key, value in all_tags(context, new).items()]
        client.tag_resource(KeyId=physical_id, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).schedule_key_deletion(
            KeyId=physical_id, PendingWindowInDays=p.get("PendingWindowInDays", 30)
        )


TYPES = (Secret, Parameter, Key)
