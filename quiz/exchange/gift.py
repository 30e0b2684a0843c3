"""Moodle's GIFT text format (Moodle documentation: "GIFT format").

Ids and tags stand in comments before the question, as Moodle itself writes them: `// [id:…] [tag:…]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from quiz.exchange.plain import ExchangeError, Line, Loss, Plain, slug
from quiz.exchange.texts import say

ESCAPED = "\\~=#{}:n>]"  # "n" stands for a line break
KEPT = {char: chr(0xFDD0 + place) for place, char in enumerate(ESCAPED)}  # code points that no text uses
SPECIAL = re.compile(r"[\\~=#{}:]")
MARK = re.compile(r"\[(id|tag):([^\]]*)\]")
WEIGHT = re.compile(r"^%(-?[\d.]+)%")
FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]")
MOST = 5  # decimals of a share of the grade, as Moodle knows it


def write(questions: Sequence[Plain]) -> tuple[str, list[Loss]]:
    """The file's text, and what it could not hold."""
    losses: list[Loss] = []
    return "\n".join(_written(question, losses) for question in questions), losses


def _written(question: Plain, losses: list[Loss]) -> str:
    marks = " ".join(f"[tag:{_in_brackets(tag)}]" for tag in question.tags)
    return (
        f"// [id:{_in_brackets(question.id)}] {marks}\n"
        f"::{_escaped(question.id)}::[plain]{_escaped(question.text)} {{\n{_answers(question, losses)}\n}}\n"
    )


def _answers(question: Plain, losses: list[Loss]) -> str:
    match question.kind:
        case "choice":
            return "\n".join(_option(line, question.keys) for line in question.lines)
        case "open":
            losses.append(Loss(question.id, "rubric"))
            return "####" + _escaped("\n".join([question.model_answer, *question.notes]))
        case "ordering":
            losses.append(Loss(question.id, "ordering_as_matching"))
            pairs = [(line.text, str(rank)) for rank, line in enumerate(question.lines, 1)]
        case "matching":
            used = {line.match for line in question.lines}
            if unused := [text for place, text in enumerate(question.targets) if place not in used]:
                losses.append(Loss(question.id, "unused_targets", {"targets": " ; ".join(unused)}))
            pairs = [(line.text, question.targets[line.match]) for line in question.lines]
    losses.append(Loss(question.id, "joint_rationales"))
    written = [f"={_escaped(left)} -> {_escaped(right)}" for left, right in pairs]
    reasons = "\n".join(f"{line.text} – {line.rationale}" for line in question.lines)
    return "\n".join([*written, "####" + _escaped(reasons)])


def _option(line: Line, keys: int) -> str:
    share = 100 if line.correct and keys == 1 else round(100 / keys, MOST)
    sign = "=" if line.correct and keys == 1 else "~"
    wrong = 0 if keys == 1 else -share
    stated = keys > 1 or line.text.startswith("%")  # a text that looks like a weight needs one before it
    weight = f"%{share if line.correct else wrong:g}%" if stated else ""
    return f"{sign}{weight}{_escaped(line.text)}#{_escaped(line.rationale)}"


def _escaped(text: str) -> str:
    text = "".join(char for char in text if char not in KEPT.values())  # Unicode keeps them out of exchange
    return SPECIAL.sub(r"\\\g<0>", text).replace("->", "-\\>").replace("\n", "\\n")


def _in_brackets(text: str) -> str:
    return re.sub(r"[\\\]]", r"\\\g<0>", text)


def _kept(text: str) -> str:
    """The text with every escaped character as one that means nothing to the format."""
    return re.sub(r"\\(.)", lambda found: KEPT.get(found.group(1), found.group(1)), text)


def _plain(text: str) -> str:
    for char, kept in KEPT.items():
        text = text.replace(kept, "\n" if char == "n" else char) if kept in text else text
    return text.strip()


def read(text: str) -> tuple[list[Plain], list[Loss]]:
    """The questions of a file, and what could not be read. Raises ExchangeError for what is no GIFT."""
    questions: list[Plain] = []
    losses: list[Loss] = []
    for comment, body in _blocks(text):
        question = _question(comment, body, [each.id for each in questions], losses)
        if question:
            questions.append(question)
    return questions, losses


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Comment and text of each question: it ends at the brace that closes its answers, or at an empty line."""
    comment: list[str] = []
    body: list[str] = []
    began = 0
    for number, line in enumerate([*_kept(text).split("\n"), ""], 1):
        if line.startswith("//") and not body:
            comment.append(line)
        elif line.startswith(("//", "$CATEGORY:")):
            continue
        elif line.strip():
            began = began if body else number
            body.append(line)
        ended = "}" in line if line.strip() else "{" not in "".join(body)
        if body and ended:
            yield "\n".join(comment), "\n".join(body)
            comment, body = [], []
    if body:
        raise ExchangeError(say("unclosed", line=began))


def _question(comment: str, body: str, taken: Sequence[str], losses: list[Loss]) -> Plain | None:
    marks = [(name, _plain(value)) for name, value in MARK.findall(comment)]
    tags = tuple(value for name, value in marks if name == "tag")
    title, stem, answers = _parts(body)
    text = _plain(FORMAT.sub("", stem))
    id = next((value for name, value in marks if name == "id"), None) or slug(title or text, taken)
    answers, _, general = _cut(answers, "####")
    if "{" not in body:
        losses.append(Loss(id, "question_type", {"kind": "description"}))
        return None
    if not answers.strip():
        model = _plain(general or "").split("\n")
        return Plain(id, "open", text, model_answer=model[0], notes=tuple(model[1:]), tags=tags)
    if re.fullmatch(r"\s*(T|F|TRUE|FALSE)\s*(#.*)?", answers, re.DOTALL) or answers.lstrip().startswith("#"):
        kind = "numerical" if answers.lstrip().startswith("#") else "truefalse"
        losses.append(Loss(id, "question_type", {"kind": kind}))
        return None
    lines = re.findall(r"([=~])([^=~]*)", answers)
    if lines and all(sign == "=" and "->" in content for sign, content in lines):
        return _matching(id, text, [content for _, content in lines], tags)
    return _choice(id, text, lines, tags, losses)


def _parts(body: str) -> tuple[str, str, str]:
    """Title, text and answers; answers in the middle of a text (missing word) leave a gap."""
    title = ""
    if found := re.match(r"\s*::(.*?)::", body, re.DOTALL):
        title, body = _plain(found.group(1)), body[found.end() :]
    text, _, rest = body.partition("{")
    answers, _, after = rest.partition("}")
    return title, f"{text.rstrip()} _____ {after.strip()}" if after.strip() else text, answers


def _cut(text: str, mark: str) -> tuple[str, str, str | None]:
    before, found, after = text.partition(mark)
    return before, found, after if found else None


def _matching(id: str, text: str, contents: Sequence[str], tags: tuple[str, ...]) -> Plain:
    pairs = [tuple(_plain(side) for side in content.split("->", 1)) for content in contents]
    if "type:ordering" in tags:
        steps = sorted(pairs, key=lambda pair: int(pair[1]))
        return Plain(id, "ordering", text, tuple(Line(step) for step, _ in steps), tags=tags)
    targets = tuple(dict.fromkeys(target for _, target in pairs))
    lines = tuple(Line(item, match=targets.index(target)) for item, target in pairs)
    return Plain(id, "matching", text, lines, targets, tags=tags)


def _choice(
    id: str, text: str, answers: Sequence[tuple[str, str]], tags: tuple[str, ...], losses: list[Loss]
) -> Plain | None:
    lines, weights = [], []
    for sign, content in answers:
        found = WEIGHT.match(content.strip())
        weight = float(found.group(1)) if found else (100.0 if sign == "=" else 0.0)
        option, _, rationale = _cut(WEIGHT.sub("", content.strip()), "#")
        lines.append(Line(_plain(option), _plain(rationale or ""), correct=weight > 0))
        weights.append(weight)
    if all(sign == "=" for sign, _ in answers):
        losses.append(Loss(id, "question_type", {"kind": "shortanswer"}))
        return None
    if not any(line.correct for line in lines):
        losses.append(Loss(id, "no_key"))
        return None
    if len({weight for weight in weights if weight > 0}) > 1:
        shares = ", ".join(f"{weight:g} %" for weight in weights)
        losses.append(Loss(id, "partial_credit", {"fractions": shares}))
    return Plain(id, "choice", text, tuple(lines), tags=tags)
