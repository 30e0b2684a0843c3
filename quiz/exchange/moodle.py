"""Moodle's XML format (Moodle documentation: "Moodle XML format"); ordering questions need Moodle 4.4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from xml.etree import ElementTree as ET  # writes only; what is read goes through defusedxml

from quiz.exchange.plain import ExchangeError, Line, Loss, Plain, slug
from quiz.exchange.texts import say

TYPES = {"choice": "multichoice", "ordering": "ordering", "matching": "matching", "open": "essay"}
UNREAD = {"category"}  # where Moodle files the questions that follow: no question
MOST = 5  # decimals of a share of the grade, as Moodle knows it


def write(questions: Sequence[Plain]) -> tuple[str, list[Loss]]:
    """The file's text, and what it could not hold."""
    losses: list[Loss] = []
    quiz = ET.Element("quiz")
    for question in questions:
        _write(ET.SubElement(quiz, "question", type=TYPES[question.kind]), question, losses)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n", losses


def _write(node: ET.Element, question: Plain, losses: list[Loss]) -> None:
    _text(node, "name", question.id, plain=False)
    _text(node, "questiontext", question.text)
    match question.kind:
        case "choice":
            _value(node, "single", str(question.keys == 1).lower())
            _value(node, "shuffleanswers", "true")
            share = round(100 / question.keys, MOST)
            for line in question.lines:
                wrong = 0 if question.keys == 1 else -share
                _answer(node, line, share if line.correct else wrong)
        case "ordering":
            _joint(node, question, losses)
            for rank, line in enumerate(question.lines, 1):
                _answer(node, Line(line.text), rank)
        case "matching":
            _joint(node, question, losses)
            _value(node, "shuffleanswers", "true")
            for line in question.lines:
                _pair(node, line.text, question.targets[line.match])
            used = {line.match for line in question.lines}
            for place, target in enumerate(question.targets):
                if place not in used:
                    _pair(node, "", target)
        case "open":
            losses.append(Loss(question.id, "rubric"))
            _text(node, "generalfeedback", question.model_answer)
            _text(node, "graderinfo", "\n".join(question.notes))
    _value(node, "idnumber", question.id)
    tags = ET.SubElement(node, "tags")
    for tag in question.tags:
        _text(tags, "tag", tag, plain=False)


def _joint(node: ET.Element, question: Plain, losses: list[Loss]) -> None:
    losses.append(Loss(question.id, "joint_rationales"))
    _text(node, "generalfeedback", "\n".join(f"{line.text} – {line.rationale}" for line in question.lines))


def _text(node: ET.Element, name: str, text: str, *, plain: bool = True) -> ET.Element:
    """`plain`: a text that Moodle shows letter by letter, never as HTML."""
    child = ET.SubElement(node, name, format="plain_text") if plain else ET.SubElement(node, name)
    _value(child, "text", text)
    return child


def _value(node: ET.Element, name: str, text: str) -> None:
    ET.SubElement(node, name).text = re.sub(
        r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text
    )


def _answer(node: ET.Element, line: Line, fraction: float) -> None:
    answer = _text(node, "answer", line.text)
    answer.set("fraction", f"{fraction:.8g}")
    if line.rationale:
        _text(answer, "feedback", line.rationale)


def _pair(node: ET.Element, item: str, target: str) -> None:
    _text(_text(node, "subquestion", item), "answer", target, plain=False)


def read(text: str) -> tuple[list[Plain], list[Loss]]:
    """The questions of a file, and what could not be read. Raises ExchangeError for what is not Moodle's XML.

    Entities and external references are refused: they can name local files or fill the memory.
    """
    from defusedxml import DefusedXmlException
    from defusedxml import ElementTree as Safe

    try:
        quiz = Safe.fromstring(text)
    except (ET.ParseError, DefusedXmlException) as error:
        raise ExchangeError(f"{type(error).__name__}: {error}") from error
    if quiz.tag != "quiz":
        raise ExchangeError(say("root", found=quiz.tag))
    questions: list[Plain] = []
    losses: list[Loss] = []
    for node in quiz.findall("question"):
        if node.get("type") not in UNREAD:
            question = _question(node, [each.id for each in questions], losses)
            if question:
                questions.append(question)
    return questions, losses


def _question(node: ET.Element, taken: Sequence[str], losses: list[Loss]) -> Plain | None:
    stem = _read(node.find("questiontext"))
    id = (node.findtext("idnumber") or "").strip() or slug(_read(node.find("name")) or stem, taken)
    losses += _flattened(node, id)
    tags = tuple(_read(tag) for tag in node.findall("tags/tag"))
    kind = node.get("type")
    match kind:
        case "multichoice":
            return _choice(node, id, stem, tags, losses)
        case "ordering":
            ranked = sorted(node.findall("answer"), key=lambda answer: float(answer.get("fraction", "0")))
            return Plain(id, "ordering", stem, tuple(Line(_read(answer)) for answer in ranked), tags=tags)
        case "matching":
            pairs = [(_read(pair), _read(pair.find("answer"))) for pair in node.findall("subquestion")]
            targets = tuple(dict.fromkeys(target for _, target in pairs))
            lines = tuple(Line(item, match=targets.index(target)) for item, target in pairs if item)
            return Plain(id, "matching", stem, lines, targets, tags=tags)
        case "essay":
            model, notes = _read(node.find("generalfeedback")), _read(node.find("graderinfo"))
            notes_lines = tuple(notes.split("\n")) if notes else ()
            return Plain(id, "open", stem, model_answer=model, notes=notes_lines, tags=tags)
    losses.append(Loss(id, "question_type", {"kind": kind}))
    return None


def _choice(node: ET.Element, id: str, stem: str, tags: tuple[str, ...], losses: list[Loss]) -> Plain | None:
    shares = [float(answer.get("fraction", "0")) for answer in node.findall("answer")]
    lines = tuple(
        Line(_read(answer), _read(answer.find("feedback")), correct=share > 0)
        for answer, share in zip(node.findall("answer"), shares, strict=True)
    )
    if not any(line.correct for line in lines):
        losses.append(Loss(id, "no_key"))
        return None
    if len({share for share in shares if share > 0}) > 1:
        losses.append(Loss(id, "partial_credit", {"fractions": ", ".join(f"{s:g} %" for s in shares)}))
    return Plain(id, "choice", stem, lines, tags=tags)


def _flattened(node: ET.Element, id: str) -> list[Loss]:
    losses = []
    if any(_is_html(child) and "<" in (child.findtext("text") or "") for child in node.iter()):
        losses.append(Loss(id, "formatting"))
    if node.find(".//file") is not None:
        losses.append(Loss(id, "attachments"))
    return losses


def _is_html(node: ET.Element) -> bool:
    return node.get("format") in ("html", "moodle_auto_format")


def _read(node: ET.Element | None) -> str:
    if node is None:
        return ""
    text = node.findtext("text") or ""
    if _is_html(node):
        text = re.sub(r"<(br|/p|/li|/div)\b[^>]*>", "\n", text)
        text = unescape(re.sub(r"<[^>]*>", "", text))
    return text.strip()
