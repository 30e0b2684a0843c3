"""A Dockerfile and its .dockerignore under review, as they are typed."""

from __future__ import annotations

from html import escape

from labs.dockerfile import Unreadable
from labs.dockerfile.lint import RULES, lint
from labs.dockerfile.texts import remark
from labs.learner import Texts
from labs.playgrounds.controls import Control, Editor
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

HASTY = """\
FROM python:latest
COPY . /app
RUN apt-get update && apt-get install -y gcc libpq-dev
RUN pip install -r /app/requirements.txt
ENV DB_PASSWORD=baguette
CMD python /app/app.py
"""

say = Texts(
    {
        "title": {"fr": "La relecture d’un Dockerfile", "en": "A Dockerfile under review"},
        "dockerfile": {"fr": "Dockerfile", "en": "Dockerfile"},
        "ignore": {"fr": ".dockerignore", "en": ".dockerignore"},
        "none": {
            "fr": "Rien à redire : les {rules} règles sont suivies.",
            "en": "No remark: all {rules} rules are kept.",
        },
        "some": {"fr": "remarques : {count}", "en": "remarks: {count}"},
    }
)


def show(settings: Settings) -> Shown:
    """The reviewer's remarks."""
    return review(settings["dockerfile"], settings["ignore"])


def review(dockerfile: str, ignore: str) -> Shown:
    """The reviewer's remarks on two texts."""
    try:
        remarks = [remark(finding) for finding in lint(dockerfile, ignore)]
    except Unreadable as error:
        return Shown(str(error), f"<p>✘ {escape(str(error))}</p>")
    if not remarks:
        text = say("none", rules=len(RULES))
        return Shown(text, f"<p>✔ {escape(text)}</p>")
    text = say("some", count=len(remarks))
    items = "".join(f"<li>{escape(each)}</li>" for each in remarks)
    return Shown(
        "\n".join([text, *(f"  - {each}" for each in remarks)]), f"<p>✘ {escape(text)}</p><ul>{items}</ul>"
    )


def controls() -> tuple[Control, ...]:
    """The two texts; the Dockerfile starts as one written in haste."""
    return (
        Editor(name="dockerfile", label=say("dockerfile"), value=HASTY, rows=10),
        Editor(name="ignore", label=say("ignore"), value="", rows=3),
    )


def playground() -> Playground:
    """The review, from a Dockerfile that breaks every rule."""
    return Playground("dockerfile_review", say("title"), controls(), show)
