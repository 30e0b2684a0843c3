"""Dynamic references: `{{resolve:ssm:name:version}}`, ssm-secure and secretsmanager [User Guide, "Dynamic references"].

They are replaced at the last moment, on the way to a resource type: neither events nor comparisons see a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError

REFERENCE = re.compile(r"\{\{resolve:(?P<service>[a-z0-9-]+):(?P<rest>[^{}]*)\}\}")

Parameter = Callable[
    [str, str, bool], str
]  # name, version ("" for the latest), whether SecureString is meant
Secret = Callable[[str, str, str], str]  # id or ARN, version stage, version id ("" for none) → its string


def dereference(value: Any, parameter: Parameter, secret: Secret) -> Any:
    """`value` with the dynamic references in its strings replaced. Raises TemplateError for one that cannot be."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: _one(found["service"], found["rest"], parameter, secret), value)
    if isinstance(value, Mapping):
        return {name: dereference(item, parameter, secret) for name, item in value.items()}
    if isinstance(value, list):
        return [dereference(item, parameter, secret) for item in value]
    return value


def _one(service: str, rest: str, parameter: Parameter, secret: Secret) -> str:
    if service in ("ssm", "ssm-secure"):
        name, _, version = rest.partition(":")
        return parameter(name, version, service == "ssm-secure")
    if service == "secretsmanager":
        return _secret(rest, secret)
    raise TemplateError(
        f"Template error: {{{{resolve:{service}:…}}}} is not a dynamic reference: ssm, ssm-secure or secretsmanager"
    )


def _secret(rest: str, secret: Secret) -> str:
    """`id:SecretString:json key:stage:version id`; an ARN has six colons of its own."""
    parts = rest.split(":")
    size = 7 if parts[0] == "arn" else 1
    name = ":".join(parts[:size])
    form, key, stage, version = (*parts[size:], "", "", "", "")[:4]
    if not name or form not in ("", "SecretString"):
        raise TemplateError(
            f"Template error: the dynamic reference secretsmanager:{rest} must name a SecretString"
        )
    text = secret(name, stage, version)
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise TemplateError(f"Could not parse SecretString JSON: {name} has no key {key}") from None
