"""A change set that nobody executes: judged by what it would do, and by what it would leave behind one day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.chapters.services.ground import ARCHIVE
from labs.checks.model import Challenge
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.intrinsics import Scope, resolve
from labs.cloud.cloudformation.reader import read
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

STACK, CHANGE_SET = "services-archive", "first"
REPOSITORY = "AWS::ECR::Repository"

say = Texts(
    {
        "title": {"fr": "l’archive, sur le papier", "en": "the archive, on paper"},
        "not_ready": {
            "fr": "le jeu de modifications n’est pas prêt à être exécuté ({found})",
            "en": "the change set is not ready to be executed ({found})",
        },
        "executed": {
            "fr": "la pile existe déjà pour de bon ({found})",
            "en": "the stack exists for good already ({found})",
        },
        "changes": {
            "fr": "le jeu de modifications ferait {found}, au lieu d’ajouter un seul dépôt",
            "en": "the change set would do {found}, instead of adding a single repository",
        },
        "nothing": {"fr": "rien", "en": "nothing"},
        "name": {
            "fr": "le dépôt s’appellerait {found}",
            "en": "the repository would be called {found}",
        },
        "unnamed": {
            "fr": "CloudFormation choisirait lui-même le nom du dépôt",
            "en": "CloudFormation itself would choose the repository’s name",
        },
        "mutable": {
            "fr": "une étiquette de ce dépôt pourrait passer d’une image à une autre",
            "en": "a tag of this repository could move from one image to another",
        },
        "lost": {
            "fr": "supprimer la pile supprimerait le dépôt avec elle",
            "en": "deleting the stack would delete the repository along with it",
        },
        "hint_1": {
            "fr": "Un jeu de modifications peut aussi créer une pile : il faut le lui dire. Et un attribut de la ressource, hors de ses propriétés, décide de sa survie.",
            "en": "A change set can create a stack too: you have to say so. And an attribute of the resource, outside its properties, decides whether it survives.",
        },
        "hint_2": {
            "fr": "create_change_set prend ChangeSetType. L’attribut s’écrit à côté de Type et de Properties.",
            "en": "create_change_set takes ChangeSetType. The attribute is written beside Type and Properties.",
        },
        "hint_3": {
            "fr": 'ChangeSetType="CREATE", StackName="services-archive", ChangeSetName="first" ; DeletionPolicy vaut Retain, ImageTagMutability vaut IMMUTABLE.',
            "en": 'ChangeSetType="CREATE", StackName="services-archive", ChangeSetName="first"; DeletionPolicy is Retain, ImageTagMutability is IMMUTABLE.',
        },
        "solution": {
            "fr": "La pile attend en REVIEW_IN_PROGRESS : rien n’est créé tant que personne n’exécute.",
            "en": "The stack waits in REVIEW_IN_PROGRESS: nothing is created until somebody executes.",
        },
    }
)


@dataclass(frozen=True)
class Plan:
    """The stack and change set as they stand, what would be done, and the repositories of the template."""

    stack: str
    execution: str
    changes: tuple[tuple[str, str], ...]
    repositories: tuple[dict[str, Any], ...]


def look(session: CourseSession) -> Plan | None:
    """Read the change set; None when there is none."""
    cloudformation = session.client("cloudformation")
    one = {"StackName": STACK, "ChangeSetName": CHANGE_SET}
    try:
        found = cloudformation.describe_change_set(**one)
        [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        body = cloudformation.get_template(**one)["TemplateBody"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ChangeSetNotFound", "ValidationError"):
            return None
        raise
    changes = tuple(
        (change["ResourceChange"]["Action"], change["ResourceChange"]["ResourceType"])
        for change in found["Changes"]
    )
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())}
    names = {change["ResourceChange"]["LogicalResourceId"] for change in found["Changes"]}
    repositories = tuple(_repositories(body, given, names))
    return Plan(stack["StackStatus"], found["ExecutionStatus"], changes, repositories)


def _repositories(body: Any, given: dict[str, str], names: set[str]) -> Iterator[dict[str, Any]]:
    """The template's repositories of these logical names, with what its parameters and functions give where that is known by now.

    boto3 hands out the text of a template, or what it read as JSON itself.
    """
    template: dict[str, Any] = body if isinstance(body, dict) else read(body)
    defaults = {name: each.get("Default") for name, each in (template.get("Parameters") or {}).items()}
    for name, resource in template["Resources"].items():
        if name in names and resource["Type"] == REPOSITORY:
            with suppress(TemplateError):
                resource = resolve(resource, Scope({**defaults, **given, "AWS::StackName": STACK}))
            yield resource


def attempted(plan: Plan | None) -> bool:
    """Whether the change set exists."""
    return plan is not None


def problems(plan: Plan) -> Iterator[str]:
    """One repository, ready to be made but not made, that keeps its tags and outlives its stack."""
    if plan.stack != "REVIEW_IN_PROGRESS":
        yield say("executed", found=plan.stack)
    elif plan.execution != "AVAILABLE":
        yield say("not_ready", found=plan.execution)
    if plan.changes != (("Add", REPOSITORY),):
        yield say("changes", found=", ".join(" ".join(change) for change in plan.changes) or say("nothing"))
        return
    [resource] = plan.repositories
    properties = resource.get("Properties") or {}
    if (found := properties.get("RepositoryName")) != ARCHIVE:
        yield say("name", found=found) if found else say("unnamed")
    if properties.get("ImageTagMutability") != "IMMUTABLE":
        yield say("mutable")
    if resource.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate"):
        yield say("lost")


def prepare_the_archive(lab: Lab) -> None:
    """Create the change set that would create the stack."""
    cloudformation = lab.session.client("cloudformation")
    template = """
    Resources:
      Archive:
        Type: AWS::ECR::Repository
        DeletionPolicy: Retain
        Properties:
          RepositoryName: services/archive
          ImageTagMutability: IMMUTABLE
    """
    first = {"StackName": "services-archive", "ChangeSetName": "first"}
    known = cloudformation.list_stacks(StackStatusFilter=["REVIEW_IN_PROGRESS"])["StackSummaries"]
    if not any(stack["StackName"] == "services-archive" for stack in known):
        cloudformation.create_change_set(**first, ChangeSetType="CREATE", TemplateBody=template)
    cloudformation.get_waiter("change_set_create_complete").wait(
        **first, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


CHALLENGE = Challenge("services-archive", attempted, problems, say, (prepare_the_archive,), look=look)
