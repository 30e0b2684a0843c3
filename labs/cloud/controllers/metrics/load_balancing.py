"""AWS/ApplicationELB: points from the load balancers' record of requests and their targets' health. Pure.

Source: ELB User Guide for Application Load Balancers, "CloudWatch metrics for your Application Load Balancer":
names, dimensions, and what is reported when nothing happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from labs.cloud.aws.cloudwatch.points import Metric, Point
from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.pace import Pace

NAMESPACE = "AWS/ApplicationELB"
OWN_CODES = (500, 502, 503, 504)  # those of the load balancer that have a metric of their own


@dataclass(frozen=True)
class TargetFacts:
    """A registered target, its health and its zone."""

    id: str
    state: str
    zone: str | None


@dataclass(frozen=True)
class GroupFacts:
    """A target group, with the load balancers that forward to it."""

    arn: str
    load_balancers: tuple[str, ...]
    targets: tuple[TargetFacts, ...]

    @property
    def healthy(self) -> int:
        """How many targets are healthy."""
        return sum(target.state == "healthy" for target in self.targets)


Place = tuple[str, str, str | None, str | None]  # Region, load balancer, target group, zone


def points(
    requests: Sequence[LogEntry], groups: Sequence[GroupFacts], minute: datetime, pace: Pace
) -> Iterator[tuple[str, Metric, Point]]:
    """The points of the requests, each in the minute that it was answered in, and of the groups now."""
    zones = {target.id: target.zone for group in groups for target in group.targets}
    regions = {_name(arn): arn.split(":")[3] for group in groups for arn in group.load_balancers}
    minutes: dict[int, list[LogEntry]] = defaultdict(list)
    for entry in requests:
        minutes[int(pace.position(entry.time))].append(entry)
    for number, entries in sorted(minutes.items()):
        yield from _requests(entries, zones, regions, pace.moment(number))
    for group in groups:
        yield from _hosts(group, requests, minute)


def _requests(
    entries: Iterable[LogEntry], zones: dict[str, str | None], regions: dict[str, str], minute: datetime
) -> Iterator[tuple[str, Metric, Point]]:
    sums: dict[tuple[Place, str], float] = defaultdict(float)
    times: dict[Place, list[float]] = defaultdict(list)
    for entry in entries:
        group = None if entry.target_group_arn == "-" else _name(entry.target_group_arn)
        region = entry.target_group_arn.split(":")[3] if group else regions.get(entry.elb, "us-east-1")
        zone = zones.get(entry.target.rpartition(":")[0])
        places: list[Place] = [(region, entry.elb, None, None)]
        if zone:
            places.append((region, entry.elb, None, zone))
        if group:
            places.append((region, entry.elb, group, None))
        if group and zone:
            places.append((region, entry.elb, group, zone))
        for place in places:
            for name in _counted(entry, of_group=place[2] is not None):
                sums[place, name] += 1
            if place[2] is None:
                sums[place, "ProcessedBytes"] += entry.received_bytes + entry.sent_bytes
            if entry.target_processing_time >= 0:
                times[place].append(entry.target_processing_time)
    for (place, name), number in sums.items():
        unit = "Bytes" if name == "ProcessedBytes" else "Count"
        yield place[0], Metric.of(NAMESPACE, name, _dimensions(place)), Point.of(minute, [number], unit)
    for place, values in times.items():
        metric = Metric.of(NAMESPACE, "TargetResponseTime", _dimensions(place))
        yield place[0], metric, Point.of(minute, values, "Seconds")


def _counted(entry: LogEntry, *, of_group: bool) -> Iterator[str]:
    """The counts that a request adds one to; those of the load balancer's own answers have no target group."""
    if entry.target != "-":
        yield "RequestCount"
    if entry.target_status_code is not None:
        yield f"HTTPCode_Target_{entry.target_status_code // 100}XX_Count"
        return
    if of_group:
        return
    if entry.actions_executed == "redirect":
        yield "HTTP_Redirect_Count"
    elif entry.actions_executed == "fixed-response":
        yield "HTTP_Fixed_Response_Count"
    yield f"HTTPCode_ELB_{entry.elb_status_code // 100}XX_Count"
    if entry.elb_status_code in OWN_CODES:
        yield f"HTTPCode_ELB_{entry.elb_status_code}_Count"


def _hosts(
    group: GroupFacts, requests: Sequence[LogEntry], minute: datetime
) -> Iterator[tuple[str, Metric, Point]]:
    """Host counts of groups that have targets, and the requests per target, which are zero without requests."""
    if not group.targets:
        return
    region, name = group.arn.split(":")[3], _name(group.arn)
    asked = sum(entry.target_group_arn == group.arn for entry in requests)
    share = Point.of(minute, [asked / max(group.healthy, 1)], "Count")
    yield region, Metric.of(NAMESPACE, "RequestCountPerTarget", {"TargetGroup": name}), share
    for balancer in group.load_balancers:
        if ":loadbalancer/app/" not in balancer:
            continue
        base = {"LoadBalancer": _name(balancer), "TargetGroup": name}
        yield region, Metric.of(NAMESPACE, "RequestCountPerTarget", base), share
        zones = {target.zone for target in group.targets if target.zone}
        for zone in (None, *sorted(zones)):
            inside = [target.state for target in group.targets if zone in (None, target.zone)]
            dimensions = base | ({"AvailabilityZone": zone} if zone else {})
            for metric, state in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")):
                value = float(inside.count(state))
                yield region, Metric.of(NAMESPACE, metric, dimensions), Point.of(minute, [value], "Count")


def _dimensions(place: Place) -> dict[str, str]:
    _, balancer, group, zone = place
    found = {"LoadBalancer": balancer, "TargetGroup": group, "AvailabilityZone": zone}
    return {name: value for name, value in found.items() if value}


def _name(arn: str) -> str:
    """The part of an ARN that the dimensions show: app/shop/0123…, targetgroup/orders/4567…"""
    return arn.rpartition(":")[2].removeprefix("loadbalancer/")
