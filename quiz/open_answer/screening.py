"""What is set aside before marking: copies of the question, instructions to the grader, bare lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from quiz.open_answer.cues import words as _words
from quiz.open_answer.matching import Mention, Span
from quiz.open_answer.spelling import is_slip_for
from quiz.open_answer.tokens import Token

COPIED_FROM = 0.75  # share of a sentence's content words that stand in the question
LONG_LIST = 5  # bare terms with no statement between them
UNRELATED_IN_A_LIST = 2
SHORTEST_SENTENCE = 3  # words
FUNCTION_WORDS_IN_A_SENTENCE = 0.2  # share
FUNCTION_WORDS_IN_A_STATEMENT = 0.15  # share, beside those that part a list

_FUNCTION_WORDS = _words(
    "a an the of to in on for with and or is are be it this that we i you they should must can would will do not use",
    "by from as at so because if when which who what how there have has my our your their its just only into more",
    "le la les l un une des du de d en au aux et ou est sont ce c il elle on nous vous je j ils qui que qu dans sur pour",
    "depuis vers via entre chez sous pendant through under over between without during after before",
    "par avec sans ne n pas plus faut doit peut se s son sa ses leur leurs cette cet mais donc car si y tout tous",
)
_LISTING_WORDS = frozenset({"and", "et", "or", "ou"})
_STATEMENT_WORDS = _words(
    "is are be was should must can would will do use using run put let keep make set has have need needs want because so",
    "that which who to we i you they it est sont faut doit doivent peut peuvent utiliser utilise on nous je j vous il qui",
    "que pour afin avoir a met mettre faire fait permet allows by so then with avec no not pas sans without ni nor neither never jamais",
    "from depuis pull pulls pulled push pushed tire tires",
)

_OBJECT = re.compile(r"\{[^{}]{0,2000}\}")
# An object that plays the grader's own output, as against a policy or a setting that answers.
_RESULT = re.compile(
    r"\b(answer|verdict|score|label|grade|result|correct|note|points|reponse|resultat)\W{0,3}:"
)
_TO_THE_GRADER = re.compile(
    "|".join(
        (
            r"\b(ignore\w*|ignorez|disregard|forget|oublie\w*) (all |any |the |your |toutes? |tous |les |tes |vos )*"
            r"(previous|prior|above|earlier|precedent\w*|consignes?|instructions?|rubric|bareme)",
            r"^\W*(system|assistant|developer|grader|examiner|correcteur|prompt) ?:",
            r"\b(mark|grade|score|note|notez|compte\w*|accepte\w*|valide\w*) "
            r"(this|it|me|my|cette|ma|mon)\b.{0,40}\b(correct|right|full|true|juste|bonne?|correcte|maximum|points?)",
            r"\b(output|return|respond|print|repond\w*|renvoie|affiche\w*)\b.{0,30}\b(correct|label|verdict|score|json)",
            r"\b(verdict|score|label|grade)\W{0,3}[:=]",
            r"\b(student|learner|eleve|etudiant|candidat) (is|est|has|a) (right|correct|raison|juste|repondu)",
            r"\b(give|award|donne\w*|attribue\w*|accorde\w*|deserves?|merite)\b.{0,30}"
            r"\b(full marks?|all (the )?(points|marks)|note maximale|tous les points|20/20|full credit)",
            r"\b(you are|tu es|vous etes) (now |maintenant )?(a|an|un|une|the|le) .{0,20}"
            r"\b(grader|teacher|professeur|correcteur|ai|ia)\b",
        )
    )
)
_SENTENCE = re.compile(r"[^.!?\n;]+[.!?\n;]*")

# "The company wants …": the need restated, not answered.
_ACTOR = _words(
    "company companies firm business shop store team administrator organisation organization client customer enterprise",
    "startup entreprise societe boite equipe administrateur boutique site organisation client magasin application",
    "question enonce scenario",
)
_WANTS = _words("has have is must a doit subit connait would")
_WANTING = ("want", "wish", "need", "seek", "look", "requir", "experienc", "fac", "veut", "veul", "souhait", "desir", "cherch",
            "besoin", "voudr", "demand", "aimer")  # fmt: skip
_NEED_STARTS = (
    ("il", "faut", "garantir"),
    ("il", "s", "agit", "de"),
    ("comment",),
    ("how",),
    ("on", "cherche"),
    ("on", "veut"),
    ("the", "goal"),
    ("le", "but"),
    ("l", "objectif"),
)


def without_instructions(text: str) -> str:
    """The normalised text without JSON objects and sentences that address the grader."""
    text = _OBJECT.sub(lambda found: " " if _RESULT.search(found[0]) else found[0], text)
    return "".join(
        " . " if _TO_THE_GRADER.search(sentence[:2000]) else sentence for sentence in _SENTENCE.findall(text)
    )


def without_copies(tokens: Sequence[Token], question: Collection[frozenset[str]]) -> tuple[Token, ...]:
    """The tokens without the sentences copied from the question (its content words, per language).

    A short sentence ("Which strategy?") counts as copied only beside a long one.
    """
    sentences: dict[int, list[Token]] = {}
    for token in tokens:
        sentences.setdefault(token.sentence, []).append(token)
    words = {number: content_words(sentence) for number, sentence in sentences.items()}
    long = {
        n for n, found in words.items() if len(found) >= SHORTEST_SENTENCE and _is_copied(found, question)
    }
    short = {
        n for n, found in words.items() if len(found) < SHORTEST_SENTENCE and _is_copied(found, question, 1)
    }
    copied = long | short if long else set()
    return tuple(token for token in tokens if token.sentence not in copied)


def content_words(tokens: Iterable[Token]) -> frozenset[str]:
    """The words of a text that carry its meaning."""
    return frozenset(t.text for t in tokens if t.is_word and t.text not in _FUNCTION_WORDS)


def _is_copied(
    words: frozenset[str], question: Collection[frozenset[str]], share: float = COPIED_FROM
) -> bool:
    return any(sum(_is_in(word, source) for word in words) >= share * len(words) for source in question)


def _is_in(word: str, source: frozenset[str]) -> bool:
    return word in source or any(is_slip_for(word, other) for other in source)


def restated(tokens: Sequence[Token]) -> set[int]:
    """The sentences that tell the need ("the company wants…"): descriptions in them are no answer."""
    starts: dict[int, list[str]] = {}
    for token in tokens:
        starts.setdefault(token.sentence, []).append(token.text)
    return {sentence for sentence, words in starts.items() if _tells_the_need(words)}


def _tells_the_need(words: list[str]) -> bool:
    if any(tuple(words[: len(start)]) == start for start in _NEED_STARTS):
        return True
    actor = next((i for i, word in enumerate(words[:4]) if word in _ACTOR), None)
    if actor is None:
        return False
    return any(word in _WANTS or word.startswith(_WANTING) for word in words[actor + 1 : actor + 5])


def bare_lists(tokens: Sequence[Token], mentions: Iterable[Mention], relevant: frozenset[str]) -> set[int]:
    """The sentences that only list terms, many of them foreign to the question, and state nothing."""
    in_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        in_sentence.setdefault(tokens[mention.head.start].sentence, []).append(mention)
    return {
        sentence
        for sentence, named in in_sentence.items()
        if _is_bare_list([token for token in tokens if token.sentence == sentence], named, relevant)
    }


def _is_bare_list(tokens: Sequence[Token], mentions: Iterable[Mention], relevant: frozenset[str]) -> bool:
    words = [token.text for token in tokens if token.is_word]
    small = sum(word in _FUNCTION_WORDS and word not in _LISTING_WORDS for word in words)
    if any(word in _STATEMENT_WORDS for word in words) or small >= FUNCTION_WORDS_IN_A_STATEMENT * len(words):
        return False
    mentions = list(mentions)
    names = [mention for mention in mentions if mention.is_name and len(mention.spans) == 1]
    covered = _outermost(mention.head for mention in names)
    related = [span for mention in mentions if mention.concept in relevant for span in mention.spans]
    # "ecr" inside "ecr api" is no term of its own
    unrelated = {m.head for m in names if not any(span.covers(m.head) for span in related)}
    parted = sum(token.text in {",", "and", "et"} for token in tokens)
    if len(covered) < LONG_LIST:
        return False
    return len(unrelated) >= UNRELATED_IN_A_LIST or parted == 0


def _outermost(spans: Iterable[Span]) -> set[Span]:
    """The spans that no other one covers."""
    outermost: set[Span] = set()
    reached = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.end > reached:
            outermost.add(span)
            reached = span.end
    return outermost


def is_sentence(tokens: Sequence[Token]) -> bool:
    """Whether this looks like a sentence of a language we read, rather than noise."""
    words = [token.text for token in tokens if token.is_word]
    function_words = sum(word in _FUNCTION_WORDS for word in words)
    return len(words) >= SHORTEST_SENTENCE and function_words >= FUNCTION_WORDS_IN_A_SENTENCE * len(words)
