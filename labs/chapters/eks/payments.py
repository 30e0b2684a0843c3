"""A Fargate profile for one namespace: judged by which pods it would select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from labs.chapters.eks.ground import NAME
from labs.checks.model import Challenge, unless_it_exists
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

PROFILE = "eks-payments"
NAMESPACE = "payments"
OTHERS = ("shop", "default", "kube-system", "payments-test")  # stand for every other namespace

say = Texts(
    {
        "title": {"fr": "les paiements, chacun chez soi", "en": "payments, each in a home of its own"},
        "status": {
            "fr": "le profil n’est pas prêt : il est {status}",
            "en": "the profile is not ready: it is {status}",
        },
        "missed": {
            "fr": "aucun pod de l’espace de noms {namespace} n’est pris par le profil",
            "en": "no pod of the namespace {namespace} is taken by the profile",
        },
        "some": {
            "fr": "dans {namespace}, les pods sans certaines étiquettes échappent au profil",
            "en": "in {namespace}, pods without certain labels escape the profile",
        },
        "others": {
            "fr": "le profil prend aussi des pods de l’espace de noms {namespace}",
            "en": "the profile also takes pods of the namespace {namespace}",
        },
        "hint_1": {
            "fr": "Un profil choisit les pods par ses sélecteurs. Un pod est pris dès qu’un seul lui convient.",
            "en": "A profile chooses pods by its selectors. A pod is taken as soon as one of them fits.",
        },
        "hint_2": {
            "fr": "Un sélecteur a un espace de noms, et des étiquettes si l’on veut restreindre encore. Les sous-réseaux "
            "doivent être privés.",
            "en": "A selector has a namespace, and labels to narrow it further. The subnets must be private ones.",
        },
        "hint_3": {
            "fr": 'selectors vaut [{{"namespace": "payments"}}], podExecutionRoleArn est l’ARN du rôle eks-fargate.',
            "en": 'selectors is [{{"namespace": "payments"}}], podExecutionRoleArn is the ARN of the role eks-fargate.',
        },
        "solution": {
            "fr": "Un sélecteur, un espace de noms, aucune étiquette.",
            "en": "One selector, one namespace, no label.",
        },
    }
)


@dataclass(frozen=True)
class Profile:
    """A Fargate profile: its status, and its selectors as the API tells them."""

    status: str
    selectors: Sequence[Mapping[str, Any]]

    def selecting(self, namespace: str) -> list[Mapping[str, Any]]:
        """The selectors that a pod of the namespace may fit."""
        return [each for each in self.selectors if fnmatchcase(namespace, each["namespace"])]


def look(session: CourseSession) -> Profile | None:
    """Read the profile; None when there is none, or no cluster."""
    eks = session.client("eks")
    try:
        found = eks.describe_fargate_profile(clusterName=NAME, fargateProfileName=PROFILE)["fargateProfile"]
    except eks.exceptions.ResourceNotFoundException:
        return None
    return Profile(found["status"], found["selectors"])


def attempted(found: Profile | None) -> bool:
    """Whether the profile exists."""
    return found is not None


def problems(found: Profile) -> Iterator[str]:
    """Every pod of the namespace, and no other."""
    if found.status != "ACTIVE":
        yield say("status", status=found.status)
    chosen = found.selecting(NAMESPACE)
    if not chosen:
        yield say("missed", namespace=NAMESPACE)
    elif all(each.get("labels") for each in chosen):
        yield say("some", namespace=NAMESPACE)
    named = [each["namespace"] for each in found.selectors if "*" not in each["namespace"]]
    excess = next((name for name in (*OTHERS, *named) if name != NAMESPACE and found.selecting(name)), None)
    if excess:
        yield say("others", namespace=excess)


def create_profile(lab: Lab) -> None:
    """Create the profile in the private subnets."""
    ec2, eks, iam = (lab.session.client(name) for name in ("ec2", "eks", "iam"))
    private = [
        {"Name": "tag:Name", "Values": ["eks"]},
        {"Name": "tag:kubernetes.io/role/internal-elb", "Values": ["1"]},
    ]
    subnets = ec2.describe_subnets(Filters=private)["Subnets"]
    with unless_it_exists():
        eks.create_fargate_profile(
            clusterName="eks",
            fargateProfileName="eks-payments",
            podExecutionRoleArn=iam.get_role(RoleName="eks-fargate")["Role"]["Arn"],
            subnets=[subnet["SubnetId"] for subnet in subnets],
            selectors=[{"namespace": "payments"}],
        )
    eks.get_waiter("fargate_profile_active").wait(
        clusterName="eks", fargateProfileName="eks-payments", WaiterConfig={"Delay": 1, "MaxAttempts": 900}
    )


CHALLENGE = Challenge("eks-payments", attempted, problems, say, (create_profile,), look=look)
