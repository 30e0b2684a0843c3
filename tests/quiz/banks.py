"""Small banks made for a test."""

from __future__ import annotations

from hypothesis import settings

from quiz.model import (
    DOMAINS,
    AnyQuestion,
    ChoiceQuestion,
    Domain,
    Idea,
    Item,
    MatchingQuestion,
    OpenQuestion,
    Option,
    OrderingQuestion,
    Rubric,
    Source,
    Step,
    Text,
    Topic,
)

steady = settings(deadline=None, derandomize=True)
"""For property tests: the same examples every time, however slow the machine."""


def text(words: str) -> Text:
    return Text(fr=f"{words} (fr)", en=words)


def _common(id: str, domain: Domain, topic: Topic, **changes: object) -> dict[str, object]:
    source = Source(title="Amazon ECS Developer Guide: A page", checked="2026-11")
    return {
        "id": id,
        "domain": domain,
        "task": "1.1",
        "topic": topic,
        "covers": ("ecs-tasks",),
        "difficulty": 2,
        "bloom": "apply",
        "sources": (source,),
        "scenario": text(f"Scenario of {id}?"),
    } | changes


def choice(
    id: str,
    domain: Domain = "secure",
    topic: Topic = "ecs",
    keys: tuple[int, ...] = (0,),
    options: int = 4,
    **changes: object,
) -> ChoiceQuestion:
    made = tuple(
        Option(text=text(f"option {n} of {id}"), correct=n in keys, rationale=text(f"rationale {n}"))
        for n in range(options)
    )
    return ChoiceQuestion(**_common(id, domain, topic, **changes), options=made)


def ordering(id: str, steps: int = 3, **changes: object) -> OrderingQuestion:
    made = tuple(Step(text=text(f"step {n}"), rationale=text(f"reason {n}")) for n in range(steps))
    return OrderingQuestion(**_common(id, "secure", "ecs", **changes), steps=made)


def matching(id: str, **changes: object) -> MatchingQuestion:
    items = tuple(
        Item(text=text(f"item {n}"), match=match, rationale=text(f"why {n}"))
        for n, match in enumerate((1, 0, 1))
    )
    targets = (text("target zero"), text("target one"), text("target two"))
    return MatchingQuestion(**_common(id, "secure", "ecs", **changes), targets=targets, items=items)


def open_question(id: str, **changes: object) -> OpenQuestion:
    rubric = Rubric(required=(Idea(id="ecr", label=text("ECR"), any_of=("ecr",)),))
    return OpenQuestion(**_common(id, "secure", "ecr", **changes), model_answer=text("ECR"), rubric=rubric)


def exam_bank(each: int = 25) -> dict[str, AnyQuestion]:
    """Choice questions in every domain, one in three with two keys of five."""
    topics: tuple[Topic, ...] = ("containers", "ecr", "ecs")
    return {
        question.id: question
        for domain in DOMAINS
        for n in range(each)
        for question in [
            choice(
                f"{domain}-{n}",
                domain,
                topics[n % 3],
                keys=(0, 2) if n % 3 == 0 else (n % 4,),
                options=5 if n % 3 == 0 else 4,
                difficulty=n % 3 + 1,
            )
        ]
    }
