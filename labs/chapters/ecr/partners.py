"""Challenge: one other account may pull from a repository, and nobody else, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session

from labs.checks.model import Challenge
from labs.cloud.authorization.policy import Policy, Principal, Request, evaluate
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

REPOSITORY = "bakehouse/partners"
PARTNER = "210987654321"
STRANGER = "333333333333"  # stands for every other account
PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability")
NEEDED = PULL[:2]  # the third belongs to pushes as well, and some clients do without

say = Texts(
    {
        "title": {"fr": "un seul compte partenaire", "en": "a single partner account"},
        "absent": {
            "fr": "le dépôt {repository} n’existe plus",
            "en": "the repository {repository} does not exist any more",
        },
        "cannot": {
            "fr": "le compte {account} n’obtient pas {action}",
            "en": "the account {account} does not get {action}",
        },
        "too_much": {
            "fr": "le compte {account} obtient aussi {action}, qui ne sert pas à tirer",
            "en": "the account {account} also gets {action}, which no pull needs",
        },
        "stranger": {
            "fr": "un compte quelconque, {account} par exemple, obtient {action}",
            "en": "any account, {account} for one, gets {action}",
        },
        "hint_1": {
            "fr": "C’est la politique du dépôt qui parle aux autres comptes ; l’appel est set_repository_policy.",
            "en": "The repository’s policy is what speaks to other accounts; the call is set_repository_policy.",
        },
        "hint_2": {
            "fr": "Une seule instruction suffit. Principal désigne le compte, Action énumère ce qu’il faut pour tirer "
            "une image : lire le manifeste, obtenir l’adresse d’une couche.",
            "en": "One statement is enough. Principal names the account, Action lists what a pull takes: reading the "
            "manifest, getting a layer’s address.",
        },
        "hint_3": {
            "fr": 'Principal vaut {{"AWS": "arn:aws:iam::210987654321:root"}} ; Action contient ecr:BatchGetImage et '
            "ecr:GetDownloadUrlForLayer, à quoi l’on joint d’ordinaire ecr:BatchCheckLayerAvailability. "
            "policyText est le texte JSON, pas le dictionnaire.",
            "en": 'Principal is {{"AWS": "arn:aws:iam::210987654321:root"}}; Action holds ecr:BatchGetImage and '
            "ecr:GetDownloadUrlForLayer, usually along with ecr:BatchCheckLayerAvailability. "
            "policyText is the JSON text, not the dictionary.",
        },
        "solution": {
            "fr": "Une instruction, un principal, trois actions ; aucune ressource à écrire, c’est toujours ce dépôt.",
            "en": "One statement, one principal, three actions; no resource to write, it is always this repository.",
        },
    }
)


def look(session: CourseSession) -> str | None:
    """The repository's policy, "" when it has none; None when there is no repository."""
    ecr = session.client("ecr")
    try:
        return ecr.get_repository_policy(repositoryName=REPOSITORY)["policyText"]
    except ecr.exceptions.RepositoryPolicyNotFoundException:
        return ""
    except ecr.exceptions.RepositoryNotFoundException:
        return None


def attempted(text: str | None) -> bool:
    """Whether there is a policy, or the repository was deleted."""
    return text != ""


def problems(text: str | None) -> Iterator[str]:
    """What the policy does not give, and what it gives too much, by asking it as ECR would."""
    if text is None:
        yield say("absent", repository=REPOSITORY)
        return
    policy = Policy.read(text)
    yield from (
        say("cannot", account=PARTNER, action=action)
        for action in NEEDED
        if not _may(policy, PARTNER, action)
    )
    excess = next((action for action in _beyond_pulling() if _may(policy, PARTNER, action)), None)
    if excess:
        yield say("too_much", account=PARTNER, action=excess)
    open_to_all = next(
        (action for action in (*PULL, *_beyond_pulling()) if _may(policy, STRANGER, action)), None
    )
    if open_to_all:
        yield say("stranger", account=STRANGER, action=open_to_all)


@cache
def _beyond_pulling() -> tuple[str, ...]:
    """All the rest that ECR can be asked about one repository."""
    model: Any = botocore.session.get_session().get_service_model("ecr")
    about_one = {"repositoryName", "resourceArn"}
    asked = (
        name
        for name in model.operation_names
        if about_one & {*model.operation_model(name).input_shape.members}
    )
    return tuple(action for name in asked if (action := f"ecr:{name}") not in PULL)


def _may(policy: Policy, account: str, action: str) -> bool:
    """Whether a role of another account gets `action`, if that account lets its roles do anything."""
    role = f"arn:aws:iam::{account}:role/any"
    principal = Principal(f"arn:aws:sts::{account}:assumed-role/any/session", account, role)
    anything = Policy.read('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    context = {"aws:principalaccount": [account], "aws:principalarn": [role]}
    resource = f"arn:aws:ecr:us-east-1:123456789012:repository/{REPOSITORY}"
    request = Request(action, resource, principal, context)
    return evaluate(request, [anything], [policy], same_account=False).allowed


def let_the_partner_pull(lab: Lab) -> None:
    """Give the repository a policy for one account."""
    import json

    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "PartnerPulls",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
                "Action": [
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:BatchCheckLayerAvailability",
                ],
            }
        ],
    }
    lab.session.client("ecr").set_repository_policy(
        repositoryName="bakehouse/partners", policyText=json.dumps(policy)
    )


CHALLENGE = Challenge("ecr-one-partner", attempted, problems, say, (let_the_partner_pull,), look=look)
