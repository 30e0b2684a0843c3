"""What the bank covers: the syllabus, the exam's domains, kinds and difficulties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from quiz.checking.findings import Finding
from quiz.model import DOMAINS, AnyQuestion, Domain, OpenQuestion, Slug, Text, Topic

TASK_DOMAIN: dict[str, Domain] = dict(zip("1234", DOMAINS, strict=True))
WEIGHTS: dict[Domain, str] = {
    "secure": "exam_domain_secure",
    "resilient": "exam_domain_resilient",
    "high-performing": "exam_domain_high_performing",
    "cost-optimised": "exam_domain_cost_optimized",
}
"""The fact that holds each domain's share of the exam."""
OFF = 4  # points of per cent that a domain's share may differ from the exam's
FEWEST_OPEN = 30
FEWEST = 240

Syllabus = Mapping[Topic, Mapping[Slug, Text]]


def counts(questions: Sequence[AnyQuestion]) -> Counter[Slug]:
    """How many questions cover each point of the syllabus."""
    return Counter(point for question in questions for point in question.covers)


def shares(questions: Sequence[AnyQuestion]) -> dict[Domain, float]:
    """Each domain's share in per cent."""
    found = Counter(question.domain for question in questions)
    return {domain: 100 * found[domain] / max(1, len(questions)) for domain in DOMAINS}


def check(
    questions: Sequence[AnyQuestion], syllabus: Syllabus, weights: Mapping[Domain, float]
) -> Iterator[Finding]:
    """Points that nothing covers, tags that contradict each other, a bank that is small or lopsided."""
    topics = {point: topic for topic, points in syllabus.items() for point in points}
    for question in questions:
        for point in question.covers:
            if point not in topics:
                yield Finding(question.id, "unknown_point", {"point": point})
        if topics.get(question.covers[0], question.topic) != question.topic:
            yield Finding(question.id, "other_topic", {"point": question.covers[0], "topic": question.topic})
        if TASK_DOMAIN[question.task[0]] != question.domain:
            yield Finding(question.id, "other_domain", {"task": question.task, "domain": question.domain})
    covered = counts(questions)
    for point in topics:
        if not covered[point]:
            yield Finding("", "uncovered", {"point": point})
    for domain, share in shares(questions).items():
        if abs(share - weights[domain]) > OFF:
            values = {"domain": domain, "share": round(share), "weight": round(weights[domain])}
            yield Finding("", "domain_share", values)
    written = sum(isinstance(question, OpenQuestion) for question in questions)
    if len(questions) < FEWEST or written < FEWEST_OPEN:
        yield Finding("", "too_few", {"count": len(questions), "open": written})
