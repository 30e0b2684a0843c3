"""Kubernetes's own schemas, of the two versions that the course compares: which objects there are, what they may hold.

The data are the Kubernetes project's (copyright The Kubernetes Authors, Apache License 2.0, see LICENSE.txt): its OpenAPI
description as strict JSON schemas, of which annotations were taken out. `python -m tests.kubernetes_schemas` makes them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

OLD, NEW = "1.25", "1.36"  # 1.36: the newest that EKS offered when this was written
VERSIONS = (OLD, NEW)


class UnknownKind(LookupError):
    """This version of Kubernetes has no such object."""


def objection(document: Mapping[str, Any], version: str = NEW) -> tuple[str, str] | None:
    """The schema's first objection to an object: where, and what; None when there is none.

    Fields that the schema does not know are objected to. Raises UnknownKind, and RecursionError for what is nested
    too deeply.
    """
    data, validator = _schemas(version)
    name = data["kinds"].get(f"{document['apiVersion']}/{document['kind']}")
    if name is None:
        raise UnknownKind(document["kind"])
    error = next(iter(validator.descend(document, {"$ref": f"#/$defs/{name}"})), None)
    if error is None:
        return None
    return ".".join(str(part) for part in error.absolute_path), error.message


@cache
def _schemas(version: str) -> tuple[dict[str, Any], Any]:
    """The data of a version, and a validator that knows its definitions."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    packed = files("labs.kubernetes").joinpath(f"schemas-{version}.json.gz").read_bytes()
    data = json.loads(gzip.decompress(packed))
    return data, Draft202012Validator({"$defs": data["$defs"]})
