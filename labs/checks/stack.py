"""Step 9: the same shop, made and kept by CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import SERVICES, Service, Stack
from labs.learner import Texts
from labs.shopfront import Visit

if TYPE_CHECKING:
    from labs.lab import Lab

STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE")

say = Texts(
    {
        "title": {"fr": "la pile", "en": "the stack"},
        "state": {
            "fr": "la pile {name} est à l’état {status}",
            "en": "the stack {name} is in state {status}",
        },
        "by_hand": {
            "fr": "la pile ne connaît pas le service {name}",
            "en": "the stack does not know the service {name}",
        },
        "empty": {
            "fr": "le service {name} de la pile ne demande aucune tâche",
            "en": "the stack’s service {name} asks for no task",
        },
        "running": {
            "fr": "{name} : sur {desired} tâches demandées, {running} en marche",
            "en": "{name}: of {desired} tasks asked for, {running} running",
        },
        "closed": {
            "fr": "la boutique de la pile ne répond pas encore aux clients",
            "en": "the stack’s shop does not answer customers yet",
        },
        "hint_1": {
            "fr": "Un service ne tient debout que si ses images sont là, et les dépôts naissent avec la pile : que lui demander "
            "d’abord ?",
            "en": "A service stands only when its images are there, and the repositories are born with the stack: what to ask of "
            "it first?",
        },
        "hint_2": {
            "fr": "La place doit être libre (lab.clean_up()), la pile se crée avec zéro tâche et la permission de créer des "
            "rôles, puis viennent les images, puis une mise à jour.",
            "en": "The place must be free (lab.clean_up()), the stack is created with zero tasks and leave to make roles, then "
            "come the images, then an update.",
        },
        "hint_3": {
            "fr": "create_stack (Tasks 0, CAPABILITY_IAM), lab.build et lab.push pour les quatre services, puis update_stack "
            "(UsePreviousTemplate, Tasks 2) ; stack_create_complete et stack_update_complete attendent.",
            "en": "create_stack (Tasks 0, CAPABILITY_IAM), lab.build and lab.push for the four services, then update_stack "
            "(UsePreviousTemplate, Tasks 2); stack_create_complete and stack_update_complete wait.",
        },
        "solution": {
            "fr": "Faire place, créer la pile sans tâches, pousser les images, demander deux tâches.",
            "en": "Make room, create the stack without tasks, push the images, ask for two tasks.",
        },
    }
)


def attempted(stack: Stack | None, services: tuple[Service, ...], visit: Visit) -> bool:
    """Whether the stack exists."""
    return stack is not None


def problems(stack: Stack, services: tuple[Service, ...], visit: Visit) -> Iterator[str]:
    """Whether the stack stands, holds the services, and serves customers."""
    if stack.status not in STANDING:
        yield say("state", name=stack.name, status=stack.status)
        return
    by_name = {service.name: service for service in services}
    for name in SERVICES:
        service = by_name.get(name)
        if service is None or name not in stack.services:
            yield say("by_hand", name=name)
        elif not service.desired:
            yield say("empty", name=name)
        elif service.running < service.desired:
            yield say("running", name=name, running=service.running, desired=service.desired)
    if visit.status != 200:
        yield say("closed")


def create_stack(lab: Lab) -> None:
    """Take away what was made by hand, and create the stack without tasks."""
    from labs import templates

    cloudformation = lab.session.client("cloudformation")
    lab.clean_up()
    cloudformation.create_stack(
        StackName="frenchbakery",
        TemplateBody=templates.SHOP.read_text(encoding="utf-8"),
        Parameters=[{"ParameterKey": "Tasks", "ParameterValue": "0"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="frenchbakery", WaiterConfig={"Delay": 2, "MaxAttempts": 450}
    )


def open_the_shop(lab: Lab) -> None:
    """Push the images into the stack's repositories, and let the stack have two tasks of each service."""
    cloudformation, ecr, elbv2 = (lab.session.client(name) for name in ("cloudformation", "ecr", "elbv2"))
    names = ("frontend", "products", "orders", "reviews")
    for name in names:
        [repository] = ecr.describe_repositories(repositoryNames=[f"frenchbakery/{name}"])["repositories"]
        lab.push(lab.build(name), repository["repositoryUri"])
    cloudformation.update_stack(
        StackName="frenchbakery",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Tasks", "ParameterValue": "2"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="frenchbakery", WaiterConfig={"Delay": 2, "MaxAttempts": 450}
    )
    for name in names:
        [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{name}"])["TargetGroups"]
        elbv2.get_waiter("target_in_service").wait(
            TargetGroupArn=target["TargetGroupArn"], WaiterConfig={"Delay": 2, "MaxAttempts": 120}
        )


STEP = Step(
    "stack",
    attempted,
    problems,
    say,
    (create_stack, open_the_shop),
    reads=("stack", "services", "visit"),
    foundation=False,
)
