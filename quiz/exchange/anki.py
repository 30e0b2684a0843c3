"""An Anki deck, through genanki (the optional extra `anki`)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from random import Random

from labs.learner import Language
from quiz.exchange.plain import ExchangeError, Loss, Plain
from quiz.exchange.texts import say

MODEL = 1_604_711_203  # Anki tells note types apart by number: it must never change
DECKS = {"fr": 1_604_711_204, "en": 1_604_711_205}
CSS = ".card { font: 1.1em sans-serif; text-align: left; max-width: 40em; margin: auto } .why { opacity: .8 }"
INSTALL = "pip install 'frenchbakery-course[anki]'"


def write(questions: Sequence[Plain], lang: Language) -> tuple[bytes, list[Loss]]:
    """The deck, and what it could not hold. Raises ExchangeError when genanki is not installed.

    Notes keep their identity from one export to the next: an update in Anki keeps the learner's intervals.
    """
    try:
        import genanki
    except ImportError as error:
        raise ExchangeError(say("anki_missing", command=INSTALL)) from error
    model = genanki.Model(
        MODEL,
        "FrenchBakery",
        fields=[{"name": "Id"}, {"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"}],
        css=CSS,
    )
    deck = genanki.Deck(DECKS[lang], say("deck", lang))
    losses = []
    for question in questions:
        losses.append(Loss(question.id, "no_rubric" if question.kind == "open" else "self_assessed"))
        fields = [question.id, _front(question, lang), _back(question, lang)]
        tags = [tag.replace(" ", "_") for tag in question.tags if not tag.startswith("source:")]
        guid = genanki.guid_for(question.id, lang)
        deck.add_note(genanki.Note(model=model, fields=fields, tags=tags, guid=guid))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(file)
        return file.read_bytes(), losses


def _front(question: Plain, lang: Language) -> str:
    lines = [line.text for line in question.lines]
    if question.kind == "ordering":  # shown in an order that is not the right one, the same at each export
        seed = int.from_bytes(hashlib.sha256(question.id.encode()).digest()[:4], "big")
        lines = _shuffled(lines, Random(seed))  # noqa: S311  (no secret)
    head = {"choice": "choose", "ordering": "order", "matching": "match"}.get(question.kind)
    shown = _paragraph(question.text)
    if head:
        shown += f"<p><b>{escape(say(head, lang))}</b></p>{_list(lines)}"
    if question.targets:
        shown += f"<p>{escape(say('with', lang))}</p>{_list(question.targets)}"
    return shown


def _shuffled(lines: list[str], rng: Random) -> list[str]:
    order = list(lines)
    while order == lines:
        rng.shuffle(order)
    return order


def _back(question: Plain, lang: Language) -> str:
    match question.kind:
        case "choice":
            answer = _list([line.text for line in question.lines if line.correct])
        case "ordering":
            answer = _list([line.text for line in question.lines], "ol")
        case "matching":
            answer = _list([f"{line.text} → {question.targets[line.match]}" for line in question.lines])
        case "open":
            return _paragraph(question.model_answer) + _list(question.notes)
    reasons = _list([f"{line.text} – {line.rationale}" for line in question.lines])
    return f"{answer}<div class=why><b>{escape(say('why', lang))}</b>{reasons}</div>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(texts: Sequence[str], kind: str = "ul") -> str:
    return f"<{kind}>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</{kind}>"
