"""Told of sick tasks before customers are: judged by what the alarm counts, where, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.inventory import Alarm, Inventory
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

ALARM = "frenchbakery-orders-sick"
METRIC = "AWS/ApplicationELB/UnHealthyHostCount"

say = Texts(
    {
        "title": {"fr": "les tâches malades", "en": "the sick tasks"},
        "metric": {
            "fr": "l’alarme suit {metric} : ce n’est pas le nombre de cibles malades",
            "en": "the alarm follows {metric}: that is not the number of sick targets",
        },
        "nowhere": {
            "fr": "aucun point n’arrivera jamais : cette métrique n’existe pas avec ces dimensions-là",
            "en": "no point will ever come: this metric does not exist with these dimensions",
        },
        "group": {
            "fr": "l’alarme regarde le groupe cible {group}",
            "en": "the alarm looks at the target group {group}",
        },
        "statistic": {
            "fr": "SampleCount compte les mesures, pas les cibles malades",
            "en": "SampleCount counts measurements, not sick targets",
        },
        "restless": {
            "fr": "l’alarme partirait quand aucune cible n’est malade",
            "en": "the alarm would go off when no target is sick",
        },
        "threshold": {
            "fr": "une seule tâche malade ne déclencherait pas l’alarme",
            "en": "a single sick task would not set the alarm off",
        },
        "hasty": {
            "fr": "l’alarme part dès la première minute : chaque livraison réveillera quelqu’un",
            "en": "the alarm goes off in the first minute: every release will wake somebody up",
        },
        "slow": {
            "fr": "l’alarme attend {minutes} minutes",
            "en": "the alarm waits {minutes} minutes",
        },
        "hint_1": {
            "fr": "L’équilibreur sait, pour chaque groupe cible, combien de cibles échouent à leur contrôle de santé.",
            "en": "The load balancer knows, for each target group, how many targets fail their health check.",
        },
        "hint_2": {
            "fr": "UnHealthyHostCount, espace AWS/ApplicationELB, se lit avec deux dimensions à la fois : TargetGroup et "
            "LoadBalancer.",
            "en": "UnHealthyHostCount, namespace AWS/ApplicationELB, is read with two dimensions at once: TargetGroup and "
            "LoadBalancer.",
        },
        "hint_3": {
            "fr": "Statistic Maximum, Period 60, EvaluationPeriods 2, Threshold 1, GreaterThanOrEqualToThreshold.",
            "en": "Statistic Maximum, Period 60, EvaluationPeriods 2, Threshold 1, GreaterThanOrEqualToThreshold.",
        },
        "solution": {
            "fr": "Une alarme sur le pire point de chaque minute, deux minutes de suite.",
            "en": "An alarm on the worst point of each minute, two minutes in a row.",
        },
    }
)


@dataclass(frozen=True)
class Watch:
    """What the challenge looks at: the alarm, and the dimensions that the metric of orders has."""

    alarm: Alarm
    wanted: Mapping[str, str]


def look(session: CourseSession) -> Watch | None:
    """Read the alarm, the load balancer and the target group; None when there is no alarm of that name."""
    found = session.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    if not found:
        return None
    shop = Inventory(session, lambda arn: None)
    group = next((group for group in shop.target_groups if group.name == "frenchbakery-orders"), None)
    wanted = {"LoadBalancer": shop.load_balancer.id} if shop.load_balancer else {}
    if group:
        wanted["TargetGroup"] = group.arn.rpartition(":")[2]
    return Watch(Alarm.of(found[0]), wanted)


def attempted(found: Watch | None) -> bool:
    """Whether the alarm exists."""
    return found is not None


def problems(found: Watch) -> Iterator[str]:
    """The metric, its dimensions, and when it goes off."""
    alarm = found.alarm
    if alarm.metric != METRIC:
        yield say("metric", metric=alarm.metric.strip("/") or "?")
    _, group, *_ = (*alarm.dimensions.get("TargetGroup", "").split("/"), "")
    if group not in ("", "frenchbakery-orders"):
        yield say("group", group=group)
    elif alarm.dimensions != found.wanted:
        yield say("nowhere")
    if alarm.statistic == "SampleCount":
        yield say("statistic")
    elif alarm.breaches(0):
        yield say("restless")
    elif not alarm.breaches(1):
        yield say("threshold")
    if alarm.seconds < 120:
        yield say("hasty")
    elif alarm.seconds > 300:
        yield say("slow", minutes=alarm.seconds // 60)


def watch_the_sick(lab: Lab) -> None:
    """Tell of a task of orders that is sick for two minutes."""
    elbv2, cloudwatch = lab.session.client("elbv2"), lab.session.client("cloudwatch")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
    dimensions = {
        "LoadBalancer": balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "TargetGroup": group["TargetGroupArn"].rpartition(":")[2],
    }
    cloudwatch.put_metric_alarm(
        AlarmName="frenchbakery-orders-sick",
        Namespace="AWS/ApplicationELB",
        MetricName="UnHealthyHostCount",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


CHALLENGE = Challenge("operate-sick", attempted, problems, say, (watch_the_sick,), look=look)
