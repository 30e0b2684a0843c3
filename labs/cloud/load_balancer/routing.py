"""Which rule answers a request, and what it answers: the pure half of an Application Load Balancer.

Source of the matching rules: ELB User Guide for Application Load Balancers, "Condition types for listener
rules" and "Action types for listener rules"; API reference RuleCondition, RedirectActionConfig.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from labs.cloud.load_balancer.model import Condition, Forward, Redirect, Rule


@dataclass(frozen=True)
class Request:
    """What rules can see of a request. `path` and `query` are as sent (percent-encoded, no `?`).

    `host` is without port; `port` and `protocol` (HTTP, HTTPS) are the listener's.
    """

    method: str
    host: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP"
    port: int = 80


def choose(rules: Iterable[Rule], request: Request) -> Rule | None:
    """The first rule, in the order given, all of whose conditions hold; None when none does."""
    return next((rule for rule in rules if all(holds(one, request) for one in rule.conditions)), None)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules in order of evaluation: lowest priority number first, the default rule last."""
    return tuple(sorted(rules, key=lambda rule: (rule.priority is None, rule.priority or 0)))


def holds(condition: Condition, request: Request) -> bool:
    """Whether one condition holds. Raises ValueError for a field that ALBs do not have."""
    match condition.field:
        case "path-pattern":
            return any(like(pattern, request.path) for pattern in condition.values)
        case "host-header":
            return any(like(pattern.lower(), request.host.lower()) for pattern in condition.values)
        case "http-header":
            name = condition.header.lower()
            sent = [value.lower() for key, value in request.headers if key.lower() == name]
            return any(like(pattern.lower(), value) for value in sent for pattern in condition.values)
        case "http-request-method":
            return request.method in condition.values
        case "query-string":
            return any(_in_query(key, value, request.query) for key, value in condition.pairs)
        case "source-ip":
            return any(_network(block, request.source_ip) for block in condition.values)
    raise ValueError(f"unknown condition field {condition.field!r}")


def _in_query(key: str | None, value: str, query: str) -> bool:
    for pair in query.split("&"):
        name, _, content = (unquote(part).lower() for part in pair.partition("="))
        if (key is None or like(key.lower(), name, escapes=True)) and like(
            value.lower(), content, escapes=True
        ):
            return True
    return False


def _network(block: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(block, strict=False)


_ANY, _ONE = object(), object()


@lru_cache(maxsize=1024)
def _tokens(pattern: str, escapes: bool) -> tuple[object, ...]:
    wild = {"*": _ANY, "?": _ONE}
    characters: Iterator[str] = iter(pattern)
    return tuple(
        next(characters, "\\") if escapes and character == "\\" else wild.get(character, character)
        for character in characters
    )


def like(pattern: str, text: str, *, escapes: bool = False) -> bool:
    r"""Whether `text` matches an ALB pattern: `*` is any number of characters, `?` exactly one.

    With `escapes` (query strings only) `\*` and `\?` are the characters themselves. Case counts: callers
    fold it where ALBs do. Not a regular expression, because a pattern with several `*` would take a
    backtracking engine longer than any time-out; this takes at most len(pattern) × len(text) steps.
    """
    tokens = _tokens(pattern, escapes)
    at = token = 0
    star, resume = -1, 0  # the latest `*`, and how far it has swallowed
    while at < len(text):
        if token < len(tokens) and tokens[token] is _ANY:
            star, resume = token, at
            token += 1
        elif token < len(tokens) and (tokens[token] is _ONE or tokens[token] == text[at]):
            token += 1
            at += 1
        elif star >= 0:
            resume += 1
            token, at = star + 1, resume
        else:
            return False
    return all(rest is _ANY for rest in tokens[token:])


def draw(forward: Forward, chance: float) -> str | None:
    """The target group that `chance` (0 ≤ chance < 1) falls on, in proportion to weights.

    None when every weight is 0. A group without healthy targets is drawn all the same: ALBs do not fail
    over from one target group to another ("Action types", forward actions).
    """
    left = chance * sum(weight for _, weight in forward.groups)
    for arn, weight in forward.groups:
        if left < weight:
            return arn
        left -= weight
    return None


def location(redirect: Redirect, request: Request) -> str:
    """The Location of a redirect. Like an ALB's, it always names the port."""
    known = {
        "#{protocol}": request.protocol,
        "#{host}": request.host,
        "#{port}": str(request.port),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }
    protocol, host, port, path, query = (
        _fill(part, known)
        for part in (redirect.protocol, redirect.host, redirect.port, redirect.path, redirect.query)
    )
    return f"{protocol.lower()}://{host}:{port}{path}" + (f"?{query}" if query else "")


def _fill(template: str, known: dict[str, str]) -> str:
    # One pass from left to right: a path that itself contains "#{query}" must stay what the client sent.
    head, mark, tail = template.partition("#{")
    if not mark:
        return template
    name, brace, rest = tail.partition("}")
    keyword = mark + name + brace
    return head + known.get(keyword, keyword) + _fill(rest, known)


def host_for_target(host: str, port: int) -> str:
    """The Host header to send on when it is not preserved: with the listener's port, unless that is 80 or 443.

    [ELB User Guide, "Load balancer attributes", Host header preservation]
    """
    name, colon, given = host.rpartition(":")
    named = bool(colon) and given.isdecimal()
    if port in (80, 443):
        return name if named else host
    return host if named or not host else f"{host}:{port}"


def forwarded_for(earlier: Sequence[str], client: str, mode: str) -> str | None:
    """The X-Forwarded-For to send on, or None for none.

    `mode` is the attribute `routing.http.xff_header_processing.mode`: append (the default), preserve, remove.
    """
    match mode:
        case "remove":
            return None
        case "preserve":
            return ", ".join(earlier) or None
    return ", ".join((*earlier, client))


def trace_id(earlier: str | None, fresh: str) -> str:
    """The X-Amzn-Trace-Id to send on; `fresh` is a new `1-<8 hex>-<24 hex>`.

    A request without one gets a Root; one that has a Root gets a Self field in front of it
    [ELB User Guide, "Request tracing for your Application Load Balancer"].
    """
    if not earlier:
        return f"Root={fresh}"
    kept = [part for part in earlier.split(";") if not part.strip().startswith("Self=")]
    if not any(part.strip().startswith("Root=") for part in kept):
        return ";".join([f"Root={fresh}", *kept])
    return ";".join([f"Self={fresh}", *kept])
