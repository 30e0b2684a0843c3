"""Any playground as a widget: native controls that work by keyboard, and below them what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from labs.learner import Texts
from labs.playgrounds.controls import Control, Editor
from labs.view.display import Shown

STATIC = Path(__file__).parent / "static"
Settings = Mapping[str, Any]
Show = Callable[[Settings], Shown]

say = Texts(
    {
        "static": {
            "fr": "Exécutez la cellule pour changer ces réglages.",
            "en": "Run the cell to change these settings.",
        },
        "refused": {"fr": "Ce réglage n’est pas possible.", "en": "This setting is not possible."},
    }
)


class Playground(anywidget.AnyWidget):
    """`show` is pure: settings by name → what to show. Every text in its HTML is escaped already."""

    _esm = STATIC / "playground.js"
    _css = STATIC / "playground.css"
    form = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    output = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, title: str, controls: Sequence[Control], show: Show):
        self.name = name
        self._title = title
        self._controls = {control.name: control for control in controls}
        self._show = show
        values = {control.name: control.value for control in controls}
        form = {"title": title, "controls": [control.drawn() for control in controls]}
        super().__init__(form=form, values=values, output=show(values).html)
        self.observe(lambda change: self._refresh(change.new), "values")

    def set(self, **settings: Any) -> Shown:
        """Change settings from a cell, as the page does; what they lead to. Raises ValueError for a bad one."""
        for name, value in settings.items():
            if name not in self._controls or not self._controls[name].accepts(value):
                raise ValueError(f"{name}={value!r}: {say('refused')}")
        self.values = {**self.values, **settings}
        return self._show(self.values)

    def _refresh(self, values: Settings) -> None:
        accepted = values.keys() == self._controls.keys() and all(
            self._controls[name].accepts(value) for name, value in values.items()
        )
        self.output = self._show(values).html if accepted else f"<p>{escape(say('refused'))}</p>"

    def __repr__(self) -> str:
        return f"Playground({self.name!r})"

    def static(self) -> str:
        """The settings and what they lead to, as HTML for where widgets do not run."""
        rows = "".join(
            f"<tr><th scope='row'>{escape(control.label)}</th><td>{_written(control, self.values[name])}</td></tr>"
            for name, control in self._controls.items()
        )
        return (
            f"<figure class='fb-playground'><figcaption>{escape(self._title)}</figcaption>"
            f"<table>{rows}</table>{self.output}<p><small>{escape(say('static'))}</small></p></figure>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; and, where widgets do not run, its static form."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self), "text/html": self.static()}, metadata


def _written(control: Control, value: Any) -> str:
    text = escape(control.written(value))
    return f"<pre>{text}</pre>" if isinstance(control, Editor) else text
