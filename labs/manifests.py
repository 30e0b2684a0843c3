"""Kubernetes manifests: the shop's, their validation against Kubernetes's own schemas, and kubectl where it may.

The schemas are those of the Kubernetes project (`labs.kubernetes`): no network, no cluster. They hold types and names,
not what only a cluster knows (whether a namespace exists, or a role allows).
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import yaml

from labs import kubernetes
from labs.learner import Texts
from labs.view.display import Shown

SHOP = Path(__file__).parents[1] / "frenchbakery" / "deploy" / "eks"  # the shop is data here: never imported
VERSION = kubernetes.NEW
OURS = (
    "kind-",
    "k3d-",
    "minikube",
    "docker-desktop",
    "rancher-desktop",
)  # contexts of clusters made for trying
CONTEXT = "COURSE_KUBE_CONTEXT"  # the variable that names another one
PATIENCE = 60  # seconds for kubectl

say = Texts(
    {
        "unreadable": {
            "fr": "ce n’est pas du YAML : {problem}",
            "en": "this is not YAML: {problem}",
        },
        "alias": {
            "fr": "les alias YAML ne sont pas acceptés ici",
            "en": "YAML aliases are not accepted here",
        },
        "not_an_object": {
            "fr": "un manifeste a au moins apiVersion, kind et metadata",
            "en": "a manifest has apiVersion, kind and metadata at least",
        },
        "unknown": {
            "fr": "Kubernetes {version} ne connaît pas « {kind} » dans {api}",
            "en": "Kubernetes {version} does not know “{kind}” in {api}",
        },
        "too_deep": {"fr": "trop de niveaux imbriqués", "en": "too many nested levels"},
        "valid": {
            "fr": "✔ {name} : conforme au schéma de Kubernetes {version}",
            "en": "✔ {name}: conforms to the schema of Kubernetes {version}",
        },
        "invalid": {"fr": "✘ {name} : {problem}", "en": "✘ {name}: {problem}"},
        "all": {
            "fr": "{valid} objets sur {count} conformes au schéma de Kubernetes {version}",
            "en": "{valid} objects out of {count} conform to the schema of Kubernetes {version}",
        },
        "apply": {
            "fr": "kubectl apply : l’issue dépend de votre machine",
            "en": "kubectl apply: the outcome depends on your machine",
        },
        "no_kubectl": {
            "fr": "kubectl n’est pas installé sur cette machine, ou n’y démarre pas. Rien n’a été appliqué.",
            "en": "kubectl is not installed on this machine, or does not start there. Nothing was applied.",
        },
        "no_context": {
            "fr": "kubectl n’est dirigé vers aucun cluster. Rien n’a été appliqué. Créez-en un avec kind ou minikube.",
            "en": "kubectl points to no cluster. Nothing was applied. Make one with kind or minikube.",
        },
        "not_ours": {
            "fr": "kubectl est dirigé vers le contexte {context}, qui n’a pas l’air d’un cluster d’essai. Rien n’a été appliqué. S’il "
            "en est un, nommez-le dans la variable {variable} ; sinon, créez-en un avec kind ou minikube.",
            "en": "kubectl points to the context {context}, which does not look like a cluster made for trying. Nothing was applied. "
            "If it is one, name it in the variable {variable}; otherwise make one with kind or minikube.",
        },
        "no_cluster": {
            "fr": "Aucun cluster n’est prêt à répondre dans le contexte {context}. Rien n’a été appliqué. Ce que dit kubectl :",
            "en": "No cluster is ready to answer in the context {context}. Nothing was applied. What kubectl says:",
        },
        "applied": {"fr": "Appliqué dans le contexte {context} :", "en": "Applied in the context {context}:"},
        "unfinished": {
            "fr": "Dans le contexte {context}, tout n’a pas été appliqué. Ce que dit kubectl :",
            "en": "In the context {context} not everything was applied. What kubectl says:",
        },
        "slow": {
            "fr": "pas de réponse en {seconds} secondes",
            "en": "no answer within {seconds} seconds",
        },
    }
)


class Unreadable(ValueError):
    """A text that is no manifest; says why in the learner's language."""


@dataclass(frozen=True)
class Manifest:
    """One object of a file, as the file states it."""

    file: str
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """Kind and name, as kubectl writes them."""
        return f"{str(self.document.get('kind', '?')).lower()}/{(self.document.get('metadata') or {}).get('name', '?')}"


def read(text: str, file: str = "") -> list[Manifest]:
    """The objects of a text, which may be hostile. Raises Unreadable."""
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise Unreadable(say("alias"))  # a few lines of them can stand for gigabytes
        documents = [each for each in yaml.safe_load_all(text) if each is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(say("unreadable", problem=str(error).replace("\n", " "))) from None
    for each in documents:
        known = isinstance(each, dict) and isinstance(each.get("metadata"), dict)
        if not known or not all(isinstance(each.get(key), str) for key in ("apiVersion", "kind")):
            raise Unreadable(say("not_an_object"))
    return [Manifest(file, each) for each in documents]


def shop() -> list[Manifest]:
    """FrenchBakery's objects, in the order in which they are applied."""
    listed = yaml.safe_load((SHOP / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    return [each for name in listed for each in read((SHOP / name).read_text(encoding="utf-8"), name)]


def problem(manifest: Manifest, version: str = VERSION) -> str | None:
    """What the official schema has against the object, fields that it does not know included; None when nothing."""
    try:
        found = kubernetes.objection(manifest.document, version)
    except kubernetes.UnknownKind:
        kind, api = manifest.document["kind"], manifest.document["apiVersion"]
        return say("unknown", version=version, kind=kind, api=api)
    except RecursionError:
        return say("too_deep")
    if found is None:
        return None
    path, message = found
    return f"{path}: {message}" if path else message


def verdicts(manifests: list[Manifest], version: str = VERSION) -> Iterator[str]:
    """One line an object."""
    for each in manifests:
        found = problem(each, version)
        if found is None:
            yield say("valid", name=each.name, version=version)
        else:
            yield say("invalid", name=each.name, problem=found)


def validated(manifests: list[Manifest], version: str = VERSION) -> Shown:
    """How many objects conform, and in the page the line of each."""
    lines = list(verdicts(manifests, version))
    valid = Counter(line[0] for line in lines)["✔"]
    text = say("all", valid=valid, count=len(lines), version=version)
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return Shown(text, f"<p>{escape(text)}</p><ul style='list-style:none;padding-left:1em'>{items}</ul>")


def apply() -> Shown:
    """Apply the shop's manifests to a cluster made for trying, when kubectl points to one that answers.

    Never to another: a learner's kubectl may well point to the cluster that their company lives on.
    """
    return Shown(say("apply"), _apply())


def context(current: str, named: str | None) -> str | None:
    """The context to apply to: the one that the learner named, or the current one when it is made for trying."""
    return named or (current if current.startswith(OURS) else None)


def _apply() -> str:
    try:
        current = _kubectl(
            "config", "current-context"
        ).stdout.strip()  # empty, and code 1, when there is none
    except OSError:
        return _told(say("no_kubectl"))
    chosen = context(current, os.environ.get(CONTEXT))
    if chosen is None:
        return _told(say("not_ours", context=current, variable=CONTEXT) if current else say("no_context"))
    ready = _kubectl("--context", chosen, "--request-timeout=5s", "get", "--raw", "/readyz")
    if ready.returncode:
        return _told(say("no_cluster", context=chosen), ready.stderr)
    done = _kubectl("--context", chosen, "apply", "-k", str(SHOP))
    return _told(
        say("unfinished" if done.returncode else "applied", context=chosen), done.stdout + done.stderr
    )


def _told(text: str, output: str = "") -> str:
    """A sentence of ours, and under it what kubectl printed."""
    printed = f"<pre>{escape(output.strip())}</pre>" if output.strip() else ""
    return f"<p>{escape(text)}</p>{printed}"


def _kubectl(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ("kubectl", *arguments),
            stdin=subprocess.DEVNULL,  # a plug-in that wants a password would wait for ever
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, "", say("slow", seconds=PATIENCE))
