"""What the narration says of log streams."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "logs-trimmed": {
            "fr": "Le flux de journaux {stream} déborde\u00a0: le cloud local n’en garde que les {events} derniers "
            "événements (4\u00a0Mo au plus). AWS garderait tout, et le facturerait.",
            "en": "The log stream {stream} is overflowing: the local cloud keeps its last {events} events only (4 MB at "
            "most). AWS would keep everything, and bill it.",
        },
    }
)
