"""Dockerfiles, read: instructions and stages, which layers a second build reuses, what a reviewer remarks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs import images
from labs.dockerfile import Unreadable, parse, stages
from labs.dockerfile.cache import Verdict, plan, second
from labs.dockerfile.lint import RULES, lint
from labs.dockerfile.texts import reason, remark
from labs.learner import LANGUAGES

BASE = "python:3.12-slim"
PINNED = f"{BASE}@sha256:{'0' * 64}"
GOOD = f"""\
FROM {PINNED} AS build
COPY requirements.txt .
RUN pip install --no-cache-dir --target /packages -r requirements.txt

FROM {PINNED}
ENV PYTHONPATH=/packages
WORKDIR /app
COPY --from=build /packages /packages
COPY . .
USER 10001
CMD ["python", "app.py"]
"""
IGNORE = ".git\n.env\n*.md\n"
FILES = dict.fromkeys(("app.py", "requirements.txt", "README.md", "photos/shop.jpg"), "1")


# Reading


def test_instructions_lines_flags_and_continuations() -> None:
    text = "# head\nfrom x AS a\nRUN one && \\\n  # between\n\n  two\nCOPY --from=a --link /b /c\n"
    first, run, copy = parse(text)
    assert (first.keyword, first.line) == ("FROM", 2)
    assert (run.value, run.line) == ("one && two", 3)
    assert copy.flags == {"from": "a", "link": ""}
    assert copy.words == ["/b", "/c"]
    assert str(copy) == "COPY --from=a --link /b /c"


def test_the_json_form_is_told_from_the_shell_form() -> None:
    _, exec_form, shell_form = parse('FROM x\nCMD ["a b", "c"]\nCMD a "b c"\n')
    assert exec_form.exec_form
    assert exec_form.words == ["a b", "c"]
    assert not shell_form.exec_form
    assert shell_form.words == ["a", "b c"]


def test_stages_have_names_and_bases_with_variables_replaced() -> None:
    found = stages(parse("ARG V=3.12\nFROM python:${V} AS build\nFROM python:${W:-3.11}\nRUN x\n"))
    assert [(stage.name, stage.base) for stage in found] == [("build", "python:3.12"), ("1", "python:3.11")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FROM x\nHELLO you", "line 2"),
        ("FROM x\n\nRUN", "line 3"),
        ("RUN x", "FROM"),
        ("", "FROM"),
        ("COPY []", "line 1"),
    ],
)
def test_what_is_no_dockerfile_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        stages(parse(text))


@given(
    st.text(alphabet='FROMRUNCPYADENV \\\n"[]$={}-#x.*/', max_size=200),
    st.text(alphabet="*.!/[\\a\n#", max_size=30),
)
def test_any_text_is_judged_or_refused(text: str, ignore: str) -> None:
    try:
        second(plan(text, FILES, {}, ignore), plan(f"FROM x\n{text}", FILES, {}, ignore))
        lint(text, ignore)
    except Unreadable:
        pass


# The cache


def build(
    dockerfile: str = GOOD, *, now: str | None = None, base: str = "1", **changed: str
) -> list[Verdict]:
    """A second build: `now` is its Dockerfile; `changed` names files by what stands before their dot."""
    files = {path: changed.get(path.partition(".")[0], version) for path, version in FILES.items()}
    before = plan(dockerfile, FILES, {PINNED: "1"}, IGNORE)
    return second(before, plan(now or dockerfile, files, {PINNED: base}, IGNORE))


def states(verdicts: list[Verdict]) -> dict[int, str]:
    return {
        verdict.part.line: verdict.state for verdict in verdicts if verdict.state in ("reused", "rebuilt")
    }


def test_nothing_changed_nothing_rebuilt() -> None:
    assert set(states(build()).values()) == {"reused"}


def test_code_changes_its_own_layer_only() -> None:
    verdicts = build(app="2")
    assert [line for line, state in states(verdicts).items() if state == "rebuilt"] == [9]
    [copy] = [verdict for verdict in verdicts if verdict.state == "rebuilt"]
    assert (copy.reason, copy.names) == ("files", ("app.py",))


def test_libraries_change_what_is_installed_and_copied_and_all_that_follows() -> None:
    verdicts = build(requirements="2")
    assert [line for line, state in states(verdicts).items() if state == "rebuilt"] == [2, 3, 8, 9]
    assert [verdict.reason for verdict in verdicts if verdict.state == "rebuilt"] == [
        "files",
        "below",
        "stage",
        "below",
    ]


def test_an_ignored_file_changes_nothing() -> None:
    assert "rebuilt" not in states(build(README="2")).values()


def test_another_base_changes_everything() -> None:
    verdicts = build(base="2")
    assert set(states(verdicts).values()) == {"rebuilt"}
    assert {verdict.reason for verdict in verdicts if verdict.part.text.startswith("FROM")} == {"base"}


@pytest.mark.parametrize(
    ("old", "new", "rebuilt"),
    [
        ('CMD ["python", "app.py"]', 'CMD ["python", "-m", "app"]', []),  # a setting makes no layer
        ("USER 10001", "USER 10002", []),
        ("COPY . .", "COPY . ./", []),
        ("WORKDIR /app", "WORKDIR /srv", [7, 8, 9]),
        ("--no-cache-dir ", "", [3, 8, 9]),
        ("COPY --from=build", "COPY --link --from=build", [8, 9]),
    ],
)
def test_a_changed_line(old: str, new: str, rebuilt: list[int]) -> None:
    found = states(build(now=GOOD.replace(old, new)))
    assert [line for line, state in found.items() if state == "rebuilt"] == rebuilt


def test_a_linked_copy_does_not_depend_on_the_layer_below() -> None:
    linked = GOOD.replace("COPY . .", "COPY --link . .")
    assert states(build(linked, requirements="2"))[9] == "rebuilt"  # requirements.txt is among what it copies
    narrow = GOOD.replace("COPY . .", "COPY --link app.py .")
    assert states(build(narrow, requirements="2"))[9] == "reused"
    assert states(build(narrow.replace("--link ", ""), requirements="2"))[9] == "rebuilt"


def test_a_variable_counts_from_the_first_run_that_sees_it() -> None:
    text = f"FROM {PINNED}\nRUN one\nARG VERSION=1\nRUN two\n"
    assert states(build(text, now=text.replace("VERSION=1", "VERSION=2"))) == {
        1: "reused",
        2: "reused",
        4: "rebuilt",
    }


def test_a_stage_that_is_not_needed_is_not_built() -> None:
    text = f"FROM {PINNED} AS tests\nRUN pytest\nFROM {PINNED}\nCOPY app.py .\n"
    assert [verdict.state for verdict in build(text)] == ["skipped", "skipped", "reused", "reused"]


def test_every_verdict_and_remark_has_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for lang in LANGUAGES:
        monkeypatch.setenv("COURSE_LANG", lang)
        for verdict in [*build(requirements="2"), *build(base="2"), *build(now=GOOD.replace("-r", "-r  "))]:
            assert bool(reason(verdict)) == (verdict.state == "rebuilt")
        assert all(remark(finding) for finding in lint(BAD))


# The review

BAD = """\
FROM python
COPY . /app
RUN apt-get update && apt-get install -y gcc
RUN pip install flask
ENV TOKEN=abc
CMD python app.py
"""


def rules(text: str, ignore: str = IGNORE) -> list[str]:
    return [finding.rule for finding in lint(text, ignore)]


def test_a_good_dockerfile_has_no_remark() -> None:
    assert rules(GOOD) == []


def test_a_bad_one_breaks_every_rule() -> None:
    assert set(rules(BAD, "")) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (PINNED, BASE, "moving_base"),
        (PINNED, f"{BASE}@sha256:123", "moving_base"),
        ("USER 10001\n", "", "root"),
        ("USER 10001", "USER root", "root"),
        ("USER 10001", "USER 0:0", "root"),
        ("USER 10001", "USER 10001\nUSER root", "root"),
        ('["python", "app.py"]', "python app.py", "shell_form"),
        ("ENV PYTHONPATH=/packages", "ENV PYTHONPATH=/packages DB_PASSWORD=x", "secrets"),
        ("USER 10001", "ARG API_KEY\nUSER 10001", "secrets"),
        ("USER 10001", "ENV DATABASE=postgres://shop:bread@db/shop\nUSER 10001", "secrets"),
        ("COPY . .", "COPY .env .", "secrets"),
        ("COPY . .", "COPY keys/id_rsa /keys/", "secrets"),
        ("USER 10001", "RUN curl -u AKIAABCDEFGHIJKLMNOP:x s3\nUSER 10001", "secrets"),
        ("USER 10001", "RUN apk add --no-cache build-essential\nUSER 10001", "build_tools"),
        ("USER 10001", "RUN pip install flask\nUSER 10001", "leftovers"),
    ],
)
def test_each_fault_is_found(old: str, new: str, rule: str) -> None:
    assert set(rules(GOOD.replace(old, new))) == {rule}


def test_what_is_fine_is_left_alone() -> None:
    assert (
        rules(GOOD.replace("--no-cache-dir", "--no-cache-dir gcc")) == []
    )  # a package's name, in the first stage
    assert rules('FROM scratch\nCOPY app /app\nUSER 1000\nENTRYPOINT ["/app"]\n') == []
    assert rules(GOOD.replace("USER 10001", "ARG UID=10001\nUSER ${UID}")) == []


def test_dockerignore_is_what_makes_a_wide_copy_safe() -> None:
    assert rules(GOOD, "") == ["everything_copied"]
    assert rules(GOOD, ".git\n") == ["everything_copied"]
    assert rules(GOOD.replace("COPY . .", "COPY app.py ."), "") == []


@pytest.mark.parametrize("service", ["frontend", "products", "orders", "reviews"])
def test_the_shops_own_dockerfiles_leave_but_the_base_to_be_pinned(service: str) -> None:
    source = Path(images.SOURCE)
    text = (source / service / "Dockerfile").read_text()
    assert set(rules(text, (source / ".dockerignore").read_text())) == {"moving_base"}
