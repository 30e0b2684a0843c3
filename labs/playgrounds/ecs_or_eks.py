"""Ten teams, and which orchestrator suits each: a choice, then the reason."""

from __future__ import annotations

from html import escape
from typing import Literal, NamedTuple

from labs.learner import Texts
from labs.playgrounds.controls import Choice, Control
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

UNDECIDED = "?"


class Scenario(NamedTuple):
    """A team by the key of its texts, `<name>` and `<name>_why`, and what suits it."""

    name: str
    suits: Literal["ECS", "EKS"]


SCENARIOS = (
    Scenario("three_people", "ECS"),
    Scenario("on_premises", "EKS"),
    Scenario("helm", "EKS"),
    Scenario("night_job", "ECS"),
    Scenario("two_clouds", "EKS"),
    Scenario("least_work", "ECS"),
    Scenario("operators", "EKS"),
    Scenario("control_plane", "ECS"),
    Scenario("air_gapped", "EKS"),
    Scenario("shop_servers", "ECS"),
)

say = Texts(
    {
        "title": {"fr": "ECS ou EKS ? Dix équipes décident", "en": "ECS or EKS? Ten teams decide"},
        "undecided": {"fr": "à décider", "en": "to decide"},
        "score": {
            "fr": "bonnes réponses : {right} sur {answered} ; à décider : {left}",
            "en": "right answers: {right} of {answered}; to decide: {left}",
        },
        "right": {"fr": "✔ {number}. {suits}. {why}", "en": "✔ {number}. {suits}. {why}"},
        "wrong": {"fr": "✘ {number}. Plutôt {suits}. {why}", "en": "✘ {number}. Rather {suits}. {why}"},
        "label": {"fr": "{number}. {text}", "en": "{number}. {text}"},
        "three_people": {
            "fr": "Trois développeurs, tout sur AWS, aucune expérience de Kubernetes, une boutique à ouvrir dans un mois.",
            "en": "Three developers, everything on AWS, no experience of Kubernetes, a shop to open in a month.",
        },
        "three_people_why": {
            "fr": "Rien dans l’énoncé ne demande Kubernetes : ECS s’apprend vite et parle déjà à IAM, ALB et CloudWatch.",
            "en": "Nothing here asks for Kubernetes: ECS is quick to learn and already speaks to IAM, ALB and CloudWatch.",
        },
        "on_premises": {
            "fr": "La société rachetée exploite Kubernetes dans sa salle de machines et veut venir sur AWS sans réécrire ses manifestes.",
            "en": "The company just bought runs Kubernetes in its own machine room and wants to move to AWS without rewriting its manifests.",
        },
        "on_premises_why": {
            "fr": "EKS est un Kubernetes conforme : les mêmes manifestes, les mêmes outils.",
            "en": "EKS is conformant Kubernetes: the same manifests, the same tools.",
        },
        "helm": {
            "fr": "Le logiciel de comptabilité que l’on vient d’acheter est livré en charts Helm, et son éditeur ne prend rien d’autre en charge.",
            "en": "The accounting software that was bought comes as Helm charts, and is supported in no other form.",
        },
        "helm_why": {
            "fr": "Helm installe des objets Kubernetes ; l’éditeur a choisi pour vous.",
            "en": "Helm installs Kubernetes objects; the vendor has chosen for you.",
        },
        "night_job": {
            "fr": "Un conteneur lancé chaque nuit pendant vingt minutes imprime les étiquettes. C’est tout.",
            "en": "One container, started every night for twenty minutes, prints the labels. That is all.",
        },
        "night_job_why": {
            "fr": "Une tâche planifiée sur ECS et Fargate ne coûte que ses minutes ; un cluster EKS se paierait jour et nuit.",
            "en": "A scheduled task on ECS and Fargate costs its minutes only; an EKS cluster would be paid for day and night.",
        },
        "two_clouds": {
            "fr": "La direction exige que l’application puisse tourner chez deux fournisseurs de cloud.",
            "en": "Management insists that the application can run at two cloud providers.",
        },
        "two_clouds_why": {
            "fr": "L’API de Kubernetes existe partout ; celle d’ECS est d’AWS.",
            "en": "The Kubernetes API exists everywhere; that of ECS is AWS’s.",
        },
        "least_work": {
            "fr": "Dix microservices en conteneurs, « avec la moindre charge opérationnelle », sans autre exigence.",
            "en": "Ten containerised microservices, “with the least operational overhead”, and no other requirement.",
        },
        "least_work_why": {
            "fr": "ECS sur Fargate : ni nœuds, ni versions de cluster à suivre, ni modules à mettre à jour.",
            "en": "ECS on Fargate: no nodes, no cluster versions to follow, no add-ons to update.",
        },
        "operators": {
            "fr": "L’équipe de plateforme a écrit ses propres opérateurs et ressources personnalisées (CRD).",
            "en": "The platform team has written operators and custom resources (CRDs) of its own.",
        },
        "operators_why": {
            "fr": "Étendre l’API est le propre de Kubernetes ; ECS n’a rien de tel.",
            "en": "Extending the API is what Kubernetes is made for; ECS has nothing of the kind.",
        },
        "control_plane": {
            "fr": "Trente petits environnements de test, chacun dans son cluster, et pas un centime pour des plans de contrôle.",
            "en": "Thirty small test environments, each in a cluster of its own, and not a cent to spend on control planes.",
        },
        "control_plane_why": {
            "fr": "Un cluster ECS est gratuit ; chaque cluster EKS se paie à l’heure.",
            "en": "An ECS cluster is free; every EKS cluster is paid for by the hour.",
        },
        "air_gapped": {
            "fr": "Dans une usine sans Internet, il faut un Kubernetes soutenu par AWS, plan de contrôle compris, sur les machines de l’usine.",
            "en": "A factory without Internet needs a Kubernetes supported by AWS, control plane included, on the factory’s own machines.",
        },
        "air_gapped_why": {
            "fr": "C’est EKS Anywhere. ECS Anywhere et les nœuds hybrides ont besoin de joindre la région.",
            "en": "This is EKS Anywhere. ECS Anywhere and hybrid nodes must be able to reach the Region.",
        },
        "shop_servers": {
            "fr": "Une équipe qui connaît ECS veut piloter depuis AWS les conteneurs de ses serveurs en boutique, bien reliés au réseau.",
            "en": "A team that knows ECS wants to drive, from AWS, containers on its servers in the shops, which are well connected.",
        },
        "shop_servers_why": {
            "fr": "C’est ECS Anywhere : des instances externes, de type de lancement EXTERNAL, sous le plan de contrôle d’AWS.",
            "en": "This is ECS Anywhere: external instances, of launch type EXTERNAL, under AWS’s control plane.",
        },
    }
)


def show(settings: Settings) -> Shown:
    """The score, and the reason for every answer given."""
    lines = []
    right = 0
    for number, scenario in enumerate(SCENARIOS, start=1):
        answer = settings[scenario.name]
        if answer == UNDECIDED:
            continue
        right += answer == scenario.suits
        key = "right" if answer == scenario.suits else "wrong"
        lines.append(say(key, number=number, suits=scenario.suits, why=say(f"{scenario.name}_why")))
    text = say("score", right=right, answered=len(lines), left=len(SCENARIOS) - len(lines))
    return Shown(
        "\n".join([text, *lines]),
        f"<p><strong>{escape(text)}</strong></p>" + "".join(f"<p>{escape(line)}</p>" for line in lines),
    )


def controls() -> tuple[Control, ...]:
    """One choice a team."""
    options = [(UNDECIDED, say("undecided")), ("ECS", "ECS"), ("EKS", "EKS")]
    return tuple(
        Choice(
            name=scenario.name,
            label=say("label", number=number, text=say(scenario.name)),
            value=UNDECIDED,
            options=options,
        )
        for number, scenario in enumerate(SCENARIOS, start=1)
    )


def playground() -> Playground:
    """The ten teams, none decided."""
    return Playground("ecs-or-eks", say("title"), controls(), show)
