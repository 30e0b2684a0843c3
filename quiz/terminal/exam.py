"""A mock exam in the terminal: answer, go back and forth, mark, look over, hand in."""

from __future__ import annotations

from quiz.bank import Bank
from quiz.examination import Examination
from quiz.exams import Finished, TimeUp
from quiz.model import ChoiceQuestion
from quiz.presentation import shuffled
from quiz.store import UnknownExam
from quiz.terminal import closed_question, exam_result
from quiz.terminal.desk import Desk
from quiz.terminal.exam_result import clock
from quiz.terminal.texts import say
from quiz.widget_texts import say as card

COMMANDS = ("next", "previous", "mark", "list", "clear", "hand_in", "pause", "help")


def run(exam: Examination, questions: Bank, desk: Desk) -> None:
    """Sit the exam until it is handed in, its time is over, or the learner leaves (Ctrl-C too); then print the result.

    Every answer is in the record before the next question shows: leaving in any way loses none.
    """
    _Sitting(exam, questions, desk).run()


class _Sitting:
    def __init__(self, exam: Examination, questions: Bank, desk: Desk):
        self.exam, self.questions, self.desk = exam, questions, desk
        self.keys = {say(f"key_{command}", desk.lang): command for command in COMMANDS}
        self.shown: object = None

    def run(self) -> None:
        self._help()
        try:
            while not self.exam.finished:
                self._show()
                if not self._obey(self.desk.read().strip()):
                    return
        except (EOFError, KeyboardInterrupt):
            self._pause()
            return
        except TimeUp:
            self.desk.write(self._say("time_up"))
        except Finished:  # by another kernel
            self.desk.write(self._say("handed_in_elsewhere"))
        except UnknownExam:
            self.desk.write(self._say("erased_elsewhere"))
            return
        exam_result.show(self.exam, self.desk)

    def _obey(self, line: str) -> bool:
        """Do what a line says; False to leave."""
        place, total = self.exam.state.current, len(self.exam.state.questions)
        numbers = [str(number) for number in range(1, total + 1)]
        command = self.keys.get(line.lower(), "next" if not line else "")
        if line in numbers:
            self.exam.visit(numbers.index(line))
        elif line.isdecimal():
            self.desk.write(self._say("no_such_number", total=total))
        elif command == "next":
            self._go_on(place)
        elif command == "previous":
            self.exam.visit(max(place - 1, 0))
        elif command == "mark":
            self.exam.flag(place, place not in self.exam.state.flags)
        elif command == "clear":
            self.exam.respond(place, frozenset())
        elif command == "list":
            self.exam.visit(place)  # ends the exam when its time is over
            self._list()
        elif command == "hand_in":
            self._hand_in()
        elif command == "help":
            self._help()
        elif command == "pause":
            self._pause()
            return False
        else:
            self._answer(place, line)
        return True

    def _answer(self, place: int, line: str) -> None:
        question = self._question(place)
        if question is None:
            self.desk.write(self._say("changed"))
            return
        layout = shuffled(question, self.exam.state.seed)
        try:
            response = closed_question.parse(question, layout, line, self.desk.lang)
        except closed_question.NotAnAnswer as problem:
            self.desk.write(f"{problem} {self._say('for_help', help=self._key('help'))}")
            return
        self.exam.respond(place, frozenset(chosen for chosen in response if chosen is not None))
        self.desk.write(self._say("kept"))
        self._go_on(place)

    def _go_on(self, place: int) -> None:
        if place + 1 < len(self.exam.state.questions):
            self.exam.visit(place + 1)
        else:
            self._list()

    def _list(self) -> None:
        """The review screen."""
        state = self.exam.state
        entries = []
        for place, (asked, response) in enumerate(zip(state.questions, state.responses, strict=True)):
            sign = "✓" if len(response) == asked.choose else "…" if response else "·"
            entries.append(f"{place + 1:>3}{sign}{'!' if place in state.flags else ' '}")
        rows = ["".join(entries[start : start + 10]) for start in range(0, len(entries), 10)]
        self.desk.write("\n" + "\n".join(rows))
        total = len(state.questions)
        self.desk.write(
            self._say(
                "list_how",
                answered=state.answered,
                total=total,
                flags=len(state.flags),
                hand_in=self._key("hand_in"),
            )
        )

    def _hand_in(self) -> None:
        left = len(self.exam.state.questions) - self.exam.state.answered
        yes = self._key("yes")
        self.desk.write(self._say("confirm", left=left, yes=yes))
        if self.desk.read().strip().lower() == yes:
            self.exam.finish()

    def _help(self) -> None:
        self.desk.write(self._say("exam_how", **{name: key for key, name in self.keys.items()}))

    def _pause(self) -> None:
        self.desk.write("\n" + self._say("paused", left=clock(self.exam.remaining)))

    def _show(self) -> None:
        """The question, unless it already stands above as it is."""
        state = self.exam.state
        now_here = (state.current, state.responses[state.current], state.current in state.flags)
        if now_here == self.shown:
            return
        self.shown = now_here
        title = card("title", self.desk.lang, number=state.current + 1, total=len(state.questions))
        marked = self._say("marked") if state.current in state.flags else ""
        self.desk.write(f"\n{title}{marked} — {self._say('left', left=clock(self.exam.remaining))}")
        question = self._question(state.current)
        if question is None:
            self.desk.write(self._say("changed"))
            return
        layout = shuffled(question, state.seed)
        self.desk.write(f"{question.scenario(self.desk.lang)}\n")
        self.desk.write(closed_question.shown(question, layout, self.desk.lang))
        if response := state.responses[state.current]:
            letters = sorted("ABCDEF"[layout.shown(place)] for place in response)
            self.desk.write(self._say("your_answer", letters=" ".join(letters)))

    def _question(self, place: int) -> ChoiceQuestion | None:
        return self.exam.state.questions[place].among(self.questions)

    def _key(self, command: str) -> str:
        return say(f"key_{command}", self.desk.lang)

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.desk.lang, **values)
