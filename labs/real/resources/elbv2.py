"""Elastic Load Balancing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, batches, pages, pairs


def _elb(operation: str, items: str, arn: str, *, listed: bool = True) -> Kind:
    """Tags come from a call of their own. What is not `listed` never outlives its parent, which is."""

    def tags(aws: Aws, id_: str) -> Tags | None:
        found = absent(getattr(aws("elbv2"), operation), **{f"{arn}s": [id_]})
        if not found or not found[items]:
            return None
        described = absent(aws("elbv2").describe_tags, ResourceArns=[id_])
        return pairs(described["TagDescriptions"][0]["Tags"]) if described else None

    def each(aws: Aws) -> Iterator[Tagged]:
        arns = (item[arn] for item in pages(aws("elbv2"), operation, items)) if listed else ()
        for some in batches(arns, 20):  # the most that DescribeTags takes
            for found in aws("elbv2").describe_tags(ResourceArns=some)["TagDescriptions"]:
                yield found["ResourceArn"], pairs(found["Tags"])

    return Kind(tags, each)


ELBV2: Mapping[str, Kind] = {
    "elbv2:load-balancer": _elb("describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    "elbv2:target-group": _elb("describe_target_groups", "TargetGroups", "TargetGroupArn"),
    "elbv2:listener": _elb("describe_listeners", "Listeners", "ListenerArn", listed=False),
    "elbv2:rule": _elb("describe_rules", "Rules", "RuleArn", listed=False),
}
