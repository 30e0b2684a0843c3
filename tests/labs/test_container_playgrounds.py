"""The playgrounds of the containers notebook: the layer cache and the review of a Dockerfile."""

from __future__ import annotations

import pytest

from labs.images import PushedImage
from labs.images.model import Layer
from labs.playgrounds import dockerfile_review, layer_cache
from labs.playgrounds.layer_cache import RECIPES, Recipe
from labs.view.layers import layers


@pytest.mark.parametrize(
    ("recipe", "changed", "text"),
    [
        ("code_first", "app.py", "from the cache: 2; made again: 2"),
        ("libraries_first", "app.py", "from the cache: 4; made again: 1"),
        ("libraries_first", "requirements.txt", "from the cache: 2; made again: 3"),
        ("two_stages", "README.md", "from the cache: 7; made again: 0"),
        ("two_stages", "base", "from the cache: 0; made again: 7"),
    ],
)
def test_the_order_of_the_lines_decides(recipe: Recipe, changed: str, text: str) -> None:
    assert text in repr(layer_cache.playground(recipe).set(changed=changed))


def test_a_changed_recipe_is_compared_with_the_first() -> None:
    playground = layer_cache.playground("code_first")
    now = RECIPES["code_first"].replace("pip install", "pip install -q")
    found = playground.set(changed="", now=now)
    assert "made again: 1" in repr(found)
    assert "the instruction, or a variable that it sees, is new" in found.html


def test_what_is_typed_is_escaped_and_refused_with_its_line() -> None:
    hostile = "FROM x\nRUN <script>alert(1)</script>\n"
    found = layer_cache.playground().set(now=hostile)
    assert "<script>" not in found.html
    assert "line 1" in repr(layer_cache.playground().set(now="<script> x"))
    review = dockerfile_review.playground().set(dockerfile="<script> x")
    assert "line 1" in repr(review)
    assert "<script>" not in review.html


def test_the_review_starts_with_every_fault_and_ends_with_none() -> None:
    playground = dockerfile_review.playground()
    assert repr(playground.set(ignore="")).startswith("remarks: 8")
    image = 'scratch\nCOPY app /app\nUSER 1\nCMD ["/app"]'
    assert repr(playground.set(dockerfile=f"FROM {image}")) == "No remark: all 7 rules are kept."


def test_layers_that_images_share_are_told() -> None:
    first = PushedImage("a<b", "1", "sha256:11112222", 3000, (Layer("x", 1000), Layer("y", 2000)))
    other = PushedImage("c", "1", "sha256:33334444", 1500, (Layer("x", 1000), Layer("z", 500)))
    found = layers(first, other)
    assert repr(found) == "The layers of a<b:1, c:1"
    assert found.html.count('class="box-good"') == 2
    assert found.html.count('class="box-registry"') == 2
    assert "a&lt;b:1: 3.0 kB, 2 layers" in found.html


def test_sizes_are_written_as_the_language_writes_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANG", "fr")
    image = PushedImage("a", "1", "sha256:11112222", 18_673, (Layer("x", 18_673),))
    assert "18,7 ko" in layers(image).html
    assert "18\u202f673 octets" in image._repr_html_()
