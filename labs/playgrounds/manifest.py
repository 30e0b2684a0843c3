"""A Kubernetes manifest under review, as it is typed, against the schema of a version."""

from __future__ import annotations

from html import escape

from labs.kubernetes import OLD
from labs.learner import Texts
from labs.manifests import VERSION, Unreadable, read, verdicts
from labs.playgrounds.controls import Choice, Control, Editor
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

HASTY = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: croissants
spec:
  replicas: "two"
  template:
    metadata:
      labels: {app: croissants}
    spec:
      containers:
        - name: croissants
          image: frenchbakery/products:1.0
          ports:
            - containerport: 8080
---
apiVersion: autoscaling/v2beta2
kind: HorizontalPodAutoscaler
metadata:
  name: croissants
spec:
  scaleTargetRef: {kind: Deployment, name: croissants}
  maxReplicas: 6
"""

say = Texts(
    {
        "title": {"fr": "Un manifeste à corriger", "en": "A manifest to mend"},
        "text": {"fr": "Manifeste", "en": "Manifest"},
        "version": {"fr": "Schéma de Kubernetes", "en": "Schema of Kubernetes"},
        "nothing": {"fr": "Aucun objet.", "en": "No object."},
    }
)


def show(settings: Settings) -> Shown:
    """The schema's first objection to each object."""
    try:
        lines = list(verdicts(read(settings["text"]), settings["version"]))
    except Unreadable as error:
        lines = [f"✘ {error}"]
    text = "\n".join(lines) or say("nothing")
    return Shown(text, "".join(f"<p>{escape(line)}</p>" for line in text.splitlines()))


def controls() -> tuple[Control, ...]:
    """The text and the version; the text starts as one written in haste."""
    return (
        Editor(name="text", label=say("text"), value=HASTY, rows=24),
        Choice(
            name="version",
            label=say("version"),
            value=VERSION,
            options=[(each, each) for each in (OLD, VERSION)],
        ),
    )


def playground() -> Playground:
    """The review, from a manifest with several mistakes."""
    return Playground("manifest", say("title"), controls(), show)
