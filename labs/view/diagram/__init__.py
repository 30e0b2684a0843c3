"""The live diagram: what exists of the shop right now, as a picture and as the same facts in words.

Nothing volatile is drawn (no ids, addresses or digests): two worlds in the same state give the same picture.
"""

from __future__ import annotations

from labs.view.diagram.outline import facts, words
from labs.view.diagram.picture import picture
from labs.view.diagram.scene import Scene
from labs.view.diagram.texts import say
from labs.view.display import Shown
from labs.view.svg import clean

# Before a notebook is trusted, JupyterLab drops styles and SVG tags but not the words inside them: without the
# style the picture stays hidden and the line that counts takes its place.
ONLY_WHEN_TRUSTED = "<style>.fb-picture[hidden]{display:block!important}.fb-instead{display:none}</style>"


def diagram(scene: Scene, name: str = "fb") -> Shown:
    """What a notebook shows: the picture, with the same facts in words folded under it."""
    line = say("line", facts=facts(scene))
    outline = "".join(
        f'<div style="padding-left:{depth * 1.5:g}em">{clean(text)}</div>' for depth, text in words(scene)
    )
    twin = f"<details><summary>{clean(say('in_words'))}</summary>{outline}</details>" if outline else ""
    return Shown(
        line,
        f'{ONLY_WHEN_TRUSTED}<div class="fb-instead">{clean(line)}</div>'
        f'<div class="fb-picture" hidden="hidden">{picture(scene, name)}</div>{twin}',
    )
