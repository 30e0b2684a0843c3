"""Playground: what a year of pushes costs in storage, with a lifecycle policy and without, slim images or not.

Assumes what AWS bills: the bytes stored, each layer once in a repository; a month has 21 working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from labs.facts import facts, number
from labs.learner import Texts, language
from labs.playgrounds.controls import Range
from labs.view.display import Shown
from labs.view.svg import STYLE, clean

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

MONTHS = 12
WORKING_DAYS = 21  # in a month
WIDTH, HEIGHT = 720, 330
LEFT, RIGHT, TOP, BOTTOM = 70, 560, 56, 280  # of the plot

say = Texts(
    {
        "title": {"fr": "Une année de poussées", "en": "A year of pushes"},
        "services": {"fr": "Services (un dépôt chacun)", "en": "Services (a repository each)"},
        "pushes": {
            "fr": "Poussées par jour et service",
            "en": "Pushes per day and service",
        },
        "size": {"fr": "Taille d’une image", "en": "Size of an image"},
        "share": {
            "fr": "Part qui change chaque fois",
            "en": "Share that each push changes",
        },
        "keep": {"fr": "Images gardées par dépôt", "en": "Images kept per repository"},
        "megabytes": {"fr": "Mo", "en": "MB"},
        "images": {"fr": "images", "en": "images"},
        "summary": {
            "fr": "Au bout de douze mois : {without_gb} Go et {without} USD par mois sans politique, {with_gb} Go et "
            "{with_} USD par mois avec. Dépensé dans l’année : {sum_without} USD, ou {sum_with} USD.",
            "en": "After twelve months: {without_gb} GB and {without} USD a month with no policy, {with_gb} GB and "
            "{with_} USD a month with one. Spent over the year: {sum_without} USD, or {sum_with} USD.",
        },
        "alt": {
            "fr": "Deux courbes du prix mensuel du stockage sur douze mois : sans politique, il monte de mois en mois ; "
            "avec une politique, il plafonne.",
            "en": "Two curves of the monthly price of storage over twelve months: with no policy it rises month after "
            "month; with a policy it levels off.",
        },
        "axis": {"fr": "USD par mois", "en": "USD a month"},
        "month": {"fr": "mois", "en": "month"},
        "without": {"fr": "sans politique", "en": "no policy"},
        "with": {"fr": "avec la politique", "en": "with the policy"},
        "source": {
            "fr": "Prix : {price} USD par Go et par mois ({reference}). Un mois compte 21 jours ouvrés.",
            "en": "Price: {price} USD per GB-month ({reference}). A month has 21 working days.",
        },
    }
)


@dataclass(frozen=True)
class Month:
    """The end of one month: stored GB."""

    without: float
    kept: float


def months(*, services: float, pushes: float, size: float, share: float, keep: float) -> list[Month]:
    """GB stored at the end of each month; `size` in MB, `share` in per cent.

    The layers that no push changes are stored once; each image adds the others.
    """

    def stored(images: float) -> float:
        common, own = size * (100 - share) / 100, size * share / 100
        return services * (common + images * own) / 1000 if images else 0.0

    pushed = [pushes * WORKING_DAYS * month for month in range(1, MONTHS + 1)]
    return [Month(stored(count), stored(min(count, keep))) for count in pushed]


def show(settings: Settings) -> Shown:
    """The bill of a year, drawn and in words."""
    price = number("ecr_gb_month")
    found = months(**settings)
    last = found[-1]
    told = say(
        "summary",
        without_gb=_figure(last.without, 0),
        without=_figure(last.without * price),
        with_gb=_figure(last.kept, 0),
        with_=_figure(last.kept * price),
        sum_without=_figure(sum(month.without for month in found) * price, 0),
        sum_with=_figure(sum(month.kept for month in found) * price, 0),
    )
    source = say("source", price=_figure(price), reference=facts()["ecr_gb_month"].reference)
    html = (
        f"<p><strong>{escape(told)}</strong></p>{_plot(found, price)}<p><small>{escape(source)}</small></p>"
    )
    return Shown(told, html)


def _plot(found: list[Month], price: float) -> str:
    most = max(month.without for month in found) * price or 1
    curves = [
        ("bad", "without", [month.without * price for month in found]),
        ("good", "with", [month.kept * price for month in found]),
    ]
    parts = [
        f'<polyline class="wire" points="{LEFT},{TOP} {LEFT},{BOTTOM} {RIGHT},{BOTTOM}"/>',
        f'<text class="soft" x="{LEFT - 50}" y="{TOP - 18}">{clean(say("axis"))}</text>',
        f'<text class="soft" x="{RIGHT}" y="{BOTTOM + 36}" text-anchor="end">{clean(say("month"))}</text>',
    ]
    for month in (1, 3, 6, 9, 12):
        parts.append(
            f'<text class="soft" x="{_x(month):g}" y="{BOTTOM + 18}" text-anchor="middle">{month}</text>'
        )
    for share in (0, 0.5, 1):
        y = BOTTOM - share * (BOTTOM - TOP)
        parts.append(
            f'<text class="soft" x="{LEFT - 8}" y="{y + 4:g}" text-anchor="end">{_figure(most * share)}</text>'
        )
    heights = []
    for kind, key, values in curves:
        points = [
            (_x(month), BOTTOM - value / most * (BOTTOM - TOP)) for month, value in enumerate(values, 1)
        ]
        line = " ".join(f"{x:g},{y:.1f}" for x, y in points)
        dash = "" if kind == "bad" else ' stroke-dasharray="7 5"'
        parts.append(f'<polyline class="mark-{kind}" points="{line}"{dash}/>')
        heights.append((points[-1][1], key))
    gap = max(0, 18 - (heights[1][0] - heights[0][0]))  # labels do not touch where the curves do
    for (y, key), shift in zip(heights, (-gap / 2, gap / 2), strict=True):
        parts.append(f'<text x="{RIGHT + 12}" y="{y + 4 + shift:g}">{clean(say(key))}</text>')
    return (
        f'<svg class="fb-drawing" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{clean(say("alt"))}" '
        f'width="{WIDTH}" viewBox="0 0 {WIDTH} {HEIGHT}"><style>{STYLE}</style>{"".join(parts)}</svg>'
    )


def _x(month: int) -> float:
    return LEFT + (RIGHT - LEFT) * month / MONTHS


def _figure(value: float, digits: int = 2) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\u202f").replace(".", ",") if language() == "fr" else text


def playground() -> Playground:
    """The playground, as the shop stands: four services, images that nobody has slimmed down."""
    from labs.playgrounds.widget import Playground

    controls = (
        Range(name="services", label=say("services"), value=4, least=1, most=60),
        Range(name="pushes", label=say("pushes"), value=6, least=0, most=40),
        Range(name="size", label=say("size"), value=900, least=20, most=3000, step=20, unit=say("megabytes")),
        Range(name="share", label=say("share"), value=30, least=5, most=100, step=5, unit="%"),
        Range(name="keep", label=say("keep"), value=20, least=1, most=200, unit=say("images")),
    )
    return Playground("image_storage", say("title"), controls, show)
