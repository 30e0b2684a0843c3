"""Make the data of `labs.kubernetes`, for other versions of Kubernetes than those that are there.

    pip install --target FOLDER kubernetes-validate
    python -m tests.kubernetes_schemas FOLDER

That library holds every version's schemas in full, some hundred megabytes; the course needs two, without annotations.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labs import kubernetes

ANNOTATIONS = {"description", "$schema", "$id", "default", "format"}  # what judges nothing
OF_THE_API = "x-kubernetes-"
MACHINERY = "io.k8s.apimachinery."  # of requests and answers: nothing that anybody applies
OBJECT = f"{OF_THE_API}group-version-kind"


def stripped(schema: Any, *, names: bool = False) -> Any:
    """A schema without annotations. `names`: its keys are properties' names, which may be anything."""
    if isinstance(schema, list):
        return [stripped(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: stripped(value, names=not names and key in ("properties", "$defs"))
        for key, value in schema.items()
        if names or not (key in ANNOTATIONS or key.startswith(OF_THE_API))
    }


def packed(definitions: Mapping[str, Any]) -> bytes:
    """The data of one version, the same bytes each time."""
    kinds = {
        "/".join(filter(None, (each["group"], each["version"], each["kind"]))): name
        for name, schema in definitions["$defs"].items()
        if not name.startswith(MACHINERY)
        for each in schema.get(OBJECT, ())
    }
    data = {"kinds": kinds, "$defs": stripped(definitions["$defs"], names=True)}
    return gzip.compress(json.dumps(data, separators=(",", ":")).encode(), 9, mtime=0)


def main(folder: Path) -> None:
    """Write the data of each version."""
    schemas = folder / "kubernetes_validate" / "kubernetes-json-schema"
    for version in kubernetes.VERSIONS:
        definitions = json.loads((schemas / f"v{version}.0-local-strict" / "_definitions.json").read_text())
        target = Path(kubernetes.__file__).parent / f"schemas-{version}.json.gz"
        target.write_bytes(packed(definitions))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
