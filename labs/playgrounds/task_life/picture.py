"""The drawing of a life: a staircase of states, and below it what was wanted and what the program did."""

from __future__ import annotations

from labs.cloud.task_words import (
    ACTIVATING,
    DEACTIVATING,
    DEPROVISIONING,
    PENDING,
    PROVISIONING,
    RUNNING,
    STATES,
    STOPPED,
    STOPPING,
)
from labs.playgrounds.task_life.story import GONE, Life
from labs.playgrounds.task_life.texts import say
from labs.view.svg import Drawing

WIDTH = 460
LEFT, UNIT = 122, 10.0  # where time starts; pixels of one schematic unit
TOP, ROW, BAR = 14, 25, 16
BELOW = TOP + ROW * len(STATES) + 10  # of what was wanted
HEIGHT = BELOW + 92

HUES = {
    PROVISIONING: "wait",
    PENDING: "wait",
    ACTIVATING: "wait",
    RUNNING: "good",
    DEACTIVATING: "compute",
    STOPPING: "compute",
    DEPROVISIONING: "compute",
    STOPPED: "leave",
}


def draw(life: Life, description: str) -> str:
    """The SVG."""
    drawing = Drawing(WIDTH)
    end = LEFT + UNIT * sum(phase.length for phase in life.phases)
    asked = None if life.asked is None else LEFT + UNIT * life.asked
    if asked is not None:
        drawing.wire((asked, TOP - 4), (asked, BELOW + BAR), dashed=True, tip=False)
    _stairs(drawing, life)
    _wanted(drawing, asked, end)
    _program(drawing, life, end)
    drawing.wire((LEFT, HEIGHT - 22), (WIDTH - 16, HEIGHT - 22))
    drawing.text(WIDTH - 16, HEIGHT - 7, say("time"), "soft", anchor="end")
    return drawing.render(HEIGHT, say("picture"), description, "task-life")


def _stairs(drawing: Drawing, life: Life) -> None:
    lengths = {phase.state: phase.length for phase in life.phases}
    previous: tuple[float, float] | None = None
    for place, state in enumerate(STATES):
        y = TOP + ROW * place
        if state not in lengths:
            drawing.text(12, y + 12, state, "soft")
            drawing.text(LEFT, y + 12, say("not_passed"), "soft")
            continue
        drawing.text(12, y + 12, state, "code")
        x, width = LEFT + UNIT * life.start(state), UNIT * lengths[state]
        if previous is not None:
            drawing.wire((x, previous[1]), (x, y), tip=False)
        drawing.box(x, y, width, BAR, HUES[state])
        previous = (x + width, y + BAR)


def _wanted(drawing: Drawing, asked: float | None, end: float) -> None:
    drawing.text(12, BELOW + 12, say("desired"), "code")
    until = end if asked is None else asked
    drawing.box(LEFT, BELOW, until - LEFT, BAR, "good")
    drawing.text(LEFT + 8, BELOW + 12, RUNNING, "soft")
    if asked is not None:
        drawing.box(asked, BELOW, end - asked, BAR, "leave")
        fits = end - asked > 64
        drawing.text(asked + 8 if fits else end + 6, BELOW + 12, STOPPED, "soft")


def _program(drawing: Drawing, life: Life, end: float) -> None:
    """The image's pull, the program's run, the signals it got and how it ended."""
    y = BELOW + 26
    drawing.text(12, y + 12, say("program_row"))
    pending = LEFT + UNIT * life.start(PENDING)
    length = UNIT * next(phase.length for phase in life.phases if phase.state == PENDING)
    pulled = ACTIVATING in life.states
    drawing.box(pending, y, length, BAR, "wait" if pulled else "bad", dashed=True)
    drawing.text(pending + length / 2, y + 12, say("pull"), "soft", anchor="middle")
    if not pulled:
        drawing.mark(pending + length + 14, y + 9, "bad")
        return
    start = LEFT + UNIT * life.start(ACTIVATING)
    if life.ending is None:
        drawing.box(start, y, end - start, BAR, "compute")
        drawing.mark(end + 14, y + 9, "bad")
        drawing.text(end + 28, y + 13, "UNHEALTHY", "soft")
        return
    stopping = LEFT + UNIT * life.start(STOPPING)
    finish = LEFT + UNIT * life.start(DEACTIVATING)
    if life.signalled:
        finish = LEFT + UNIT * life.start(DEPROVISIONING)
        if life.case.listens:
            finish -= UNIT * GONE / 2
    drawing.box(start, y, finish - start, BAR, "compute")
    bad = life.ending.exit_code != 0
    drawing.mark(finish + 13, y + 8, "bad" if bad else "good")
    code = life.ending.exit_code
    drawing.text(
        finish + 27, y + 13, say("vanished") if code is None else say("exit_mark", code=code), "soft"
    )
    if life.signalled:
        drawing.wire((stopping, y + 30), (stopping, y + BAR + 2))
        drawing.text(stopping - 6, y + 33, "SIGTERM", "code", anchor="end")
        if not life.case.listens:
            drawing.wire((finish, y + 30), (finish, y + BAR + 2))
            drawing.text(finish + 6, y + 33, "SIGKILL", "code")
