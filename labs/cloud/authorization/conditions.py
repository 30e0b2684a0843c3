"""The Condition element: does the request's context meet every operator and key?

[IAM User Guide: IAM JSON policy elements: Condition operators; Multivalued context keys]
"""

from __future__ import annotations

import base64
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from labs.cloud.authorization.patterns import Variables, matches, matches_arn, substitute

Context = Mapping[str, Sequence[str]]  # lower-case condition key → its values in the request
Test = Callable[[str, str, Variables | None], bool]  # (the request's value, the policy's, variables)


def meets(condition: Any, context: Context, variables: Variables | None) -> bool:
    """Whether `context` meets the whole Condition element. What cannot be understood is not met."""
    if not isinstance(condition, dict):
        return condition is None
    return all(
        isinstance(keys, dict)
        and all(_meets(name, key, as_list(wanted), context, variables) for key, wanted in keys.items())
        for name, keys in condition.items()
    )


def as_list(value: Any) -> list[str]:
    """A policy's text or list of texts, as a list; JSON's true and numbers as the text they stand for."""
    values = value if isinstance(value, list) else [value]
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]


def _meets(name: str, key: str, wanted: list[str], context: Context, variables: Variables | None) -> bool:
    quantifier, _, base = name.rpartition(":")
    present = context.get(key.lower(), ())
    if base.lower() == "null":
        return all((not present) == (want == "true") for want in wanted)
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    if base not in OPERATORS:
        return False
    test, negated = OPERATORS[base]

    def one(value: str) -> bool:
        return any(test(value, want, variables) for want in wanted) != negated

    if quantifier == "ForAllValues":
        return all(one(value) for value in present)
    if not present:
        return if_exists or (negated and not quantifier)
    if negated and not quantifier:
        return all(one(value) for value in present)
    return any(one(value) for value in present)


def _equal(value: str, want: str, variables: Variables | None) -> bool:
    return value == (want if variables is None else substitute(want, variables))


def _equal_ignoring_case(value: str, want: str, variables: Variables | None) -> bool:
    filled = want if variables is None else substitute(want, variables)
    return filled is not None and value.lower() == filled.lower()


def _like(value: str, want: str, variables: Variables | None) -> bool:
    return matches(want, value, variables)


def _arn(value: str, want: str, variables: Variables | None) -> bool:
    return matches_arn(want, value, variables)


def _truth(value: str, want: str, variables: Variables | None) -> bool:
    return _equal_ignoring_case(value, want, variables)


def _binary(value: str, want: str, _: Variables | None) -> bool:
    try:
        return base64.b64decode(value) == base64.b64decode(want)
    except ValueError:
        return False


def _address(value: str, want: str, _: Variables | None) -> bool:
    try:
        return ip_address(value) in ip_network(want, strict=False)
    except ValueError:
        return False


def _moment(text: str) -> float:
    """Seconds since 1970 of a date in ISO 8601 or of a number. Raises ValueError."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _compared(read: Callable[[str], float], holds: Callable[[float, float], bool]) -> Test:
    def test(value: str, want: str, _: Variables | None) -> bool:
        try:
            return holds(read(value), read(want))
        except (ValueError, OverflowError):
            return False

    return test


OPERATORS: dict[str, tuple[Test, bool]] = {  # name → (test, negated)
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn, False),  # ArnEquals and ArnLike behave identically
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
    "Bool": (_truth, False),
    "BinaryEquals": (_binary, False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
} | {
    f"{kind}{comparison}": (_compared(read, holds), negated)
    for kind, read in (("Numeric", float), ("Date", _moment))
    for comparison, holds, negated in (
        ("Equals", operator.eq, False),
        ("NotEquals", operator.eq, True),
        ("LessThan", operator.lt, False),
        ("LessThanEquals", operator.le, False),
        ("GreaterThan", operator.gt, False),
        ("GreaterThanEquals", operator.ge, False),
    )
}
