"""The cluster query language: which container instances an expression selects. Pure.

    attribute:ecs.instance-type =~ t3.* and not (task:group == database)

Subjects, operators and their arguments as in [DG Create expressions to define container instances].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LONGEST = 2000  # characters [API PlacementConstraint]
DEEPEST = 50  # parentheses and negations within each other

TOKEN = re.compile(
    r"""\s*(?:(?P<symbol>\(|\)|\[|\]|,|&&|\|\||==|!=|=~|!~|>=|<=|>|<|!in\b|!exists\b|!)
        |"(?P<double>[^"]*)"|'(?P<single>[^']*)'
        |(?P<word>[^\s()\[\],!=<>&|"']+))""",
    re.VERBOSE,
)
PATTERN = re.compile(r"\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<word>\S+))")
NAMES = {
    "equals": "==", "not_equals": "!=", "greater_than": ">", "greater_than_equal": ">=", "less_than": "<",
    "less_than_equal": "<=", "not_in": "!in", "not_exists": "!exists", "matches": "=~", "not_matches": "!~",
    "and": "&&", "or": "||", "not": "!",
}  # fmt: skip
EQUALITY = frozenset(("==", "!=", "in", "!in", "=~", "!~"))
ORDER = frozenset(("==", "!=", ">", ">=", "<", "<="))
PRESENCE = frozenset(("exists", "!exists"))
ALLOWED = {
    "agentConnected": EQUALITY,
    "agentVersion": ORDER,
    "ec2InstanceId": EQUALITY,
    "registeredAt": ORDER,
    "runningTasksCount": ORDER,
    "task:group": EQUALITY,
}


class InvalidExpression(ValueError):
    """The expression is not one of the cluster query language; the text says where it goes wrong."""


@dataclass(frozen=True)
class Subject:
    """What expressions ask of a container instance."""

    attributes: Mapping[str, str | None] = field(default_factory=dict)
    groups: Collection[str] = ()  # of the tasks on it
    agent_connected: bool = True
    agent_version: str = "1.0.0"
    ec2_instance_id: str = ""
    registered_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    running_tasks: int = 0


Test = Callable[[Subject], bool]


def parse(expression: str) -> Test:
    """The test that an expression is. Raises InvalidExpression."""
    if len(expression) > LONGEST:
        raise InvalidExpression(f"longer than {LONGEST} characters")
    parser = _Parser(expression)
    test = parser.either(0)
    if parser.peek() is not None:
        raise InvalidExpression(f"unexpected '{parser.peek()}'")
    return test


class _Parser:
    """Recursive descent: or < and < not < comparison."""

    def __init__(self, text: str):
        self._text = text
        self._at = 0

    def peek(self) -> str | None:
        """The next sign, without taking it; None at the end."""
        at = self._at
        sign = self._next()
        self._at = at
        return sign

    def _next(self) -> str | None:
        if not self._text[self._at :].strip():
            return None
        return NAMES.get(sign := self._take(TOKEN), sign)

    def _take(self, kind: re.Pattern[str]) -> str:
        match = kind.match(self._text, self._at)
        if match is None:
            raise InvalidExpression(f"'{self._text[self._at :].strip()[:20]}' was not expected")
        self._at = match.end()
        return next(group for group in match.groups() if group is not None)

    def either(self, depth: int) -> Test:
        """One of several alternatives."""
        tests = [self._both(depth)]
        while self.peek() == "||":
            self._next()
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda subject: any(test(subject) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._negated(depth)]
        while self.peek() == "&&":
            self._next()
            tests.append(self._negated(depth))
        return tests[0] if len(tests) == 1 else lambda subject: all(test(subject) for test in tests)

    def _negated(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise InvalidExpression("too many parentheses")
        sign = self._next()
        if sign == "!":
            test = self._negated(depth + 1)
            return lambda subject: not test(subject)
        if sign == "(":
            test = self.either(depth + 1)
            if self._next() != ")":
                raise InvalidExpression("a ')' is missing")
            return test
        if sign is None:
            raise InvalidExpression("it ends too early")
        return self._comparison(sign)

    def _comparison(self, subject: str) -> Test:
        operator = self._next()
        allowed = ALLOWED.get(subject)
        if subject.startswith("attribute:") and len(subject) > len("attribute:"):
            allowed = ORDER | EQUALITY | PRESENCE
        if allowed is None:
            raise InvalidExpression(f"unknown subject '{subject}'")
        if operator not in allowed:
            raise InvalidExpression(f"'{operator}' is not an operator of {subject}")
        if operator in PRESENCE:
            name = subject.removeprefix("attribute:")
            return lambda instance: (name in instance.attributes) is (operator == "exists")
        arguments = self._list() if operator in ("in", "!in") else [self._argument(operator)]
        negative = operator.startswith("!")
        compare = _comparison(subject, operator, arguments)
        return lambda instance: compare(instance) is not negative

    def _argument(self, operator: str) -> str:
        if not self._text[self._at :].strip():
            raise InvalidExpression("it ends too early")
        if operator in ("=~", "!~"):
            # A regular expression may hold any sign; a bracket that closes a group around it does not belong to it.
            pattern = self._take(PATTERN)
            while pattern.endswith(")") and pattern.count(")") > pattern.count("("):
                pattern = pattern[:-1]
                self._at -= 1
            return pattern
        return self._value()

    def _list(self) -> list[str]:
        if self._next() != "[":
            raise InvalidExpression("a list such as [a, b] was expected")
        values = [self._value()]
        while (sign := self._next()) == ",":
            values.append(self._value())
        if sign != "]":
            raise InvalidExpression("a ']' is missing")
        return values

    def _value(self) -> str:
        match = TOKEN.match(self._text, self._at)
        if match is None or match["symbol"] is not None:
            raise InvalidExpression("a value was expected")
        return self._take(TOKEN)


def _comparison(subject: str, operator: str, arguments: list[str]) -> Test:
    """Whether any of the subject's values fits; the operator's negation is the caller's."""
    values = _values(subject)
    if operator in ("=~", "!~"):
        pattern = _pattern(arguments[0])
        return lambda instance: any(pattern.fullmatch(value) for value in values(instance))
    if operator in ("==", "!=", "in", "!in") and subject not in ("agentVersion", "registeredAt"):
        return lambda instance: any(value in arguments for value in values(instance))
    convert: Callable[[str], Any] = {
        "agentVersion": _version,
        "registeredAt": _date,
        "runningTasksCount": _number,
    }.get(subject, _number)
    wanted = convert(arguments[0])
    order: dict[str, Callable[[Any], bool]] = {
        "==": lambda value: value == wanted,
        "!=": lambda value: value == wanted,
        ">": lambda value: value > wanted,
        ">=": lambda value: value >= wanted,
        "<": lambda value: value < wanted,
        "<=": lambda value: value <= wanted,
    }

    def fits(instance: Subject) -> bool:
        for value in values(instance):
            try:
                if order[operator](convert(value)):
                    return True
            except InvalidExpression:  # this instance's attribute is not a number
                continue
        return False

    return fits


def _values(subject: str) -> Callable[[Subject], Collection[str]]:
    if subject.startswith("attribute:"):
        name = subject.removeprefix("attribute:")

        def attribute(instance: Subject) -> Collection[str]:
            value = instance.attributes.get(name)
            return () if value is None else (value,)

        return attribute
    fields: dict[str, Callable[[Subject], Collection[str]]] = {
        "agentConnected": lambda instance: (str(instance.agent_connected).lower(),),
        "agentVersion": lambda instance: (instance.agent_version,),
        "ec2InstanceId": lambda instance: (instance.ec2_instance_id,),
        "registeredAt": lambda instance: (instance.registered_at.isoformat(),),
        "runningTasksCount": lambda instance: (str(instance.running_tasks),),
        "task:group": lambda instance: instance.groups,
    }
    return fields[subject]


def _pattern(text: str) -> re.Pattern[str]:
    repeated, chosen = (sum(map(text.count, signs)) for signs in ("*+{", "?|"))
    if re.search(r"\)\s*[*+{]", text) or len(text) > 200 or repeated > 3 or chosen > 4:
        # Python's matcher could take years for nested or many repetitions, and the whole cloud would wait.
        raise InvalidExpression(
            "repeated groups, more than three repetitions and more than four alternatives in a regular expression are "
            "not supported by the local cloud"
        )
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidExpression(f"'{text}' is not a regular expression: {error}") from None


def _version(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split("."))
    except ValueError:
        raise InvalidExpression(f"'{text}' is not a version") from None


def _date(text: str) -> datetime:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidExpression(f"'{text}' is not a date") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidExpression(f"'{text}' is not a number") from None
