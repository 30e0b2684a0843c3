"""What is said of something named before: "X is not the right choice", "X? No.", "with X you would have to …"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quiz.open_answer import cues
from quiz.open_answer.layout import STRONG_BREAKS, Layout, begins
from quiz.open_answer.tokens import SENTENCE_ENDS

Denied = Callable[[int], bool]


def condemned(layout: Layout, denied: Denied) -> tuple[set[int], set[int]]:
    """Two sets of places: denied by a predicate or a reference further on; freed, for that predicate denies nothing."""
    places: set[int] = set()
    freed: set[int] = set()
    for clause in layout.clauses():
        predicate = _unfavourable(layout, clause)
        if predicate is None:
            if _refuses_by_reference(layout, clause):
                places |= _named_before(layout, clause.start, denied)
            continue
        subject = {i for i in range(clause.start, predicate) if i in layout.mentioned}
        if subject:
            places |= {i for i in subject if not denied(i)}
            freed.update(range(predicate, clause.stop))
        elif not cues.PRONOUNS.isdisjoint(layout.words[clause.start : predicate]):
            places |= _named_before(layout, clause.start, denied)
    return places, freed


def _unfavourable(layout: Layout, clause: range) -> int | None:
    """Where a predicate that condemns its subject starts: "is not suitable", "would be overkill"."""
    if useless := layout.places_of(cues.USELESS, clause):
        return min(useless)
    bad = layout.places_of(cues.UNFAVOURABLE, clause)
    for i in clause:
        if layout.words[i] in cues.NOT and i not in layout.idle:
            if any(j > i for j in bad):  # "not overkill"
                return None
            if i - 1 > clause.start and begins(layout.words[i - 1], cues.FITTING):  # "ne convient pas"
                return i
            if i > clause.start and _judges_favourably(layout, range(i + 1, clause.stop)):
                return i
        if i in bad and i not in layout.in_terms and i not in layout.idle:
            before = layout.words[max(clause.start, i - 4) : i]
            if not cues.COPULAS.isdisjoint(before):
                return i
    return None


def _judges_favourably(layout: Layout, predicate: range) -> bool:
    words = layout.words[predicate.start : predicate.stop]
    names = any(i in layout.mentioned for i in predicate[:3])
    needs = any(word in cues.NEEDING for word in words[:2])  # "EC2 does not need": no verdict on EC2
    return any(begins(word, cues.FAVOURABLE) for word in words[:5]) and not names and not needs


def _refuses_by_reference(layout: Layout, clause: range) -> bool:
    """ "Fargate? Surely not."; "…, so I would not go that way"."""
    words = layout.words[clause.start : clause.stop]
    if tuple(words) in cues.REFUSALS:
        return clause.start > 0 and layout.words[clause.start - 1] == "?"
    if any(i in layout.mentioned for i in clause):
        return False
    for i in clause:
        if layout.words[i] not in cues.REFUSING or i in layout.idle:
            continue
        object_after = layout.words[i + 1 : min(clause.stop, i + 5)]
        object_before = layout.words[max(clause.start, i - 3) : i]  # French: "je ne le prendrais pas"
        refers = not cues.REFERENCES.isdisjoint(object_after) or not cues.OBJECTS.isdisjoint(object_before)
        near = [*layout.words[max(clause.start, i - 2) : i], *layout.words[i + 1 : min(clause.stop, i + 4)]]
        if refers and any(begins(word, cues.CHOOSING) for word in near):
            return True
    return False


def _named_before(layout: Layout, place: int, denied: Denied) -> set[int]:
    """What the nearest earlier clause names, within two sentences."""
    places: set[int] = set()
    if place == 0:
        return places
    sentence = layout.sentences[place - 1]
    for i in reversed(layout.before(place)):
        is_break = layout.words[i] in STRONG_BREAKS or layout.words[i] in {",", "mais", "but"}
        if layout.sentences[i] < sentence - 1 or (is_break and places):
            break
        if i in layout.mentioned and not denied(i):
            places.add(i)
    return places


def neutral(layout: Layout, denied: Denied) -> set[int]:
    """Places in questions, concessions, reasons against something else and hedges: neither asserted nor denied."""
    places = set(_questioned(layout))
    for place, phrase in layout.cues(cues.CONCESSIONS | cues.OTHERWISE):
        places.update(layout.until_break(place + len(phrase)))
    for i, word in enumerate(layout.words):
        if word in cues.REASON_STARTS:
            named = [j for j in layout.before_in_sentence(i) if j in layout.mentioned]
            if named and all(denied(j) or j in places for j in named):  # "not X, because …"
                places.update(layout.until_break(i + 1))
        elif word in cues.BUT:
            before = layout.before_in_sentence(i)
            if any(begins(layout.words[j], cues.MIGHT) for j in before):  # "one could use X, but …"
                places.update(before)
    return places


def _questioned(layout: Layout) -> Iterator[int]:
    """Questions that the answer goes on from, with what it says of them ("X? It is …"), and those that ask why."""
    start = 0
    questioned = False
    last_named = max(layout.mentioned, default=-1)
    for end, word in enumerate(layout.words):
        if word in SENTENCE_ENDS:
            asks_why = layout.words[start] in cues.WHY and start not in layout.idle
            goes_on = questioned and layout.words[start] in cues.RESUMING and last_named > end
            questioned = word == "?" and (end + 1 < len(layout.words) or asks_why)
            if questioned or goes_on:
                yield from range(start, end)
            start = end + 1


def observed(layout: Layout) -> set[int]:
    """Places of what is spoken of without being proposed: "X does not …", "with X you would have to …"."""
    places: set[int] = set()
    last_named = max(layout.mentioned, default=-1)
    before = range(0)
    for clause in layout.clauses():
        cue = _negative_predicate(layout, clause)
        if cue is not None:
            places.update(range(clause.start, cue))
        elif last_named >= clause.stop and _burdens_by_reference(
            layout, clause
        ):  # "EC2, you have to patch it, so …"
            places.update(before, clause)
        elif _costs_control(layout, clause) or (last_named >= clause.stop and _complains(layout, clause)):
            places.update(clause)
        before = clause
    return places


def _burdens_by_reference(layout: Layout, clause: range) -> bool:
    words = layout.words[clause.start : clause.stop]
    obliges = next((i for i, word in enumerate(words) if word in cues.OBLIGATIONS), None)
    if obliges is None or any(begins(word, cues.CHOOSING) for word in words[obliges + 1 :]):
        return False
    return not cues.REFERRED.isdisjoint(words[obliges + 1 : obliges + 5])


def _negative_predicate(layout: Layout, clause: range) -> int | None:
    """The place of "not" in "X does not …"; None where the subject is we who answer."""
    for i in clause[1:]:
        if layout.words[i] in cues.NOT and i not in layout.idle:
            verb = set(layout.words[max(clause.start, i - 3) : i])
            return i if verb & cues.AUXILIARIES and not verb & layout.subjects else None
    return None


def _complains(layout: Layout, clause: range) -> bool:
    """A burden that another solution will lift: "with X somebody would have to …", "X requires …"."""
    words = layout.words[clause.start : clause.stop]
    if not cues.WITH.isdisjoint(words[:2]):
        return not cues.OBLIGATIONS.isdisjoint(words)
    start = next((i for i in clause[:3] if i in layout.mentioned), None)
    return start is not None and any(
        begins(word, cues.BURDENS) for word in layout.words[start + 1 : start + 5]
    )


def _costs_control(layout: Layout, clause: range) -> bool:
    """ "X takes the control away", "avec X on perd la main"."""
    words = layout.words[clause.start : clause.stop]
    return any(begins(word, cues.LOSING) for word in words) and not cues.HOLD.isdisjoint(words)
