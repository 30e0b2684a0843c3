"""Logs that are kept for as long as somebody needs them: judged by the group, and by who writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.chapters import definitions
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

FAMILY = "operations-payments"
GROUP = "/operations/payments"
WANTED = 90  # days

say = Texts(
    {
        "title": {"fr": "les journaux des paiements", "en": "the logs of the payments"},
        "no_group": {
            "fr": "le groupe de journaux {group} n’existe pas",
            "en": "the log group {group} does not exist",
        },
        "for_ever": {
            "fr": "les journaux de {group} n’expirent jamais",
            "en": "the logs of {group} never expire",
        },
        "too_short": {
            "fr": "les journaux partent au bout de {found} jours ; la comptable en demande {wanted}",
            "en": "the logs go after {found} days; the accountant asks for {wanted}",
        },
        "too_long": {
            "fr": "les journaux restent {found} jours, et {wanted} suffisent : le reste est payé pour rien",
            "en": "the logs stay for {found} days, and {wanted} are enough: the rest is paid for nothing",
        },
        "no_family": {
            "fr": "la famille {family} n’a pas de définition active",
            "en": "the family {family} has no active definition",
        },
        "elsewhere": {
            "fr": "ce que le conteneur écrit ne va pas dans {group}",
            "en": "what the container writes does not go to {group}",
        },
        "hint_1": {
            "fr": "Deux choses à faire : le groupe avec sa rétention, et une définition dont le conteneur y écrit.",
            "en": "Two things to do: the group with its retention, and a definition whose container writes to it.",
        },
        "hint_2": {
            "fr": "put_retention_policy n’accepte pas n’importe quel nombre de jours, mais 90 en fait partie. Le pilote s’appelle awslogs.",
            "en": "put_retention_policy does not accept any number of days, but 90 is one of them. The driver is called awslogs.",
        },
        "hint_3": {
            "fr": "logConfiguration du conteneur : logDriver vaut awslogs, et ses options sont awslogs-group, awslogs-region et awslogs-stream-prefix.",
            "en": "The container’s logConfiguration: logDriver is awslogs, and its options are awslogs-group, awslogs-region and awslogs-stream-prefix.",
        },
        "solution": {
            "fr": "Le groupe existe avant la tâche, avec sa rétention : créé par le pilote, il n’expirerait jamais.",
            "en": "The group is there before the task, with its retention: made by the driver, it would never expire.",
        },
    }
)


@dataclass(frozen=True)
class Found:
    """Whether the group exists and its days; the groups that the family's containers write to, None without family."""

    group: bool
    days: int | None
    written: tuple[str, ...] | None


def look(session: CourseSession) -> Found:
    """Read the group and the family's last definition."""
    groups = session.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    own = next((group for group in groups if group["logGroupName"] == GROUP), None)
    definition = definitions.last(session, FAMILY)
    written = None
    if definition is not None:
        written = tuple(group_of(container) for container in definition["containerDefinitions"])
    return Found(own is not None, own.get("retentionInDays") if own else None, written)


def group_of(container: dict[str, Any]) -> str:
    """The log group that a container writes to; empty when it writes elsewhere."""
    logging = container.get("logConfiguration", {})
    group = logging.get("options", {}).get("awslogs-group", "")
    return str(group) if logging.get("logDriver") == "awslogs" else ""


def attempted(found: Found) -> bool:
    """Whether group or family exists."""
    return found.group or found.written is not None


def problems(found: Found) -> Iterator[str]:
    """Written there, and kept for exactly the days wanted."""
    if not found.group:
        yield say("no_group", group=GROUP)
    elif found.days is None:
        yield say("for_ever", group=GROUP)
    elif found.days < WANTED:
        yield say("too_short", found=found.days, wanted=WANTED)
    elif found.days > WANTED:
        yield say("too_long", found=found.days, wanted=WANTED)
    if found.written is None:
        yield say("no_family", family=FAMILY)
    elif set(found.written) != {GROUP}:
        yield say("elsewhere", group=GROUP)


def keep_logs(lab: Lab) -> None:
    """Create the group, have it forget, and register the definition that writes to it."""
    from labs.checks.model import unless_it_exists

    ecr, ecs, iam, logs = (lab.session.client(name) for name in ("ecr", "ecs", "iam", "logs"))
    with unless_it_exists():
        logs.create_log_group(logGroupName="/operations/payments")
    logs.put_retention_policy(logGroupName="/operations/payments", retentionInDays=90)
    [repository] = ecr.describe_repositories(repositoryNames=["operations/products"])["repositories"]
    ecs.register_task_definition(
        family="operations-payments",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="operations-execution")["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "payments",
                "image": f"{repository['repositoryUri']}:1.0",
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/operations/payments",
                        "awslogs-region": lab.session.region_name,
                        "awslogs-stream-prefix": "payments",
                    },
                },
            }
        ],
    )


CHALLENGE = Challenge("operations-payments", attempted, problems, say, (keep_logs,), look=look)
