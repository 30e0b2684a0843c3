"""Two builds of one image: which layers the second takes from the cache."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import Literal

from labs.dockerfile import Unreadable
from labs.dockerfile.cache import Verdict, plan, second
from labs.dockerfile.texts import reason
from labs.dockerfile.texts import say as words
from labs.learner import Texts
from labs.playgrounds.controls import Choice, Control, Editor
from labs.playgrounds.widget import Playground, Settings
from labs.view.display import Shown

BASES = {"python:3.12-slim": "sha256:1"}
FILES = dict.fromkeys(("app.py", "prices.py", "requirements.txt", "README.md", "photos/shop.jpg"), "1")
IGNORE = "*.md\n"

RECIPES: dict[str, str] = {
    "code_first": """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
USER 10001
CMD ["python", "app.py"]
""",
    "libraries_first": """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER 10001
CMD ["python", "app.py"]
""",
    "two_stages": """\
FROM python:3.12-slim AS build
COPY requirements.txt .
RUN pip install --no-cache-dir --target /packages -r requirements.txt

FROM python:3.12-slim
ENV PYTHONPATH=/packages
WORKDIR /app
COPY --from=build /packages /packages
COPY . .
USER 10001
CMD ["python", "app.py"]
""",
}
Recipe = Literal["code_first", "libraries_first", "two_stages"]

say = Texts(
    {
        "title": {"fr": "Le cache des couches", "en": "The layer cache"},
        "before": {"fr": "Première construction", "en": "First build"},
        "now": {"fr": "Seconde construction", "en": "Second build"},
        "changed": {"fr": "Changé entre les deux", "en": "Changed in between"},
        "nothing": {"fr": "aucun fichier", "en": "no file"},
        "base": {"fr": "l’image derrière python:3.12-slim", "en": "the image behind python:3.12-slim"},
        "ignored": {"fr": "{path} (dans .dockerignore)", "en": "{path} (in .dockerignore)"},
        "line": {"fr": "Ligne", "en": "Line"},
        "instruction": {"fr": "Instruction", "en": "Instruction"},
        "layer": {"fr": "Couche", "en": "Layer"},
        "why": {"fr": "Pourquoi", "en": "Why"},
        "count": {
            "fr": "couches reprises du cache : {reused} ; refaites : {rebuilt}",
            "en": "layers from the cache: {reused}; made again: {rebuilt}",
        },
    }
)

MARKS = {
    "reused": ("✔", "#1a7f37"),
    "rebuilt": ("↻", "#c2410c"),
    "setting": ("·", "#6b7280"),
    "skipped": ("–", "#6b7280"),
}


def show(settings: Settings) -> Shown:
    """The second build, instruction by instruction."""
    changed = settings["changed"]
    files = {path: "2" if path == changed else version for path, version in FILES.items()}
    bases = {name: "sha256:2" if changed == "base" else digest for name, digest in BASES.items()}
    try:
        before = plan(settings["before"], FILES, BASES, IGNORE)
        verdicts = second(before, plan(settings["now"], files, bases, IGNORE))
    except Unreadable as error:
        return Shown(str(error), f"<p>✘ {escape(str(error))}</p>")
    states = Counter(verdict.state for verdict in verdicts)
    count = say("count", reused=states["reused"], rebuilt=states["rebuilt"])
    head = "".join(
        f'<th scope="col" style="text-align:left">{escape(say(key))}</th>'
        for key in ("line", "instruction", "layer", "why")
    )
    rows = "".join(_row(verdict) for verdict in verdicts)
    return Shown(
        count,
        f"<p><b>{escape(count)}</b></p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    )


def _row(verdict: Verdict) -> str:
    mark, colour = MARKS[verdict.state]
    left = 'style="text-align:left;padding-right:1em"'
    return (
        f"<tr><td>{verdict.part.line}</td><td {left}><code>{escape(verdict.part.text)}</code></td>"
        f'<td style="text-align:left;white-space:nowrap">'
        f'<span aria-hidden="true" style="color:{colour};font-weight:700">{mark}</span> '
        f"{escape(words(verdict.state))}</td><td {left}>{escape(reason(verdict))}</td></tr>"
    )


def controls(recipe: Recipe) -> tuple[Control, ...]:
    """Both Dockerfiles, and what changes between the builds."""
    options = [("", say("nothing"))]
    options += [(path, say("ignored", path=path) if path.endswith(".md") else path) for path in FILES]
    options += [("base", say("base"))]
    rows = len(RECIPES[recipe].splitlines()) + 1
    return (
        Editor(name="before", label=say("before"), value=RECIPES[recipe], rows=rows),
        Choice(name="changed", label=say("changed"), value="app.py", options=tuple(options)),
        Editor(name="now", label=say("now"), value=RECIPES[recipe], rows=rows),
    )


def playground(recipe: Recipe = "code_first") -> Playground:
    """Both builds start from the same recipe; a line of app.py changes between them."""
    return Playground("layer_cache", say("title"), controls(recipe), show)
