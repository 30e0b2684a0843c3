"""Logs kept longer, by the stack and not beside it: judged by the log group and by the stack's own template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.checks.model import Challenge
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import Scope, resolve
from labs.cloud.cloudformation.reader import read
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

USUAL, WANTED = 7, 30  # days
UNREAD = -1  # days, where the template leaves them open

say = Texts(
    {
        "title": {"fr": "garder les journaux", "en": "keeping the logs"},
        "status": {
            "fr": "la pile n’a pas pris la modification : {status}",
            "en": "the stack has not taken the change: {status}",
        },
        "beside": {
            "fr": "le groupe de journaux dit {found}, le modèle de la pile dit {template} : quelqu’un est passé à côté",
            "en": "the log group says {found}, the stack’s template says {template}: somebody went past the stack",
        },
        "days": {
            "fr": "les journaux sont gardés {found} jours",
            "en": "logs are kept for {found} days",
        },
        "hint_1": {
            "fr": "Une pile se change par son modèle : le même texte, un nombre différent.",
            "en": "A stack is changed through its template: the same text, another number.",
        },
        "hint_2": {
            "fr": "update_stack prend le modèle entier. Un paramètre dont on ne parle pas revient à sa valeur par défaut, à moins de "
            "dire UsePreviousValue ; et les rôles redemandent CAPABILITY_IAM.",
            "en": "update_stack takes the whole template. A parameter that is not mentioned goes back to its default, unless you say "
            "UsePreviousValue; and the roles ask for CAPABILITY_IAM again.",
        },
        "hint_3": {
            "fr": "Dans le texte du modèle, changez le 7 de RetentionInDays en 30 (str.replace), donnez-le à update_stack en "
            "TemplateBody, puis attendez avec le waiter stack_update_complete.",
            "en": "In the template’s text change the 7 of RetentionInDays into 30 (str.replace), give it to update_stack as "
            "TemplateBody, then wait with the waiter stack_update_complete.",
        },
        "solution": {
            "fr": "Un mot du modèle change, la pile s’occupe du reste.",
            "en": "One word of the template changes, the stack sees to the rest.",
        },
    }
)


@dataclass(frozen=True)
class Kept:
    """What the challenge looks at: the stack's state, and days of retention in its template and in truth (None: for ever)."""

    status: str
    template: int | None
    found: int | None


def look(session: CourseSession) -> Kept | None:
    """Read the stack and the log group; None when there is no stack."""
    cloudformation = session.client("cloudformation")
    try:
        [stack] = cloudformation.describe_stacks(StackName="frenchbakery")["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's "does not exist"
            return None
        raise
    body = cloudformation.get_template(StackName="frenchbakery")["TemplateBody"]
    groups = session.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/frenchbakery")["logGroups"]
    found = next((group.get("retentionInDays") for group in groups), None)
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", ())}
    days = _days(body, parameters)
    return Kept(stack["StackStatus"], found if days == UNREAD else days, found)


def _days(body: Any, parameters: Mapping[str, str]) -> int | None:
    """What the template says, itself or by its parameters; in JSON it comes back decoded, in YAML as text."""
    try:
        template = body if isinstance(body, dict) else read(body)
        for resource in template.get("Resources", {}).values():
            if resource.get("Type") == "AWS::Logs::LogGroup":
                days = resolve(resource.get("Properties", {}).get("RetentionInDays"), Scope(parameters))
                return None if days is None else int(days)
    except (TemplateError, TypeError, ValueError):  # not a number either
        return UNREAD
    return None


def attempted(found: Kept | None) -> bool:
    """Whether anything differs from the course's own template, or an update has failed."""
    return found is not None and (
        {found.template, found.found} != {USUAL} or found.status.startswith("UPDATE_ROLLBACK")
    )


def problems(found: Kept) -> Iterator[str]:
    """The update went through, stack and log group agree, on thirty days."""
    if found.status != "UPDATE_COMPLETE":
        yield say("status", status=found.status)
    if found.template != found.found:
        yield say("beside", found=found.found, template=found.template)
    elif found.found != WANTED:
        yield say("days", found=found.found)


def keep_the_logs(lab: Lab) -> None:
    """Update the stack with a template that keeps logs for thirty days."""
    from labs import templates

    cloudformation, logs = lab.session.client("cloudformation"), lab.session.client("logs")
    template = templates.SHOP.read_text(encoding="utf-8")
    [group] = logs.describe_log_groups(logGroupNamePrefix="/ecs/frenchbakery")["logGroups"]
    if group.get("retentionInDays") != 30:
        cloudformation.update_stack(
            StackName="frenchbakery",
            TemplateBody=template.replace("RetentionInDays: 7", "RetentionInDays: 30"),
            Parameters=[{"ParameterKey": "Tasks", "UsePreviousValue": True}],
            Capabilities=["CAPABILITY_IAM"],
        )
        cloudformation.get_waiter("stack_update_complete").wait(
            StackName="frenchbakery", WaiterConfig={"Delay": 2, "MaxAttempts": 450}
        )


CHALLENGE = Challenge("operate-retention", attempted, problems, say, (keep_the_logs,), look=look)
