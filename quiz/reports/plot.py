"""Progress as a picture: one SVG, whose text is text, in the ink of the page around it (light or dark)."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING

from labs.learner import Language
from quiz.reports.statistics import Summary
from quiz.reports.texts import say
from quiz.widget_texts import say as named

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # becomes the colour of the text around the picture
BAR, LINE = (
    "#2f81c7",
    "#c2611f",
)  # contrast of 3:1 and more on light and dark; the colour-blind tell them apart
MOST_DATES = 6  # that fit below the axis
SIZE = (8.0, 6.4)  # inches


def figure(summary: Summary, lang: Language) -> str:
    """The share of right answers by topic (with its 95 % interval) and over time, as an SVG to put into a page."""
    import matplotlib
    from matplotlib.figure import Figure

    ink = dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK
    )
    settings = {"svg.fonttype": "none", "svg.hashsalt": "course", "font.size": 10, **ink}
    with matplotlib.rc_context(settings):
        canvas = Figure(figsize=SIZE, layout="constrained")
        above, below = canvas.subplots(2, 1)
        _topics(above, summary, lang)
        _time(below, summary, lang)
        drawn = io.StringIO()
        canvas.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _described(drawn.getvalue(), lang, description(summary, lang))


def description(summary: Summary, lang: Language) -> str:
    """What the picture shows, in words."""
    topics = [
        say(
            "topic_in_words",
            lang,
            topic=named(topic, lang),
            correct=row.answers.correct,
            total=row.answers.total,
        )
        for topic, row in summary.by_topic.items()
        if row.answers.total
    ]
    if not topics:
        return say("no_answers", lang)
    last = summary.days[-1]
    recent = say("recent_in_words", lang, day=last.day.isoformat(), percent=round(100 * last.recent))
    return " ".join([*topics, recent])


def _topics(axes: Axes, summary: Summary, lang: Language) -> None:
    rows = list(summary.by_topic.items())
    shares = [row.answers.share * 100 for _, row in rows]
    answered = [(place, row.answers) for place, (_, row) in enumerate(rows) if row.answers.total]
    axes.barh([named(topic, lang) for topic, _ in rows], shares, color=BAR, height=0.6)
    axes.errorbar(
        [tally.share * 100 for _, tally in answered],
        [place for place, _ in answered],
        xerr=[
            [(tally.share - tally.interval.low) * 100 for _, tally in answered],
            [(tally.interval.high - tally.share) * 100 for _, tally in answered],
        ],
        fmt="none",
        ecolor=INK,
        capsize=3,
    )
    axes.invert_yaxis()
    axes.set(xlim=(0, 100), title=say("by_topic_title", lang), xlabel=say("percent_right", lang))
    _plain(axes)


def _time(axes: Axes, summary: Summary, lang: Language) -> None:
    days = range(len(summary.days))
    axes.bar(
        days,
        [day.answers.share * 100 for day in summary.days],
        color=BAR,
        width=0.6,
        label=say("that_day", lang),
    )
    axes.plot(
        days,
        [day.recent * 100 for day in summary.days],
        color=LINE,
        marker="o",
        label=say("latest_answers", lang),
    )
    step = -(-len(summary.days) // MOST_DATES) or 1
    axes.set_xticks(list(days)[::step], [day.day.isoformat() for day in summary.days[::step]])
    axes.set(ylim=(0, 105), title=say("over_time_title", lang), ylabel=say("percent_right", lang))
    axes.legend(frameon=False)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _described(svg: str, lang: Language, words: str) -> str:
    """The SVG element alone, for a page, with a title and a description for screen readers."""
    element = svg[svg.index("<svg") :]
    start, rest = element.split(">", 1)
    named_parts = (
        f'<title id="progress-title">{escape(say("figure_title", lang))}</title>'
        f'<desc id="progress-desc">{escape(words)}</desc>'
    )
    start += f' role="img" lang="{lang}" aria-labelledby="progress-title progress-desc" style="max-width:100%;height:auto"'
    return f"{start}>{named_parts}{rest}".replace(INK, "currentColor")
