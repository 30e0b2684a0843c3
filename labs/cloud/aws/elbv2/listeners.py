"""Listeners and their rules: validated, in order of priority, tied to their target groups."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, ClassVar

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError, ValidationError

from labs.cloud.aws.elbv2.actions import validate as validate_actions
from labs.cloud.aws.elbv2.balancers import Balancers
from labs.cloud.aws.elbv2.errors import not_emulated, port_taken
from labs.cloud.aws.elbv2.limits import CONDITION_VALUES, RULES, fits, validate_priority
from labs.cloud.runtime import Runtime


class Listeners(Balancers):
    """The listeners and rules of one Region."""

    # One cloud per process, as moto has one set of backends per process; set by install().
    runtime: ClassVar[Runtime]

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
        if balancer is not None:
            self._validate_port_and_protocol(balancer.type, port, protocol)
        for old in balancer.listeners.values() if balancer else ():
            if port is None or int(old.port) != int(port):
                continue
            if old.protocol == protocol and [action.data for action in old.default_actions] == [
                models.FakeAction(action).data for action in actions
            ]:
                return old
            raise port_taken(load_balancer_arn)
        if port is not None and not 1 <= int(port) <= 65535:
            raise ValidationError(f"Listener port '{port}' must be between '1-65535' inclusive")
        self._validate_protocol(protocol, certificate)
        if not actions:
            raise ValidationError("A listener must have at least one default action")
        self._validate_associations(load_balancer_arn, actions)
        if balancer is not None:
            validate_actions(actions, protocol)
        listener = super().create_listener(
            load_balancer_arn, protocol, port, ssl_policy, certificate, actions, *args, **kwargs
        )
        self._link_groups()
        return listener

    def _validate_protocol(self, protocol: str | None, certificate: str | None) -> None:
        if protocol in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC"):
            raise not_emulated(f"The listener protocol {protocol}")
        if protocol in ("HTTPS", "TLS"):
            if not certificate:
                raise ELBClientError(
                    "CertificateNotFound" if protocol == "TLS" else "ValidationError",
                    f"A certificate must be specified for {protocol} listeners",
                )
            if not self._certificate_exists(certificate):
                raise ELBClientError("CertificateNotFound", f"Certificate '{certificate}' not found")

    def modify_listener(self, arn: str, *args: Any, **kwargs: Any) -> models.FakeListener:
        """With the actions validated, as at creation."""
        actions = kwargs.get("actions") or (args[4] if len(args) > 4 else None)
        listener = self.describe_listeners(None, [arn])[0]
        if actions:
            self._validate_actions([models.FakeAction(action) for action in actions])
            validate_actions(actions, (args[1] if len(args) > 1 else None) or listener.protocol)
            self._validate_associations(listener.load_balancer_arn, actions)
        port = kwargs.get("port") or (args[0] if args else None)
        for other in self.load_balancers[listener.load_balancer_arn].listeners.values():
            if port is not None and other is not listener and int(other.port) == int(port):
                raise port_taken(listener.load_balancer_arn)
        listener = super().modify_listener(arn, *args, **kwargs)
        self._link_groups()
        return listener

    def modify_listener_attributes(self, listener_arn: str, attrs: list[dict[str, str]]) -> dict[str, str]:
        """Response headers and renamed request headers are refused: the data plane does not change them."""
        for attribute in attrs:
            if attribute.get("Key") != "tcp.idle_timeout.seconds":
                raise not_emulated(f"The listener attribute {attribute.get('Key')}")
            if not fits(str(attribute.get("Value")), range(60, 6001)):
                raise ValidationError("'tcp.idle_timeout.seconds' must be between '60-6000' inclusive")
        return super().modify_listener_attributes(listener_arn, attrs)

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
        if not actions:
            raise ValidationError("An action must be specified")
        validate_actions(actions, listener.protocol)
        balancer = self.load_balancers[listener.load_balancer_arn]
        if sum(len(each._non_default_rules) for each in balancer.listeners.values()) >= RULES:
            raise ELBClientError(
                "TooManyRules",
                f"The maximum number of rules has been reached on load balancer '{balancer.arn}'",
            )
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
        if actions:
            validate_actions(actions, listener.protocol)
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
                    raise not_emulated("RegexValues in a rule condition")
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
