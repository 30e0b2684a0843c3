"""One service said twice: an ECS task definition with its service, a Kubernetes Deployment with its Service."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import yaml

from labs.cloud.fargate_sizes import refusal
from labs.facts import fargate_sizes, number
from labs.fargate import cheapest
from labs.learner import Texts
from labs.playgrounds.controls import Check, Choice, Control, Range
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown
from labs.view.numbers import decimal

NAME, IMAGE, NAMESPACE = "products", "frenchbakery/products:1.0", "shop"
LARGEST = 4096  # CPU units on offer here: the small sizes are enough to see the point

say = Texts(
    {
        "title": {"fr": "Le même service, dit deux fois", "en": "The same service, said twice"},
        "cpu": {"fr": "Processeur", "en": "CPU"},
        "memory": {"fr": "Mémoire", "en": "Memory"},
        "port": {"fr": "Port du conteneur", "en": "Container port"},
        "replicas": {"fr": "Exemplaires", "en": "Copies"},
        "readonly": {"fr": "Système de fichiers en lecture seule", "en": "Read-only file system"},
        "vcpu": {"fr": "{count} vCPU", "en": "{count} vCPU"},
        "gib": {"fr": "{count} Gio", "en": "{count} GiB"},
        "ecs": {"fr": "ECS : définition de tâche et service", "en": "ECS: task definition and service"},
        "kubernetes": {
            "fr": "Kubernetes : Deployment et Service",
            "en": "Kubernetes: Deployment and Service",
        },
        "accepted": {
            "fr": "ECS accepte cette taille sur Fargate. {pod}",
            "en": "ECS accepts this size on Fargate. {pod}",
        },
        "refused": {
            "fr": "ECS refuse cette taille sur Fargate : {text}. {pod}",
            "en": "ECS refuses this size on Fargate: {text}. {pod}",
        },
        "pod": {
            "fr": "EKS ajoute {overhead} Mo pour Kubernetes et arrondit : le pod Fargate reçoit {cpu} vCPU et {memory} Gio.",
            "en": "EKS adds {overhead} MB for Kubernetes and rounds up: the Fargate pod gets {cpu} vCPU and {memory} GiB.",
        },
    }
)


def task_definition(settings: Settings) -> dict[str, Any]:
    """What `register_task_definition` takes."""
    container: dict[str, Any] = {
        "name": NAME,
        "image": IMAGE,
        "portMappings": [{"name": "http", "containerPort": int(settings["port"])}],
        "user": "10001:10001",
    }
    if settings["readonly"]:
        container["readonlyRootFilesystem"] = True
    return {
        "family": NAME,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": settings["cpu"],
        "memory": settings["memory"],
        "containerDefinitions": [container],
    }


def service(settings: Settings) -> dict[str, Any]:
    """What `create_service` takes, but for its subnets and target group."""
    return {
        "serviceName": NAME,
        "cluster": NAMESPACE,
        "taskDefinition": NAME,
        "desiredCount": int(settings["replicas"]),
        "launchType": "FARGATE",
    }


def objects(settings: Settings) -> list[dict[str, Any]]:
    """The Deployment and the Service."""
    size = {"cpu": f"{int(int(settings['cpu']) / 1024 * 1000)}m", "memory": f"{settings['memory']}Mi"}
    security: dict[str, Any] = {"runAsUser": 10001, "runAsGroup": 10001}
    if settings["readonly"]:
        security["readOnlyRootFilesystem"] = True
    container = {
        "name": NAME,
        "image": IMAGE,
        "ports": [{"name": "http", "containerPort": int(settings["port"])}],
        "resources": {"requests": size, "limits": dict(size)},
        "securityContext": security,
    }
    labels = {"app": NAME}
    named = {"name": NAME, "namespace": NAMESPACE}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": named,
            "spec": {
                "replicas": int(settings["replicas"]),
                "selector": {"matchLabels": dict(labels)},
                "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": [container]}},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": dict(named),
            "spec": {"selector": dict(labels), "ports": [{"port": 80, "targetPort": "http"}]},
        },
    ]


def show(settings: Settings) -> Shown:
    """Both texts, and what becomes of the size on Fargate in either world."""
    cpu, memory = int(settings["cpu"]), int(settings["memory"])
    found = refusal(cpu, memory)
    pod = _pod(cpu, memory)
    told = say("accepted", pod=pod) if found is None else say("refused", text=found.rstrip("."), pod=pod)
    ecs = "\n\n".join(json.dumps(each, indent=2) for each in (task_definition(settings), service(settings)))
    kubernetes = yaml.dump_all(objects(settings), sort_keys=False, Dumper=_Plain)
    columns = "".join(
        f"<div style='flex:1 1 20em;min-width:0'><strong>{escape(say(key))}</strong>"
        f"<pre style='overflow-x:auto;font-size:0.85em'>{escape(text)}</pre></div>"
        for key, text in (("ecs", ecs), ("kubernetes", kubernetes))
    )
    return Shown(
        told, f"<p>{escape(told)}</p><div style='display:flex;flex-wrap:wrap;gap:0 2em'>{columns}</div>"
    )


def _pod(cpu: int, memory: int) -> str:
    """What Fargate gives a pod that asks for this."""
    overhead = int(number("eks_fargate_pod_overhead"))
    given, mib = cheapest(cpu, memory + overhead)
    return say("pod", overhead=overhead, cpu=decimal(given / 1024), memory=decimal(mib / 1024))


class _Plain(yaml.SafeDumper):
    """Without anchors: what is the same is written out, as people do."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


def controls() -> tuple[Control, ...]:
    """The service's size, port, copies and one security setting."""
    cpus = [cpu for cpu in sorted(fargate_sizes()) if cpu <= LARGEST]
    memories = sorted({mib for cpu in cpus[:3] for mib in fargate_sizes()[cpu]})
    return (
        Choice(
            name="cpu",
            label=say("cpu"),
            value="256",
            options=[(str(cpu), say("vcpu", count=decimal(cpu / 1024))) for cpu in cpus],
        ),
        Choice(
            name="memory",
            label=say("memory"),
            value="512",
            options=[(str(mib), say("gib", count=decimal(mib / 1024))) for mib in memories],
        ),
        Range(name="port", label=say("port"), value=8080, least=1024, most=9000),
        Range(name="replicas", label=say("replicas"), value=2, least=0, most=10),
        Check(name="readonly", label=say("readonly"), value=True),
    )


def playground() -> Playground:
    """Both texts, starting with the shop's products."""
    return Playground("side-by-side", say("title"), controls(), show)
