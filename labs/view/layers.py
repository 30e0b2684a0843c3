"""Pushed images side by side: each layer as long as it is large, and those that images share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from labs.learner import Texts
from labs.view.display import Shown
from labs.view.numbers import decimal
from labs.view.svg import Drawing

if TYPE_CHECKING:
    from labs.images import PushedImage

LEFT, LONGEST, ROW = 252, 350, 52  # pixels
LEAST = 3  # pixels; a small layer is still seen

say = Texts(
    {
        "title": {"fr": "Les couches de {names}", "en": "The layers of {names}"},
        "kilobytes": {"fr": "{size} ko, {layers} couches", "en": "{size} kB, {layers} layers"},
        "megabytes": {"fr": "{size} Mo, {layers} couches", "en": "{size} MB, {layers} layers"},
        "described": {"fr": "{name} : {size}", "en": "{name}: {size}"},
        "shared": {
            "fr": "En vert : une couche que plusieurs images partagent ; le registre ne la garde qu’une fois.",
            "en": "Green: a layer that several images share; the registry keeps it once.",
        },
    }
)


def layers(*images: PushedImage) -> Shown:
    """The images, one bar each, on one scale."""
    held = Counter(digest for image in images for digest in {layer.digest for layer in image.layers})
    largest = max(image.size for image in images)
    drawing = Drawing(760)
    said = []
    for number, image in enumerate(images):
        top = 20 + number * ROW
        size = _written(image)
        said.append(say("described", name=repr(image), size=size))
        drawing.text(16, top + 21, repr(image), "strong", width=LEFT - 24)
        left = float(LEFT)
        for layer in image.layers:
            width = max(layer.size / largest * LONGEST, LEAST)
            drawing.box(left, top, width, 32, "good" if held[layer.digest] > 1 else "registry")
            left += width
        drawing.text(left + 10, top + 21, size, "soft")
    height = 20 + len(images) * ROW
    drawing.text(16, height + 8, say("shared"), "soft")
    title = say("title", names=", ".join(map(repr, images)))
    return Shown(
        title, drawing.render(height + 26, title, "; ".join(said), f"layers-{images[0].digest[-8:]}")
    )


def _written(image: PushedImage) -> str:
    unit, bytes_ = ("megabytes", 1_000_000) if image.size >= 1_000_000 else ("kilobytes", 1000)
    return say(unit, size=decimal(image.size / bytes_, 1), layers=len(image.layers))
