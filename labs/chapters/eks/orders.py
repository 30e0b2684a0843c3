"""A role for the pods of one service account: judged by the association and by the agent that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.eks.ground import NAME
from labs.checks.model import Challenge, unless_it_exists
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

ROLE = "eks-orders"
NAMESPACE, ACCOUNT = "shop", "orders"
AGENT = "eks-pod-identity-agent"

say = Texts(
    {
        "title": {"fr": "un rôle pour les commandes", "en": "a role for the orders"},
        "role": {
            "fr": "les pods de {account} reçoivent le rôle {found}, qui n’est pas le leur",
            "en": "the pods of {account} get the role {found}, which is not theirs",
        },
        "shared": {
            "fr": "{account} reçoit aussi le rôle des commandes",
            "en": "{account} gets the orders’ role as well",
        },
        "missing": {
            "fr": "aucun rôle n’attend les pods de {account}",
            "en": "no role awaits the pods of {account}",
        },
        "agent": {
            "fr": "sur les nœuds, rien ne remet d’identifiants aux pods",
            "en": "on the nodes, nothing hands credentials to the pods",
        },
        "hint_1": {
            "fr": "Une association lie trois noms : un espace de noms, un compte de service, un rôle.",
            "en": "An association ties three names together: a namespace, a service account, a role.",
        },
        "hint_2": {
            "fr": "L’appel est create_pod_identity_association. Le compte de service des commandes est dans orders.yaml ; l’agent est "
            "un module du cluster.",
            "en": "The call is create_pod_identity_association. The orders’ service account is in orders.yaml; the agent is an "
            "add-on of the cluster.",
        },
        "hint_3": {
            "fr": 'namespace="shop", serviceAccount="orders", roleArn est l’ARN du rôle eks-orders.',
            "en": 'namespace="shop", serviceAccount="orders", roleArn is the ARN of the role eks-orders.',
        },
        "solution": {
            "fr": "Le compte de service n’a pas changé : c’est EKS qui sait désormais quel rôle va avec lui.",
            "en": "The service account has not changed: it is EKS that now knows which role goes with it.",
        },
    }
)


@dataclass(frozen=True)
class Identities:
    """Which role the pods of each `namespace/account` get, and whether the agent is there."""

    roles: dict[str, str]
    agent: bool


def look(session: CourseSession) -> Identities | None:
    """Read the cluster's associations and add-ons; None when there is no cluster."""
    eks = session.client("eks")
    try:
        listed = eks.list_pod_identity_associations(clusterName=NAME)["associations"]
        agent = AGENT in eks.list_addons(clusterName=NAME)["addons"]
    except eks.exceptions.ResourceNotFoundException:
        return None
    roles = {}
    for each in listed:
        found = eks.describe_pod_identity_association(clusterName=NAME, associationId=each["associationId"])
        role = found["association"]["roleArn"].rpartition("/")[2]
        roles[f"{each['namespace']}/{each['serviceAccount']}"] = role
    return Identities(roles, agent)


def attempted(found: Identities | None) -> bool:
    """Whether the orders' account has a role, or the orders' role an account."""
    return found is not None and (f"{NAMESPACE}/{ACCOUNT}" in found.roles or ROLE in found.roles.values())


def problems(found: Identities) -> Iterator[str]:
    """The orders' pods get their role, nobody else does, and an agent hands it out."""
    wanted = f"{NAMESPACE}/{ACCOUNT}"
    if wanted not in found.roles:
        yield say("missing", account=wanted)
    elif found.roles[wanted] != ROLE:
        yield say("role", account=wanted, found=found.roles[wanted])
    for account, role in found.roles.items():
        if role == ROLE and account != wanted:
            yield say("shared", account=account)
    if not found.agent:
        yield say("agent")


def associate(lab: Lab) -> None:
    """Install the agent unless it is there, and tie the role to the service account."""
    eks, iam = lab.session.client("eks"), lab.session.client("iam")
    with unless_it_exists():
        eks.create_addon(clusterName="eks", addonName="eks-pod-identity-agent")
    with unless_it_exists():
        eks.create_pod_identity_association(
            clusterName="eks",
            namespace="shop",
            serviceAccount="orders",
            roleArn=iam.get_role(RoleName="eks-orders")["Role"]["Arn"],
        )


CHALLENGE = Challenge("eks-orders", attempted, problems, say, (associate,), look=look)
