"""What auto scaling did with a service: datapoints against thresholds, alarm states, desired and running tasks.

Read with plain calls to Application Auto Scaling, CloudWatch and ECS; the same in both worlds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import groupby, pairwise, takewhile
from typing import TYPE_CHECKING, Any

from labs.cloud.controllers.alarm_evaluation import Condition
from labs.learner import Texts
from labs.view.chart import Chart, duration
from labs.view.display import Shown
from labs.view.scaling_chart import BAND, Metric, Track, alarm_lanes, count_panel, metric_panel

if TYPE_CHECKING:
    from labs.session import CourseSession

SPAN = timedelta(hours=3)  # how far back it looks
LEAST = timedelta(seconds=10)  # it looks back at least: a moment has no datapoints
EARLIER = timedelta(minutes=10)  # before that, what ran is looked up: a service is counted once a minute
PERIOD = 60  # seconds of one datapoint
WIDTH, SIDES = 600, (40.0, 500.0)
SERVICES = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
DESIRED = re.compile(r"desired count to (\d+)", re.IGNORECASE)  # Description of an activity
TRIGGERED = re.compile(r"monitor alarm (?P<alarm>.+) in state ALARM triggered policy (?P<policy>.+)")

say = Texts(
    {
        "alt": {"fr": "La mise à l’échelle de {service}", "en": "The scaling of {service}"},
        "none": {
            "fr": "{service} : rien ne met ce service à l’échelle.",
            "en": "{service}: nothing scales this service.",
        },
        "several": {
            "fr": "Plusieurs clusters ont un service {service} : écrivez {known}.",
            "en": "Several clusters have a service {service}: write {known}.",
        },
        "line": {
            "fr": "Mise à l’échelle de {service} : de {least} à {most} tâches ; {policies} ; {did}.",
            "en": "Scaling of {service}: {least} to {most} tasks; {policies}; {did}.",
        },
        "policies": {"fr": "politiques : {names}", "en": "policies: {names}"},
        "no_policy": {"fr": "aucune politique", "en": "no policy"},
        "tracks": {"fr": "{name} (cible {target})", "en": "{name} (target {target})"},
        "steps": {"fr": "{name} (par paliers)", "en": "{name} (step scaling)"},
        "did_nothing": {"fr": "rien n’a encore changé", "en": "nothing has changed yet"},
        "did_out": {"fr": "des tâches ont été ajoutées", "en": "tasks were added"},
        "did_in": {"fr": "des tâches ont été retirées", "en": "tasks were taken away"},
        "did_both": {
            "fr": "des tâches ont été ajoutées, puis retirées",
            "en": "tasks were added, then taken away",
        },
        "did_both_ways": {
            "fr": "des tâches ont été ajoutées et retirées",
            "en": "tasks were added and taken away",
        },
        "activities": {"fr": "Ce que l’auto scaling a fait", "en": "What auto scaling did"},
        "changed": {"fr": "{before} → {after} tâches", "en": "{before} → {after} tasks"},
        "blocked": {"fr": "rien ({code})", "en": "nothing ({code})"},
        "by_high": {
            "fr": "l’alarme haute de la politique {policy}",
            "en": "the high alarm of policy {policy}",
        },
        "by_low": {
            "fr": "l’alarme basse de la politique {policy}",
            "en": "the low alarm of policy {policy}",
        },
        "CPUUtilization": {"fr": "CPU", "en": "CPU"},
        "MemoryUtilization": {"fr": "Mémoire", "en": "Memory"},
        "RequestCountPerTarget": {"fr": "Requêtes par cible", "en": "Requests per target"},
    }
)


@dataclass(frozen=True)
class Activity:
    """A scaling activity: seconds since the beginning, the count it set (None: none, for `reason`), and its cause."""

    at: float
    desired: int | None
    cause: str
    reason: str = ""
    added: bool = False  # a high alarm caused it: tasks came


@dataclass(frozen=True)
class Watched:
    """A metric, and the alarms that watch it."""

    metric: Metric
    tracks: tuple[Track, ...]


@dataclass(frozen=True)
class History:
    """What happened to a service until `end`, in seconds since the beginning; counts are (from when, how many)."""

    service: str
    least: int
    most: int
    policies: tuple[str, ...]
    end: float
    watched: tuple[Watched, ...] = ()
    activities: tuple[Activity, ...] = ()
    desired: tuple[tuple[float, int], ...] = ()
    running: tuple[tuple[float, int], ...] = ()

    @property
    def directions(self) -> list[str]:
        """Out and in, as often as the one followed the other."""
        counts = [count for _, count in self.desired]
        changes = ["out" if after > before else "in" for before, after in pairwise(counts)]
        return [direction for direction, _ in groupby(changes)]


def scaling(history: History | None, service: str, name: str = "scaling") -> Shown:
    """The history in one line that depends on no timing, drawn, and as a list."""
    if history is None:
        text = say("none", service=service)
        return Shown(text, f"<p>{escape(text)}</p>")
    policies = ", ".join(history.policies)
    text = say(
        "line",
        service=history.service,
        least=history.least,
        most=history.most,
        policies=say("policies", names=policies) if policies else say("no_policy"),
        did=say(_did(history.directions)),
    )
    return Shown(text, f"<p>{escape(text)}</p>{picture(history, text, name)}{_told(history)}")


def _did(directions: Sequence[str]) -> str:
    known = {(): "did_nothing", ("out",): "did_out", ("in",): "did_in", ("out", "in"): "did_both"}
    return known.get(tuple(directions), "did_both_ways")


def picture(history: History, words: str, name: str) -> str:
    """The SVG element; `words` is its text twin."""
    chart = Chart(WIDTH, name)
    bottom, gap = 6.0, BAND - 24
    for watched in history.watched:
        bottom = metric_panel(chart, bottom, SIDES, history.end, watched.metric, watched.tracks)
        bottom = alarm_lanes(chart, bottom + gap, SIDES, history.end, watched.tracks) + 14
    bounds = history.least, history.most
    bottom = count_panel(chart, bottom, SIDES, history.end, history.desired, history.running, bounds)
    return chart.drawn(bottom + 28, say("alt", service=history.service), words)


def _told(history: History) -> str:
    rows, before = "", history.desired[0][1]
    for _, same in groupby(history.activities, key=lambda each: each.reason or each.at):
        activity = next(same)
        if activity.desired is None:
            what = say("blocked", code=activity.reason)
        else:
            what, before = say("changed", before=before, after=activity.desired), activity.desired
        rows += (
            "<tr><td style='text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:.1em .5em'>"
            f"{escape(duration(activity.at))}</td><td style='text-align:left'>{escape(what)}</td>"
            f"<td style='text-align:left'>{escape(activity.cause)}</td></tr>"
        )
    if not rows:
        return ""
    return (
        f"<details><summary>{escape(say('activities'))}</summary>"
        f"<div style='max-height:20em;overflow:auto'><table>{rows}</table></div></details>"
    )


# Reading


def read(session: CourseSession, service: str, now: datetime | None = None) -> History | None:
    """What there is about `service` ("name", or "cluster/name"); None when nothing scales it.

    Raises ValueError when services of that name are scaled in several clusters.
    """
    target = _target(session, service)
    if target is None:
        return None
    now = now or datetime.now(UTC)
    begin = min(max(target["CreationTime"], now - SPAN), now - LEAST)
    reader = _Reader(session, target["ResourceId"], begin, now)
    policies = reader.policies()
    watched = tuple(reader.watched(policies))
    alarms = {alarm: track.high for each in reader.alarms for alarm, track in each.items()}
    activities = tuple(reader.activities(alarms))
    running = reader.running()
    return History(
        service=target["ResourceId"].rpartition("/")[2],
        least=target["MinCapacity"],
        most=target["MaxCapacity"],
        policies=tuple(_policy(policy) for policy in policies),
        end=(now - begin).total_seconds(),
        watched=watched,
        activities=activities,
        desired=reader.desired(activities, running),
        running=running,
    )


def _target(session: CourseSession, service: str) -> dict[str, Any] | None:
    pages = session.client("application-autoscaling").get_paginator("describe_scalable_targets")
    found = [
        target
        for page in pages.paginate(**SERVICES)
        for target in page["ScalableTargets"]
        if target["ResourceId"].endswith(f"/{service}")
    ]
    if len(found) > 1:
        known = ", ".join(target["ResourceId"].partition("/")[2] for target in found)
        raise ValueError(say("several", service=service, known=known))
    return found[0] if found else None


def _policy(policy: Mapping[str, Any]) -> str:
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
    if tracking is None:
        return say("steps", name=policy["PolicyName"])
    return say("tracks", name=policy["PolicyName"], target=f"{tracking['TargetValue']:g}")


class _Reader:
    """Calls about one scalable target between two moments; seconds are counted from the first."""

    def __init__(self, session: CourseSession, resource: str, begin: datetime, end: datetime):
        self._scaling = session.client("application-autoscaling")
        self._cloudwatch = session.client("cloudwatch")
        self._ecs = session.client("ecs")
        self._place = {**SERVICES, "ResourceId": resource}
        self._begin, self._end = begin, end
        _, self._cluster, self._service = resource.split("/")
        self.alarms: list[dict[str, Track]] = []  # by metric: alarm's name → track

    def _seconds(self, moment: datetime) -> float:
        return max(0.0, (moment - self._begin).total_seconds())

    def policies(self) -> list[dict[str, Any]]:
        pages = self._scaling.get_paginator("describe_scaling_policies").paginate(**self._place)
        return [policy for page in pages for policy in page["ScalingPolicies"]]

    def watched(self, policies: Iterable[Mapping[str, Any]]) -> Iterator[Watched]:
        """The metrics of the policies' alarms, each with its alarms: the high ones first."""
        names = [alarm["AlarmName"] for policy in policies for alarm in policy.get("Alarms", ())]
        if not names:
            return
        found = self._cloudwatch.describe_alarms(AlarmNames=names[:100])["MetricAlarms"]
        found = [alarm for alarm in found if "Threshold" in alarm]  # anomaly detection has a band instead
        found.sort(key=lambda alarm: (_subject(alarm), alarm["ComparisonOperator"]))
        for _, group in groupby(found, key=_subject):
            alarms = list(group)
            tracks = {alarm["AlarmName"]: self._track(alarm) for alarm in alarms}
            self.alarms.append(tracks)
            yield Watched(self._metric(alarms[0]), tuple(tracks.values()))

    def _track(self, alarm: Mapping[str, Any]) -> Track:
        periods = alarm["EvaluationPeriods"]
        condition = Condition(
            alarm["ComparisonOperator"],
            alarm["Threshold"],
            periods,
            alarm.get("DatapointsToAlarm", periods),
            alarm.get("TreatMissingData", "missing"),
        )
        return Track(condition, self._states(alarm))

    def _states(self, alarm: Mapping[str, Any]) -> list[tuple[float, str]]:
        """The state at the beginning, and each change since."""
        pages = self._cloudwatch.get_paginator("describe_alarm_history").paginate(
            AlarmName=alarm["AlarmName"],
            HistoryItemType="StateUpdate",
            StartDate=self._begin,
            EndDate=self._end,
            ScanBy="TimestampAscending",
        )
        items = [item for page in pages for item in page["AlarmHistoryItems"]]
        changes = [(item["Timestamp"], json.loads(item["HistoryData"])) for item in items]
        first = changes[0][1]["oldState"]["stateValue"] if changes else alarm["StateValue"]
        return [
            (0.0, first),
            *((self._seconds(moment), data["newState"]["stateValue"]) for moment, data in changes),
        ]

    def _metric(self, alarm: Mapping[str, Any]) -> Metric:
        name = alarm.get("MetricName", "")
        queries = alarm.get("Metrics") or [
            _query(
                alarm["Namespace"],
                name,
                alarm["Dimensions"],
                alarm.get("Statistic") or alarm["ExtendedStatistic"],
            )
        ]
        unit = "%" if name in ("CPUUtilization", "MemoryUtilization") else ""
        shown = say(name) if name in say.catalogue else name or alarm["AlarmName"]
        return Metric(shown, unit, self._points(queries))

    def running(self) -> tuple[tuple[float, int], ...]:
        """The running tasks: a service's CPU has one sample for each [DG cloudwatch-metrics]; and those of now."""
        dimensions = [
            {"Name": "ClusterName", "Value": self._cluster},
            {"Name": "ServiceName", "Value": self._service},
        ]
        query = _query("AWS/ECS", "CPUUtilization", dimensions, "SampleCount")
        # Also from before the beginning: the first change may come sooner than the first sample after it.
        samples = self._points([query], self._begin - EARLIER)
        before = sum(moment <= 0 for moment, _ in samples)
        counted = tuple((moment, round(count)) for moment, count in samples[max(0, before - 1) :])
        return (*counted, (self._seconds(self._end), self._described()["runningCount"]))

    def _described(self) -> dict[str, Any]:
        found = self._ecs.describe_services(cluster=self._cluster, services=[self._service])["services"]
        return found[0] if found else {"runningCount": 0, "desiredCount": 0}

    def desired(
        self, activities: Sequence[Activity], running: Sequence[tuple[float, int]]
    ) -> tuple[tuple[float, int], ...]:
        """What the activities set, and before them what ran."""
        changes = [(each.at, each.desired) for each in activities if each.desired is not None]
        if not changes:
            return ((0.0, self._described()["desiredCount"]),)
        earlier = [count for moment, count in running if moment <= changes[0][0]]
        # A sample bears its period's beginning: the last of them may have counted what the change brought.
        before = earlier[-2:][0] if earlier else running[0][1]
        first = next(each for each in activities if each.desired is not None)
        if first.added and before >= changes[0][1]:  # on a busy machine the counts come late
            before = min(count for _, count in running)
        return ((0.0, before), *changes)

    def activities(self, alarms: Mapping[str, bool]) -> Iterator[Activity]:
        """Oldest first. `alarms`: whether each is a high one."""
        pages = self._scaling.get_paginator("describe_scaling_activities").paginate(
            **self._place, IncludeNotScaledActivities=True
        )
        newest_first = (activity for page in pages for activity in page["ScalingActivities"])
        recent = list(takewhile(lambda each: each["StartTime"] >= self._begin, newest_first))
        for activity in reversed(recent):
            reasons = activity.get("NotScaledReasons")
            count = DESIRED.search(activity["Description"])
            if activity["StatusCode"] == "Failed" or not (reasons or count):
                continue
            yield Activity(
                self._seconds(activity["StartTime"]),
                None if reasons or count is None else int(count[1]),
                _cause(activity["Cause"], alarms),
                ", ".join(reason["Code"] for reason in reasons or ()),
                any(high and name in activity["Cause"] for name, high in alarms.items()),
            )

    def _points(
        self, queries: Sequence[Mapping[str, Any]], since: datetime | None = None
    ) -> tuple[tuple[float, float], ...]:
        returned = next((query["Id"] for query in queries if query.get("ReturnData", True)), "")
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries,
            StartTime=since or self._begin,
            EndTime=self._end,
            ScanBy="TimestampAscending",
        )
        results = [
            result for page in pages for result in page["MetricDataResults"] if result["Id"] == returned
        ]
        return tuple(
            (self._seconds(moment), value)
            for result in results
            for moment, value in zip(result["Timestamps"], result["Values"], strict=True)
        )


def _query(
    namespace: str, name: str, dimensions: Sequence[Mapping[str, str]], statistic: str
) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": list(dimensions)}
    return {"Id": "m1", "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": statistic}}


def _subject(alarm: Mapping[str, Any]) -> str:
    """What an alarm watches; equal for alarms on the same metric."""
    keys = ("Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Metrics")
    return json.dumps([alarm.get(key) for key in keys], sort_keys=True, default=str)


def _cause(cause: str, alarms: Mapping[str, bool]) -> str:
    """In the learner's words where an alarm was the cause; else as AWS wrote it."""
    found = TRIGGERED.search(cause)
    if found is None or found["alarm"] not in alarms:
        return cause
    return say("by_high" if alarms[found["alarm"]] else "by_low", policy=found["policy"])
