"""CloudWatch Logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labs.real.operations.model import (
    MAP,
    Named,
    Params,
    Table,
    at,
    change,
    delete,
    first,
    make,
    same_name,
    without,
)
from labs.real.operations.policies import foreign_trust, listed, statements
from labs.real.resources.signals import sign


def _signed(request: Params, tags: Mapping[str, str]) -> dict[str, Any]:
    """A resource policy takes no tags: the name of its first statement carries them."""
    try:
        policy = json.loads(request.get("policyDocument", "{}"))
        lead, *others = listed(policy["Statement"])
        policy["Statement"] = [{**lead, "Sid": sign(tags)}, *others]
    except (ValueError, TypeError, KeyError):  # no policy: AWS says so itself
        return {}
    return {"policyDocument": json.dumps(policy)}


def _covered(request: Params) -> list[str]:
    """What a resource policy speaks of; NotResource and no resource mean everything."""
    found = statements(request.get("policyDocument"))
    return [one for statement in found for one in listed(statement.get("Resource", "*"))]


def _wide_resource(request: Params) -> str | None:
    """A pattern covers groups that nobody named; all the streams of one group are that group."""
    named = (one.removesuffix(":*") for one in _covered(request))
    return "log policy" if any({"*", "?"} & set(one) for one in named) else None


LOG_GROUP = Named("logs:log-group", at("logGroupName"))

LOGS: Table = {
    "CreateLogGroup": make(
        "logs:log-group",
        MAP,
        "",
        at("logGroupName"),
        forbids=without("deletionProtectionEnabled"),
    ),
    **change(
        "PutRetentionPolicy DeleteRetentionPolicy CreateLogStream DeleteLogStream PutLogEvents", LOG_GROUP
    ),
    **change(  # paid by what is searched, so not in anybody's groups
        "StartQuery",
        Named("logs:log-group", at("[logGroupName, logGroupNames, logGroupIdentifiers][] | [?@]")),
    ),
    "PutResourcePolicy": make(
        "logs:resource-policy",
        _signed,
        "",
        at("policyName"),
        uses=(Named("logs:log-group", _covered),),
        existing=same_name("logs:resource-policy", at("policyName")),
        forbids=first(without("resourceArn"), foreign_trust("policyDocument"), _wide_resource),
    ),
    "DeleteResourcePolicy": delete("logs:resource-policy", at("policyName"), forbids=without("resourceArn")),
    "DeleteLogGroup": delete("logs:log-group", at("logGroupName")),
}
