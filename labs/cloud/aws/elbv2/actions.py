"""What the actions of a listener or rule must be: one that answers, well formed, emulated.

Source: API reference, Action, ForwardActionConfig, RedirectActionConfig, FixedResponseActionConfig.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.exceptions import ELBClientError, ValidationError

from labs.cloud.aws.elbv2.errors import not_emulated

LONGEST_BODY = 1024  # characters of a fixed response
MOST_GROUPS = 5  # of a forward action
LONGEST_STICKINESS = 7 * 24 * 3600  # seconds

_LAST = ("forward", "redirect", "fixed-response")


def validate(actions: list[dict[str, Any]], listener_protocol: str) -> None:
    """Raises what the API answers to actions that cannot be; `listener_protocol` is HTTP, HTTPS, TCP or TLS."""
    kinds = [str(action.get("Type")) for action in actions]
    for kind in kinds:
        if kind.startswith(("authenticate-", "jwt-")):
            raise not_emulated(f"The action {kind}")
    if sum(kind in _LAST for kind in kinds) > 1:
        raise ValidationError("A rule must have exactly one of: forward, redirect, fixed-response")
    for action in actions:
        match action.get("Type"):
            case "forward":
                _forward(action)
            case "redirect" if listener_protocol in ("HTTP", "HTTPS"):
                _redirect(action.get("RedirectConfig") or {}, listener_protocol)
            case "fixed-response" if listener_protocol in ("HTTP", "HTTPS"):
                body = str((action.get("FixedResponseConfig") or {}).get("MessageBody") or "")
                if len(body) > LONGEST_BODY:
                    raise ValidationError(
                        f"The message body cannot be longer than '{LONGEST_BODY}' characters"
                    )
            case other if other in _LAST:
                raise _invalid(f"The action type '{other}' is not valid with network listeners")


def _invalid(message: str) -> ELBClientError:
    return ELBClientError("InvalidLoadBalancerAction", message)


def _number(value: object, least: int, most: int) -> bool:
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most


def _forward(action: dict[str, Any]) -> None:
    config = action.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or []
    if not groups and not action.get("TargetGroupArn"):
        raise ValidationError("A target group must be specified for a forward action")
    if len(groups) > MOST_GROUPS:
        raise ValidationError(f"A forward action can have at most '{MOST_GROUPS}' target groups")
    for group in groups:
        if not _number(group.get("Weight", 1), 0, 999):
            raise ValidationError(f"Weight '{group.get('Weight')}' must be between '0-999' inclusive")
    sticky = config.get("TargetGroupStickinessConfig") or {}
    if str(sticky.get("Enabled", "")).lower() == "true" and not _number(
        sticky.get("DurationSeconds"), 1, LONGEST_STICKINESS
    ):
        raise ValidationError(
            f"Target group stickiness duration must be between '1-{LONGEST_STICKINESS}' seconds inclusive"
        )


def _redirect(config: dict[str, Any], listener_protocol: str) -> None:
    if config.get("StatusCode") not in ("HTTP_301", "HTTP_302"):
        raise _invalid("The redirect status code must be one of: HTTP_301, HTTP_302")
    protocol = config.get("Protocol") or "#{protocol}"
    if protocol not in ("HTTP", "HTTPS", "#{protocol}"):
        raise _invalid(f"The redirect protocol '{protocol}' is not valid")
    if protocol == "HTTP" and listener_protocol == "HTTPS":
        raise _invalid("You cannot redirect HTTPS to HTTP")
    port = str(config.get("Port") or "#{port}")
    if port != "#{port}" and not _number(port, 1, 65535):
        raise _invalid(f"The redirect port '{port}' must be between '1-65535' inclusive, or #{{port}}")
    path = str(config.get("Path") or "/#{path}")
    if not path.startswith("/"):
        raise _invalid("The redirect path must begin with '/'")
    same = (
        protocol in ("#{protocol}", listener_protocol)
        and port == "#{port}"
        and (config.get("Host") or "#{host}") == "#{host}"
        and path == "/#{path}"
    )
    if same:
        raise _invalid("The redirect configuration is not valid because it creates a loop")
