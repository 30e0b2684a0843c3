"""Orders that grow with their customers: judged by the bounds and the metric of the scaling policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

BOUNDS = (2, 6)
REQUESTS = 50.0  # a minute, per task
METRIC = "ALBRequestCountPerTarget"

say = Texts(
    {
        "title": {"fr": "le 24 décembre", "en": "24 December"},
        "bounds": {
            "fr": "orders peut aller de {minimum} à {maximum} tâches, ce n’est pas ce qui est demandé",
            "en": "orders may go from {minimum} to {maximum} tasks, which is not what was asked for",
        },
        "no_policy": {
            "fr": "rien ne fait bouger orders entre ses bornes",
            "en": "nothing moves orders between its bounds",
        },
        "metric": {
            "fr": "la politique de orders suit {metric}, pas ses requêtes",
            "en": "the policy of orders follows {metric}, not its requests",
        },
        "elsewhere": {
            "fr": "le ResourceLabel de la politique ne désigne pas l’équilibreur et le groupe cible de orders",
            "en": "the policy’s ResourceLabel does not name the load balancer and the target group of orders",
        },
        "value": {
            "fr": "chaque tâche de orders devrait attendre {found} requêtes par minute au lieu de {wanted}",
            "en": "each task of orders is meant to take {found} requests a minute instead of {wanted}",
        },
        "hint_1": {
            "fr": "Tout ce qu’il faut a été écrit plus haut pour products ; quatre choses changent.",
            "en": "All you need was written further up for products; four things change.",
        },
        "hint_2": {
            "fr": "Les deux appels : register_scalable_target pour les bornes, put_scaling_policy pour la règle. Le ResourceLabel "
            "désigne l’équilibreur puis le groupe cible : il est propre à chaque service.",
            "en": "Both calls: register_scalable_target for the bounds, put_scaling_policy for the rule. The ResourceLabel names "
            "the load balancer, then the target group: each service has its own.",
        },
        "hint_3": {
            "fr": "ResourceId service/frenchbakery/orders, MinCapacity 2, MaxCapacity 6, TargetValue 50, et dans le ResourceLabel "
            "la fin de l’ARN du groupe cible frenchbakery-orders.",
            "en": "ResourceId service/frenchbakery/orders, MinCapacity 2, MaxCapacity 6, TargetValue 50, and in the ResourceLabel "
            "the end of the ARN of the target group frenchbakery-orders.",
        },
        "solution": {
            "fr": "Les bornes, puis le suivi de cible sur les requêtes du groupe cible de orders.",
            "en": "The bounds, then target tracking on the requests of orders’ target group.",
        },
    }
)


@dataclass(frozen=True)
class Scaled:
    """What the challenge looks at: bounds, and (metric, of what, target value) of each target tracking policy."""

    bounds: tuple[int, int]
    policies: tuple[tuple[str, str, float], ...]
    wanted: str  # the load balancer and the target group of orders, as a policy writes them


def look(session: CourseSession) -> Scaled | None:
    """Read the scalable target of orders and its policies; None when there is none, or no shop."""
    elbv2, scaling = session.client("elbv2"), session.client("application-autoscaling")
    orders = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    name = "service/frenchbakery/orders"
    targets = scaling.describe_scalable_targets(ResourceIds=[name], **orders)["ScalableTargets"]
    try:
        [group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
    except elbv2.exceptions.TargetGroupNotFoundException:
        return None
    if not targets:
        return None
    policies = scaling.describe_scaling_policies(ResourceId=name, **orders)["ScalingPolicies"]
    return Scaled(
        (targets[0]["MinCapacity"], targets[0]["MaxCapacity"]),
        tuple(
            _followed(policy["TargetTrackingScalingPolicyConfiguration"])
            for policy in policies
            if "TargetTrackingScalingPolicyConfiguration" in policy
        ),
        f"{_balancer(group)}/{group['TargetGroupArn'].rpartition(':')[2]}",
    )


def _balancer(group: dict[str, Any]) -> str:
    """Which load balancer sends requests to a target group, as metrics name it."""
    return next((arn.partition(":loadbalancer/")[2] for arn in group["LoadBalancerArns"]), "")


def _followed(policy: dict[str, Any]) -> tuple[str, str, float]:
    metric = policy.get("PredefinedMetricSpecification", {})
    return metric.get("PredefinedMetricType", ""), metric.get("ResourceLabel", ""), policy["TargetValue"]


def attempted(found: Scaled | None) -> bool:
    """Whether orders is a scalable target."""
    return found is not None


def problems(found: Scaled) -> Iterator[str]:
    """Bounds, metric, target group, value."""
    if found.bounds != BOUNDS:
        yield say("bounds", minimum=found.bounds[0], maximum=found.bounds[1])
    if not found.policies:
        yield say("no_policy")
    for metric, label, value in found.policies:
        if metric != METRIC:
            yield say("metric", metric=metric or "?")
            continue
        if label != found.wanted:
            yield say("elsewhere")
        if value != REQUESTS:
            yield say("value", found=f"{value:g}", wanted=f"{REQUESTS:g}")


def scale_orders(lab: Lab) -> None:
    """Let orders have two to six tasks, for fifty requests a minute each."""
    elbv2, scaling = lab.session.client("elbv2"), lab.session.client("application-autoscaling")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
    label = "{}/{}".format(
        balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        group["TargetGroupArn"].rpartition(":")[2],
    )
    orders = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/frenchbakery/orders",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**orders, MinCapacity=2, MaxCapacity=6)
    scaling.put_scaling_policy(
        **orders,
        PolicyName="orders-requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ALBRequestCountPerTarget",
                "ResourceLabel": label,
            },
        },
    )


CHALLENGE = Challenge("operate-orders", attempted, problems, say, (scale_orders,), look=look)
