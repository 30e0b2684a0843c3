"""The JSON text of a lifecycle policy: read, checked, and refused in ECR's words.

Sources: Amazon ECR User Guide, "Lifecycle policy properties in Amazon ECR" and the evaluation rules; the messages
are those that ECR's schema validator and its checks of the whole policy give.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from labs.cloud.registry.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT,
    EXPIRE,
    PULLED,
    PUSHED,
    STANDARD,
    TAGGED,
    TRANSITION,
    TRANSITIONED,
    UNTAGGED,
    Policy,
    Rule,
)

MOST_RULES = 50
MOST_WILDCARDS = 4  # in one pattern
SHORTEST_ARCHIVE = 90  # days that an image stays archived at least

NO_SCHEMA = "instance failed to match exactly one schema (matched 0 out of 2)"


class InvalidPolicy(ValueError):
    """The text is not a lifecycle policy; the message is ECR's."""


def read(text: str) -> Policy:
    """The policy that `text` describes. Raises InvalidPolicy."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InvalidPolicy("Could not map policyString into LifecyclePolicy.")
    if not isinstance(document.get("rules"), list):
        raise InvalidPolicy('object has missing required properties (["rules"])')
    _only(document, {"rules"})
    entries = document["rules"]
    if not entries:
        raise InvalidPolicy("array is too short: must have at least 1 elements but instance has 0 elements")
    if len(entries) > MOST_RULES:
        raise InvalidPolicy(
            f"array is too long: must have at most {MOST_RULES} elements but instance has {len(entries)} elements"
        )
    rules = tuple(_rule(entry) for entry in entries)
    _check_whole(rules)
    return Policy(rules)


def _rule(entry: object) -> Rule:
    rule = _object(entry)
    _required(rule, ("rulePriority", "selection", "action"))
    _only(rule, {"rulePriority", "description", "selection", "action"})
    description = rule.get("description", "")
    if not isinstance(description, str):
        raise _wrong_type(description, "string")
    selection, action = _object(rule["selection"]), _object(rule["action"])
    _required(action, ("type",))
    _only(action, {"type", "targetStorageClass"})
    _required(selection, ("tagStatus", "countType", "countNumber"))
    lists = {"tagPrefixList", "tagPatternList"}
    _only(selection, {"tagStatus", "countType", "countNumber", "countUnit", "storageClass"} | lists)
    read = Rule(
        priority=_number(rule["rulePriority"]),
        tag_status=_one_of(selection["tagStatus"], (TAGGED, UNTAGGED, ANY)),
        count_type=_count_type(selection["countType"]),
        count=_number(selection["countNumber"]),
        patterns=_patterns(selection),
        storage_class=_one_of(selection.get("storageClass", STANDARD), (STANDARD, ARCHIVE)),
        action=_one_of(action["type"], (EXPIRE, TRANSITION)),
        description=description,
    )
    if not _fits(read, selection, action):
        raise InvalidPolicy(NO_SCHEMA)
    return read


def _fits(rule: Rule, selection: Mapping[str, Any], action: Mapping[str, Any]) -> bool:
    """Whether unit, storage class, target and action go with the way of counting."""
    unit = selection.get("countUnit") == (None if rule.count_type == COUNT else "days")
    target = action.get("targetStorageClass") == (ARCHIVE if rule.action == TRANSITION else None)
    # A count of what was archived only makes sense in the archive, and nothing else may be counted there.
    where = rule.storage_class == (ARCHIVE if rule.count_type == TRANSITIONED else STANDARD)
    needed = {PULLED: TRANSITION, TRANSITIONED: EXPIRE}.get(rule.count_type, rule.action)
    stays = rule.count_type != TRANSITIONED or rule.count >= SHORTEST_ARCHIVE
    no_nulls = None not in (*selection.values(), *action.values())
    return unit and target and where and rule.action == needed and stays and no_nulls


def _patterns(selection: Mapping[str, Any]) -> tuple[str, ...]:
    """Every pattern of the selection, prefixes as patterns."""
    given = [name for name in ("tagPatternList", "tagPrefixList") if name in selection]
    if selection["tagStatus"] != TAGGED:
        if given:
            raise InvalidPolicy(f"{given[0]} can only be specified when tagStatus=TAGGED")
        return ()
    if not given or any(selection[name] == [] for name in given):
        raise InvalidPolicy("Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.")
    if len(given) > 1:
        raise InvalidPolicy("tagPrefixList and tagPatternList cannot both be specified in a single rule")
    entries = selection[given[0]]
    if not isinstance(entries, list):
        raise _wrong_type(entries, "array")
    for entry in entries:
        if not isinstance(entry, str):
            raise _wrong_type(entry, "string")
        if not entry:
            raise InvalidPolicy('string "" is too short (length: 0, required minimum: 1)')
        if entry.count("*") > MOST_WILDCARDS:
            raise InvalidPolicy(f'tagPatternList entry "{entry}" has more than {MOST_WILDCARDS} wildcards')
    if given == ["tagPrefixList"]:
        return tuple(f"{entry}*" for entry in entries)
    return tuple(entries)


def _check_whole(rules: tuple[Rule, ...]) -> None:
    repeated = [priority for priority, times in Counter(rule.priority for rule in rules).items() if times > 1]
    if repeated:
        raise InvalidPolicy(
            f"Rule priorities must be unique. Found more than one rule with priority {repeated[0]}"
        )
    for storage_class in (STANDARD, ARCHIVE):
        here = sorted(
            (rule for rule in rules if rule.storage_class == storage_class), key=lambda rule: rule.priority
        )
        if any(rule.tag_status == ANY for rule in here[:-1]):
            raise InvalidPolicy("Rule for tagStatus=ANY must have the lowest priority per storage class")
        if sum(rule.tag_status == UNTAGGED for rule in here) > 1:
            raise InvalidPolicy("Only one rule can select Untagged images per storage class")
        lists = Counter(frozenset(rule.patterns) for rule in here if rule.tag_status == TAGGED)
        if any(times > 1 for times in lists.values()):
            raise InvalidPolicy("Rules must have unique tag lists per storage class")


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(value, "object")
    return value


def _required(value: Mapping[str, Any], names: Iterable[str]) -> None:
    missing = sorted(set(names) - set(value))
    if missing:
        raise InvalidPolicy(f"object has missing required properties ({json.dumps(missing)})")


def _only(value: Mapping[str, Any], names: set[str]) -> None:
    others = sorted(set(value) - names)
    if others:
        raise InvalidPolicy(
            f"object instance has properties which are not allowed by the schema: ({json.dumps(others[:1])})"
        )


def _one_of(value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        shown = json.dumps(value)[:80]
        raise InvalidPolicy(
            f"instance value ({shown}) not found in enum (possible values: {json.dumps(allowed)})"
        )
    return str(value)


def _count_type(value: object) -> str:
    if value not in (COUNT, PUSHED, PULLED, TRANSITIONED):
        raise InvalidPolicy(NO_SCHEMA)
    return str(value)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(value, "integer")
    if value < 1:
        raise InvalidPolicy(
            f"numeric instance is lower than the required minimum (minimum: 1, found: {value})"
        )
    if value > 2**31 - 1:
        raise InvalidPolicy("Could not map policyString into LifecyclePolicy.")
    return value


def _wrong_type(value: object, allowed: str) -> InvalidPolicy:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    found = kinds.get(type(value), "null")
    return InvalidPolicy(
        f'instance type ({found}) does not match any allowed primitive type (allowed: ["{allowed}"])'
    )
