"""Metric math, as far as it is emulated: arithmetic over metrics, and a few functions. Pure.

Source: CloudWatch User Guide, "Using math expressions with CloudWatch metrics".
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import datetime

Series = dict[datetime, float]  # period's beginning → value
Value = Series | float

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_ACROSS: dict[str, Callable[[list[float]], float]] = {  # over an array of series: one series
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}
LONGEST = 1024  # characters [API MetricDataQuery]
DEEPEST = 30  # operations within each other; a learner's formula has three


class ExpressionError(ValueError):
    """The expression is wrong, or beyond what the local cloud computes; the text says which."""


def evaluate(expression: str, series: Mapping[str, Series]) -> Series:
    """The series that `expression` gives, with `series` by their ids. Raises ExpressionError."""
    if len(expression) > LONGEST:
        raise ExpressionError("it is longer than 1024 characters")
    try:
        tree = ast.parse(expression.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("it is not a valid expression") from None
    value = _value(tree, series, 0)
    if isinstance(value, float):
        raise ExpressionError("it must give a time series, not a number")
    return value


def _value(node: ast.expr, series: Mapping[str, Series], depth: int) -> Value:
    if depth > DEEPEST:
        raise ExpressionError("it has too many operations within each other")
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in series:
            return series[name]
        case ast.Name(id=name):
            raise ExpressionError(f"the id {name} is not one of this request's")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _combine(operator.sub, 0.0, _value(operand, series, depth + 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _combine(
                _OPERATORS[type(op)], _value(left, series, depth + 1), _value(right, series, depth + 1)
            )
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments, series, depth + 1)
    raise ExpressionError(
        "the local cloud computes + - * / ^, SUM, AVG, MIN and MAX over arrays, METRICS() and FILL only"
    )


def _call(name: str, arguments: list[ast.expr], series: Mapping[str, Series], depth: int) -> Value:
    if name == "FILL" and len(arguments) == 2:
        filled, filler = (_value(argument, series, depth) for argument in arguments)
        if isinstance(filled, dict) and isinstance(filler, float):
            return {time: filled.get(time, filler) for time in _times(list(series.values()))}
    if name in _ACROSS and len(arguments) == 1:
        rows = _array(arguments[0], series, depth)
        return {time: _ACROSS[name]([row[time] for row in rows if time in row]) for time in _times(rows)}
    raise ExpressionError(f"the local cloud does not emulate {name}() as it is used here")


def _array(node: ast.expr, series: Mapping[str, Series], depth: int) -> list[Series]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "METRICS":
        return list(series.values())
    if not isinstance(node, ast.List):
        raise ExpressionError("the local cloud computes functions over arrays of series only: SUM([m1, m2])")
    rows = [_value(each, series, depth) for each in node.elts]
    return [row for row in rows if isinstance(row, dict)]


def _combine(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Point by point; a point that one side lacks, or that divides by zero, does not exist."""
    if isinstance(left, float) and isinstance(right, float):
        try:
            return float(operation(left, right))
        except (ZeroDivisionError, OverflowError):
            raise ExpressionError("it divides by zero or grows beyond all numbers") from None
    sides = [side for side in (left, right) if isinstance(side, dict)]
    result: Series = {}
    for time in _times(sides):
        if any(time not in side for side in sides):
            continue
        a = left[time] if isinstance(left, dict) else left
        b = right[time] if isinstance(right, dict) else right
        try:
            value = operation(a, b)
        except (ZeroDivisionError, OverflowError):
            continue
        if isinstance(value, int | float):  # a root of a negative number is none
            result[time] = float(value)
    return result


def _times(rows: list[Series]) -> list[datetime]:
    return sorted({time for row in rows for time in row})
