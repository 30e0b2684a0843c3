"""The pipeline: normalise → tokens → thesaurus → polarity → rubric → verdict. Deterministic, offline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from labs.learner import Language
from quiz.model import Idea, OpenQuestion, Rubric, Text
from quiz.open_answer import explain, screening
from quiz.open_answer.matching import Mention, Reading, index
from quiz.open_answer.normalise import normalise
from quiz.open_answer.polarity import Polarities, Polarity
from quiz.open_answer.rubric import SAME_THING, Claims, Grade, mark
from quiz.open_answer.tokens import Token, tokenise

LONGEST_READ = 20_000  # characters; nobody writes so much, and memory stays bounded


@dataclass(frozen=True)
class Verdict:
    """What the engine says of an answer."""

    verdict: Grade
    found: tuple[Idea, ...]
    missing: tuple[Idea, ...]
    contradicted: tuple[Idea, ...]
    """Required ideas that are denied, and wrong claims (those say why they are wrong)."""
    explanation: Text


def grade(question: OpenQuestion, answer: str, lang: Language) -> Verdict:
    """Mark an answer to an open question. `lang` is the language that the learner chose to write in.

    Never raises for any text; the same text gets the same verdict everywhere.
    """
    text = screening.without_instructions(normalise(answer[:LONGEST_READ], lang))
    tokens = tokenise(text)
    if not any(token.is_word and not token.text.isdigit() for token in tokens):
        return _without_credit(question, "incorrect", "empty")
    written = tokens
    tokens = screening.without_copies(written, _words_of(question))
    if tokens != written:
        tokens = _with_new_names(written, tokens, question)
    mentions = Reading(tokens).mentions()
    if not mentions and tokens != written:
        return _without_credit(question, "incorrect", "copied")
    if not mentions:
        readable = screening.is_sentence(tokens)
        return _without_credit(question, "not_recognised" if readable else "incorrect", "not_recognised")
    lists = screening.bare_lists(tokens, mentions, _concepts_of(question.rubric))
    stating = [m for m in mentions if tokens[m.head.start].sentence not in lists]
    if not stating:
        return _without_credit(question, "incorrect", "list")
    retold = screening.restated(tokens)
    answering = [m for m in stating if m.is_name or tokens[m.head.start].sentence not in retold]
    telling = [m for m in mentions if m.is_name or m.concept in _told_of(question.rubric)]
    marking = mark(question.rubric, _claims(answering, Polarities(tokens, telling, lang)))
    all_required = question.rubric.needed == len(question.rubric.required)
    return Verdict(
        marking.verdict,
        marking.found,
        marking.missing,
        marking.contradicted,
        explain.explain(marking, all_required),
    )


def _with_new_names(
    written: tuple[Token, ...], kept: tuple[Token, ...], question: OpenQuestion
) -> tuple[Token, ...]:
    """What was kept, and the sentences that look copied and name something that the question does not."""
    named = _names_of(question)
    mentions = Reading(written).mentions()
    new = {written[m.head.start].sentence for m in mentions if m.is_name and m.concept not in named}
    kept_sentences = {token.sentence for token in kept}
    return tuple(token for token in written if token.sentence in kept_sentences | new)


def _claims(mentions: list[Mention], polarities: Polarities) -> Claims:
    """What the answer claims; where it both asserts and denies a concept, its last word counts."""
    last: dict[str, Polarity] = {}
    proposed: set[str] = set()
    meant: set[str] = set()  # concepts that the denial of another one asserts
    named: set[str] = set()
    concepts = index().thesaurus.concepts
    for mention in _maximal(mentions, polarities):
        polarity = polarities.of(mention)
        if polarity is Polarity.NEUTRAL:
            continue
        if polarity is Polarity.DENIED and not mention.is_name and mention.concept in named:
            continue  # "a lifecycle policy … never deletes what production runs": what is named stands
        last[mention.concept] = polarity
        if mention.is_name and polarity is Polarity.ASSERTED:
            named.add(mention.concept)
        opposite = concepts[mention.concept].denied_means
        if polarity is Polarity.ASSERTED:
            proposed.add(mention.concept)
        elif polarity is Polarity.DENIED and opposite:
            meant.add(opposite)
    denied = {concept for concept, polarity in last.items() if polarity is Polarity.DENIED}
    stated = (last.keys() - denied) | meant
    return Claims(
        stated=_with_implied(stated),
        proposed=_with_implied(proposed - denied | meant),
        denied=frozenset(denied - meant),
    )


def _with_implied(ids: set[str]) -> frozenset[str]:
    concepts = index().thesaurus.concepts
    everything: set[str] = set()
    while ids:
        everything |= ids
        ids = {other for id in ids for other in concepts[id].implies} - everything
    return frozenset(everything)


def _maximal(mentions: list[Mention], polarities: Polarities) -> list[Mention]:
    """The mentions without denials of a part of a term: "not ECR public" does not deny ECR."""
    denied = [m for m in mentions if polarities.of(m) is Polarity.DENIED]
    inner = {
        m
        for m in denied
        for other in denied
        if other.head != m.head
        and other.head.covers(m.head)
        and len(other.spans) == 1
        and other.is_name
        and m.is_name
    }
    return [m for m in mentions if m not in inner]


def _without_credit(question: OpenQuestion, verdict: Grade, why: str) -> Verdict:
    return Verdict(verdict, (), question.rubric.required, (), explain.fixed(why))


@lru_cache(maxsize=1024)
def _words_of(question: OpenQuestion) -> tuple[frozenset[str], ...]:
    """The content words of the question, per language."""
    texts = (question.scenario.fr, question.scenario.en)
    return tuple(screening.content_words(tokenise(normalise(text))) for text in texts)


@lru_cache(maxsize=1024)
def _names_of(question: OpenQuestion) -> frozenset[str]:
    """The concepts that the question itself names, in either language."""
    texts = (question.scenario.fr, question.scenario.en)
    mentions = [m for text in texts for m in Reading(tokenise(normalise(text))).mentions()]
    return frozenset(mention.concept for mention in mentions if mention.is_name)


@lru_cache(maxsize=1024)
def _concepts_of(rubric: Rubric) -> frozenset[str]:
    """The concepts that stand for something right in this scheme."""
    ideas = (*rubric.required, *rubric.helpful)
    return frozenset(concept for idea in ideas for needed in idea.alternatives for concept in needed)


@lru_cache(maxsize=1024)
def _told_of(rubric: Rubric) -> frozenset[str]:
    """The concepts that this scheme speaks of, with those that assert or deny them.

    What plain words say of other questions' concepts ("not … a kernel") tells nothing here.
    """
    told = {SAME_THING} | {c for idea in rubric.ideas for needed in idea.alternatives for c in needed}
    concepts = index().thesaurus.concepts.values()
    return frozenset(told | {c.id for c in concepts if told & {*c.implies, c.denied_means}})
