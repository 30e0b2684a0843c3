"""An alarm on what customers see: judged by when it would ring, when it would not, and whom it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labs.chapters.operations.ground import NAME, TOPIC
from labs.checks.model import Challenge
from labs.inventory.model import watched
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

ALARM = "operations-errors"
METRIC = "HTTPCode_Target_5XX_Count"
MINUTE = 60  # seconds
MOST = 5  # errors a minute that nobody gets up for
BAD, OF = 2, 3  # minutes

say = Texts(
    {
        "title": {"fr": "l’alarme des erreurs", "en": "the alarm on errors"},
        "metric": {
            "fr": "l’alarme ne regarde pas les réponses 5xx que donnent les cibles de l’équilibreur",
            "en": "the alarm does not watch the 5xx responses of the load balancer’s targets",
        },
        "balancer": {
            "fr": "l’alarme ne regarde pas l’équilibreur de charge de ce cahier",
            "en": "the alarm does not watch this notebook’s load balancer",
        },
        "part": {
            "fr": "l’alarme ne voit qu’une partie de l’équilibreur : {dimensions}",
            "en": "the alarm sees only a part of the load balancer: {dimensions}",
        },
        "statistic": {
            "fr": "la statistique {found} ne compte pas les erreurs d’une minute",
            "en": "the statistic {found} does not count the errors of a minute",
        },
        "period": {
            "fr": "un point dure {found} secondes et non une minute",
            "en": "a point lasts {found} seconds, not a minute",
        },
        "bound": {
            "fr": "{most} erreurs en une minute et {more} n’y sont pas distinguées comme demandé",
            "en": "{most} errors in a minute and {more} are not told apart as asked",
        },
        "minutes": {
            "fr": "il faut {bad} mauvaise(s) minute(s) sur {of} pour qu’elle sonne, au lieu de {wanted} sur {wanted_of}",
            "en": "it takes {bad} bad minute(s) out of {of} for it to ring, instead of {wanted} out of {wanted_of}",
        },
        "silence": {
            "fr": "une minute sans aucune erreur n’a pas de point, et l’alarme n’y voit pas une bonne minute",
            "en": "a minute without any error has no point, and the alarm does not take it for a good minute",
        },
        "nobody": {
            "fr": "quand elle sonne, personne n’est prévenu par {topic}",
            "en": "when it rings, nobody is told through {topic}",
        },
        "hint_1": {
            "fr": "L’espace de noms est AWS/ApplicationELB. Ses métriques comptent : une somme a un sens, une moyenne n’en a pas.",
            "en": "The namespace is AWS/ApplicationELB. Its metrics count things: a sum means something, an average does not.",
        },
        "hint_2": {
            "fr": "La dimension LoadBalancer est la fin de l’ARN, à partir de app/. EvaluationPeriods et DatapointsToAlarm sont deux nombres différents.",
            "en": "The dimension LoadBalancer is the end of the ARN, from app/ on. EvaluationPeriods and DatapointsToAlarm are two different numbers.",
        },
        "hint_3": {
            "fr": "Statistic=Sum, Period=60, Threshold=5 avec GreaterThanThreshold, DatapointsToAlarm=2, EvaluationPeriods=3, TreatMissingData=notBreaching, AlarmActions avec l’ARN du sujet.",
            "en": "Statistic=Sum, Period=60, Threshold=5 with GreaterThanThreshold, DatapointsToAlarm=2, EvaluationPeriods=3, TreatMissingData=notBreaching, AlarmActions with the topic’s ARN.",
        },
        "solution": {
            "fr": "L’équilibreur ne publie rien quand il n’y a pas d’erreur : le silence est ici une bonne nouvelle, et il faut le dire.",
            "en": "The load balancer publishes nothing when there is no error: here silence is good news, and must be said to be.",
        },
    }
)


@dataclass(frozen=True)
class Alarm:
    """What the alarm watches, when it rings, and the topics that it tells. In any other unit there are no points."""

    metric: tuple[str, str] = ("AWS/ApplicationELB", METRIC)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    unit: str = "Count"
    statistic: str = "Sum"
    period: int = MINUTE
    threshold: float = MOST
    comparison: str = "GreaterThanThreshold"
    bad: int = BAD
    of: int = OF
    missing: str = "notBreaching"
    topics: tuple[str, ...] = (TOPIC,)  # those that it really tells
    balancer: str = ""  # the end of the ARN of the notebook's load balancer
    targets: str = ""  # and that of its target group

    def rings(self, errors: int) -> bool:
        """Whether a minute with so many errors is a bad one."""
        match self.comparison:
            case "GreaterThanThreshold":
                return errors > self.threshold
            case "GreaterThanOrEqualToThreshold":
                return errors >= self.threshold
        return False


def look(session: CourseSession) -> Alarm | None:
    """Read the alarm and the load balancer; None without an alarm of that name."""
    alarms = session.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    if not alarms:
        return None
    [alarm] = map(watched, alarms)
    elbv2 = session.client("elbv2")
    try:
        [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
        [targets] = elbv2.describe_target_groups(Names=[NAME])["TargetGroups"]
    except (
        elbv2.exceptions.LoadBalancerNotFoundException,
        elbv2.exceptions.TargetGroupNotFoundException,
    ):
        return None
    return Alarm(
        (alarm.get("Namespace", ""), alarm.get("MetricName", "")),
        {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())},
        alarm.get("Unit", "Count"),
        alarm.get("Statistic", ""),
        alarm.get("Period", 0),
        alarm.get("Threshold", 0.0),
        alarm.get("ComparisonOperator", ""),
        alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"],
        alarm["EvaluationPeriods"],
        alarm.get("TreatMissingData", "missing"),
        tuple(arn.rpartition(":")[2] for arn in alarm.get("AlarmActions", ()) if alarm["ActionsEnabled"]),
        balancer["LoadBalancerArn"].partition("loadbalancer/")[2],
        targets["TargetGroupArn"].rpartition(":")[2],
    )


def attempted(alarm: Alarm | None) -> bool:
    """Whether there is an alarm of that name."""
    return alarm is not None


def problems(alarm: Alarm) -> Iterator[str]:
    """Rings at more than five errors in two minutes of three, takes silence for good news, tells the topic."""
    if (*alarm.metric, alarm.unit) != ("AWS/ApplicationELB", METRIC, "Count"):
        yield say("metric")
    if alarm.dimensions.get("LoadBalancer") != alarm.balancer:
        yield say("balancer")
    elif not alarm.dimensions.items() <= {("LoadBalancer", alarm.balancer), ("TargetGroup", alarm.targets)}:
        others = sorted(alarm.dimensions.keys() - {"LoadBalancer"})
        yield say("part", dimensions=", ".join(others))
    if alarm.statistic != "Sum":
        yield say("statistic", found=alarm.statistic or "—")
    if alarm.period != MINUTE:
        yield say("period", found=alarm.period)
    if alarm.rings(MOST) or not alarm.rings(MOST + 1):
        yield say("bound", most=MOST, more=MOST + 1)
    if (alarm.bad, alarm.of) != (BAD, OF):
        yield say("minutes", bad=alarm.bad, of=alarm.of, wanted=BAD, wanted_of=OF)
    if alarm.missing != "notBreaching":
        yield say("silence")
    if TOPIC not in alarm.topics:
        yield say("nobody", topic=TOPIC)


def watch_errors(lab: Lab) -> None:
    """Create the alarm on the load balancer's targets."""
    cloudwatch, elbv2, sns = (lab.session.client(name) for name in ("cloudwatch", "elbv2", "sns"))
    [balancer] = elbv2.describe_load_balancers(Names=["operations"])["LoadBalancers"]
    topic = sns.create_topic(Name="operations-alarms")["TopicArn"]
    cloudwatch.put_metric_alarm(
        AlarmName="operations-errors",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Dimensions=[
            {
                "Name": "LoadBalancer",
                "Value": balancer["LoadBalancerArn"].partition("loadbalancer/")[2],
            }
        ],
        Statistic="Sum",
        Period=60,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        DatapointsToAlarm=2,
        EvaluationPeriods=3,
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
    )


CHALLENGE = Challenge("operations-errors", attempted, problems, say, (watch_errors,), look=look)
