"""What is said of something named before: "X is not the right choice", "X? No.", "with X you would have to …"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quiz.open_answer import cues
from quiz.open_answer.layout import FARTHEST, STRONG_BREAKS, Layout, begins
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
    if _is_said_no_to(layout, clause):
        return clause.stop - 1
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


def _is_said_no_to(layout: Layout, clause: range) -> bool:
    """ "X yes, Y no", or "Y no" alone; in "X needs servers, Y no" the word denies the need only."""
    last = clause.stop - 1
    if layout.words[last] not in cues.NO or last - 1 not in layout.mentioned or len(clause) < 2:
        return False
    sentence = layout.around_in_sentence(last)
    alone = not any(i in layout.mentioned and i not in clause for i in sentence)
    return alone or any(layout.words[i] in cues.YES for i in sentence)


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
    places = set(_questioned(layout)) | _reversed(layout, denied)
    for place, phrase in layout.cues(cues.CONCESSIONS | cues.OTHERWISE):
        places.update(layout.until_break(place + len(phrase)))
    for i, word in enumerate(layout.words):
        if word in cues.REASON_STARTS:
            named = [j for j in layout.before_in_sentence(i) if j in layout.mentioned]
            against = {layout.words[j] for j in named if denied(j)}
            reason = layout.until_break(i + 1)
            # "not X, because …"; "Y rather than X, because X …"
            if (named and all(denied(j) or j in places for j in named)) or any(
                j in layout.mentioned and layout.words[j] in against for j in reason[:2]
            ):
                places.update(reason)
        elif word in cues.BUT:
            before = layout.before_in_sentence(i)
            goes_on = any(j in layout.mentioned for j in layout.until_break(i + 1))
            if any(
                begins(layout.words[j], cues.MIGHT)  # "one could use X, but …"
                or (goes_on and layout.words[j] in cues.OFTEN)  # "people often take X, but Y …"
                for j in before
            ):
                places.update(before)
    return places


def _reversed(layout: Layout, denied: Denied) -> set[int]:
    """What is granted and then given up: "X would do. But I would pick Y"."""
    places: set[int] = set()
    for place, phrase in layout.cues(cues.REVERSALS):
        after = range(place + len(phrase), min(place + FARTHEST, len(layout.words)))
        end = next((i for i in after if layout.words[i] in SENTENCE_ENDS), after.stop)
        after = range(after.start, end)
        prefers = next((i for i in after[:8] if _is_preference(layout, i)), None)
        if prefers is None or not cues.BESIDES.isdisjoint(layout.words[after.start : end]):
            continue
        if not cues.TOGETHER.isdisjoint(layout.words[max(after.start, prefers - 2) : min(prefers + 6, end)]):
            continue
        if not any(i in layout.mentioned and not denied(i) for i in range(prefers, end)):
            continue
        number = layout.sentences[place]
        starts_sentence = place == 0 or layout.words[place - 1] in SENTENCE_ENDS
        granted = [
            i
            for i in layout.before(place)
            if layout.sentences[i] == (number - 1 if starts_sentence else number)
        ]
        named = next((i for i in granted[:3] if i in layout.mentioned), None)
        if named is not None and not cues.SUBJECT_VERBS.isdisjoint(layout.words[named + 1 : named + 6]):
            places.update(granted)
    return places


def _is_preference(layout: Layout, i: int) -> bool:
    """Whether the word is what we who answer would rather do: "I would pick", "je prendrais"."""
    word = layout.words[i]
    prefers = word in cues.PREFERRED or begins(word, cues.PREFERENCES)
    return prefers and not cues.ANSWERING.isdisjoint(layout.words[max(0, i - 3) : i])


def _questioned(layout: Layout) -> Iterator[int]:
    """Questions that the answer goes on from, with what it says of them ("X? It is …"), and those that ask why."""
    start = 0
    questioned = False
    last_named = max(layout.mentioned, default=-1)
    for end, word in enumerate(layout.words):
        if word in SENTENCE_ENDS:
            hedged = not cues.HEDGES.isdisjoint(layout.words[start : min(start + 3, end)])
            asks_why = layout.words[start] in cues.WHY and start not in layout.idle
            goes_on = questioned and layout.words[start] in cues.RESUMING and last_named > end
            questioned = word == "?" and not hedged and (end + 1 < len(layout.words) or asks_why)
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
    for place, _ in layout.cues(cues.OTHER_WAY):
        rest = [i for i in layout.around_in_sentence(place) if i >= place]
        named_before = any(i in layout.mentioned for i in layout.before(place))
        if named_before and any(
            begins(layout.words[i], cues.BURDENS) for i in rest
        ):  # "X. The alternative, Y, means …"
            places.update(rest)
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
            aims = not cues.PURPOSES.isdisjoint(layout.words[max(clause.start, i - 2) : i])  # "pour ne pas …"
            return i if verb & cues.AUXILIARIES and not verb & layout.subjects and not aims else None
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
