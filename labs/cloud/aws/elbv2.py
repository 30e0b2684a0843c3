"""Elastic Load Balancing (ALB) where moto differs from AWS.

Corrected: targets are known by id and port, not by id alone; health comes from real probes, and a target
drains; names, ports, priorities and settings are validated, repeated creations are idempotent; rules come
in order of priority; attributes have AWS's defaults and are returned whole; deletion protection protects;
DNS names have their number and internal ones their prefix. Every change reaches the data plane before the
call returns (`_then_sync`).
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import moto.elb.urls
from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError, ValidationError
from moto.elbv2.responses import ELBV2Response
from moto.moto_api._internal import mock_random

from labs.cloud.aws.elbv2_limits import (
    APPLICATION_ATTRIBUTES,
    CONDITION_VALUES,
    HTTP_GROUP_ATTRIBUTES,
    OTHER_ATTRIBUTES,
    RANGES,
    settings_of,
    validate_name,
    validate_priority,
    validate_ranges,
)
from labs.cloud.aws.elbv2_snapshot import read
from labs.cloud.aws.elbv2_targets import TargetGroupOfCourse
from labs.cloud.aws.elbv2_texts import say
from labs.cloud.controllers.target_health import Change, HealthState, TargetHealth
from labs.cloud.load_balancer.listeners import LoadBalancers
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


def _port_taken(balancer_arn: str) -> ELBClientError:
    return ELBClientError(
        "DuplicateListener", f"A listener already exists on this port for this load balancer '{balancer_arn}'"
    )


def _not_emulated(what: str) -> ELBClientError:
    return ELBClientError(
        "NotImplemented", f"elasticloadbalancing: {what} is not emulated by the local cloud."
    )


class ElbBackend(models.ELBv2Backend):
    """One Region's load balancers."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]

    # Load balancers

    def create_load_balancer(self, name: str, *args: Any, **kwargs: Any) -> models.FakeLoadBalancer:
        """Validated and idempotent, with the ARN and DNS name of its type."""
        validate_name("Load balancer", name)
        if name.startswith("internal-"):
            raise ValidationError(f"Load balancer name '{name}' cannot begin with 'internal-'")
        same_name = [balancer for balancer in self.load_balancers.values() if balancer.name == name]
        created = super().create_load_balancer(name, *args, **kwargs)
        created.scheme = created.scheme or "internet-facing"
        del self.load_balancers[created.arn]
        if same_name:
            (old,) = same_name
            if settings_of(old) != settings_of(created):
                raise ELBClientError(
                    "DuplicateLoadBalancerName",
                    f"A load balancer with the same name '{name}' exists, but with different settings",
                )
            return old
        application = created.type == "application"
        if application and len({subnet.availability_zone for subnet in created.subnets}) < 2:
            raise ValidationError(
                "At least two subnets in two different Availability Zones must be specified"
            )
        if not application:
            created.arn = created.arn.replace("/app/", "/net/" if created.type == "network" else "/gwy/")
        number = mock_random.randint(10**8, 2 * 10**9)
        prefix = "internal-" if created.scheme == "internal" else ""
        created.dns_name = f"{prefix}{name}-{number}.{self.region_name}.elb.amazonaws.com"
        if created.type == "network":
            created.dns_name = f"{name}-{created.arn.rpartition('/')[2]}.elb.{self.region_name}.amazonaws.com"
        created.attrs = dict(APPLICATION_ATTRIBUTES if application else OTHER_ATTRIBUTES)
        self.load_balancers[created.arn] = created
        self.tagging_service.tag_resource(created.arn, kwargs.get("tags") or [])
        return created

    def describe_load_balancers(
        self, arns: list[str] | None, names: list[str] | None
    ) -> list[models.FakeLoadBalancer]:
        """Those asked for. moto gives another one in place of the second unknown name."""
        found = {balancer.name: balancer for balancer in self.load_balancers.values()} | self.load_balancers
        if missing := [each for each in (*(arns or ()), *(names or ())) if each not in found]:
            raise ELBClientError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
        return super().describe_load_balancers(arns, names)

    def modify_load_balancer_attributes(self, arn: str, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the range of the idle timeout."""
        timeout = attrs.get("idle_timeout.timeout_seconds")
        if timeout is not None and not (timeout.isdecimal() and 1 <= int(timeout) <= 4000):
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"The value '{timeout}' of 'idle_timeout.timeout_seconds' must be between 1 and 4000",
            )
        return super().modify_load_balancer_attributes(arn, attrs)

    def delete_load_balancer(self, arn: str) -> None:
        """Refused under deletion protection; an unknown one is no error [API DeleteLoadBalancer]."""
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        super().delete_load_balancer(arn)
        self._link_groups()

    # Listeners and rules

    def create_listener(
        self,
        load_balancer_arn: str,
        protocol: str,
        port: str,
        ssl_policy: str,
        certificate: str | None,
        actions: list[dict[str, Any]],
        *args: Any,
        **kwargs: Any,
    ) -> models.FakeListener:
        """One listener per port, and idempotent."""
        balancer = self.load_balancers.get(load_balancer_arn)
        for old in balancer.listeners.values() if balancer else ():
            if port is None or int(old.port) != int(port):
                continue
            if old.protocol == protocol and [action.data for action in old.default_actions] == [
                models.FakeAction(action).data for action in actions
            ]:
                return old
            raise _port_taken(load_balancer_arn)
        if port is not None and not 1 <= int(port) <= 65535:
            raise ValidationError(f"Listener port '{port}' must be between '1-65535' inclusive")
        if (
            protocol == "HTTPS"
            and not certificate
            and balancer is not None
            and balancer.type == "application"
        ):
            raise ValidationError("A certificate must be specified for HTTPS listeners")
        if not actions:
            raise ValidationError("A listener must have at least one default action")
        self._validate_associations(load_balancer_arn, actions)
        listener = super().create_listener(
            load_balancer_arn, protocol, port, ssl_policy, certificate, actions, *args, **kwargs
        )
        self._link_groups()
        if listener.protocol != "HTTP":
            self.runtime.narrate(
                "listener-not-served",
                listener.arn,
                say,
                "not-served",
                protocol=listener.protocol,
                port=listener.port,
            )
        return listener

    def modify_listener(self, arn: str, *args: Any, **kwargs: Any) -> models.FakeListener:
        """With the actions validated, as at creation."""
        actions = kwargs.get("actions") or (args[4] if len(args) > 4 else None)
        listener = self.describe_listeners(None, [arn])[0]
        if actions:
            self._validate_actions([models.FakeAction(action) for action in actions])
            self._validate_associations(listener.load_balancer_arn, actions)
        port = kwargs.get("port") or (args[0] if args else None)
        for other in self.load_balancers[listener.load_balancer_arn].listeners.values():
            if port is not None and other is not listener and int(other.port) == int(port):
                raise _port_taken(listener.load_balancer_arn)
        listener = super().modify_listener(arn, *args, **kwargs)
        self._link_groups()
        return listener

    def delete_listener(self, listener_arn: str) -> models.FakeListener:
        """Its target groups are free again."""
        listener = super().delete_listener(listener_arn)
        self._link_groups()
        return listener

    def create_rule(
        self,
        listener_arn: str,
        conditions: list[dict[str, Any]],
        priority: int,
        actions: list[dict[str, Any]],
        tags: list[dict[str, str]] | None = None,
    ) -> models.FakeListenerRule:
        """With the limits of priorities and conditions."""
        validate_priority(priority)
        if not conditions:
            raise ValidationError("A condition must be specified")
        (listener,) = self.describe_listeners(None, [listener_arn])
        self._validate_associations(listener.load_balancer_arn, actions)
        rule = super().create_rule(listener_arn, conditions, int(priority), actions, tags)
        self._settle(listener)
        return rule

    def modify_rule(
        self, rule_arn: str, conditions: list[dict[str, Any]], actions: list[dict[str, Any]]
    ) -> models.FakeRule:
        """The default rule's conditions cannot be given [API ModifyRule]."""
        (rule,) = self.describe_rules(None, [rule_arn])
        if rule.is_default:
            raise ELBClientError("OperationNotPermitted", f"Default rule '{rule_arn}' cannot be modified")
        (listener,) = self.describe_listeners(None, [rule.listener_arn])
        self._validate_associations(listener.load_balancer_arn, actions)
        rule = super().modify_rule(rule_arn, conditions, actions)
        self._link_groups()
        return rule

    def delete_rule(self, arn: str) -> None:
        """The default rule goes with its listener only."""
        (rule,) = self.describe_rules(None, [arn])
        if rule.is_default:
            raise ELBClientError("OperationNotPermitted", f"Default rule '{arn}' cannot be deleted")
        super().delete_rule(arn)
        self._link_groups()

    def set_rule_priorities(self, rule_priorities: list[dict[str, Any]]) -> list[models.FakeRule]:
        """Rules may swap their priorities, which moto refuses."""
        wanted = {pair["RuleArn"]: int(pair["Priority"]) for pair in rule_priorities}
        for priority in wanted.values():
            validate_priority(priority)
            if list(wanted.values()).count(priority) > 1:
                raise models.DuplicatePriorityError(str(priority))
        rules = self.describe_rules(None, list(wanted))
        for rule in rules:
            (listener,) = self.describe_listeners(None, [rule.listener_arn])
            others = [other for other in listener.rules.values() if other.arn not in wanted]
            if rule.is_default:
                raise ELBClientError(
                    "OperationNotPermitted", "The priority of a default rule cannot be changed"
                )
            if any(other.priority == wanted[rule.arn] for other in others):
                raise models.PriorityInUseError
        for rule in rules:
            rule.priority = wanted[rule.arn]
        for rule in rules:
            self._settle(self.describe_listeners(None, [rule.listener_arn])[0])
        return rules

    def _validate_conditions(self, conditions: list[dict[str, Any]]) -> None:
        count = 0
        for condition in conditions:
            for config in (condition, *(value for value in condition.values() if isinstance(value, dict))):
                if config.get("RegexValues"):
                    raise _not_emulated("RegexValues in a rule condition")
                count += len(config.get("Values") or ())
        super()._validate_conditions(conditions)
        if count > CONDITION_VALUES:
            raise ValidationError(f"A rule can only have '{CONDITION_VALUES}' condition values")
        for condition in conditions:
            for block in (condition.get("SourceIpConfig") or {}).get("Values", ()):
                try:
                    ipaddress.ip_network(block)
                except ValueError:
                    raise ValidationError(f"The CIDR block '{block}' is not valid") from None

    def _validate_associations(self, balancer_arn: str, actions: list[dict[str, Any]]) -> None:
        for action in actions:
            for arn in self._get_target_group_arns_from(action):
                group = self.target_groups.get(arn)
                if group is not None and set(group.load_balancer_arns) - {balancer_arn}:
                    raise ELBClientError(
                        "TargetGroupAssociationLimit",
                        "The following target groups cannot be associated with more than one load balancer: "
                        + arn,
                    )

    def _settle(self, listener: models.FakeListener) -> None:
        """DescribeRules lists rules by priority, the default rule last."""
        rules = sorted(listener._non_default_rules.items(), key=lambda item: item[1].priority)
        listener._non_default_rules.clear()
        listener._non_default_rules.update(rules)
        self._link_groups()

    def _link_groups(self) -> None:
        """Tell each target group which load balancers use it now; moto never takes one away."""
        used: dict[str, set[str]] = {}
        for balancer_arn, rule in self._rules():
            for action in rule.actions:
                for arn in self._get_target_group_arns_from(action.data):
                    used.setdefault(arn, set()).add(balancer_arn)
        for group in self.target_groups.values():
            group.load_balancer_arns = sorted(used.get(group.arn, ()))

    def _rules(self) -> Iterator[tuple[str, models.FakeRule]]:
        for balancer in self.load_balancers.values():
            for listener in balancer.listeners.values():
                for rule in listener.rules.values():
                    yield balancer.arn, rule

    # Target groups

    def create_target_group(self, name: str, **kwargs: Any) -> models.FakeTargetGroup:
        """Validated and idempotent."""
        validate_ranges(kwargs)
        old = next((group for group in self.target_groups.values() if group.name == name), None)
        if old is not None:
            del self.target_groups[old.arn]  # so that moto makes the second one, to be compared
        try:
            created = super().create_target_group(name, **kwargs)
        finally:
            if old is not None:
                self.target_groups[old.arn] = old
        if old is not None:
            del self.target_groups[created.arn]
            if settings_of(old) != settings_of(created):
                raise ELBClientError(
                    "DuplicateTargetGroupName",
                    f"A target group with the same name '{name}' exists, but with different settings",
                )
            return old
        if created.protocol in ("HTTP", "HTTPS"):
            created.attributes |= HTTP_GROUP_ATTRIBUTES
        return created

    def modify_target_group(self, arn: str, *args: Any, **kwargs: Any) -> models.FakeTargetGroup:
        """With the ranges of CreateTargetGroup."""
        given = dict(zip(RANGES, args[3:7], strict=False))  # in the order of moto's parameters
        validate_ranges(given)
        group = self.target_groups.get(arn)
        if group is not None:
            interval = given.get("healthcheck_interval_seconds") or group.health_check_interval_seconds
            timeout = given.get("healthcheck_timeout_seconds") or group.health_check_timeout_seconds
            if int(timeout) >= int(interval):
                raise ValidationError(
                    f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'"
                )
        return super().modify_target_group(arn, *args, **kwargs)

    def modify_target_group_attributes(self, target_group_arn: str, attributes: dict[str, Any]) -> None:
        """Known keys only; a deregistration delay of 3600 s is allowed."""
        group = self.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError
        for key in attributes:
            if key not in group.attributes and not key.startswith(
                ("stickiness.", "lambda.", "target_failover.")
            ):
                raise ValidationError(f"Target group attribute key '{key}' is not recognized")
        delay = str(attributes.get("deregistration_delay.timeout_seconds", 0))
        if not delay.isdecimal() or int(delay) > 3600:
            raise ValidationError(
                f"'deregistration_delay.timeout_seconds' value '{delay}' must be between '0-3600' inclusive"
            )
        attributes = dict(attributes)
        longest = {key: attributes.pop(key) for key in list(attributes) if attributes[key] == "3600"}
        super().modify_target_group_attributes(target_group_arn, attributes)
        group.attributes.update(longest)

    # Targets

    def describe_target_health(
        self, target_group_arn: str, targets: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """What the health checks found. Without `targets`, those registered and those still draining."""
        group = self.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError
        if group.target_type == "instance":
            self.runtime.load_balancers.sync()  # EC2 does not tell when an instance stops
        health = self.runtime.target_health
        asked = [(target["Id"], int(target.get("Port") or group.port)) for target in targets] or [
            (target.id, target.port) for target in health.targets(group.arn)
        ]
        return [
            _health_description(group, name, port, health.state(group.arn, name, port))
            for name, port in asked
        ]


# The methods after which listeners, rules, target groups or targets may have changed.
for _name in (
    "create_load_balancer",
    "modify_load_balancer_attributes",
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


class ElbResponse(ELBV2Response):
    """moto's parameters and answers, where they lose something."""

    def create_rule(self) -> ActionResult:
        """Transforms are refused: they would be lost in silence."""
        if self._get_params().get("Transforms"):
            raise _not_emulated("Transforms of a rule")
        return super().create_rule()

    def modify_rule(self) -> ActionResult:
        """Transforms are refused: they would be lost in silence."""
        if self._get_params().get("Transforms"):
            raise _not_emulated("Transforms of a rule")
        return super().modify_rule()

    def delete_load_balancer(self) -> ActionResult:
        """An ARN that is none is an error."""
        arn = self._get_param("LoadBalancerArn") or ""
        if ":loadbalancer/" not in arn:
            raise ValidationError(f"'{arn}' is not a valid load balancer ARN")
        self.elbv2_backend.delete_load_balancer(arn)
        return EmptyResult()

    def modify_target_group_attributes(self) -> ActionResult:
        """All attributes are returned, not only those given."""
        super().modify_target_group_attributes()
        return self.describe_target_group_attributes()


def _health_description(
    group: models.FakeTargetGroup, name: str, port: int, state: HealthState
) -> dict[str, Any]:
    checked = group.health_check_port
    health = {"State": state.state, "Reason": state.reason, "Description": state.description}
    return {
        "Target": {"Id": name, "Port": port},
        "HealthCheckPort": str(port if checked == "traffic-port" else checked),
        "TargetHealth": {key: value for key, value in health.items() if value is not None},
    }


def _narrate(runtime: Runtime, change: Change) -> None:
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
    )
    runtime.wake.set()  # the service scheduler may have something to do


def install(runtime: Runtime) -> None:
    """Make moto's ELBv2 this one, with its data plane. Called once, before the first request."""
    runtime.target_health = TargetHealth(runtime.addresses, functools.partial(_narrate, runtime))
    runtime.load_balancers = LoadBalancers(runtime, functools.partial(read, runtime.account_id))
    ElbBackend.runtime = runtime
    ElbBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.elbv2_backends.backend = ElbBackend
    models.FakeTargetGroup = TargetGroupOfCourse  # the name under which moto's backend makes them
    moto.elb.urls.ELBV2Response = ElbResponse  # Classic and Application Load Balancers share one address
