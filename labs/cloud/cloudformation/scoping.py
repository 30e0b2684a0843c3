"""The scope in which a stack's functions are resolved: its parameters, conditions and pseudo-parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import Scope, evaluate_conditions, resolve
from labs.cloud.cloudformation.model import Revision
from labs.cloud.cloudformation.references import references
from labs.cloud.cloudformation.template import Resource


@dataclass(frozen=True)
class Place:
    """Where a stack is, and what its functions may ask of the Region."""

    stack_id: str
    stack_name: str
    region: str
    account_id: str
    export: Callable[[str], str]
    zones: Callable[[str], list[str]]


def scope_of(revision: Revision, place: Place) -> Scope:
    """The scope of a revision, its conditions evaluated; it knows no resource yet (see `with_resources`)."""
    pseudo: dict[str, Any] = {
        "AWS::AccountId": place.account_id,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": place.region,
        "AWS::StackId": place.stack_id,
        "AWS::StackName": place.stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }
    values = pseudo | {name: value.value for name, value in revision.parameters.items()}
    plain = Scope(values, revision.template.mappings, zones=place.zones, export=place.export)
    return replace(plain, conditions=evaluate_conditions(revision.template.conditions, plain))


def with_resources(
    scope: Scope, reference: Callable[[str], Any], attribute: Callable[[str, str], Any]
) -> Scope:
    """The same scope, able to answer Ref and Fn::GetAtt of resources."""
    return replace(scope, reference=reference, attribute=attribute)


def check_rules(revision: Revision, scope: Scope) -> None:
    """TemplateError for the first assertion of the Rules section that fails."""
    for name, rule in revision.template.rules.items():
        if "RuleCondition" in rule and not resolve(rule["RuleCondition"], scope):
            continue
        assertions = rule.get("Assertions")
        if not isinstance(assertions, list) or not assertions:
            raise TemplateError(f"Template format error: Rule {name} must have a list of Assertions.")
        for assertion in assertions:
            if not isinstance(assertion, dict) or "Assert" not in assertion:
                raise TemplateError(
                    f"Template format error: Every assertion of rule {name} must have an Assert."
                )
            if resolve(assertion["Assert"], scope) is not True:
                why = assertion.get("AssertDescription", "its assertion is false")
                raise TemplateError(f"Template constraint error: rule {name} failed: {why}")


def active(revision: Revision, scope: Scope) -> dict[str, Resource]:
    """The resources whose condition holds, with the branches that Fn::If takes only.

    Raises TemplateError when one of them, or an output, names a resource whose condition does not hold; DependsOn
    such a resource is let go.
    """
    resources = {
        name: replace(resource, properties=_taken(resource.properties, scope))
        for name, resource in revision.template.resources.items()
        if resource.condition is None or scope.conditions[resource.condition]
    }
    absent = revision.template.resources.keys() - resources.keys()
    for resource in resources.values():
        _refuse_absent(resource.properties, absent, "Resources")
    for output in revision.template.outputs.values():
        if output.get("Condition") is None or scope.conditions[output["Condition"]]:
            _refuse_absent(_taken([output["Value"], output.get("Export")], scope), absent, "Outputs")
    return resources


def _refuse_absent(value: Any, absent: Set[str], block: str) -> None:
    missing = {
        reference.name for reference in references(value) if reference.kind in ("Ref", "GetAtt")
    } & absent
    if missing:
        raise TemplateError(
            f"Template format error: Unresolved resource dependencies [{', '.join(sorted(missing))}] in the {block} "
            "block of the template"
        )


def _taken(value: Any, scope: Scope) -> Any:
    """`value` with every Fn::If replaced by the branch that its condition takes."""
    if isinstance(value, list):
        return [_taken(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    branches = value.get("Fn::If") if len(value) == 1 else None
    if isinstance(branches, list) and len(branches) == 3 and branches[0] in scope.conditions:
        return _taken(branches[1 if scope.conditions[branches[0]] else 2], scope)
    return {name: _taken(item, scope) for name, item in value.items()}


def needs(resource: Resource, known: Mapping[str, Any]) -> frozenset[str]:
    """The resources among `known` that this one depends on, by DependsOn and by its functions."""
    named = {
        reference.name for reference in references(resource.properties) if reference.kind in ("Ref", "GetAtt")
    }
    return frozenset((named | set(resource.depends_on)) & known.keys())
