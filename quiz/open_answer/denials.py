"""What a negation, a verb of avoiding or a comparison covers to its right."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import takewhile

from quiz.open_answer import cues
from quiz.open_answer.cues import Reach
from quiz.open_answer.layout import FARTHEST, STRONG_BREAKS, Layout, begins

WIDEST_EXCEPTION = 8  # words from "nobody" to "except"
EVERY_CUE = {**cues.SETTING_ASIDE, **cues.NEGATIONS, **cues.DENYING_VERBS}


def negated(layout: Layout) -> set[int]:
    """The places that a negation, a comparison or a replacement covers. Several negations make one."""
    places = set(_compared(layout))
    excepted = set(_excepted(layout))
    for place, phrase in layout.cues(EVERY_CUE):
        if phrase in cues.DENYING_VERBS or place in excepted or not _negates(layout, place, phrase):
            continue
        # the verb after "not" belongs to what is denied ("not care about servers")
        start = place + (1 if phrase[0] == "not" else len(phrase))
        reach = cues.SETTING_ASIDE.get(phrase) or _reach(layout, phrase, start)
        places.update(takewhile(partial(_is_no_means, layout, phrase), _reached(layout, start, reach)))
    return places


def _is_no_means(layout: Layout, phrase: tuple[str, ...], place: int) -> bool:
    """Whether this is not what it is done with: "nothing to administer with Fargate" does not deny Fargate."""
    means = layout.words[place] in cues.BY_MEANS_OF and place + 1 in layout.named
    return phrase[0] not in cues.NOBODY or not means


def _excepted(layout: Layout) -> Iterator[int]:
    """The places of "nobody except X", "no account that is not in the policy": both denials together assert."""
    for place, phrase in layout.cues(cues.EXCEPTIONS):
        before = [i for i in layout.before_in_sentence(place)[-WIDEST_EXCEPTION:] if i not in layout.idle]
        breaks = [i for i in before if layout.words[i] in STRONG_BREAKS]
        quantifiers = [
            i for i in before if layout.words[i] in cues.QUANTIFIERS and i > max(breaks, default=-1)
        ]
        if quantifiers:
            yield from range(quantifiers[0], place + len(phrase))


def turned(layout: Layout) -> set[int]:
    """The places that a denying verb covers: they are denied, or, in a negation, asserted again."""
    places: set[int] = set()
    for place, phrase in layout.cues(EVERY_CUE):
        if phrase in cues.DENYING_VERBS:
            # from its second word on: "removes the management of …"
            places.update(
                _reached(layout, place + 1, cues.DENYING_VERBS[phrase], cues.ALTERNATIVES | cues.AND)
            )
    return places


def _negates(layout: Layout, place: int, phrase: tuple[str, ...]) -> bool:
    """Some words negate beside a French "ne" only; "you would be mad to choose anything but X" praises X."""
    if phrase in cues.ALL_BUT and not cues.MAD.isdisjoint(layout.words[max(0, place - 6) : place]):
        return False
    if phrase == ("plus", "a"):  # "plus à gérer", but "a profile plus a small image"
        after = layout.words[place + 2 : place + 4]
        if any(word.endswith(cues.INFINITIVES) for word in after):
            return True
    elif len(phrase) > 1 or phrase[0] not in cues.NEED_NE:
        return True
    near = layout.words[max(0, place - 5) : place + 4]
    return "ne" in near or "n" in near


def _reach(layout: Layout, phrase: tuple[str, ...], start: int) -> Reach:
    """A bare negation reaches far before a name or a verb of choosing, less far before another verb."""
    reach = cues.NEGATIONS[phrase]
    if reach is not Reach.CLAUSE:
        return reach
    chooses = any(begins(word, cues.CHOOSING) for word in layout.words[start : start + 3])
    names = start in layout.named or start + 1 in layout.named
    return Reach.CLAUSE if chooses or names else Reach.PHRASE


def _reached(
    layout: Layout, start: int, reach: Reach, joining: frozenset[str] = cues.ALTERNATIVES
) -> Iterator[int]:
    met = False  # whether the denial has met something that it can deny
    passed = 0
    for i in range(start, min(start + FARTHEST, len(layout.words))):
        if _ends(layout, i, reach, met, passed, joining):
            return
        yield i
        passed += layout.words[i] not in cues.ARTICLES
        if i in layout.mentioned:
            met = True
        if reach is Reach.WORD and passed and i + 1 not in layout.mentioned:
            return


def _ends(layout: Layout, i: int, reach: Reach, met: bool, passed: int, joining: frozenset[str]) -> bool:
    """Whether the reach of a denial ends before this place."""
    word = layout.words[i]
    following = layout.words[i + 1] if i + 1 < len(layout.words) else ""
    if word in STRONG_BREAKS:
        return True
    if word == ",":
        return not (following in cues.ALTERNATIVES or _list_goes_on(layout, i + 1, joining))
    if met and word in cues.EXCLUDING:
        return True
    if word in cues.CONTRASTS:
        return following not in cues.THAN or word in cues.WHILE
    if word in cues.REASONS:
        return passed > 0
    if met and (word in layout.subjects or word in cues.FRESH_VERBS):
        return True
    if met and word in cues.PURPOSES and (reach is Reach.CLAUSE or word != "to"):
        return True
    if word in cues.AND:
        return _starts_anew(layout, following, reach)
    # "by hand", itself named, is no end
    return (
        reach is Reach.PHRASE
        and met
        and word in cues.PREPOSITIONS
        and i not in layout.mentioned
        and not _is_place(layout, i)
    )


def _is_place(layout: Layout, i: int) -> bool:
    """Whether a description of a place follows, which belongs to what is denied: "never … on a single host"."""
    if layout.words[i] not in cues.PLACES:
        return False
    following = [
        j for j in range(i + 1, min(i + 4, len(layout.words))) if layout.words[j] not in cues.ARTICLES
    ]
    return bool(following) and following[0] in layout.mentioned and following[0] not in layout.named


def _starts_anew(layout: Layout, following: str, reach: Reach) -> bool:
    """Whether "and" is followed by another statement rather than by more of the same."""
    if following in cues.NE:  # "… ne doit pas être root et n'avoir que …"
        return True
    if following in (cues.ARTICLES if reach is Reach.CLAUSE else {"de", "d"}):
        return False
    others = cues.PREPOSITIONS | cues.ARTICLES | layout.subjects | cues.CONTRASTS
    if begins(following, cues.LOOKING_AFTER):
        return False
    return (
        following in others
        or begins(following, (*cues.CHOOSING, *cues.ANOTHER_DEED))
        or _is_infinitive(following)
    )


def _is_infinitive(word: str) -> bool:
    """A French verb by its ending; long enough not to be an article or a noun such as "mer"."""
    return len(word) > 5 and word.endswith(cues.INFINITIVES)


def _list_goes_on(layout: Layout, start: int, joining: frozenset[str]) -> bool:
    """Whether a list follows the comma: "not S3, EFS or Docker Hub"."""
    for i in range(start, min(start + 6, len(layout.words))):
        if layout.words[i] in joining:
            return i > start
        if i not in layout.mentioned and layout.words[i] not in cues.ARTICLES and layout.words[i] != ",":
            return False
    return False


def _compared(layout: Layout) -> Iterator[int]:
    """ "better than X", "prefer … to X", "replace X with", "move from X to"."""
    for i, word in enumerate(layout.words):
        before = layout.words[max(0, i - 3) : i]
        if i in layout.idle:  # "nothing better than X"
            continue
        if (
            (word in cues.THAN and _compares(before))
            or (
                word == "than"
                and not cues.RATHER.isdisjoint(layout.words[j] for j in layout.before_in_sentence(i)[-8:])
            )
            or (word in cues.PREFERRED_TO and cues.SUPERIOR.intersection(before[-1:]))
            or (word in cues.PREFERRED_TO and _prefers_before(layout, i))
        ):
            yield from _reached(layout, i + 1, Reach.CLAUSE)
        elif begins(word, cues.REPLACING):
            yield from _replaced(layout, i + 1, cues.REPLACED_BY)
        elif word in cues.LEAVING and before and begins(before[-1], cues.LEAVING_FROM):
            yield from _replaced(layout, i + 1, cues.LEAVING_TO)


def _compares(before: list[str]) -> bool:
    """Whether "than" after these words compares; "mieux vaut que …" recommends what follows."""
    impersonal = before[:1] == ["il"] and before[2:] == ["mieux"]  # "il vaut mieux que …"
    recommends = not cues.BETTER_IF.isdisjoint(before[1:2] if impersonal else before[-1:])
    better = not cues.COMPARATIVES.isdisjoint(before) or _is_superior(before)
    return better and "no" not in before and not recommends


def _is_superior(before: list[str]) -> bool:
    """ "less expensive", "plus sur"."""
    return any(
        (word in cues.LESS and any(begins(other, cues.DRAWBACKS) for other in before[i + 1 :]))
        or (word in cues.MORE and any(begins(other, cues.VIRTUES) for other in before[i + 1 :]))
        for i, word in enumerate(before)
    )


def _prefers_before(layout: Layout, i: int) -> bool:
    """Whether "prefer X" stands before this "to", "à" or "over", with nothing but X between."""
    verbs = cues.PREFERRING_OVER if layout.words[i] == "over" else cues.PREFERRING
    named = False
    for j in range(i - 1, max(-1, i - 9), -1):
        word = layout.words[j]
        if j in layout.mentioned:
            named = True
        elif named and begins(word, verbs):
            return True
        elif word not in cues.ARTICLES and word not in cues.PREPOSITIONS:
            return False
    return False


def _replaced(layout: Layout, start: int, stops: frozenset[str]) -> range:
    """What stands between "replace" and "with", if something is named there."""
    for end in range(start, min(start + 9, len(layout.words))):
        if layout.words[end] in STRONG_BREAKS:
            break
        if layout.words[end] in stops and not layout.mentioned.isdisjoint(range(start, end)):
            return range(start, end)
    return range(0)
