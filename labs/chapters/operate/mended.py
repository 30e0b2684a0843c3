"""The bad version mended and released: judged by the image that the service runs, and by what the shop sells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

TAG = "3.1"
BREAD, PRICE = "baguette-aux-graines", 190  # cents

say = Texts(
    {
        "title": {"fr": "la version 3.1", "en": "version 3.1"},
        "same": {
            "fr": "l’étiquette {tag} est posée sur une image qui existait déjà ({other})",
            "en": "the tag {tag} is pinned on an image that was there already ({other})",
        },
        "not_served": {
            "fr": "products ne sert pas l’image étiquetée {tag}",
            "en": "products does not serve the image tagged {tag}",
        },
        "closed": {
            "fr": "le catalogue de la boutique ne répond pas",
            "en": "the shop’s catalogue does not answer",
        },
        "missing": {
            "fr": "la baguette aux graines n’est plus en rayon",
            "en": "the seeded baguette is no longer on the shelf",
        },
        "price": {
            "fr": "la boutique vend la baguette aux graines {found} centimes",
            "en": "the shop sells the seeded baguette for {found} cents",
        },
        "underway": {
            "fr": "la livraison n’est pas terminée : {state}",
            "en": "the release is not over: {state}",
        },
        "hint_1": {
            "fr": "Le journal disait tout : quel champ, quelle valeur, ce qui était attendu.",
            "en": "The log said it all: which field, which value, what was expected.",
        },
        "hint_2": {
            "fr": "Des centimes entiers. Puis le même chemin que la version 2.0 : image, révision, service. Une étiquette publiée "
            "ne bouge plus : il en faut une neuve.",
            "en": "Whole cents. Then the same way as version 2.0: image, revision, service. A published tag does not move: it takes "
            "a new one.",
        },
        "hint_3": {
            "fr": 'price_cents = 190 ; images.build("products", shop, tag="3.1") ; une révision avec le condensat de '
            "lab.push(…) ; update_service, puis services_stable.",
            "en": 'price_cents = 190; images.build("products", shop, tag="3.1"); a revision with the digest of '
            "lab.push(…); update_service, then services_stable.",
        },
        "solution": {
            "fr": "Le catalogue corrigé, une image 3.1, une révision qui la nomme par son condensat, et l’attente.",
            "en": "The mended catalogue, an image 3.1, a revision that names it by its digest, and the wait.",
        },
    }
)


@dataclass(frozen=True)
class Served:
    """What the challenge looks at: tags by digest, what the service runs, how its deployment stands, what it sells."""

    tags: Mapping[str, tuple[str, ...]]
    digest: str
    state: str
    prices: Mapping[str, int] | None  # in cents, by product; None when the catalogue does not answer


def look(session: CourseSession) -> Served | None:
    """Read the catalogue's images and service; None when either is missing."""
    ecr, ecs = session.client("ecr"), session.client("ecs")
    try:
        images = ecr.describe_images(repositoryName="frenchbakery/products")["imageDetails"]
        services = ecs.describe_services(cluster="frenchbakery", services=["products"])["services"]
    except (ecr.exceptions.RepositoryNotFoundException, ecs.exceptions.ClusterNotFoundException):
        return None
    active = [service for service in services if service["status"] == "ACTIVE"]
    if not active:
        return None
    [primary] = [each for each in active[0]["deployments"] if each["status"] == "PRIMARY"]
    definition = ecs.describe_task_definition(taskDefinition=primary["taskDefinition"])["taskDefinition"]
    tags = {image["imageDigest"]: tuple(sorted(image.get("imageTags", ()))) for image in images}
    reference = definition["containerDefinitions"][0]["image"]
    by_tag = (digest for digest, names in tags.items() if reference.rpartition(":")[2] in names)
    digest = reference.partition("@")[2] or next(by_tag, "")
    return Served(tags, digest, primary["rolloutState"], _prices(session))


def _prices(session: CourseSession) -> Mapping[str, int] | None:
    from labs.lab import Lab

    elbv2 = session.client("elbv2")
    try:
        [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
        catalogue = Lab(session).shop(balancer["LoadBalancerArn"]).ask("/api/products").json()
    except (elbv2.exceptions.LoadBalancerNotFoundException, LookupError, OSError, ValueError):
        return None
    return {each["id"]: each["price_cents"] for each in catalogue.get("products", ())}


def attempted(found: Served | None) -> bool:
    """Whether an image carries the tag."""
    return found is not None and any(TAG in tags for tags in found.tags.values())


def problems(found: Served) -> Iterator[str]:
    """An image of its own, served, its release over, and the bread sold at its right price."""
    digest, tags = next((digest, tags) for digest, tags in found.tags.items() if TAG in tags)
    others = [tag for tag in tags if tag != TAG]
    if others:
        yield say("same", tag=TAG, other=", ".join(others))
    if found.digest != digest:
        yield say("not_served", tag=TAG)
    elif found.state != "COMPLETED":
        yield say("underway", state=found.state)
    elif found.prices is None:
        yield say("closed")
    elif BREAD not in found.prices:
        yield say("missing")
    elif found.prices[BREAD] != PRICE:
        yield say("price", found=found.prices[BREAD])


def release_the_mended_version(lab: Lab) -> None:
    """Build the catalogue with its price in whole cents, and release it as 3.1."""
    import shutil
    import tempfile
    from pathlib import Path

    from labs import images

    ecr, ecs = lab.session.client("ecr"), lab.session.client("ecs")
    [repository] = ecr.describe_repositories(repositoryNames=["frenchbakery/products"])["repositories"]
    shop = Path(shutil.copytree(images.SOURCE, tempfile.mkdtemp(), dirs_exist_ok=True))
    catalogue = shop / "products" / "catalogue.toml"
    name = 'name = { fr = "Baguette aux graines", en = "Seeded baguette" }'
    words = 'description = { fr = "Lin et sésame.", en = "Linseed and sesame." }'
    with catalogue.open("a", encoding="utf-8") as file:
        file.write(f'\n[baguette-aux-graines]\ncategory = "bread"\nprice_cents = 190\n{name}\n{words}\n')
    image = images.build("products", shop, tag="3.1", real=lab.session.world == "real")
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


CHALLENGE = Challenge("operate-mended", attempted, problems, say, (release_the_mended_version,), look=look)
