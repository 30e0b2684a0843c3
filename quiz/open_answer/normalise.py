"""From what was typed to plain lower-case Latin text: nothing here knows any topic."""

from __future__ import annotations

import html
import re
import unicodedata

from labs.learner import Language

# Letters that look Latin and are not: a pasted "ЕСR" must read as ECR.
_CYRILLIC = str.maketrans("аеорсхуіјѕԁһкмтвнАЕОРСХУІЈЅКМТВН", "aeopcxyijsdhkmtbhAEOPCXYIJSKMTBH")
_GREEK = str.maketrans("αεορτυνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeoptuvikABEZHIKMNOPTYX")
_LIGATURES = str.maketrans(dict(zip("œŒæμ’‘ʼ", ("oe", "oe", "ae", "micro", "'", "'", "'"), strict=True)))
_SIGNS = str.maketrans({"≠": " not ", "≥": " at least ", "≤": " at most "})
_LOOK_ALIKES = _CYRILLIC | _GREEK | _LIGATURES | _SIGNS

_REMOVED_WITH_CONTENT = ("script", "style")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")

_REWRITES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bcan'?t\b|\bcannot\b", "can not"),
        (r"\bwon'?t\b", "will not"),
        (r"n't\b", " not"),
        (r"\b(does|did|is|are|was|would|should|could|have|has)nt\b", r"\1 not"),
        (r"\bain'?t\b", "is not"),
        (r"!=", " not "),
        (r"\bw/o(?:ut)?\b", "without"),
        (r"\bw/(?=\s)", "with "),
        (r"\bb/c\b", "because"),
        (r"\b(?:i\.\s?e\.|e\.\s?g\.|p\.\s?ex\.|ex\.)", " , "),  # these full stops end no sentence
        (r"\b(vs|cf|approx|env|resp)\.", r"\1"),
        (r"\b(1|one|un|une)\s+(\w+)\s*/\s*(\w+)", r"\1 \2 per \3"),
        (r"\bcest\b", "c'est"),
        (
            r"\b([a-z][\w-]*)\s*:\s*(\d+|true)\b(?=\s*(?:[,;}\]\n.]|and\b|et\b|$))",
            r"\1 \2",
        ),  # a setting: `user: 1000`
        # a setting switched off: `privileged: false`, `"public"=no`
        (r'\b([a-z][\w-]*)"?\s*[:=]\s*"?(?:false|disabled|faux)\b', r"no \1"),
        (r'\b([a-z][\w-]*)"?\s*[:=]\s*"?(?:no|off|none|non|0)(?=["\s]*(?:[,;.})\]\n]|$))', r"no \1"),
        (r"\b(min|max)(imum)?\s*=+\s*(min|max)(imum)?\b", r"\1 equal \3"),
        # two bounds at the same number: "min 4, max 4"
        (
            r"\b(min|max)(?:imum)?\b([^.\d]{0,12})(\d+)([^.\d]{0,20})\b(min|max)(?:imum)?\b([^.\d]{0,12})\3\b",
            r"\1 \3 \5 \3 equal",
        ),
        (r"\bc-a-d\b", "soit"),
        (r"[-=]+>|→|⇒", ", "),
        (r"\s[-–—]+\s|[–—]", " , "),
        (r'"?\s*:\s*(?="?\*)', " "),  # `"Principal": "*"` is one term
        (r"[+&]", " and "),
    )
]


_DONT = re.compile(r"\bdont\b")  # French "dont" means "whose"


def normalise(text: str, lang: Language = "fr") -> str:
    """Lower-case text without accents, markup, invisible characters or look-alike letters.

    Apostrophes are kept (they part words), English negations are spelt out ("don't" → "do not").
    """
    text = unicodedata.normalize("NFKC", _without_markup(text))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_LOOK_ALIKES)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    text = text.casefold()
    if lang == "en":
        text = _DONT.sub("do not", text)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text


def _without_markup(text: str) -> str:
    for element in _REMOVED_WITH_CONTENT:
        text = _without_element(text, element)
    return html.unescape(_TAG.sub(" ", text))


def _without_element(text: str, element: str) -> str:
    """Cut `<element …>…</element>`; one left open cuts to the end. Linear, unlike a lazy regular expression."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose lower case is longer: positions would not agree
        return text
    kept, position = [], 0
    while (start := lower.find(f"<{element}", position)) >= 0:
        kept.append(text[position:start])
        end = lower.find(f"</{element}", start)
        closed = lower.find(">", end) if end >= 0 else -1
        position = closed + 1 if closed >= 0 else len(text)
    return " ".join([*kept, text[position:]])
