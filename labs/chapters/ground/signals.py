"""Logs, and rules that wait for a moment or an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab


def create_log_group(lab: Lab, name: str) -> None:
    """The place for logs."""
    with unless_it_exists():
        lab.session.client("logs").create_log_group(logGroupName=name)


def delete_log_groups(lab: Lab, *names: str) -> None:
    """Delete log groups with what was written to them."""
    logs = lab.session.client("logs")
    for name in names:
        found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if name in [group["logGroupName"] for group in found]:
            logs.delete_log_group(logGroupName=name)


def delete_rules(lab: Lab, *names: str) -> None:
    """Delete rules of EventBridge, so that they start nothing any more: their targets first."""
    events = lab.session.client("events")
    for name in names:
        with unless_it_is_gone():
            targets = [target["Id"] for target in events.list_targets_by_rule(Rule=name)["Targets"]]
            if targets:
                events.remove_targets(Rule=name, Ids=targets)
            events.delete_rule(Name=name)
