"""The text of a template, JSON or YAML, as plain values; short forms (`!Ref`) become their long ones.

CloudFormation reads YAML 1.1 without aliases, merges, timestamps and binary values [User Guide, "CloudFormation
template format"]: an unquoted 2010-09-09 is a string.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from labs.cloud.api.errors import UNSAYABLE
from labs.cloud.cloudformation.errors import TemplateError

DEEPEST = 100  # levels of nesting; far more than a template has, far less than Python's stack
_LONG_FORM = {"Ref": "Ref", "Condition": "Condition"}


def read(text: str) -> dict[str, Any]:
    """The template's top level. Raises TemplateError with the line and column of what is wrong."""
    content = _read_json(text) if text.lstrip().startswith("{") else _read_yaml(text)
    if not isinstance(content, dict):
        raise TemplateError("Template format error: unsupported structure.")
    _check_values(content, "", 0)
    return content


def _malformed(language: str, line: int, column: int, why: str = "") -> TemplateError:
    return TemplateError(
        f"Template format error: {language} not well-formed. (line {line}, column {column}){why}"
    )


def _read_json(text: str) -> Any:
    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, value in pairs:
            if key in content:
                raise TemplateError(f"Template format error: JSON not well-formed. Duplicate key '{key}'.")
            content[key] = value
        return content

    try:
        return json.loads(text, object_pairs_hook=without_duplicates)
    except json.JSONDecodeError as error:
        raise _malformed("JSON", error.lineno, error.colno) from None
    except (RecursionError, ValueError):  # a number of thousands of digits is a ValueError
        raise TemplateError("Template format error: JSON not well-formed.") from None


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise TemplateError("Template error: YAML aliases are not allowed in CloudFormation templates")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, None] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _at(key, " A key must be a string.")
            if key.value in seen:
                raise _at(key, f" Duplicate key '{key.value}'.")
            seen[key.value] = None
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def _at(node: yaml.Node, why: str = "") -> TemplateError:
    mark = node.start_mark
    return _malformed("YAML", mark.line + 1, mark.column + 1, why)


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Za-z0-9:]+", suffix):
        raise _at(node, f" Unknown tag !{suffix}.")
    name = _LONG_FORM.get(suffix, f"Fn::{suffix}")
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_UNREAD = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}  # CloudFormation takes these as strings
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _UNREAD]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_multi_constructor("!", _short_form)


def _read_yaml(text: str) -> Any:
    if found := UNSAYABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _malformed("YAML", line, found.start() - text.rfind("\n", 0, found.start()))
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is None:
            raise TemplateError("Template format error: YAML not well-formed.") from None
        raise _malformed("YAML", mark.line + 1, mark.column + 1) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise TemplateError("Template format error: YAML not well-formed.") from None


def _check_values(value: Any, path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise TemplateError("Template format error: the template is nested too deeply.")
    if value is None:
        raise TemplateError(f"[{path or '/'}] 'null' values are not allowed in templates")
    if isinstance(value, str) and UNSAYABLE.search(value):
        raise TemplateError(
            f"[{path}] Template format error: a control character is not allowed in templates"
        )
    if isinstance(value, dict):
        for key, item in value.items():
            _check_values(key, f"{path}/?", depth)
            _check_values(item, f"{path}/{key}", depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_values(item, f"{path}/{number}", depth + 1)
