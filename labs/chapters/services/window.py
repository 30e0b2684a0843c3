"""The shop window follows its processor: judged by its limits and its target tracking policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters.services.ground import NAME, WINDOW
from labs.chapters.services.scaling import target, tracking
from labs.checks.model import Challenge
from labs.facts import number
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

LEAST, MOST = 2, 8  # tasks
SHARE = 60  # per cent of the CPU
PAUSE = 600  # seconds between two reductions
AT_ONCE = 60  # seconds between two additions: nothing new is known before CloudWatch's next point
METRIC = "ECSServiceAverageCPUUtilization"
DIMENSIONS = {"ClusterName": NAME, "ServiceName": WINDOW}

say = Texts(
    {
        "title": {"fr": "la vitrine suit son processeur", "en": "the window follows its CPU"},
        "limits": {
            "fr": "le service peut aller de {least} à {most} tâche(s)",
            "en": "the service may go from {least} to {most} task(s)",
        },
        "metric": {
            "fr": "la politique suit une autre métrique que le processeur du service",
            "en": "the policy tracks another metric than the service’s CPU",
        },
        "share": {
            "fr": "la politique vise {found:g} % du processeur",
            "en": "the policy aims at {found:g}% of the CPU",
        },
        "never": {
            "fr": "le service ne redescend jamais",
            "en": "the service never comes down again",
        },
        "hasty": {
            "fr": "deux réductions peuvent se suivre à {found} secondes",
            "en": "two reductions may come {found} seconds apart",
        },
        "slow": {
            "fr": "entre deux ajouts, le service attend {found} secondes",
            "en": "between two additions the service waits for {found} seconds",
        },
        "hint_1": {
            "fr": "Deux appels : l’un donne les bornes, l’autre la politique. Celle-ci écrit elle-même ses alarmes.",
            "en": "Two calls: one gives the limits, the other the policy. The policy writes its alarms itself.",
        },
        "hint_2": {
            "fr": "register_scalable_target avec MinCapacity et MaxCapacity, puis put_scaling_policy, de type TargetTrackingScaling, sur service/services/window.",
            "en": "register_scalable_target with MinCapacity and MaxCapacity, then put_scaling_policy, of type TargetTrackingScaling, on service/services/window.",
        },
        "hint_3": {
            "fr": "TargetValue 60, PredefinedMetricType ECSServiceAverageCPUUtilization, ScaleOutCooldown 0, ScaleInCooldown 600 ; les bornes sont 2 et 8.",
            "en": "TargetValue 60, PredefinedMetricType ECSServiceAverageCPUUtilization, ScaleOutCooldown 0, ScaleInCooldown 600; the limits are 2 and 8.",
        },
        "solution": {
            "fr": "Monter vite, descendre lentement : le délai ne compte que dans un sens.",
            "en": "Up fast, down slowly: the cooldown counts in one direction only.",
        },
    }
)


@dataclass(frozen=True)
class Tracking:
    """A target tracking policy: what it tracks, at what value, whether it comes down.

    `pause` and `wait`: seconds between two reductions, and between two additions.
    """

    metric: str
    value: float
    down: bool
    pause: int
    wait: int


@dataclass(frozen=True)
class Scaling:
    """The service's limits and its target tracking policies."""

    least: int
    most: int
    tracked: tuple[Tracking, ...]


def look(session: CourseSession) -> Scaling | None:
    """Read how the service scales; None when no rule was ever written."""
    found = target(session)
    if found is None:
        return None
    usual = int(number("scaling_cooldown"))
    tracked = tuple(
        Tracking(
            _metric(each),
            each["TargetValue"],
            not each.get("DisableScaleIn", False),
            each.get("ScaleInCooldown", usual),
            each.get("ScaleOutCooldown", usual),
        )
        for each in tracking(session)
    )
    return Scaling(found["MinCapacity"], found["MaxCapacity"], tracked)


def _metric(policy: dict[str, Any]) -> str:
    """The predefined metric's name, also where it was written out by hand."""
    own = policy.get("CustomizedMetricSpecification", {})
    dimensions = {each["Name"]: each["Value"] for each in own.get("Dimensions", ())}
    named = (own.get("Namespace"), own.get("MetricName"), own.get("Statistic"), dimensions)
    if named == ("AWS/ECS", "CPUUtilization", "Average", DIMENSIONS):
        return METRIC
    return str(policy.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", ""))


def attempted(found: Scaling | None) -> bool:
    """Whether a policy tracks a target: limits alone may come from another challenge."""
    return found is not None and bool(found.tracked)


def problems(found: Scaling) -> Iterator[str]:
    """From two to eight tasks, at 60 % of the CPU, up at once and down without haste."""
    if (found.least, found.most) != (LEAST, MOST):
        yield say("limits", least=found.least, most=found.most)
    of_cpu = [each for each in found.tracked if each.metric == METRIC]
    if not of_cpu:
        yield say("metric")
        return
    for each in of_cpu:
        if each.value != SHARE:
            yield say("share", found=each.value)
        if not each.down:
            yield say("never")
        elif each.pause < PAUSE:
            yield say("hasty", found=each.pause)
        if each.wait > AT_ONCE:
            yield say("slow", found=each.wait)


def track_the_processor(lab: Lab) -> None:
    """Give the service limits and a target."""
    scaling = lab.session.client("application-autoscaling")
    window = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/services/window",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**window, MinCapacity=2, MaxCapacity=8)
    scaling.put_scaling_policy(
        **window,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": 0,
            "ScaleInCooldown": 600,
        },
    )


CHALLENGE = Challenge("services-window", attempted, problems, say, (track_the_processor,), look=look)
