"""Step 8, alarms: somebody is told when the shop answers with an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import Alarm, LoadBalancer
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

WATCHED = "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count"
MANY = 10  # errors in a minute: whatever the shop puts up with, not these
SOON = 300  # seconds: the longest that customers may stand before a closed door unnoticed

say = Texts(
    {
        "title": {"fr": "l’alarme", "en": "the alarm"},
        "unwatched": {
            "fr": "aucune alarme ne compte les erreurs que l’équilibreur répond lui-même",
            "en": "no alarm counts the errors that the load balancer itself answers with",
        },
        "elsewhere": {
            "fr": "{name} ne regarde pas l’équilibreur de la boutique",
            "en": "{name} does not look at the shop’s load balancer",
        },
        "statistic": {
            "fr": "la statistique {found} de {name} ne compte pas les erreurs",
            "en": "the statistic {found} of {name} does not count the errors",
        },
        "restless": {
            "fr": "{name} sonnerait sans aucune erreur",
            "en": "{name} would go off without any error",
        },
        "deaf": {
            "fr": "{count} erreurs dans la même minute ne feraient pas sonner {name}",
            "en": "{count} errors in one minute would not set {name} off",
        },
        "slow": {
            "fr": "{name} attend {minutes} minutes avant de sonner",
            "en": "{name} waits {minutes} minutes before it goes off",
        },
        "unknowing": {
            "fr": "sans erreur, {name} n’a rien à compter et ne sait pas que tout va bien",
            "en": "without errors {name} has nothing to count, and does not know that all is well",
        },
        "hint_1": {
            "fr": "Quand aucune cible ne peut répondre, qui répond ? C’est sa métrique qu’il faut suivre.",
            "en": "When no target can answer, who does? Follow that one’s metric.",
        },
        "hint_2": {
            "fr": "HTTPCode_ELB_5XX_Count, espace AWS/ApplicationELB, dimension LoadBalancer (la fin de l’ARN, à partir de app/). "
            "Sans erreur, cette métrique n’a aucun point.",
            "en": "HTTPCode_ELB_5XX_Count, namespace AWS/ApplicationELB, dimension LoadBalancer (the end of the ARN, from app/ "
            "on). Without errors this metric has no point at all.",
        },
        "hint_3": {
            "fr": "put_metric_alarm : Statistic Sum, Period 60, EvaluationPeriods 1, Threshold 1, "
            "GreaterThanOrEqualToThreshold, TreatMissingData notBreaching ; un nom en frenchbakery-.",
            "en": "put_metric_alarm: Statistic Sum, Period 60, EvaluationPeriods 1, Threshold 1, "
            "GreaterThanOrEqualToThreshold, TreatMissingData notBreaching; a name that begins with frenchbakery-.",
        },
        "solution": {
            "fr": "Une alarme sur la somme, minute par minute, des erreurs de l’équilibreur.",
            "en": "An alarm on the sum, minute by minute, of the load balancer’s errors.",
        },
    }
)


def attempted(alarms: tuple[Alarm, ...], load_balancer: LoadBalancer | None) -> bool:
    """Whether there is an alarm that no scaling policy made."""
    return any(alarm.own for alarm in alarms)


def problems(alarms: tuple[Alarm, ...], load_balancer: LoadBalancer | None) -> Iterator[str]:
    """What is counted, where, when it goes off, and what silence means."""
    watching = [alarm for alarm in alarms if alarm.own and alarm.metric == WATCHED]
    if not watching:
        yield say("unwatched")
    ours = load_balancer.id if load_balancer else None
    for alarm in watching:
        if alarm.dimensions != {"LoadBalancer": ours}:
            yield say("elsewhere", name=alarm.name)
        if alarm.statistic != "Sum":
            yield say("statistic", name=alarm.name, found=alarm.statistic or "?")
        if alarm.breaches(0):
            yield say("restless", name=alarm.name)
        elif not alarm.breaches(MANY):
            yield say("deaf", name=alarm.name, count=MANY)
        if alarm.seconds > SOON:
            yield say("slow", name=alarm.name, minutes=alarm.seconds // 60)
        if alarm.missing != "notBreaching":
            yield say("unknowing", name=alarm.name)


def put_alarm(lab: Lab) -> None:
    """Watch the load balancer's own errors."""
    elbv2, cloudwatch = lab.session.client("elbv2"), lab.session.client("cloudwatch")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    cloudwatch.put_metric_alarm(
        AlarmName="frenchbakery-shop-errors",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_ELB_5XX_Count",
        Dimensions=[
            {
                "Name": "LoadBalancer",
                "Value": balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
            }
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )


STEP = Step(
    "alarm",
    attempted,
    problems,
    say,
    (put_alarm,),
    reads=("alarms", "load_balancer"),
    foundation=False,
)
