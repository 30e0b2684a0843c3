"""DynamoDB: the shop's tables."""

from __future__ import annotations

from labs.real.operations.model import CAPITALS, Named, Table, at, change, delete, make, without

TABLE_NAME = Named("dynamodb:table", at("TableName"))

DYNAMODB: Table = {
    "CreateTable": make(
        "dynamodb:table",
        CAPITALS,
        "TableDescription.TableArn",
        at("TableName"),
        forbids=without("DeletionProtectionEnabled", "GlobalTableSourceArn"),
    ),
    **change("PutItem UpdateItem DeleteItem UpdateTimeToLive", TABLE_NAME),
    **change(
        "UpdateTable",
        TABLE_NAME,
        forbids=without("DeletionProtectionEnabled", "ReplicaUpdates", "GlobalTableWitnessUpdates"),
    ),
    **change("BatchWriteItem", Named("dynamodb:table", at("keys(RequestItems)"))),
    "DeleteTable": delete("dynamodb:table", at("TableName")),
}
