"""Challenge: a lifecycle policy that keeps the last ten releases and lets untagged leftovers expire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.cloud.registry.lifecycle import EXPIRE, Policy, StoredImage, evaluate
from labs.cloud.registry.lifecycle_policy import InvalidPolicy, read
from labs.learner import Texts
from labs.view.numbers import decimal

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

REPOSITORY = "bakehouse/releases"
KEPT = 10  # releases
DAYS = 7  # that an untagged image may stay
NOW = datetime(2026, 11, 21, tzinfo=UTC)

say = Texts(
    {
        "title": {"fr": "dix versions, pas davantage", "en": "ten releases, no more"},
        "absent": {
            "fr": "le dépôt {repository} n’existe plus",
            "en": "the repository {repository} does not exist any more",
        },
        "releases": {
            "fr": "sur {count} versions, il en resterait {left} : {kept} étaient demandées",
            "en": "of {count} releases, {left} would be left: {kept} were asked for",
        },
        "oldest": {
            "fr": "les versions qui partent ne sont pas les plus anciennes",
            "en": "the releases that go are not the oldest",
        },
        "leftovers": {
            "fr": "une image sans étiquette, poussée il y a {days} jours, reste",
            "en": "an untagged image, pushed {days} days ago, stays",
        },
        "too_early": {
            "fr": "une image sans étiquette, poussée il y a {days} jours, part déjà",
            "en": "an untagged image, pushed {days} days ago, goes already",
        },
        "others": {
            "fr": "une image étiquetée {tag} disparaîtrait, alors que personne ne l’a demandé",
            "en": "an image tagged {tag} would vanish, though nobody asked for that",
        },
        "hint_1": {
            "fr": "Deux besoins, deux règles : l’une compte des images, l’autre compte des jours.",
            "en": "Two needs, two rules: one counts images, the other counts days.",
        },
        "hint_2": {
            "fr": "La première choisit tagStatus tagged et un motif d’étiquette ; la seconde, tagStatus untagged. "
            "Aucune ne doit choisir any.",
            "en": "The first selects tagStatus tagged and a pattern of tags; the second, tagStatus untagged. "
            "Neither may select any.",
        },
        "hint_3": {
            "fr": 'imageCountMoreThan 10 avec tagPatternList ["release-*"] ; sinceImagePushed 7 avec countUnit days '
            "pour les images sans étiquette. Essayez-la d’abord dans le bac à sable.",
            "en": 'imageCountMoreThan 10 with tagPatternList ["release-*"]; sinceImagePushed 7 with countUnit days '
            "for untagged images. Try it in the playground first.",
        },
        "solution": {
            "fr": "Deux règles qui ne se disputent aucune image : leur priorité importe peu ici.",
            "en": "Two rules that never compete for an image: their priority matters little here.",
        },
    }
)


def look(session: CourseSession) -> str | None:
    """The repository's lifecycle policy, "" when it has none; None when there is no repository."""
    ecr = session.client("ecr")
    try:
        return ecr.get_lifecycle_policy(repositoryName=REPOSITORY)["lifecyclePolicyText"]
    except ecr.exceptions.LifecyclePolicyNotFoundException:
        return ""
    except ecr.exceptions.RepositoryNotFoundException:
        return None


def attempted(text: str | None) -> bool:
    """Whether there is a policy, or the repository was deleted."""
    return text != ""


def _image(days: float, *tags: str) -> StoredImage:
    return StoredImage("-".join((f"{days:g}", *tags)), frozenset(tags), NOW - timedelta(days=days))


# One shop releases daily, one every forty days: a rule that counts days cannot leave ten in both.
RELEASES = tuple(
    tuple(_image(every * number, f"release-{20 - number}") for number in range(1, 14)) for every in (1, 40)
)  # youngest first
LEFTOVERS = tuple(_image(days) for days in (7.5, 30, 400))
RECENT = tuple(_image(days) for days in (1, 6.5))
OTHERS = tuple(_image(500, tag) for tag in ("prod", "nightly", "pre-release-1", "released"))


def problems(text: str | None) -> Iterator[str]:
    """What the policy would do wrong in repositories made up for the purpose."""
    if text is None:
        yield say("absent", repository=REPOSITORY)
        return
    try:
        policy = read(text)
    except InvalidPolicy as error:  # ECR takes none of these: a registry that is laxer might
        yield str(error)
        return
    found = (list(_wrong(policy, releases)) for releases in RELEASES)
    yield from next(filter(None, found), [])


def _wrong(policy: Policy, releases: Sequence[StoredImage]) -> Iterator[str]:
    verdicts = evaluate((*releases, *LEFTOVERS, *RECENT, *OTHERS), policy, NOW)
    gone = {verdict.image for verdict in verdicts if verdict.action == EXPIRE}
    left = [image for image in releases if image not in gone]
    if len(left) != KEPT:
        yield say("releases", count=len(releases), left=len(left), kept=KEPT)
    elif left != list(releases[:KEPT]):
        yield say("oldest")
    staying = [image for image in LEFTOVERS if image not in gone]
    if staying:
        yield say("leftovers", days=_age(staying[0]))
    leaving = [image for image in RECENT if image in gone]
    if leaving:
        yield say("too_early", days=_age(leaving[-1]))
    yield from (say("others", tag=next(iter(image.tags))) for image in OTHERS if image in gone)


def _age(image: StoredImage) -> str:
    return decimal((NOW - image.pushed_at) / timedelta(days=1))


def keep_ten_releases(lab: Lab) -> None:
    """Give the repository its lifecycle policy."""
    import json

    policy = {
        "rules": [
            {
                "rulePriority": 1,
                "description": "last ten releases",
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["release-*"],
                    "countType": "imageCountMoreThan",
                    "countNumber": 10,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": "untagged for a week",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 7,
                },
                "action": {"type": "expire"},
            },
        ]
    }
    lab.session.client("ecr").put_lifecycle_policy(
        repositoryName="bakehouse/releases", lifecyclePolicyText=json.dumps(policy)
    )


CHALLENGE = Challenge("ecr-ten-releases", attempted, problems, say, (keep_ten_releases,), look=look)
