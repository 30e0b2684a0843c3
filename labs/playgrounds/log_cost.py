"""What logs cost: collecting them, and keeping them, one year and three after a log group was made.

AWS bills what it keeps after compression; how much that is depends on the lines. Counted here is the share of AWS's
own example.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from labs.facts import facts, number
from labs.learner import Texts
from labs.playgrounds.bars import Bar, draw
from labs.playgrounds.controls import Choice, Range
from labs.view.display import Shown
from labs.view.numbers import decimal

if TYPE_CHECKING:
    from labs.playgrounds.widget import Playground, Settings

DAYS_OF_MONTH, DAYS_OF_YEAR = 30, 365
NEVER = "never"
RETENTIONS = ("1", "7", "14", "30", "90", "365", NEVER)
YEARS = (1, 3)  # after which the bill is looked at

say = Texts(
    {
        "title": {"fr": "La facture des journaux", "en": "The bill for logs"},
        "written": {"fr": "Écrit par jour", "en": "Written a day"},
        "gigabytes": {"fr": "Go", "en": "GB"},
        "quiet": {"fr": "Lignes que l’on n’écrit plus", "en": "Lines no longer written"},
        "retention": {"fr": "Rétention", "en": "Retention"},
        "1": {"fr": "1 jour", "en": "1 day"},
        "days": {"fr": "{days} jours", "en": "{days} days"},
        NEVER: {"fr": "jamais d’expiration", "en": "never expire"},
        "after 1": {"fr": "Après un an", "en": "After one year"},
        "after 3": {"fr": "Après trois ans", "en": "After three years"},
        "line": {
            "fr": "Par mois : {collected} USD pour collecter ; pour garder, {first} USD après un an et {last} USD après trois.",
            "en": "A month: {collected} USD to collect; to keep, {first} USD after one year and {last} USD after three.",
        },
        "picture": {"fr": "Coût mensuel des journaux", "en": "Monthly cost of logs"},
        "hues": {"fr": "À gauche la collecte, à droite la garde.", "en": "Collecting on the left, keeping on the right."},
        "source": {
            "fr": "Prix : {collected} USD par Go collecté ; {kept} USD par Go gardé un mois ({reference}), après compression, ici à {share} % de ce qui a été écrit, comme dans l’exemple d’AWS.",
            "en": "Prices: {collected} USD per GB collected; {kept} USD per GB kept for a month ({reference}), after compression, here to {share}% of what was written, as in AWS’s example.",
        },
    }
)  # fmt: skip


def collected(written: float, quiet: float) -> float:
    """USD a month for `written` GB a day, of which `quiet` per cent are no longer written."""
    return written * (100 - quiet) / 100 * DAYS_OF_MONTH * number("logs_gb")


def kept(written: float, quiet: float, retention: str, years: int) -> float:
    """USD a month for what is still there after so many years."""
    days = years * DAYS_OF_YEAR
    if retention != NEVER:
        days = min(days, int(retention))
    left = written * (100 - quiet) / 100 * days * number("logs_kept_share") / 100
    return left * number("logs_stored_gb_month")


def show(settings: Settings) -> Shown:
    """The month's bill after one year and after three."""
    written, quiet, retention = settings["written"], settings["quiet"], settings["retention"]
    collecting = collected(written, quiet)
    keeping = [kept(written, quiet, retention, years) for years in YEARS]
    first, last = (decimal(amount, 2) for amount in keeping)
    text = say("line", collected=decimal(collecting, 2), first=first, last=last)
    bars = [
        Bar(say(f"after {years}"), (("data", collecting), ("registry", amount)))
        for years, amount in zip(YEARS, keeping, strict=True)
    ]
    source = say(
        "source",
        collected=decimal(number("logs_gb"), 2),
        kept=decimal(number("logs_stored_gb_month"), 2),
        share=decimal(number("logs_kept_share")),
        reference=facts()["logs_stored_gb_month"].reference,
    )
    return Shown(
        text,
        f"<p><strong>{escape(text)}</strong> {escape(say('hues'))}</p>"
        f"{draw(bars, say('picture'), text, 'log-cost')}<p><small>{escape(source)}</small></p>",
    )


def playground() -> Playground:
    """The playground, as log groups are made: they never expire."""
    from labs.playgrounds.widget import Playground

    controls = (
        Range(name="written", label=say("written"), value=5, least=1, most=100, unit=say("gigabytes")),
        Range(name="quiet", label=say("quiet"), value=0, least=0, most=90, step=10, unit="%"),
        Choice(
            name="retention",
            label=say("retention"),
            value=NEVER,
            options=[(days, _written(days)) for days in RETENTIONS],
        ),
    )
    return Playground("log_cost", say("title"), controls, show)


def _written(days: str) -> str:
    return say(days) if days in ("1", NEVER) else say("days", days=days)
