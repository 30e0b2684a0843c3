"""What is kept for tasks: secrets and parameters."""

from __future__ import annotations

from labs.real.operations.model import (
    CAPITALS,
    Named,
    Table,
    TagShape,
    at,
    change,
    delete,
    make,
    same_name,
    without,
)


def _anew(shape: TagShape) -> TagShape:
    """SSM's: what may overwrite takes no tags, and what is not there needs not be overwritten."""
    return lambda request, tags: {**shape(request, tags), "Overwrite": False}


SECRET = Named("secretsmanager:secret", at("SecretId"))
OF_OTHER_KEYS = ("KmsKeyId", "AddReplicaRegions", "CrossAccountPrimaryARN")

SECRETS: Table = {
    "CreateSecret": make(
        "secretsmanager:secret", CAPITALS, "ARN", at("Name"), forbids=without(*OF_OTHER_KEYS)
    ),
    **change("GetSecretValue PutSecretValue", SECRET),
    **change("UpdateSecret", SECRET, forbids=without(*OF_OTHER_KEYS)),
    "DeleteSecret": delete("secretsmanager:secret", at("SecretId")),
}

PARAMETERS: Table = {
    "PutParameter": make(
        "ssm:parameter",
        _anew(CAPITALS),
        "",
        at("Name"),
        existing=same_name("ssm:parameter", at("Name")),
        again=True,
        forbids=without("KeyId", "Policies", "Tier && Tier != 'Standard'"),
    ),
    **change("GetParameter", Named("ssm:parameter", at("WithDecryption && Name || null"))),
    **change("GetParameters", Named("ssm:parameter", at("WithDecryption && Names || null"))),
    "DeleteParameter": delete("ssm:parameter", at("Name")),
    "DeleteParameters": delete("ssm:parameter", at("Names"), passes_over=True),
}
