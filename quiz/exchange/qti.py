"""IMS QTI 2.1 in a content package: one XML file a question and a manifest (QTI 2.1 Assessment Test, Section and Item)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from labs.learner import Language
from quiz.exchange.plain import Loss, Plain

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
MATCHING = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same package for the same questions


def write(questions: Sequence[Plain], lang: Language) -> tuple[bytes, list[Loss]]:
    """The package, and what it could not hold."""
    losses: list[Loss] = []
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for question in questions:
            _add(archive, f"{question.id}.xml", _item(question, lang, losses))
        _add(archive, "imsmanifest.xml", _manifest(questions))
    return package.getvalue(), losses


def _add(archive: zipfile.ZipFile, name: str, root: ET.Element) -> None:
    ET.indent(root)
    archive.writestr(zipfile.ZipInfo(name, EPOCH), ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _manifest(questions: Sequence[Plain]) -> ET.Element:
    root = ET.Element("manifest", {"xmlns": PACKAGE, "identifier": "frenchbakery-course"})
    about = ET.SubElement(root, "metadata")
    ET.SubElement(about, "schema").text = "QTIv2.1 Package"
    ET.SubElement(about, "schemaversion").text = "1.0.0"
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    for question in questions:
        name = f"{question.id}.xml"
        attributes = {"identifier": f"item-{question.id}", "type": "imsqti_item_xmlv2p1", "href": name}
        ET.SubElement(ET.SubElement(resources, "resource", attributes), "file", href=name)
    return root


def _item(question: Plain, lang: Language, losses: list[Loss]) -> ET.Element:
    losses.append(Loss(question.id, "no_tags"))
    root = ET.Element(
        "assessmentItem",
        {
            "xmlns": QTI,
            "xml:lang": lang,
            "identifier": f"item-{question.id}",
            "title": question.id,
            "adaptive": "false",
            "timeDependent": "false",
        },
    )
    cardinality, base = {
        "choice": ("single" if question.keys == 1 else "multiple", "identifier"),
        "ordering": ("ordered", "identifier"),
        "matching": ("multiple", "directedPair"),
        "open": ("single", "string"),
    }[question.kind]
    response = _declaration(root, "responseDeclaration", "RESPONSE", cardinality, base)
    if key := _key(question):
        values = ET.SubElement(response, "correctResponse")
        for value in key:
            ET.SubElement(values, "value").text = value
    _declaration(root, "outcomeDeclaration", "SCORE", "single", "float")
    _declaration(root, "outcomeDeclaration", "FEEDBACK", "multiple", "identifier")
    body = ET.SubElement(root, "itemBody")
    _interaction(body, question)
    if question.kind == "open":
        losses.append(Loss(question.id, "rubric"))
        for text in (question.model_answer, *question.notes):
            block = ET.SubElement(body, "rubricBlock", view="scorer")
            ET.SubElement(block, "p").text = text
    else:
        ET.SubElement(root, "responseProcessing", template=MATCHING)
    for number, line in enumerate(question.lines):
        attributes = {"outcomeIdentifier": "FEEDBACK", "identifier": f"L{number}", "showHide": "show"}
        ET.SubElement(root, "modalFeedback", attributes).text = f"{line.text} – {line.rationale}"
    return root


def _declaration(root: ET.Element, name: str, identifier: str, cardinality: str, base: str) -> ET.Element:
    attributes = {"identifier": identifier, "cardinality": cardinality, "baseType": base}
    return ET.SubElement(root, name, attributes)


def _key(question: Plain) -> list[str]:
    match question.kind:
        case "choice":
            return [f"L{number}" for number, line in enumerate(question.lines) if line.correct]
        case "ordering":
            return [f"L{number}" for number in range(len(question.lines))]
        case "matching":
            return [f"L{number} T{line.match}" for number, line in enumerate(question.lines)]
    return []


def _interaction(body: ET.Element, question: Plain) -> None:
    attributes = {"responseIdentifier": "RESPONSE"}
    match question.kind:
        case "choice":
            attributes |= {"shuffle": "true", "maxChoices": str(question.keys)}
            _choices(body, "choiceInteraction", "simpleChoice", attributes, question)
        case "ordering":
            _choices(body, "orderInteraction", "simpleChoice", attributes | {"shuffle": "true"}, question)
        case "matching":
            attributes |= {"shuffle": "true", "maxAssociations": str(len(question.lines))}
            node = ET.SubElement(body, "matchInteraction", attributes)
            ET.SubElement(node, "prompt").text = question.text
            left, right = ET.SubElement(node, "simpleMatchSet"), ET.SubElement(node, "simpleMatchSet")
            for number, line in enumerate(question.lines):
                _associable(left, f"L{number}", 1, line.text)
            for number, target in enumerate(question.targets):
                _associable(right, f"T{number}", len(question.lines), target)
        case "open":
            node = ET.SubElement(body, "extendedTextInteraction", attributes | {"expectedLines": "4"})
            ET.SubElement(node, "prompt").text = question.text


def _choices(body: ET.Element, name: str, choice: str, attributes: dict[str, str], question: Plain) -> None:
    node = ET.SubElement(body, name, attributes)
    ET.SubElement(node, "prompt").text = question.text
    for number, line in enumerate(question.lines):
        ET.SubElement(node, choice, identifier=f"L{number}").text = line.text


def _associable(node: ET.Element, identifier: str, most: int, text: str) -> None:
    attributes = {"identifier": identifier, "matchMax": str(most)}
    ET.SubElement(node, "simpleAssociableChoice", attributes).text = text
