"""The mock exam in a notebook: the kernel decides and keeps everything, the page draws and counts seconds.

Until the exam is finished the page gets the current question's texts and nothing that tells a key. Every answer is in
the record before the page shows it as kept, so a killed kernel costs nothing but time: the deadline stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import SystemRandom
from typing import Any

import anywidget
import traitlets

from labs.learner import Language, language
from quiz.clock import utc_now
from quiz.examination import Examination, ExamRunning
from quiz.exams import ExamState, Finished, FormName, NotEnoughQuestions, TimeUp, form
from quiz.exams.forms import FORM_NAMES
from quiz.model import AnyQuestion, ChoiceQuestion
from quiz.presentation import shuffled
from quiz.store import Record, RecordError
from quiz.widget_texts import say as card_say
from quiz.widgets.bundle import STATIC, bundle
from quiz.widgets.card import NotAnAnswer
from quiz.widgets.choice_card import response, shown
from quiz.widgets.exam_result import result_screen
from quiz.widgets.exam_texts import say
from quiz.widgets.finding import UnknownCondition

SEEDS = 2**31


class Exam(anywidget.AnyWidget):
    """One mock exam. `screen` is what to draw, `progress` the state of every question and the current
    answer, `clock` the seconds left."""

    _esm = bundle("exam.js")
    _css = STATIC / "quiz.css"
    content = traitlets.Dict().tag(sync=True)
    screen = traitlets.Dict().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    clock = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        form_name: FormName,
        questions: Mapping[str, AnyQuestion],
        *,
        lang: Language | None = None,
        record: Record | None = None,
        now: Callable[[], datetime] = utc_now,
        seed: Callable[[], int] = lambda: SystemRandom().randrange(SEEDS),
    ):
        if form_name not in FORM_NAMES:
            known = ", ".join(FORM_NAMES)
            raise UnknownCondition(card_say("unknown_condition", name="exam", value=form_name, known=known))
        self.form_name: FormName = form_name
        self.lang: Language = lang or language()
        self._questions = questions
        self._record = record or Record()
        self._now = now
        self._seed = seed
        self._exam: Examination | None = None
        self._turn = 0
        words = {  # the page fills in the numbers
            key: texts[self.lang] for key, texts in say.catalogue.items()
        }
        words |= {key: card_say(key, self.lang) for key in ("silent", "sources", "empty")}
        super().__init__(content=words | {"lang": self.lang})
        self._open()
        self.on_msg(self._receive)

    @property
    def state(self) -> str:
        """The name of the screen: start, question, review or result."""
        return str(self.screen["name"])

    def _receive(self, _: object, message: Any, buffers: object) -> None:
        """What the page sends. What it cannot have meant is ignored: any script of the page could have sent it."""
        try:
            if self._exam is None:
                self._outside(message)
            else:
                self._inside(self._exam, message)
        except (TimeUp, Finished):
            self._show_result()
        except RecordError as error:
            self._tell(str(error))
        except KeyError:  # the record was erased meanwhile, and the exam with it
            self._open()
        except (ValueError, IndexError):  # NotAnAnswer among them
            return

    def _outside(self, message: Any) -> None:
        match message:
            case {"kind": "begin"}:
                self._begin()
            case {"kind": "resume"}:
                self._exam = Examination.resume(self._record, self._questions, self.lang, self._now)
                self._open() if self._exam is None else self._show_current()
            case {"kind": "last"} if last := self._last():
                self._exam = Examination(self._record, self._questions, last, self.lang, self._now)
                self._show_result()

    def _inside(self, exam: Examination, message: Any) -> None:
        match message:
            case {"kind": "clock"}:
                exam.tick()
                self._show_result() if exam.finished else self._refresh()
            case {"kind": "respond", "place": int(place), "response": chosen, "serial": int(serial)}:
                exam.respond(place, self._canonical(exam, place, chosen))
                self._refresh(serial)
            case {"kind": "flag", "place": int(place), "on": bool(on)}:
                exam.flag(place, on)
                self._refresh()
            case {"kind": "visit", "place": int(place)}:
                exam.visit(place)
                self._show_current()
            case {"kind": "review"}:
                exam.tick()
                self._show_result() if exam.finished else self._show({"name": "review"})
            case {"kind": "finish"}:
                exam.finish()
                self._show_result()
            case {"kind": "another"} if exam.finished:
                self._open()

    # Screens

    def _open(self) -> None:
        """The first screen: rules, or the exam that is running; its result when time ran out meanwhile."""
        self._exam = None
        try:
            running = Examination.resume(self._record, self._questions, self.lang, self._now)
            if running and running.finished:
                self._exam = running
                self._show_result()
            else:
                self._show(self._start_screen(running))
        except RecordError as error:
            self._show(
                {"name": "start", "title": say(self.form_name, self.lang), "lines": [], "notice": str(error)}
            )

    def _begin(self) -> None:
        try:
            self._exam = Examination.start(
                self._record, self._questions, self.form_name, self._seed(), self.lang, self._now
            )
        except NotEnoughQuestions as lack:
            self._tell(say("not_enough", self.lang, have=lack.have, need=lack.need))
        except ExamRunning:
            self._open()
        else:
            self._show_current()

    def _start_screen(self, running: Examination | None = None) -> dict[str, Any]:
        name = running.state.form if running else self.form_name
        screen: dict[str, Any] = {"name": "start", "title": say(name, self.lang), "notice": ""}
        if running is None:
            last = self._last() is not None
            return screen | {"lines": rules(self.form_name, self.lang), "running": False, "last": last}
        minutes = -(-int(running.remaining.total_seconds()) // 60)
        lines = [
            say("running", self.lang, answered=running.state.answered, total=len(running.state.questions)),
            say("running_time", self.lang, minutes=minutes),
        ]
        if name != self.form_name:
            lines.append(say("other_form", self.lang, wanted=say(self.form_name, self.lang)))
        return screen | {"lines": lines, "running": True}

    def _last(self) -> ExamState | None:
        """The exam last handed in, of either form."""
        finished = [state for state in self._record.exams() if state.finished_at]
        return finished[-1] if finished else None

    def _show_current(self) -> None:
        exam = self._exam
        if exam is None or exam.finished:
            self._show_result()
            return
        place = exam.state.current
        total = len(exam.state.questions)
        screen = {
            "name": "question",
            "place": place,
            "title": card_say("title", self.lang, number=place + 1, total=total),
        }
        question = self._question(exam, place)
        if question is None:
            screen |= {"scenario": say("withdrawn_question", self.lang), "options": []}
        else:
            screen |= {"scenario": question.scenario(self.lang)}
            screen |= shown(question, shuffled(question, exam.state.seed), self.lang)
        self._show(screen)

    def _show_result(self) -> None:
        if self._exam and self._exam.finished:
            self._show(result_screen(self._exam, self.lang))

    def _tell(self, notice: str) -> None:
        self._show(self.screen | {"notice": notice})

    def _show(self, screen: dict[str, Any]) -> None:
        self._turn += 1  # the page waits for a change, and the same screen twice would be none
        self._refresh()
        self.screen = screen | {"turn": self._turn}

    def _refresh(self, serial: int = 0) -> None:
        """The state of every question, and the time left."""
        if self._exam is None:
            return
        state = self._exam.state
        self._turn += 1
        self.progress = {
            "questions": [
                {"state": _answered(len(chosen), asked.choose), "flagged": place in state.flags}
                for place, (chosen, asked) in enumerate(zip(state.responses, state.questions, strict=True))
            ],
            "current": state.current,
            "response": self._shown_response(self._exam),
            "serial": serial,
            "turn": self._turn,
        }
        running = not self._exam.finished
        self.clock = {"seconds": self._exam.remaining.total_seconds(), "running": running, "turn": self._turn}

    def _question(self, exam: Examination, place: int) -> ChoiceQuestion | None:
        """The question as it was drawn; None when the bank has changed it since."""
        return exam.state.questions[place].among(self._questions)

    def _shown_response(self, exam: Examination) -> list[int]:
        """The answer to the current question, in positions as shown."""
        question = self._question(exam, exam.state.current)
        if question is None:
            return []
        layout = shuffled(question, exam.state.seed)
        return sorted(layout.shown(option) for option in exam.state.responses[exam.state.current])

    def _canonical(self, exam: Examination, place: int, chosen: Any) -> frozenset[int]:
        if not 0 <= place < len(exam.state.questions):
            raise NotAnAnswer
        question = self._question(exam, place)
        if question is None:
            raise NotAnAnswer
        return response(question, shuffled(question, exam.state.seed), chosen)

    @property
    def text(self) -> str:
        """The rules in Markdown, for where widgets do not run."""
        lines = "\n".join(f"- {line}" for line in rules(self.form_name, self.lang))
        how = card_say("how_to_run", self.lang, command=f"course quiz exam --form {self.form_name}")
        return f"**{say(self.form_name, self.lang)}**\n\n{lines}\n\n{how}"

    def __repr__(self) -> str:
        return f"Exam({self.form_name!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The exam; and, where widgets do not run, its rules."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self), "text/markdown": self.text}, metadata


def rules(name: FormName, lang: Language) -> list[str]:
    """How the form works, line by line."""
    chosen = form(name)
    lines = [say("size", lang, questions=chosen.questions, minutes=chosen.minutes)]
    return lines + [
        say(key, lang) for key in ("rule_marking", "rule_feedback", "rule_clock", f"rule_score_{name}")
    ]


def _answered(chosen: int, choose: int) -> str:
    return "answered" if chosen == choose else "incomplete" if chosen else "unanswered"
