"""Parameter Store where moto differs from AWS.

Corrected: the public parameters of ECS-optimised images are strings of JSON; moto answers with objects, which no
client expects [DG Retrieving Amazon ECS-optimized Linux AMI metadata]; and DescribeParameters gives the account's own,
where moto adds the thousands of AWS's once one of them was read. moto's module takes long to load, so it is
loaded and patched when Parameter Store is first needed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from labs.cloud.runtime import Runtime


@cache
def backends() -> Any:
    """moto's Parameter Store by account and Region, patched."""
    from moto.ssm import models

    convert = models.convert_to_params

    def as_strings(tree: dict[str, object]) -> list[dict[str, object]]:
        return [
            {**parameter, "Value": json.dumps(value)}
            if isinstance(value := parameter["Value"], (dict, list))
            else parameter
            for parameter in convert(tree)
        ]

    models.convert_to_params = as_strings
    backend = models.SimpleSystemManagerBackend
    describe = backend.describe_parameters

    def own(self: Any, *filters: Any, **named: Any) -> list[Any]:
        return [one for one in describe(self, *filters, **named) if not one.name.startswith("/aws/")]

    backend.describe_parameters = own
    return models.ssm_backends


def install(runtime: Runtime) -> None:
    """Patch Systems Manager."""
    backends()
