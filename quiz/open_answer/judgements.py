"""What is said of something named before: "X is not the right choice", "X? No.", "with X you would have to …"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from quiz.open_answer import cues, narration
from quiz.open_answer.layout import FARTHEST, STRONG_BREAKS, Layout, begins
from quiz.open_answer.tokens import SENTENCE_ENDS

Denied = Callable[[int], bool]
MOST_BEFORE_TOO = 3  # words from the name: "Fargate is often too …"


def condemned(layout: Layout, denied: Denied) -> tuple[set[int], set[int]]:
    """Two sets of places: denied by a predicate or a reference further on; freed, for that predicate denies nothing."""
    places: set[int] = set(_outdone(layout))
    freed: set[int] = set()
    before = range(0)
    for clause in layout.clauses():
        first = next((i for i in before if i in layout.mentioned), None)
        turned_down = first is not None and (first in places or denied(first))
        if turned_down and _is_alike(layout, clause):  # "EC2 is out, Beanstalk too"
            places |= {i for i in clause if i in layout.mentioned}
        before = clause
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
    if (ruled_out := _ruled_out(layout, clause)) is not None:
        return ruled_out
    if _is_said_no_to(layout, clause):
        return clause.stop - 1
    for i in clause:
        if layout.words[i] in cues.NOT and i not in layout.idle:
            if any(j > i for j in bad):  # "not overkill"
                return None
            if i - 1 > clause.start and begins(layout.words[i - 1], cues.FITTING):  # "ne convient pas"
                return i
            if _describes_the_needless(layout, clause, i):
                continue
            if i > clause.start and _judges_favourably(layout, range(i + 1, clause.stop)):
                return i
        if layout.words[i] in cues.TOO and _is_too_much(layout, clause, i):
            return i
        if i in bad and i not in layout.in_terms and i not in layout.idle:
            before = layout.words[max(clause.start, i - 4) : i]
            if not cues.COPULAS.isdisjoint(before):
                return i
    return None


def _describes_the_needless(layout: Layout, clause: range, place: int) -> bool:
    """ "Remove the capabilities not needed": which ones, no verdict on them."""
    following = layout.words[place + 1 : place + 2]
    removes = any(begins(layout.words[i], cues.REMOVING) for i in range(clause.start, place))
    return (
        removes and place - 1 in layout.mentioned and any(begins(word, cues.NECESSARY) for word in following)
    )


def _is_too_much(layout: Layout, clause: range, too: int) -> bool:
    """ "X is too unpredictable", said of a term of the trade, with no "but" after it."""
    named = [i for i in clause[:2] if i in layout.named]
    between = layout.words[named[-1] + 1 : too] if named else []
    after = layout.words[clause.stop : clause.stop + 2]
    return (
        len(between) <= MOST_BEFORE_TOO
        and not cues.COPULAS.isdisjoint(between)
        and cues.BUT.isdisjoint(after)
    )


def _ruled_out(layout: Layout, clause: range) -> int | None:
    """ "Fargate exclu", "EC2 ruled out since …": the verdict follows the name and ends what is said of it."""
    for place in clause[1:]:
        if place - 1 not in layout.mentioned or place in layout.named:
            continue
        for end in range(place + 1, min(place + 5, clause.stop) + 1):
            following = layout.words[end : min(end + 1, clause.stop)]
            if tuple(layout.words[place:end]) in cues.RULED_OUT and cues.AFTER_A_VERDICT.issuperset(
                following
            ):
                return place
    return None


def _is_alike(layout: Layout, clause: range) -> bool:
    """Whether the clause says of another name what was just said: "Beanstalk too", "Beanstalk non plus"."""
    named = [i for i in clause[:3] if i in layout.mentioned]
    after = (
        tuple(layout.words[named[-1] + 1 : named[-1] + 3]) if named and named[-1] + 1 < clause.stop else ()
    )
    return any(after[:length] in cues.ALIKE for length in (1, 2) if after)


def _outdone(layout: Layout) -> Iterator[int]:
    """The X of "X is heavier than Y" where the answer goes on from there, and not to X's defence."""
    last_named = max(layout.mentioned, default=-1)
    for clause in layout.clauses():
        than = next((i for i in clause[2:] if layout.words[i] in cues.THAN and _is_inferior(layout, i)), None)
        if than is None or last_named < clause.stop:
            continue
        after = layout.words[clause.stop : clause.stop + FARTHEST]
        first_sentence = after[
            : next((j for j, word in enumerate(after) if word in SENTENCE_ENDS), len(after))
        ]
        if cues.BUT.isdisjoint(first_sentence) and cues.BUT.isdisjoint(
            after[len(first_sentence) : len(first_sentence) + 3]
        ):
            yield from (i for i in clause if i < than and i in layout.mentioned)


def _is_inferior(layout: Layout, than: int) -> bool:
    """Whether the comparison before "than" speaks against its subject."""
    before = layout.words[max(0, than - 4) : than]
    if not cues.NOT.isdisjoint(before):
        return False
    if cues.INFERIOR.intersection(before):
        return True
    for i, word in enumerate(before):
        rest = before[i + 1 :]
        if word in cues.MORE and any(begins(other, cues.DRAWBACKS) for other in rest):
            return True
        if word in cues.LESS and any(begins(other, cues.VIRTUES) for other in rest):
            return True
    return False


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
    if words and begins(words[0], cues.VIRTUOUS) and predicate.start >= 2:  # "is not useful for <anything>"
        return not cues.COPULAS.isdisjoint(layout.words[predicate.start - 3 : predicate.start - 1])
    needs = any(word in cues.NEEDING for word in words[:2])  # "EC2 does not need": no verdict on EC2
    if words and words[0] in cues.MEANT_FOR:  # "is not for web applications"
        return True
    return any(begins(word, cues.FAVOURABLE) for word in words[:5]) and not names and not needs


def _refuses_by_reference(layout: Layout, clause: range) -> bool:
    """ "Fargate? Surely not."; "Docker Hub, no thanks"; "…, so I would not go that way"."""
    words = layout.words[clause.start : clause.stop]
    if tuple(words) in cues.REFUSALS or (
        tuple(words) in cues.RULED_OUT and _only_names(layout, clause.start - 1)
    ):
        tag = clause.stop < len(layout.words) and layout.words[clause.stop] == "?"  # "Fargate, non ?"
        return clause.start > 0 and not tag and not _is_ellipsis(layout, clause)
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


def _is_ellipsis(layout: Layout, clause: range) -> bool:
    """ "EC2 needs patching. Fargate, no.": the last word, and said of the need rather than of the name."""
    if len(clause) > 1 or layout.words[clause.start] not in cues.NO or layout.words[clause.start - 1] != ",":
        return False
    start = next((i + 1 for i in reversed(range(clause.start)) if layout.words[i] in SENTENCE_ENDS), 0)
    before = any(i in layout.named for i in layout.before(start))
    return before and not any(i >= clause.stop for i in layout.named)


def _only_names(layout: Layout, end: int) -> bool:
    """Whether the clause that ends there is hardly more than a name ("Docker Hub: too expensive")."""
    others = 0
    for i in reversed(range(max(0, end - 12), end)):
        if layout.words[i] in STRONG_BREAKS or layout.words[i] == ",":
            return others <= 2
        others += i not in layout.mentioned and layout.words[i] not in cues.ARTICLES
    return others <= 2


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
    places = set(_questioned(layout)) | _reversed(layout, denied) | narration.given_up(layout, denied)
    places |= narration.unattended(layout, denied)
    for place, phrase in layout.cues(cues.CONCESSIONS | cues.OTHERWISE):
        conceded = layout.until_break(place + len(phrase))
        if phrase in cues.OTHERWISE and _is_alternative(layout, conceded):
            continue
        if cues.EXISTING.isdisjoint(layout.words[i] for i in conceded):  # "silly to take X while Y exists"
            places.update(conceded)
    for i, word in enumerate(layout.words):
        if (
            word in cues.ONLY
            and i - 1 in layout.named
            and cues.WHENEVER.intersection(layout.words[i + 1 : i + 2])
        ):
            clause = next((clause for clause in layout.clauses() if i in clause), range(i, i))
            if any(j not in clause and not denied(j) for j in layout.named):  # "Y; X only if …"
                places.update(clause)
        if word in cues.REASON_STARTS and tuple(layout.words[i : i + 2]) not in cues.CONCLUDING:
            named = [j for j in layout.before_in_sentence(i) if j in layout.mentioned]
            against = {layout.words[j] for j in named if denied(j)}
            reason = layout.until_break(i + 1)
            main = {layout.words[j] for j in named if j in layout.named and not denied(j)}
            if main and _speaks_against(layout, reason, main):  # "Y, because X only works …"
                places.update(reason)
            if _is_of_the_other(layout, reason) and any(denied(j) for j in named):
                places.update(reason)
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


def _is_alternative(layout: Layout, clause: range) -> bool:
    """ "… otherwise Fargate": a bare name is another proposal, a statement a threat ("otherwise EC2 needs patching")."""
    words = [layout.words[i] for i in clause]
    states = any(
        word in cues.DESCRIBING or word in cues.OBLIGATIONS or begins(word, cues.BURDENS) for word in words
    )
    return not states and any(i in layout.named for i in clause[:2])


def _is_of_the_other(layout: Layout, reason: range) -> bool:
    """ "Y rather than X, because with the latter …"."""
    start = range(reason.start, min(reason.start + 6, reason.stop))
    return bool(layout.places_of(cues.THE_OTHER, start))


def _speaks_against(layout: Layout, reason: range, main: set[str]) -> bool:
    """Whether a reason for what stands before it is a complaint about something else."""
    subject = next((i for i in reason[:3] if i in layout.named), None)
    if subject is None or layout.words[subject] in main:
        return False
    predicate = [layout.words[i] for i in reason if i > subject]
    return not cues.RESTRICTED.isdisjoint(predicate[:4]) or any(
        begins(word, cues.BURDENS) or begins(word, cues.COMPLAINTS) for word in predicate
    )


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
            asserts = any(j in layout.idle for j in range(start, min(start + 5, end)))  # "Isn't that …?"
            questioned = (
                word == "?" and not hedged and not asserts and (end + 1 < len(layout.words) or asks_why)
            )
            if questioned:
                yield from range(start, end)
            elif goes_on:
                stop = next((i for i in range(start, end) if layout.words[i] in STRONG_BREAKS), end)
                yield from range(start, stop)
            start = end + 1


def observed(layout: Layout, denied: Denied) -> set[int]:
    """Places of what is spoken of without being proposed: "X does not …", "with X you would have to …"."""
    places = set(narration.described(layout)) | narration.objected(layout, denied)
    last_named = max(layout.mentioned, default=-1)
    last_term = max(layout.named, default=-1)
    before = range(0)
    for clause in layout.clauses():
        cue = _negative_predicate(layout, clause)
        goes_on = last_named >= clause.stop
        if cue is not None:
            places.update(range(clause.start, cue))
        elif goes_on and _burdens_by_reference(layout, clause):  # "EC2, you have to patch it, so …"
            places.update(before, clause)
        elif _costs_control(layout, clause) or (
            (goes_on or _names_another(layout, clause, denied)) and _complains(layout, clause)
        ):
            places.update(clause)
        if last_term >= clause.stop and _objects(layout, clause):
            places.update(clause)
        if goes_on and _entails(layout, before, clause):
            places.update(before, clause)
        if goes_on and _laments(layout, before, clause):
            places.update(before)
        before = clause
    for clause in layout.clauses():  # "a single zone is not enough"
        if too_little := layout.places_of(cues.INSUFFICIENT, clause):
            places.update(range(clause.start, min(too_little)))
    for place, _ in layout.cues(cues.OTHER_WAY):
        rest = [i for i in layout.around_in_sentence(place) if i >= place]
        named_before = any(i in layout.mentioned for i in layout.before(place))
        if named_before and any(
            begins(layout.words[i], cues.BURDENS) for i in rest
        ):  # "X. The alternative, Y, means …"
            places.update(rest)
    return places


def _names_another(layout: Layout, clause: range, denied: Denied) -> bool:
    """Whether something else than what the clause speaks of was put forward before it ("Y. X is proprietary")."""
    here = {layout.words[i] for i in clause if i in layout.named}
    before = {layout.words[i] for i in layout.before(clause.start) if i in layout.named and not denied(i)}
    return bool(here) and bool(before) and here.isdisjoint(before)


def _burdens_by_reference(layout: Layout, clause: range) -> bool:
    words = layout.words[clause.start : clause.stop]
    obliges = next((i for i, word in enumerate(words) if word in cues.OBLIGATIONS), None)
    if obliges is None or any(begins(word, cues.CHOOSING) for word in words[obliges + 1 :]):
        return False
    return not cues.REFERRED.isdisjoint(words[obliges + 1 : obliges + 5])


def _objects(layout: Layout, clause: range) -> bool:
    """ "… but one would have to patch servers; so Y": an objection, and the answer goes on."""
    if (
        clause.start < 2
        or layout.words[clause.start - 1] not in cues.BUT
        or any(i in layout.named for i in clause)
    ):
        return False
    obliges = not cues.UNWELCOME.isdisjoint(layout.words[clause.start : clause.start + 5])
    after = layout.words[clause.stop : clause.stop + 3]
    return obliges and not cues.SO.isdisjoint(after)


def _entails(layout: Layout, condition: range, clause: range) -> bool:
    """ "As soon as there is EC2, somebody must patch": a condition and what it costs."""
    if (
        not condition
        or condition.stop + 1 != clause.start
        or layout.words[condition.start] not in cues.WHENEVER
    ):
        return False
    if any(i in layout.named for i in clause) or not any(i in layout.mentioned for i in condition):
        return False
    words = layout.words[clause.start : clause.stop]
    if any(begins(word, cues.PREFERENCES) for word in words):
        return False
    names = any(i in layout.named for i in condition)
    obliges = names and not cues.OBLIGATIONS.isdisjoint(words) and cues.ANSWERING.isdisjoint(words[:2])
    return obliges or any(begins(word, cues.LOSSES) for word in words)


def _laments(layout: Layout, topic: range, clause: range) -> bool:
    """ "Scaling by hand, somebody will forget": a topic, then what is wrong with it, and the answer goes on."""
    if not topic or topic.stop + 1 != clause.start or layout.words[topic.stop] not in {",", ":"}:
        return False
    proposes = any(begins(layout.words[i], cues.PREFERENCES) and i - 1 not in topic for i in topic)
    names = any(i in layout.named for i in clause)
    words = layout.words[clause.start : clause.stop]
    return not proposes and not names and any(begins(word, cues.COMPLAINTS) for word in words)


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
    if clause.start not in layout.named and not cues.WITH.isdisjoint(words[:2]):
        return not cues.OBLIGATIONS.isdisjoint(words)
    start = next((i for i in clause[:3] if i in layout.mentioned), None)
    if start is None:
        return False
    is_bad = any(begins(word, cues.COMPLAINTS) for word in words) and not cues.COPULAS.isdisjoint(words)
    said = [layout.words[i] for i in clause if i > start and i not in layout.named]
    return is_bad or any(begins(word, cues.BURDENS) for word in said[:5])


def _costs_control(layout: Layout, clause: range) -> bool:
    """ "X takes the control away", "avec X on perd la main"."""
    words = layout.words[clause.start : clause.stop]
    held = [
        word for before, word in pairwise(["", *words]) if word in cues.HOLD and before not in cues.BY_HAND
    ]
    return (
        bool(held) and any(begins(word, cues.LOSING) for word in words) and words[-3:] != ["a", "la", "main"]
    )
