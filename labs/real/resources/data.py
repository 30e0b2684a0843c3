"""What tasks are given and what they keep: secrets, parameters, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, pages, pairs


def _secret_tags(aws: Aws, id_: str) -> Tags | None:
    found = absent(aws("secretsmanager").describe_secret, SecretId=id_)
    return pairs(found.get("Tags")) if found and "DeletedDate" not in found else None


def _full_arn(aws: Aws, id_: str) -> tuple[str, str] | None:
    """Requests name a secret by its name, its ARN or a part of it: what AWS takes it for decides."""
    found = absent(aws("secretsmanager").describe_secret, SecretId=id_)
    return ("secretsmanager:secret", found["ARN"]) if found else None


def _secrets(aws: Aws) -> Iterator[Tagged]:
    for secret in pages(aws("secretsmanager"), "list_secrets", "SecretList"):
        if "DeletedDate" not in secret:
            yield secret["ARN"], pairs(secret.get("Tags"))


def _parameter_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("ssm").list_tags_for_resource, ResourceType="Parameter", ResourceId=name)
    return pairs(found["TagList"]) if found else None


def _parameters(aws: Aws) -> Iterator[Tagged]:
    for parameter in pages(aws("ssm"), "describe_parameters", "Parameters"):
        tags = _parameter_tags(aws, parameter["Name"])
        if tags is not None:
            yield parameter["Name"], tags


def _table_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("dynamodb").describe_table, TableName=name)
    if found is None:
        return None
    listed = absent(aws("dynamodb").list_tags_of_resource, ResourceArn=found["Table"]["TableArn"])
    return pairs(listed["Tags"]) if listed else None


def _tables(aws: Aws) -> Iterator[Tagged]:
    for name in pages(aws("dynamodb"), "list_tables", "TableNames"):
        tags = _table_tags(aws, name)
        if tags is not None:
            yield name, tags


DATA: Mapping[str, Kind] = {
    "secretsmanager:secret": Kind(_secret_tags, _secrets, owner=_full_arn),
    "ssm:parameter": Kind(_parameter_tags, _parameters),
    "dynamodb:table": Kind(_table_tags, _tables, "table/"),
}
