"""What an update would do, from what a stack is and what it shall be. Pure.

A change set shows it; "No updates are to be performed." is an empty one. A value that another resource gives anew is
not known yet: such a change is Dynamic, and a replacement that hangs on it is Conditional [API, ResourceChange].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.graph import order
from labs.cloud.cloudformation.intrinsics import Scope, Unknown, resolve, unknown_in
from labs.cloud.cloudformation.model import Change, Deployed, Output
from labs.cloud.cloudformation.outputs import outputs_of
from labs.cloud.cloudformation.references import references
from labs.cloud.cloudformation.scoping import needs, with_resources
from labs.cloud.cloudformation.template import Resource

Immutable = Callable[[str], frozenset[str]]  # a type's name → the properties whose change replaces


@dataclass(frozen=True)
class _Seen:
    """What the resources handled so far mean to those that name them."""

    deployed: Mapping[str, Deployed]
    new: set[str]  # added, or (perhaps) replaced: their Ref and attributes are not known

    def reference(self, name: str) -> Any:
        return Unknown(frozenset({name})) if name in self.new else self.deployed[name].physical_id

    def attribute(self, name: str, attribute: str) -> Any:
        known = self.deployed[name].attributes if name in self.deployed else {}
        if name in self.new or attribute not in known:
            return Unknown(frozenset({f"{name}.{attribute}"}))
        return known[attribute]


@dataclass(frozen=True)
class Plan:
    """The changes, in the order of their dependencies and removals last, and the outputs as far as they are known."""

    changes: tuple[Change, ...]
    outputs: tuple[Output, ...]


def plan(
    deployed: Mapping[str, Deployed],
    resources: Mapping[str, Resource],
    scope: Scope,
    immutable: Immutable,
    tags_changed: bool = False,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> Plan:
    """What would be done. Raises TemplateError for what cannot be."""
    standing = {name: record for name, record in deployed.items() if record.exists}
    if retyped := [
        name for name in resources if name in standing and standing[name].type != resources[name].type
    ]:
        raise TemplateError(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(retyped)}]"
        )
    graph = {name: needs(resource, resources) for name, resource in resources.items()}
    seen = _Seen(standing, set())
    within = with_resources(scope, seen.reference, seen.attribute)
    changes: list[Change] = []
    for name in order(graph):
        resource = resources[name]
        old = standing.get(name)
        if old is None:
            resolve(resource.properties, within)  # a wrong function is found before anything is done
            seen.new.add(name)
            changes.append(Change(name, resource.type, "Add"))
            continue
        change = _modification(old, resource, within, immutable(resource.type), tags_changed)
        if change is None:
            continue
        if change.replacement != "False":
            seen.new.add(name)
        changes.append(change)
    changes += [
        Change(name, record.type, "Remove", record.physical_id)
        for name, record in standing.items()
        if name not in resources
    ]
    return Plan(tuple(changes), outputs_of(outputs or {}, within))


def _modification(
    old: Deployed, resource: Resource, scope: Scope, immutable: frozenset[str], tags_changed: bool
) -> Change | None:
    new = resolve(resource.properties, scope)
    changed = [
        name
        for name in sorted(old.properties.keys() | new.keys())
        if old.properties.get(name) != new.get(name)
    ]
    details = [
        detail
        for name in changed
        for detail in _details(name, new.get(name), resource.properties.get(name), name in immutable, scope)
    ]
    scopes = ["Properties"] if changed else []
    if resource.metadata != old.metadata:
        scopes.append("Metadata")
        details.append(_detail("Metadata"))
    for attribute, before, after in (
        ("DeletionPolicy", old.deletion_policy, resource.deletion_policy),
        ("UpdateReplacePolicy", old.update_replace_policy, resource.update_replace_policy),
    ):
        if before != after:
            scopes.append(attribute)
            details.append(_detail(attribute))
    if tags_changed and "Tags" not in changed:
        scopes.append("Tags")
        details.append(_detail("Tags"))
    if not scopes:
        return None
    return Change(
        logical_id=old.logical_id,
        type=old.type,
        action="Modify",
        physical_id=old.physical_id,
        replacement=_replacement(changed, new, immutable),
        scope=tuple(scopes),
        details=tuple(details),
    )


def _replacement(changed: list[str], new: Mapping[str, Any], immutable: frozenset[str]) -> str:
    decisive = [name for name in changed if name in immutable]
    if any(not unknown_in(new.get(name)) for name in decisive):
        return "True"
    return "Conditional" if decisive else "False"


def _details(name: str, value: Any, written: Any, replaces: bool, scope: Scope) -> list[dict[str, Any]]:
    """One detail for each thing that a property's new value depends on; one for the text itself."""
    sources = sorted(unknown_in(value))
    recreation = ("Conditionally" if sources else "Always") if replaces else "Never"
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    if sources:
        return [
            {
                "Target": target,
                "Evaluation": "Dynamic",
                "ChangeSource": "ResourceAttribute" if "." in source else "ResourceReference",
                "CausingEntity": source,
            }
            for source in sources
        ]
    entities = [reference.name for reference in references(written) if reference.name in scope.values]
    detail: dict[str, Any] = {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}
    if len(entities) == 1:
        detail |= {"ChangeSource": "ParameterReference", "CausingEntity": entities[0]}
    return [detail]


def _detail(attribute: str) -> dict[str, Any]:
    return {
        "Target": {"Attribute": attribute, "RequiresRecreation": "Never"},
        "Evaluation": "Static",
        "ChangeSource": "DirectModification",
    }
