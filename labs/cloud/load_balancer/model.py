"""The load balancers' configuration as frozen values: what the API says, without the API.

One `Snapshot` is read from the backends under the cloud's lock (`labs.cloud.aws.elbv2.snapshot.read`); proxy and
health checks then work on it without the lock, and a change of configuration is a new snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Condition:
    """One condition of a rule. It holds when any of its values matches.

    Exactly one of `values` and `pairs` is filled: `pairs` (key or None, value) for `query-string`.
    """

    field: str
    values: tuple[str, ...] = ()
    header: str = ""
    pairs: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True)
class Forward:
    """Send to a target group, drawn by weight (0 to 999) from (ARN, weight) pairs.

    `sticky` is for how many seconds a client stays with the group that it was sent to; None for one request.
    """

    groups: tuple[tuple[str, int], ...]
    sticky: int | None = None


@dataclass(frozen=True)
class Redirect:
    """Answer 301 or 302 with a URL made from the request's; `#{host}` and the like are kept unresolved here."""

    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True)
class FixedResponse:
    """Answer without any target."""

    status: int
    content_type: str = "text/plain"
    body: str = ""


@dataclass(frozen=True)
class Unsupported:
    """An action that the local cloud keeps but cannot perform, such as `authenticate-cognito`."""

    kind: str


Action = Forward | Redirect | FixedResponse | Unsupported


@dataclass(frozen=True)
class Rule:
    """All `conditions` must hold. `priority` is None for the default rule, which has no conditions."""

    arn: str
    priority: int | None
    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, in PEM. `chain` starts with the certificate itself."""

    arn: str
    chain: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Listener:
    """A listener; `rules` come in order of evaluation, the default rule last.

    `certificate` is what an HTTPS or TLS listener shows; `idle_timeout` is that of TCP and TLS, in seconds.
    """

    arn: str
    load_balancer_arn: str
    protocol: str
    port: int
    rules: tuple[Rule, ...]
    certificate: Certificate | None = None
    idle_timeout: float = 350


@dataclass(frozen=True)
class LoadBalancer:
    """A load balancer; `kind` is application, network or gateway, `attributes` are AWS's key/value pairs."""

    arn: str
    name: str
    kind: str
    dns_name: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """The end of its ARN, `app/<name>/<number>`: its name in metrics and logs."""
        return self.arn.partition("loadbalancer/")[2]

    @cached_property
    def idle_timeout(self) -> float:
        """Seconds without a byte after which the load balancer gives up: `idle_timeout.timeout_seconds`."""
        return float(self.attributes.get("idle_timeout.timeout_seconds", 60))


@dataclass(frozen=True)
class Target:
    """A registered target. `id` is what was registered (an address or an instance id), `address` where it is.

    `address` is None when there is no such machine any more. `zone` is its Availability Zone, None when unknown.
    `blocked` says why no packet of the load balancer gets there (security groups, network ACLs), `check_blocked`
    the same of the health check's port. `served` is false in a zone that the load balancer is not enabled in.
    """

    id: str
    port: int
    address: str | None
    zone: str | None = None
    blocked: str | None = None
    check_blocked: str | None = None
    served: bool = True


@dataclass(frozen=True)
class HealthCheck:
    """How the targets of a group are probed; `port` is None for the traffic port, `codes` is AWS's matcher."""

    protocol: str = "HTTP"
    path: str = "/"
    port: int | None = None
    interval: float = 30
    timeout: float = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    codes: str = "200"
    enabled: bool = True


@dataclass(frozen=True)
class Stickiness:
    """How long, in seconds, a client stays with a target: by the load balancer's cookie or, `app_cookie`, as
    long as it sends back the program's own cookie `cookie`; `source_ip` on Network Load Balancers."""

    kind: str
    seconds: int
    cookie: str = ""


@dataclass(frozen=True)
class TargetGroup:
    """A target group; `in_use` when a listener's rule of some load balancer forwards to it.

    `protocol` is what its targets speak (HTTP, HTTPS, TCP …), `version` is HTTP1, HTTP2 or GRPC. A new target's
    share grows during `slow_start` seconds. With fewer than `minimum_count` healthy targets, or than
    `minimum_percentage`, requests go to all of them. Without `cross_zone`, each zone gets the same share.
    """

    arn: str
    name: str
    protocol: str
    targets: tuple[Target, ...] = ()
    check: HealthCheck = HealthCheck()
    in_use: bool = True
    deregistration_delay: float = 300
    version: str = "HTTP1"
    algorithm: str = "round_robin"
    slow_start: float = 0
    stickiness: Stickiness | None = None
    minimum_count: int = 1
    minimum_percentage: float = 0
    cross_zone: bool = True


@dataclass(frozen=True)
class Snapshot:
    """Every load balancer, listener and target group of the account in all Regions, by ARN."""

    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
