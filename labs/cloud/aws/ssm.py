"""Parameter Store where moto differs from AWS.

Corrected: the public parameters of ECS-optimised images are strings of JSON; moto answers with objects, which no
client expects [DG Retrieving Amazon ECS-optimized Linux AMI metadata].
"""

from __future__ import annotations

import json

from moto.ssm import models

from labs.cloud.runtime import Runtime

_convert = models.convert_to_params


def _as_strings(tree: dict[str, object]) -> list[dict[str, object]]:
    return [
        {**parameter, "Value": json.dumps(value)}
        if isinstance(value := parameter["Value"], (dict, list))
        else parameter
        for parameter in _convert(tree)
    ]


def install(runtime: Runtime) -> None:
    """Patch Systems Manager."""
    models.convert_to_params = _as_strings
