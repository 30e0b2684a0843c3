"""What a stack gives: its outputs, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import Scope, resolve, text_of, unknown_in
from labs.cloud.cloudformation.model import Output


def outputs_of(definitions: Mapping[str, Mapping[str, Any]], scope: Scope) -> tuple[Output, ...]:
    """The outputs whose condition holds; those that are not known yet are left out. Raises TemplateError."""
    resolved = (
        _output(key, definition, scope)
        for key, definition in definitions.items()
        if definition.get("Condition") is None or scope.conditions[definition["Condition"]]
    )
    return tuple(output for output in resolved if output is not None)


def _output(key: str, definition: Mapping[str, Any], scope: Scope) -> Output | None:
    value = resolve(definition["Value"], scope)
    export = definition.get("Export")
    name = None if export is None else resolve(export["Name"], scope)
    if unknown_in([value, name]):
        return None
    description = definition.get("Description")
    try:
        return Output(
            key=key,
            value=text_of(value),
            description=None if description is None else text_of(description),
            export=None if name is None else text_of(name),
        )
    except TypeError:
        raise TemplateError(
            f"Template format error: Output {key} is malformed. The Value field of every Outputs member must evaluate to "
            "a String."
        ) from None
