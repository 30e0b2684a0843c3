"""Step 8, scaling: the catalogue follows its customers by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import Scaling
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

SERVICE = "products"
LEAST = 2  # one task in each zone

say = Texts(
    {
        "title": {"fr": "la mise à l’échelle", "en": "the scaling"},
        "other": {
            "fr": "le service {name} n’est pas déclaré comme cible de mise à l’échelle",
            "en": "the service {name} is not declared as a scalable target",
        },
        "floor": {
            "fr": "{name} peut descendre à {minimum} tâche(s) : une zone pourrait rester vide",
            "en": "{name} may go down to {minimum} task(s): one zone might stand empty",
        },
        "ceiling": {
            "fr": "{name} ne peut pas grandir : son minimum et son maximum sont les mêmes",
            "en": "{name} cannot grow: its minimum and its maximum are the same",
        },
        "no_policy": {
            "fr": "{name} a des bornes, mais aucune politique ne suit une métrique",
            "en": "{name} has bounds, but no policy follows a metric",
        },
        "idle": {
            "fr": "aucune politique n’a encore changé le nombre de tâches de {name}",
            "en": "no policy has changed the number of tasks of {name} yet",
        },
        "hint_1": {
            "fr": "Deux objets : les bornes entre lesquelles le service peut bouger, et la règle qui le fait bouger.",
            "en": "Two objects: the bounds within which the service may move, and the rule that moves it.",
        },
        "hint_2": {
            "fr": "Le nombre de requêtes par cible se partage quand les tâches se multiplient : c’est une bonne métrique à "
            "tenir. Ensuite, il faut des clients, et trois points d’affilée au-dessus de la valeur visée.",
            "en": "The number of requests per target is shared out as tasks multiply: a good metric to hold. After that it "
            "takes customers, and three points in a row above the target value.",
        },
        "hint_3": {
            "fr": "register_scalable_target (service/frenchbakery/products, ecs:service:DesiredCount, de 2 à 4), puis "
            "put_scaling_policy (TargetTrackingScaling, ALBRequestCountPerTarget, ResourceLabel), puis des requêtes.",
            "en": "register_scalable_target (service/frenchbakery/products, ecs:service:DesiredCount, from 2 to 4), then "
            "put_scaling_policy (TargetTrackingScaling, ALBRequestCountPerTarget, ResourceLabel), then requests.",
        },
        "solution": {
            "fr": "Les bornes, la politique, puis des requêtes jusqu’à ce que le service en demande davantage.",
            "en": "The bounds, the policy, then requests until the service asks for more.",
        },
    }
)


def attempted(scaling: tuple[Scaling, ...]) -> bool:
    """Whether anything of the cluster is scaled by itself."""
    return bool(scaling)


def problems(scaling: tuple[Scaling, ...]) -> Iterator[str]:
    """Bounds, policy, and whether it has ever acted."""
    found = next((each for each in scaling if each.service == SERVICE), None)
    if found is None:
        yield say("other", name=SERVICE)
        return
    if found.minimum < LEAST:
        yield say("floor", name=SERVICE, minimum=found.minimum)
    if found.maximum <= found.minimum:
        yield say("ceiling", name=SERVICE)
    if not found.targets:
        yield say("no_policy", name=SERVICE)
    elif not found.acted:
        yield say("idle", name=SERVICE)


def follow_requests(lab: Lab) -> None:
    """Let the catalogue have between two and four tasks, for so many requests each."""
    elbv2, scaling = lab.session.client("elbv2"), lab.session.client("application-autoscaling")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [group] = elbv2.describe_target_groups(Names=["frenchbakery-products"])["TargetGroups"]
    label = "{}/{}".format(
        balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        group["TargetGroupArn"].rpartition(":")[2],
    )
    products = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/frenchbakery/products",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**products, MinCapacity=2, MaxCapacity=4)
    scaling.put_scaling_policy(
        **products,
        PolicyName="products-requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 20,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ALBRequestCountPerTarget",
                "ResourceLabel": label,
            },
        },
    )


def be_many_customers(lab: Lab) -> None:
    """Ask for the catalogue until the policy acts; on AWS that takes three minutes at least."""
    import time

    from labs.cloud import client
    from labs.shopfront import ask

    ecs, elbv2 = lab.session.client("ecs"), lab.session.client("elbv2")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    shop = lab.open(balancer["LoadBalancerArn"])
    usual = client.pace() if lab.session.world == "local" else None
    if usual:
        client.set_pace(2)
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        for _ in range(100):
            ask(f"{shop.url}/api/products")
        [service] = ecs.describe_services(cluster="frenchbakery", services=["products"])["services"]
        if service["desiredCount"] > 2:
            break
    if usual:
        client.set_pace(usual)
    ecs.get_waiter("services_stable").wait(
        cluster="frenchbakery", services=["products"], WaiterConfig={"Delay": 2, "MaxAttempts": 300}
    )


STEP = Step(
    "scaling",
    attempted,
    problems,
    say,
    (follow_requests, be_many_customers),
    reads=("scaling",),
    foundation=False,
)
