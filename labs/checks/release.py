"""Step 8, releases: one that customers see, and one that they never saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labs.checks.model import Step
from labs.inventory import NAME, TAG, Release, Repository
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

SERVICE = "products"

say = Texts(
    {
        "title": {"fr": "les livraisons", "en": "the releases"},
        "unreleased": {
            "fr": "{name} sert encore la version {tag}",
            "en": "{name} still serves version {tag}",
        },
        "underway": {
            "fr": "une livraison de {name} est encore en cours",
            "en": "a release of {name} is still under way",
        },
        "never_back": {
            "fr": "aucune livraison de {name} n’a été annulée : le disjoncteur n’a pas encore servi",
            "en": "no release of {name} has been rolled back: the circuit breaker has not served yet",
        },
        "hint_1": {
            "fr": "Une version nouvelle, c’est une image, une révision qui la nomme, un service qui prend la révision.",
            "en": "A new version is an image, a revision that names it, a service that takes the revision.",
        },
        "hint_2": {
            "fr": "Pour voir le disjoncteur, il faut une version dont les tâches s’arrêtent au démarrage, par exemple parce que "
            "son catalogue ne se lit pas. Puis patience : trois échecs.",
            "en": "To see the circuit breaker you need a version whose tasks stop as they start, for instance because its "
            "catalogue cannot be read. Then patience: three failures.",
        },
        "hint_3": {
            "fr": 'labs.images.build(…, tag="2.0"), lab.push, register_task_definition, update_service et services_stable ; '
            "de même avec 3.0 et un prix à virgule ; list_service_deployments en dit l’issue.",
            "en": 'labs.images.build(…, tag="2.0"), lab.push, register_task_definition, update_service and services_stable; '
            "the same with 3.0 and a price with a fraction; list_service_deployments tells the outcome.",
        },
        "solution": {
            "fr": "La version 2.0, puis une 3.0 qui ne démarre pas, et l’attente du retour.",
            "en": "Version 2.0, then a 3.0 that does not start, and the wait for the way back.",
        },
    }
)


def attempted(repositories: tuple[Repository, ...], releases: tuple[Release, ...]) -> bool:
    """Whether another version than the first has been pushed."""
    return bool(_digests(repositories, first=False))


def problems(repositories: tuple[Repository, ...], releases: tuple[Release, ...]) -> Iterator[str]:
    """What customers get, and whether a bad version was ever taken back."""
    own = [release for release in releases if release.service == SERVICE]
    if any(release.status in ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS") for release in own):
        yield say("underway", name=SERVICE)
        return
    served = next((release for release in own if release.status == "SUCCESSFUL"), None)
    if served is None or served.digests & _digests(repositories, first=True):
        yield say("unreleased", name=SERVICE, tag=TAG)
    if not any(release.status == "ROLLBACK_SUCCESSFUL" for release in own):
        yield say("never_back", name=SERVICE)


def _digests(repositories: tuple[Repository, ...], *, first: bool) -> set[str]:
    """The catalogue's images: the first version's, or all others'."""
    return {
        image.digest
        for repository in repositories
        if repository.name == f"{NAME}/{SERVICE}"
        for image in repository.images
        if (TAG in image.tags) is first
    }


def release_two_versions(lab: Lab) -> None:
    """Release 2.0, which sells a seeded baguette; then 3.0, whose price is no whole number of cents."""
    import shutil
    import tempfile
    from pathlib import Path

    from labs import images

    ecr, ecs = lab.session.client("ecr"), lab.session.client("ecs")
    [repository] = ecr.describe_repositories(repositoryNames=["frenchbakery/products"])["repositories"]
    shop = Path(shutil.copytree(images.SOURCE, tempfile.mkdtemp(), dirs_exist_ok=True))
    catalogue = shop / "products" / "catalogue.toml"
    first = catalogue.read_text(encoding="utf-8")
    for tag, price in (("2.0", "170"), ("3.0", "1.80")):
        name = 'name = { fr = "Baguette aux graines", en = "Seeded baguette" }'
        words = 'description = { fr = "Lin et sésame.", en = "Linseed and sesame." }'
        bread = f'[baguette-aux-graines]\ncategory = "bread"\nprice_cents = {price}\n{name}\n{words}\n'
        catalogue.write_text(f"{first}\n{bread}", encoding="utf-8")
        image = images.build("products", shop, tag=tag, real=lab.session.world == "real")
        pushed = lab.push(image, repository["repositoryUri"])
        known = ecs.describe_task_definition(taskDefinition="frenchbakery-products")["taskDefinition"]
        [container] = known["containerDefinitions"]
        container["image"] = f"{repository['repositoryUri']}@{pushed.digest}"
        revision = ecs.register_task_definition(
            family="frenchbakery-products",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu=known["cpu"],
            memory=known["memory"],
            executionRoleArn=known["executionRoleArn"],
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.update_service(cluster="frenchbakery", service="products", taskDefinition=revision)
        ecs.get_waiter("services_stable").wait(
            cluster="frenchbakery", services=["products"], WaiterConfig={"Delay": 2, "MaxAttempts": 450}
        )


STEP = Step(
    "release",
    attempted,
    problems,
    say,
    (release_two_versions,),
    reads=("repositories", "releases"),
    foundation=False,
)
