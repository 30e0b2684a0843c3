"""Elastic Load Balancing where moto differs from AWS: Application and Network Load Balancers.

What the data plane does not do (labs.cloud.load_balancer) is refused by name. Corrected: targets are known by
id and port, not by id alone; health comes from real probes, and a target drains; names, ports, priorities and
settings are validated, repeated creations are idempotent; rules come in order of priority; attributes have
AWS's defaults and are returned whole; deletion protection protects; DNS names have their number and internal
ones their prefix. Every change reaches the data plane before the call returns (`_then_sync`), which reads it
as `snapshot` gives it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import moto.elb.urls
from moto.elbv2 import models

from labs.cloud.aws.elbv2.groups import TargetGroups
from labs.cloud.aws.elbv2.responses import ElbResponse
from labs.cloud.aws.elbv2.snapshot import read
from labs.cloud.aws.elbv2.targets import TargetGroupOfCourse
from labs.cloud.aws.elbv2.texts import say
from labs.cloud.controllers.target_health import TargetHealth
from labs.cloud.controllers.target_states import Change
from labs.cloud.load_balancer.listeners import LoadBalancers
from labs.cloud.load_balancer.model import Listener
from labs.cloud.runtime import Runtime


def _then_sync(method: Callable[..., Any]) -> Callable[..., Any]:
    """The backend's method, after which the data plane and the health checks know what changed."""

    @functools.wraps(method)
    def changing(self: ElbBackend, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        finally:
            self.runtime.load_balancers.sync()

    return changing


class ElbBackend(TargetGroups):
    """One Region's load balancing."""


# The methods after which listeners, rules, target groups or targets may have changed.
for _name in (
    "create_load_balancer",
    "modify_load_balancer_attributes",
    "set_security_groups",
    "set_subnets",
    "delete_load_balancer",
    "create_listener",
    "modify_listener",
    "delete_listener",
    "create_rule",
    "modify_rule",
    "delete_rule",
    "set_rule_priorities",
    "create_target_group",
    "modify_target_group",
    "modify_target_group_attributes",
    "delete_target_group",
    "register_targets",
    "deregister_targets",
    "notify_terminate_instances",
    "reset",
):
    setattr(ElbBackend, _name, _then_sync(getattr(ElbBackend, _name)))


def narrate(runtime: Runtime, change: Change) -> None:
    """Tell that a target's state changed, and let the controllers look at once."""
    if change.before is not None and change.before.state == change.now.state:
        return  # another reason for the same state
    runtime.narrate(
        f"target-{change.now.state}",
        change.group.arn,
        say,
        change.now.state,
        group=change.group.name,
        target=f"{change.target.id}:{change.target.port}",
        why=change.now.description or "",
        checks=change.in_a_row,
        delay=f"{change.group.deregistration_delay:.0f}",
    )
    runtime.wake.set()  # the service scheduler may have something to do


def _explain(runtime: Runtime, listener: Listener, why: str) -> None:
    kind = "listener-not-served"
    runtime.narrate(kind, listener.arn, say, kind, protocol=listener.protocol, port=listener.port, why=why)


def install(runtime: Runtime) -> None:
    """Make moto's ELBv2 this one, with its data plane. Called once, before the first request."""
    runtime.target_health = TargetHealth(runtime.addresses, functools.partial(narrate, runtime))
    runtime.load_balancers = LoadBalancers(
        runtime, functools.partial(read, runtime.account_id), functools.partial(_explain, runtime)
    )
    ElbBackend.runtime = runtime
    ElbBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.elbv2_backends.backend = ElbBackend
    models.FakeTargetGroup = TargetGroupOfCourse  # the name under which moto's backend makes them
    moto.elb.urls.ELBV2Response = ElbResponse  # Classic and Application Load Balancers share one address
