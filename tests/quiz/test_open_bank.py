"""The open questions beside the chapter's nine: what the grader makes of their own texts and of sample answers."""

from __future__ import annotations

from collections import Counter

import pytest

from labs.learner import LANGUAGES, Language
from quiz import bank
from quiz.model import OpenQuestion
from quiz.open_answer import grade, thesaurus
from tests.quiz import labelled

QUESTIONS = {
    id: question
    for id, question in bank.load().items()
    if isinstance(question, OpenQuestion) and id not in bank.chapter()
}
EXAMPLES = labelled.read("open_examples.jsonl")
STRANGERS = labelled.read("open_blind.jsonl")
EVERY = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
IN_BOTH = pytest.mark.parametrize("lang", LANGUAGES)


def test_their_ids_say_that_they_are_open() -> None:
    assert QUESTIONS
    assert [id for id in QUESTIONS if not id.startswith("open-")] == []


@EVERY
def test_rubrics_refer_to_concepts_of_the_thesaurus(question: OpenQuestion) -> None:
    used = {c for idea in question.rubric.ideas for needed in idea.alternatives for c in needed}
    assert used <= thesaurus.load().concepts.keys()


@EVERY
def test_at_least_two_wrong_ideas_say_why(question: OpenQuestion) -> None:
    assert len({*question.rubric.rejected, *question.rubric.undoing}) >= 2


@IN_BOTH
@EVERY
def test_the_model_answer_is_correct(question: OpenQuestion, lang: Language) -> None:
    assert grade(question, question.model_answer(lang), lang).verdict == "correct"


@IN_BOTH
@EVERY
def test_the_copied_scenario_is_incorrect_and_adds_nothing(question: OpenQuestion, lang: Language) -> None:
    assert grade(question, question.scenario(lang), lang).verdict == "incorrect"
    answer = f"{question.scenario(lang)} {question.model_answer(lang)}"
    assert grade(question, answer, lang).verdict == "correct"


@IN_BOTH
@EVERY
def test_every_wrong_idea_alone_is_recognised_and_incorrect(question: OpenQuestion, lang: Language) -> None:
    rubric = question.rubric
    for wrong in (*rubric.rejected, *rubric.undoing):
        result = grade(question, wrong.label(lang), lang)
        assert result.verdict == "incorrect", wrong.id
        assert wrong in result.contradicted


@IN_BOTH
@EVERY
def test_every_harm_is_recognised_and_never_correct(question: OpenQuestion, lang: Language) -> None:
    for harm in question.rubric.harmful:
        result = grade(question, harm.label(lang), lang)
        assert harm in result.contradicted
        assert result.verdict != "correct", harm.id


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_sample_answers_get_the_teachers_verdict(example: labelled.Labelled) -> None:
    lang: Language = "fr" if example.lang == "fr" else "en"
    given = grade(QUESTIONS[example.question], example.answer, lang).verdict
    assert ("incorrect" if given == "not_recognised" else given) == example.label, example.answer


def test_every_question_has_sample_answers_of_every_verdict_in_both_languages() -> None:
    counts = Counter((example.question, example.lang) for example in EXAMPLES)
    assert [(id, lang) for id in QUESTIONS for lang in LANGUAGES if counts[id, lang] < 4] == []
    labels = {(example.question, example.label) for example in EXAMPLES}
    assert labels >= {(id, verdict) for id in QUESTIONS for verdict in labelled.VERDICTS}


def test_strangers_answers_get_a_fair_teachers_verdict_nearly_always() -> None:
    """By one who saw only the scenarios: many hold a false belief beside the right idea, which no list exhausts."""
    pairs: list[tuple[str, str]] = []
    for answer in STRANGERS:
        lang: Language = "fr" if answer.lang == "fr" else "en"
        given = grade(QUESTIONS[answer.question], answer.answer, lang).verdict
        pairs.append((answer.label, "incorrect" if given == "not_recognised" else given))
    assert labelled.kappa(pairs) >= 0.88
    assert Counter(pairs)["incorrect", "correct"] <= 8
    assert Counter(pairs)["correct", "incorrect"] <= 4
