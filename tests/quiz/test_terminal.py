"""The quiz in a terminal, line by line, as through a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.examination import Examination
from quiz.presentation import Layout, shuffled
from quiz.store import Record
from quiz.terminal import exam as sitting
from quiz.terminal import practice
from quiz.terminal.closed_question import NotAnAnswer, parse
from quiz.terminal.desk import Desk
from tests.quiz.banks import choice, exam_bank, matching, ordering, steady
from tests.quiz.examples import NOON, Clock

BACKWARDS = Layout((3, 2, 1, 0))
TWO = choice("two", keys=(0, 2), options=5)
BANK: Any = exam_bank(8)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


class Terminal(Desk):
    """A desk whose lines are typed beforehand, and whose output is collected."""

    def __init__(self, record: Record, lines: Iterable[str | Callable[[], str]], lang: Any = "en"):
        typed = iter(lines)

        def read() -> str:
            line = next(typed, None)
            if line is None:
                raise EOFError
            return line if isinstance(line, str) else line()

        self.__dict__["written"] = []
        super().__init__(lang, record, read, self.written.append, seed=3, now=lambda: NOON)

    @property
    def output(self) -> str:
        return "\n".join(self.written)


# Answers as they are typed


@pytest.mark.parametrize("line", ["A", "a", " a ", "1", "A.", "a,"])
def test_one_option_can_be_typed_in_many_ways(line: str) -> None:
    assert parse(choice("c"), BACKWARDS, line, "en") == {3}


@pytest.mark.parametrize("line", ["AC", "a c", "C, A", "1 3", "3;1", "a3", "A A C"])
def test_so_can_several(line: str) -> None:
    assert parse(TWO, Layout((4, 3, 2, 1, 0)), line, "en") == {4, 2}


def test_steps_and_targets_are_typed_in_order() -> None:
    assert parse(ordering("s"), Layout((2, 0, 1)), "b c a", "en") == (0, 1, 2)
    assert parse(matching("m"), Layout((2, 1, 0)), "b - c", "en") == (1, None, 0)


@pytest.mark.parametrize(
    ("question", "line", "message"),
    [
        (choice("c"), "E", "“E” is none of the options: type letters from A to D"),
        (choice("c"), "0", "“0” is none"),
        (choice("c"), "5", "“5” is none"),
        (choice("c"), "é", "“É” is none"),
        (choice("c"), "-", "“-” is none"),
        (choice("c"), "A B", "2 chosen; choose 1"),
        (TWO, "A", "1 chosen; choose 2"),
        (ordering("s", 4), "A B C", "Each of the 4 letters"),
        (ordering("s", 4), "A B C C", "Each of the 4 letters"),
        (matching("m"), "A B", "3 letters are needed"),
        (choice("c"), ",", "0 chosen"),
    ],
)
def test_what_is_no_answer_is_explained(question: Any, line: str, message: str) -> None:
    layout = shuffled(question, 1)
    with pytest.raises(NotAnAnswer, match=message):
        parse(question, layout, line, "en")


@steady
@given(st.sampled_from([choice("c"), TWO, ordering("s"), matching("m")]), st.text(max_size=12))
def test_any_line_is_an_answer_or_an_explanation(question: Any, line: str) -> None:
    layout = shuffled(question, 1)
    try:
        response = parse(question, layout, line, "fr")
    except NotAnAnswer as problem:
        assert str(problem)
    else:
        assert all(place is None or 0 <= place < 5 for place in response)


# Questions one after the other


def right_line(question: Any, seed: int = 3) -> str:
    layout = shuffled(question, seed)
    return " ".join("ABCDEF"[layout.shown(place)] for place in sorted(question.keys))


def test_feedback_names_every_option_and_why(record: Record) -> None:
    desk = Terminal(record, [right_line(TWO)])
    practice.run([TWO], desk, "practice", 1)
    assert "Question 1 of 1" in desk.output and "Choose TWO" in desk.output
    assert "CORRECT" in desk.output and "1 of 1 correct." in desk.output
    assert all(f"rationale {n}" in desk.output for n in range(5))
    assert desk.output.count("✓") == 2
    assert [(a.mode, a.kind, a.answer) for a in record.attempts()] == [("practice", "choice", "[0, 2]")]


def test_options_stand_where_the_letters_say(record: Record) -> None:
    desk = Terminal(record, [])
    practice.run([TWO], desk, "practice")
    shown_first = desk.output.index("option " + str(shuffled(TWO, 3).order[0]))
    assert desk.output.index("A. ") < shown_first < desk.output.index("B. ")


def test_a_mistake_in_typing_is_explained_and_asked_again(record: Record) -> None:
    desk = Terminal(record, ["Z", "A", right_line(TWO)])
    practice.run([TWO], desk, "custom")
    assert "“Z” is none" in desk.output and "1 chosen; choose 2" in desk.output
    assert [attempt.verdict for attempt in record.attempts()] == ["correct"]


def test_an_empty_line_skips_and_the_end_of_the_input_stops(record: Record) -> None:
    desk = Terminal(record, ["", right_line(choice("b"))])
    practice.run([choice("a"), choice("b"), choice("c"), choice("d")], desk, "practice")
    assert "Question skipped." in desk.output
    assert "Scenario of c" in desk.output and "Scenario of d" not in desk.output
    assert "1 of 1 correct." in desk.output


def test_partial_credit_is_told_in_practice(record: Record) -> None:
    layout = shuffled(matching("m"), 3)
    line = " ".join("ABC"[layout.shown(place)] for place in (1, 0, 0))
    desk = Terminal(record, [line])
    practice.run([matching("m")], desk, "practice")
    assert "PARTLY CORRECT (67% of the points)" in desk.output
    assert "✗ item 2 → target one" in desk.output
    assert "why 2" in desk.output


def test_each_verdict_can_be_contested_by_its_own_number(record: Record) -> None:
    questions = [choice("a"), choice("b")]
    wrong, right = (
        next(
            line
            for line in "ABCD"
            if (parse(question, shuffled(question, 3), line, "en") == question.keys) is ok
        )
        for question, ok in zip(questions, (False, True), strict=True)
    )
    desk = Terminal(record, [wrong, right])
    practice.run(questions, desk, "practice", 2)
    assert desk.output.count("course record contest") == 1
    assert 'course record contest --attempt 1 "' in desk.output


def test_an_answer_that_is_not_in_the_record_cannot_be_contested(tmp_path: Path) -> None:
    desk = Terminal(Record(tmp_path / "none" / "record.sqlite"), ["A", "B"])
    practice.run([choice("a"), choice("a")], desk, "practice", 2)
    assert "not recorded" in desk.output and "contest" not in desk.output


def test_ordering_shows_the_right_order(record: Record) -> None:
    desk = Terminal(record, ["A B C"], "fr")
    practice.run([ordering("s")], desk, "practice")
    feedback = desk.output[desk.output.rindex("step 0") :]
    assert feedback.index("step 0") < feedback.index("step 1") < feedback.index("step 2")


def test_the_next_question_is_chosen_after_the_answer_is_in_the_record(record: Record) -> None:
    def choose() -> Any:
        for name in ("a", "b"):
            assert len(record.attempts()) == "ab".index(name)
            yield choice(name)

    desk = Terminal(record, ["A", "A"])
    practice.run(choose(), desk, "adaptive", 2)
    assert len(record.attempts()) == 2


# The mock exam


@pytest.fixture
def clock() -> Clock:
    return Clock()


def begin(record: Record, clock: Clock) -> Examination:
    return Examination.start(record, BANK, "short", 9, "en", clock)


def sit(exam: Examination, record: Record, *lines: str | Callable[[], str], lang: Any = "en") -> str:
    desk = Terminal(record, lines, lang)
    sitting.run(exam, BANK, desk)
    return desk.output


def line_for(exam: Examination, place: int) -> str:
    return right_line(BANK[exam.state.questions[place].id], exam.state.seed)


def test_an_exam_from_the_first_answer_to_the_result(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    lines = [line_for(exam, place) for place in range(20)]
    output = sit(exam, record, *lines, "h", "yes")
    assert "20 of 20 correct" in output
    assert "100% (84–100)" in output
    assert "Secure architectures: 6/6" in output
    during, _, result = output.partition("The exam is handed in.")
    assert "rationale" not in during and "CORRECT" not in during and "✗" not in during
    assert result.count("Where to check") == 20
    assert "20 of 20 correct" in output[-250:], "the score stays in sight"
    assert len(record.attempts()) == 20


def test_moving_about_marking_and_clearing(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    output = sit(exam, record, line_for(exam, 0), "m", "5", "p", "n", "", "1", "x", "l", "99", "q")
    state = record.open_exam()
    assert state and state.flags == {1} and state.answered == 0 and state.current == 0
    assert "Question 2 of 20 [marked]" in output
    assert "Question 6 of 20" in output and "Question 4 of 20" in output
    assert "Your answer:" in output
    assert "2·!" in output
    assert "numbered from 1 to 20" in output
    assert "To resume: course quiz exam" in output


def test_ctrl_c_keeps_everything_and_says_how_to_go_on(record: Record, clock: Clock) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    exam = begin(record, clock)
    output = sit(exam, record, line_for(exam, 0), "h", interrupt)
    assert "the time goes on" in output.splitlines()[-1] and "course quiz exam" in output.splitlines()[-1]
    state = record.open_exam()
    assert state and state.answered == 1


def test_handing_in_asks_and_anything_but_yes_goes_on(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    output = sit(exam, record, line_for(exam, 0), "h", "n", "h")
    assert "without a complete answer: 19" in output
    assert not exam.finished and "of 20 correct" not in output


def test_a_slip_is_explained_and_changes_nothing(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    assert "Help: ?" in sit(exam, record, "zz")
    assert exam.state.answered == 0


def test_an_endless_number_is_no_question(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    assert "numbered from 1 to 20" in sit(exam, record, "9" * 5000)
    with pytest.raises(NotAnAnswer):
        parse(TWO, BACKWARDS, "9" * 5000, "en")


def test_an_exam_erased_meanwhile_ends_with_a_word(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)

    def erased() -> str:
        record.erase()
        return "A"

    assert sit(exam, record, erased).endswith("erased meanwhile, and this exam with it.")


def test_the_last_answer_leads_to_the_list(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    output = sit(exam, record, "20", line_for(exam, 19))
    assert " 20✓" in output and "1 of 20 answered" in output


def test_an_answer_after_the_deadline_is_refused_and_the_result_shown(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)

    def too_late() -> str:
        clock.time += timedelta(minutes=50)
        return line_for(exam, 1)

    output = sit(exam, record, line_for(exam, 0), too_late)
    assert "Time is up" in output
    assert "1 of 20 correct, in 40:00" in output
    assert "Not answered." in output


def test_the_list_ends_an_exam_whose_time_is_over(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)

    def too_late() -> str:
        clock.time += timedelta(minutes=50)
        return "l"

    output = sit(exam, record, too_late)
    assert "Time is up" in output and "0 of 20 correct" in output


def test_an_exam_handed_in_elsewhere_shows_its_result(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)

    def elsewhere() -> str:
        other = Examination.resume(record, BANK, "en", clock)
        assert other
        other.finish()
        return "A"

    output = sit(exam, record, elsewhere)
    assert "handed in elsewhere" in output and "0 of 20 correct" in output


def test_the_exam_speaks_french(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    output = sit(exam, record, "s", "r", "oui", lang="fr")
    assert "Réponses correctes\u00a0: 0 sur 20" in output
    assert "Architectures sécurisées\u00a0: 0/6" in output


def test_a_question_changed_meanwhile_is_said_not_to_count(record: Record, clock: Clock) -> None:
    exam = begin(record, clock)
    bank = dict(BANK)
    del bank[exam.state.questions[0].id]
    desk = Terminal(record, ["A"])
    sitting.run(exam, bank, desk)  # type: ignore[arg-type]
    assert desk.output.count("it will not count") == 2
    assert exam.state.answered == 0


def test_feedback_shows_only_what_is_already_on_the_disk(record: Record) -> None:
    at_feedback: list[int] = []

    def write(words: str) -> None:
        if "CORRECT" in words:
            at_feedback.append(len(Record(record.path).attempts()))

    lines = iter([right_line(TWO)])
    practice.run([TWO], Desk("en", record, lambda: next(lines), write, seed=3), "practice")
    assert at_feedback == [1]
