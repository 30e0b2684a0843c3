"""Callers' regular expressions: the usual ones match, those that take Python's matcher years are refused."""

from __future__ import annotations

import re
import time

import pytest

from labs.cloud.regular_expressions import Costly, check, matches

OCTET = "([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        (r"^[a-z]+-[a-z]+-\d{1,3}$", "eu-west-1", "eu-west"),
        (r"[\w+=,.@-]+", "ada@example.com", "a b"),
        (r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})", "10.0.0.0/16", "10.0.0/16"),
        (rf"^({OCTET}\.){{3}}{OCTET}(\/([0-9]|[1-2][0-9]|3[0-2]))$", "10.0.255.0/16", "10.0.256.0/16"),
        (r"^[a-z0-9]+(-[a-z0-9]+)*$", "french-bakery-2", "french--bakery"),
        (r"(dev|test|prod)", "prod", "production"),
        (r"[^@]+@[^@]+\.[^@.]+", "ada@shop.example.com", "ada"),
        (r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[!?])[\x21-\x7e]{8,64}$", "Croissant1!", "croissant1!"),
        (r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", "arn:aws:iam::123456789012:role/a/b", "arn:aws:s3:::b"),
        (r"(?i:é+)", "éÉ", "e"),
        (r"(a)?(?(1)b|c)", "ab", "ac"),
    ],
)
def test_usual_patterns_match(pattern: str, fits: str, fails: str) -> None:
    check(pattern)
    assert matches(pattern, fits) and not matches(pattern, fails)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|aa)+b",
        "(a|a)*b",
        "(?:a?){40}b",
        "a?" * 40 + "a" * 40,
        "a*" * 6 + "b",
        "([a中]+[b中]+)+c",
        "(?i:(k+K)+)b",
        "(?:(?:){65535}){65535}",
        "(a*)*b",
        "(?=(a+)+b)a",
        "(?>(a+)+b)",
        "x" * 1001,
        "a{1,99999999999}",
        "(" * 400 + ")" * 400,
    ],
)
def test_costly_patterns_are_refused_at_once(pattern: str) -> None:
    begin = time.process_time()
    with pytest.raises(Costly):
        check(pattern)
    assert time.process_time() - begin < 5


def test_a_text_may_be_too_long_for_its_pattern() -> None:
    assert matches(".*-.*-.*x", "a-b-x")
    with pytest.raises(Costly, match="4000 characters"):
        matches(".*-.*-.*x", "-" * 4000)


def test_what_is_no_pattern() -> None:
    with pytest.raises(re.error):
        check("(")
