"""A task on a timetable: judged by when the rule fires and by what it starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from labs.chapters import rights
from labs.checks.model import Challenge, unless_it_exists
from labs.cloud.schedule_expressions import Cron, parse
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

RULE, CLUSTER, FAMILY, COUNT = "ecs-dawn", "ecs", "ecs-dough", 2
FIRSTS = [datetime(2027, month, 1, tzinfo=UTC) for month in range(1, 13)]
SUNDAYS = [
    first + timedelta(days=6 - first.weekday()) for first in FIRSTS
]  # a week of each month is looked at
WANTED = [timedelta(days=day, hours=3, minutes=30) for day in range(1, 6)]  # after midnight on Sunday
SHOWN = 8  # moments of a week that are told

say = Texts(
    {
        "title": {"fr": "le pétrin, du lundi au vendredi", "en": "the dough, Monday to Friday"},
        "disabled": {"fr": "la règle est désactivée", "en": "the rule is disabled"},
        "no_cron": {
            "fr": "la règle ne suit pas d’horaire écrit avec cron()",
            "en": "the rule does not follow a timetable written with cron()",
        },
        "when": {
            "fr": "la règle n’agit pas à 3 h 30 UTC du lundi au vendredi, mais : {found}",
            "en": "the rule does not fire at 03:30 UTC from Monday to Friday, but: {found}",
        },
        "week": {"fr": "semaine du {date} : {times}", "en": "week of {date}: {times}"},
        "days": {"fr": "dim lun mar mer jeu ven sam", "en": "Sun Mon Tue Wed Thu Fri Sat"},
        "pattern": {
            "fr": "la règle agit aussi quand un événement arrive",
            "en": "the rule also fires when an event comes",
        },
        "no_target": {
            "fr": "aucune cible de la règle n’est le cluster {cluster}",
            "en": "no target of the rule is the cluster {cluster}",
        },
        "family": {
            "fr": "la cible lance {found} au lieu de {family}",
            "en": "the target starts {found} instead of {family}",
        },
        "count": {
            "fr": "la cible lance {found} tâche(s) au lieu de {wanted}",
            "en": "the target starts {found} task(s) instead of {wanted}",
        },
        "inactive": {
            "fr": "la cible désigne une définition qui n’est pas active : {found}",
            "en": "the target names a definition that is not active: {found}",
        },
        "network": {
            "fr": "la cible ne dit pas dans quels sous-réseaux lancer les tâches",
            "en": "the target does not say in which subnets to start the tasks",
        },
        "role": {
            "fr": "le rôle de la cible n’a pas le droit de lancer ces tâches, ou de leur transmettre leurs rôles",
            "en": "the target’s role may not start these tasks, or not pass them their roles",
        },
        "trust": {
            "fr": "EventBridge n’a pas le droit d’endosser le rôle de la cible",
            "en": "EventBridge may not assume the target’s role",
        },
        "hint_1": {
            "fr": "put_rule dit quand, put_targets dit quoi. La cible d’une tâche est l’ARN du cluster.",
            "en": "put_rule says when, put_targets says what. A task’s target is the ARN of the cluster.",
        },
        "hint_2": {
            "fr": "cron a six champs : minutes, heures, jour du mois, mois, jour de la semaine, année. L’un des deux jours vaut « ? ». Les heures sont en UTC.",
            "en": "cron has six fields: minutes, hours, day of month, month, day of week, year. One of the two days is “?”. Hours are in UTC.",
        },
        "hint_3": {
            "fr": "ScheduleExpression vaut cron(30 3 ? * MON-FRI *) ; EcsParameters porte TaskDefinitionArn et TaskCount=2 ; RoleArn est le rôle ecs-events.",
            "en": "ScheduleExpression is cron(30 3 ? * MON-FRI *); EcsParameters carries TaskDefinitionArn and TaskCount=2; RoleArn is the role ecs-events.",
        },
        "solution": {
            "fr": "La règle sait quand ; sa cible sait quoi, combien, et avec quel rôle.",
            "en": "The rule knows when; its target knows what, how many, and with which role.",
        },
    }
)


@dataclass(frozen=True)
class Start:
    """What a target on the cluster starts, and what would keep it from starting."""

    family: str
    count: int = 1
    active: bool = True  # its definition
    connected: bool = True  # it names subnets, or needs none
    allowed: bool = True  # its role may start the tasks and pass their roles
    trusted: bool = True  # EventBridge may take on its role


@dataclass(frozen=True)
class Rule:
    """When it fires, and what its targets on the cluster start."""

    schedule: str
    enabled: bool
    starts: tuple[Start, ...]
    pattern: bool = False


def look(session: CourseSession) -> Rule | None:
    """Read the rule and its targets; None when there is none."""
    events = session.client("events")
    try:
        rule = events.describe_rule(Name=RULE)
    except events.exceptions.ResourceNotFoundException:
        return None
    targets = events.list_targets_by_rule(Rule=RULE)["Targets"]
    starts = tuple(
        _start(session, target)
        for target in targets
        if target["Arn"].endswith(f":cluster/{CLUSTER}") and "EcsParameters" in target
    )
    return Rule(
        rule.get("ScheduleExpression", ""), rule["State"] == "ENABLED", starts, bool(rule.get("EventPattern"))
    )


def _start(session: CourseSession, target: dict[str, Any]) -> Start:
    wanted, ecs = target["EcsParameters"], session.client("ecs")
    name = wanted["TaskDefinitionArn"].rpartition("/")[2]
    family, count = name.partition(":")[0], wanted.get("TaskCount", 1)
    try:
        definition = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    except ecs.exceptions.ClientException:
        return Start(family, count, active=False)
    documents = rights.policies(session, target.get("RoleArn", ""))
    passed = {definition.get(key) for key in ("executionRoleArn", "taskRoleArn")} - {None}
    return Start(
        family,
        count,
        definition["status"] == "ACTIVE",
        definition.get("networkMode") != "awsvpc" or "NetworkConfiguration" in wanted,
        rights.allow(documents, "ecs:RunTask", definition["taskDefinitionArn"], ecs_cluster=target["Arn"])
        and all(
            rights.allow(documents, "iam:PassRole", role, iam_passedtoservice="ecs-tasks.amazonaws.com")
            for role in passed
        ),
        rights.trusts(session, target.get("RoleArn", ""), "events.amazonaws.com"),
    )


def attempted(rule: Rule | None) -> bool:
    """Whether the rule exists."""
    return rule is not None


def problems(rule: Rule) -> Iterator[str]:
    """At half past three on working days, two tasks of the dough."""
    if not rule.enabled:
        yield say("disabled")
    if rule.pattern:
        yield say("pattern")
    cron = _cron(rule.schedule)
    if cron is None:
        yield say("no_cron")
    elif wrong := next((week for week in SUNDAYS if _times(cron, week) != WANTED), None):
        yield say("when", found=_told(cron, wrong))
    if not rule.starts:
        yield say("no_target", cluster=CLUSTER)
        return
    for start in rule.starts:
        if start.family != FAMILY:
            yield say("family", found=start.family, family=FAMILY)
        if not start.active:
            yield say("inactive", found=start.family)
        if not start.connected:
            yield say("network")
        if not start.allowed:
            yield say("role")
        elif not start.trusted:
            yield say("trust")
    count = sum(start.count for start in rule.starts)
    if count != COUNT:
        yield say("count", found=count, wanted=COUNT)


def _cron(expression: str) -> Cron | None:
    try:
        schedule = parse(expression)
    except ValueError:
        return None
    return schedule if isinstance(schedule, Cron) else None


def _times(cron: Cron, sunday: datetime) -> list[timedelta]:
    """When it fires in the week from that Sunday on; of very many times, enough to see that there are too many."""
    found: list[timedelta] = []
    moment = cron.after(sunday - timedelta(seconds=1))
    while moment is not None and moment < sunday + timedelta(days=7) and len(found) <= SHOWN:
        found.append(moment - sunday)
        moment = cron.after(moment)
    return found


def _told(cron: Cron, sunday: datetime) -> str:
    days, found = say("days").split(), _times(cron, sunday)
    times = ", ".join(f"{days[time.days]} {sunday + time:%H:%M}" for time in found[:SHOWN])
    return say("week", date=f"{sunday:%Y-%m-%d}", times=(times or "—") + (" …" if len(found) > SHOWN else ""))


def schedule_dough(lab: Lab) -> None:
    """Create the role, the definition and the rule, and give the rule its target."""
    import json

    ec2, ecr, ecs, events, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "events", "iam"))
    execution = iam.get_role(RoleName="ecs-execution")["Role"]["Arn"]
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    with unless_it_exists():
        iam.create_role(
            RoleName="ecs-events",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    run = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
    hand_over = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": execution}
    iam.put_role_policy(
        RoleName="ecs-events",
        PolicyName="run",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [run, hand_over]}),
    )
    [repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
    ours = [{"Name": "tag:Name", "Values": ["ecs"]}]
    definition = ecs.register_task_definition(
        family="ecs-dough",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=execution,
        containerDefinitions=[
            {
                "name": "dough",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", "print('kneading')"],
            }
        ],
    )["taskDefinition"]
    events.put_rule(Name="ecs-dawn", ScheduleExpression="cron(30 3 ? * MON-FRI *)")
    target = {
        "Id": "dough",
        "Arn": ecs.describe_clusters(clusters=["ecs"])["clusters"][0]["clusterArn"],
        "RoleArn": iam.get_role(RoleName="ecs-events")["Role"]["Arn"],
        "EcsParameters": {
            "TaskDefinitionArn": definition["taskDefinitionArn"],
            "TaskCount": 2,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "awsvpcConfiguration": {
                    "Subnets": [each["SubnetId"] for each in ec2.describe_subnets(Filters=ours)["Subnets"]],
                    "AssignPublicIp": "ENABLED",
                }
            },
        },
    }
    events.put_targets(Rule="ecs-dawn", Targets=[target])


CHALLENGE = Challenge("ecs-dawn", attempted, problems, say, (schedule_dough,), look=look)
