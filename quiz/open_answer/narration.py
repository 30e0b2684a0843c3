"""What an answer tells before it answers: former opinions, unreal conditions, an account of what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from quiz.open_answer import cues
from quiz.open_answer.layout import FARTHEST, STRONG_BREAKS, Layout, begins
from quiz.open_answer.tokens import SENTENCE_ENDS

Denied = Callable[[int], bool]
SHORT = 6  # words: a last sentence so short is the answer ("So, Fargate.")


def given_up(layout: Layout, denied: Denied) -> set[int]:
    """What somebody thought, did or would do in another case, where the answer then turns to something else."""
    places: set[int] = set()
    for place, phrase in layout.cues(cues.FORMERLY):
        if phrase[-1] == "considered" and place and layout.words[place - 1] in cues.NOT:
            continue
        turn = _turn(layout, place + len(phrase))
        if turn is not None and _goes_on(layout, turn, denied):
            places.update(range(place, turn))
    for clause in layout.clauses():
        if _is_unreal(layout, clause):
            end = _turn(layout, clause.stop - 1) or _sentence_end(layout, clause.stop)
            if _goes_on(layout, end, denied):
                places.update(range(clause.start, end))
    return places


def unattended(layout: Layout, denied: Denied) -> set[int]:
    """How things are by default, where the answer goes on with something else ("Most images run as root. I would …")."""
    places: set[int] = set()
    for place, _ in layout.cues(cues.DEFAULTS):
        end = next((i for i in range(place, len(layout.words)) if layout.words[i] in STRONG_BREAKS), place)
        starts = place == 0 or layout.words[place - 1] in cues.MARKS
        if starts and any(i > end and not denied(i) for i in layout.mentioned):
            places.update(range(place, end))
    return places


def described(layout: Layout) -> Iterator[int]:
    """What earlier sentences say of things ("X is proprietary") where a recommendation of another follows."""
    conclusion = _conclusion(layout)
    if conclusion is None:
        return
    rest = _rest_of_sentence(layout, conclusion)
    recommended = {
        layout.words[i] for i in rest if i in (layout.named if _names(layout, rest) else layout.mentioned)
    }
    for clause in layout.clauses():
        if clause.start >= conclusion:
            return
        subject = _subject(layout, clause)
        if not subject or recommended <= {layout.words[i] for i in subject}:
            continue
        verb = list(
            takewhile(lambda word: word not in cues.AND, layout.words[subject.stop : clause.stop][:4])
        )
        describes = any(word in cues.DESCRIBING or begins(word, cues.DESCRIBING_VERBS) for word in verb)
        proposes = not cues.BEST.isdisjoint(layout.words[clause.start : clause.stop])
        if (
            describes
            and not proposes
            and cues.ANSWERING.isdisjoint(layout.words[clause.start : subject.start])
        ):
            yield from range(clause.start, min(clause.stop, conclusion))


def objected(layout: Layout, denied: Denied) -> set[int]:
    """The X of "X isolates, but each carries a whole system. Y …": an objection ends the sentence, and Y follows."""
    places: set[int] = set()
    for place, _ in layout.cues({(word,) for word in cues.BUT}):
        end = _sentence_end(layout, place)
        objection = range(place, end)
        adds = cues.BESIDES | cues.TOGETHER - cues.EACH_ONE
        if any(i in layout.named for i in objection) or not adds.isdisjoint(layout.words[place:end]):
            continue
        granted = [i for i in layout.before_in_sentence(place) if i in layout.mentioned and not denied(i)]
        words = {layout.words[i] for i in granted}
        following = [i for i in layout.named if end < i < end + FARTHEST and not denied(i)]
        if granted and following and not any(layout.words[i] in words for i in following):
            places.update(granted)
    return places


def _subject(layout: Layout, clause: range) -> range:
    """What the clause names first, near its beginning."""
    start = next((i for i in clause[:4] if i in layout.mentioned), clause.stop)
    within = layout.named if start in layout.named else layout.mentioned
    end = next((i for i in range(start, clause.stop) if i not in within), clause.stop)
    return range(start, end)


def _turn(layout: Layout, start: int) -> int | None:
    """Where the account is broken off: by "but", "so" … in its sentence, or as the next sentence begins."""
    for i in range(start, min(start + FARTHEST, len(layout.words))):
        if layout.words[i] in SENTENCE_ENDS:
            opening = range(i + 1, min(i + 3, len(layout.words)))
            return next((j for j in opening if layout.words[j] in cues.OPENERS), None) or _forbids(
                layout, i + 1
            )
        if i > start and (layout.words[i] in cues.TURNS or _says_no(layout, i)):
            return i
    return None


def _says_no(layout: Layout, place: int) -> bool:
    """A "no" that stands alone between marks."""
    around = (layout.words[place - 1], *layout.words[place + 1 : place + 2])
    return (
        layout.words[place] in cues.NO
        and not cues.MARKS.isdisjoint(around[:1])
        and cues.MARKS.issuperset(around[1:])
    )


def _forbids(layout: Layout, start: int) -> int | None:
    """ "Do not." after an account: the place after it."""
    end = _sentence_end(layout, start)
    return end if tuple(layout.words[start:end]) in cues.REFUSALS else None


def _sentence_end(layout: Layout, start: int) -> int:
    ends = (i for i in range(start, len(layout.words)) if layout.words[i] in SENTENCE_ENDS)
    return next(ends, len(layout.words))


def _rest_of_sentence(layout: Layout, start: int) -> range:
    return range(start, min(_sentence_end(layout, start), start + FARTHEST))


def _goes_on(layout: Layout, start: int, denied: Denied) -> bool:
    """Whether a term of the trade is put forward from there on."""
    return any(i >= start and not denied(i) for i in layout.named)


def _is_unreal(layout: Layout, clause: range) -> bool:
    words = layout.words[clause.start : min(clause.start + 6, clause.stop)]
    if not words or words[0] not in cues.IF or any(begins(word, cues.DECIDING) for word in words):
        return False
    inverted = words[0] in cues.INVERTED and not cues.SUBJECT_PRONOUNS.isdisjoint(words[1:2])  # "were we …"
    return inverted or not cues.UNREAL.isdisjoint(words[1:])


def _conclusion(layout: Layout) -> int | None:
    """Where the last recommendation starts, if its sentence names something."""
    found = None
    for place, phrase in layout.cues(cues.CONCLUDING | {(word,) for word in cues.BUT}):
        rest = _rest_of_sentence(layout, place)
        adds = phrase[0] in cues.BUT and not (cues.BESIDES | cues.TOGETHER).isdisjoint(
            layout.words[place : rest.stop]
        )
        if not adds and any(i in layout.mentioned for i in rest):
            found = place
    last = _last_sentence(layout)
    remarks = any(layout.words[i] in cues.DESCRIBING for i in last[1:-1])  # "EC2 is cheap"
    if len(last) <= SHORT and not remarks and _names(layout, last) and (found is None or found < last.start):
        found = last.start
    return found


def _last_sentence(layout: Layout) -> range:
    """The last sentence or half of one."""
    end = next((i + 1 for i in reversed(range(len(layout.words))) if layout.words[i] not in cues.MARKS), 0)
    breaks = (i + 1 for i in reversed(range(end)) if layout.words[i] in STRONG_BREAKS)
    return range(next(breaks, 0), end)


def _names(layout: Layout, places: range) -> bool:
    return any(i in layout.named for i in places)
