"""An access entry that only reads, in one namespace: judged by its policies, their scope and its groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.chapters.eks.ground import NAME
from labs.checks.model import Challenge, unless_it_exists
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

ROLE = "eks-auditor"
NAMESPACE = "shop"
VIEW = "AmazonEKSViewPolicy"

say = Texts(
    {
        "title": {"fr": "l’auditrice regarde sans toucher", "en": "the auditor looks and does not touch"},
        "nothing": {
            "fr": "l’auditrice entre dans le cluster, mais n’y a aucun droit",
            "en": "the auditor enters the cluster, but may do nothing in it",
        },
        "excess": {
            "fr": "la politique {policy} donne plus que la lecture demandée",
            "en": "the policy {policy} gives more than the reading asked for",
        },
        "wide": {
            "fr": "l’auditrice lit dans tout le cluster",
            "en": "the auditor reads in the whole cluster",
        },
        "elsewhere": {
            "fr": "l’auditrice lit dans : {namespaces}",
            "en": "the auditor reads in: {namespaces}",
        },
        "groups": {
            "fr": "l’entrée appartient à des groupes Kubernetes, qui peuvent donner d’autres droits : {groups}",
            "en": "the entry belongs to Kubernetes groups, which may give other rights: {groups}",
        },
        "hint_1": {
            "fr": "Il faut deux appels : l’un fait entrer le rôle, l’autre lui donne des droits.",
            "en": "It takes two calls: one lets the role in, the other gives it rights.",
        },
        "hint_2": {
            "fr": "list_access_policies énumère les politiques d’accès. La portée d’une association, accessScope, est le cluster ou des espaces de noms.",
            "en": "list_access_policies lists the access policies. The scope of an association, accessScope, is the cluster "
            "or namespaces.",
        },
        "hint_3": {
            "fr": "create_access_entry pour le rôle eks-auditor, puis associate_access_policy avec AmazonEKSViewPolicy et "
            'accessScope {{"type": "namespace", "namespaces": ["shop"]}}.',
            "en": "create_access_entry for the role eks-auditor, then associate_access_policy with AmazonEKSViewPolicy and "
            'accessScope {{"type": "namespace", "namespaces": ["shop"]}}.',
        },
        "solution": {
            "fr": "L’entrée ouvre la porte, la politique dit de quelle pièce.",
            "en": "The entry opens the door, the policy says to which room.",
        },
    }
)


@dataclass(frozen=True)
class Grant:
    """An access policy of an entry; `namespaces` is empty when it holds in the whole cluster."""

    policy: str
    namespaces: Sequence[str]


@dataclass(frozen=True)
class Entry:
    """An access entry with what it may do."""

    groups: Sequence[str]
    grants: Sequence[Grant]


def look(session: CourseSession) -> Entry | None:
    """Read the auditor's entry; None when there is none, or no cluster."""
    eks = session.client("eks")
    try:
        principals = eks.list_access_entries(clusterName=NAME)["accessEntries"]
        principal = next((each for each in principals if each.endswith(f":role/{ROLE}")), None)
        if principal is None:
            return None
        one = {"clusterName": NAME, "principalArn": principal}
        entry = eks.describe_access_entry(**one)["accessEntry"]
        policies = eks.list_associated_access_policies(**one)["associatedAccessPolicies"]
    except eks.exceptions.ResourceNotFoundException:
        return None
    return Entry(
        entry["kubernetesGroups"],
        [
            Grant(each["policyArn"].rpartition("/")[2], each["accessScope"].get("namespaces", []))
            for each in policies
        ],
    )


def attempted(found: Entry | None) -> bool:
    """Whether the role is let in."""
    return found is not None


def problems(found: Entry) -> Iterator[str]:
    """Reading, in that namespace, and nothing more."""
    if not found.grants:
        yield say("nothing")
    for grant in found.grants:
        if grant.policy != VIEW:
            yield say("excess", policy=grant.policy)
        if not grant.namespaces:
            yield say("wide")
        elif list(grant.namespaces) != [NAMESPACE]:
            yield say("elsewhere", namespaces=", ".join(grant.namespaces))
    if found.groups:
        yield say("groups", groups=", ".join(found.groups))


def let_the_auditor_in(lab: Lab) -> None:
    """Create the entry and give it the viewing policy in one namespace."""
    eks, iam = lab.session.client("eks"), lab.session.client("iam")
    auditor = iam.get_role(RoleName="eks-auditor")["Role"]["Arn"]
    with unless_it_exists():
        eks.create_access_entry(clusterName="eks", principalArn=auditor)
    eks.associate_access_policy(
        clusterName="eks",
        principalArn=auditor,
        policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        accessScope={"type": "namespace", "namespaces": ["shop"]},
    )


CHALLENGE = Challenge("eks-auditor", attempted, problems, say, (let_the_auditor_in,), look=look)
