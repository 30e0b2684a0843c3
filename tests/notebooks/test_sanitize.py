"""The sanitize file says what its authors think it says: nbval ignores a malformed rule in silence."""

from __future__ import annotations

import re
from pathlib import Path

from nbval.plugin import get_sanitize_patterns

TEXT = (Path(__file__).parent / "sanitize.cfg").read_text(encoding="utf-8")


def test_every_rule_is_understood() -> None:
    rules = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    assert len(rules) == 2 * len(get_sanitize_patterns(TEXT)) > 0


def test_ports_are_replaced() -> None:
    text = "http://127.0.0.1:43211/api"
    for regex, replacement in get_sanitize_patterns(TEXT):
        text = re.sub(regex, replacement, text)
    assert text == "http://127.0.0.1:PORT/api"
