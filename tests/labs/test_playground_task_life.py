"""The playground of a task's life: the life cycle's rules hold in every case, and the words are AWS's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.task_words import KILLED, RUNNING, STATES, STOPPED
from labs.facts import number
from labs.playgrounds.task_life import chosen, playground, show
from labs.playgrounds.task_life.story import EVENTS, Case, Life, live

START: dict[str, Any] = {
    "happens": "stop",
    "capacity": "fargate",
    "owner": "balanced",
    "listens": True,
    "timeout": 30,
    "code": 1,
}
SETTINGS = st.fixed_dictionaries(
    {
        "happens": st.sampled_from(EVENTS),
        "capacity": st.sampled_from(["fargate", "ec2"]),
        "owner": st.sampled_from(["alone", "service", "balanced"]),
        "listens": st.booleans(),
        "timeout": st.integers(2, 120),
        "code": st.integers(0, 255),
    }
)


def life(**changed: Any) -> Life:
    found = live(chosen(START | changed))
    assert found is not None
    return found


@given(SETTINGS)
def test_states_come_in_order_and_the_wish_changes_once(settings: dict[str, Any]) -> None:
    found = live(chosen(settings))
    if found is None:
        assert "✘" in show(settings).html
        return
    assert list(found.states) == sorted(found.states, key=STATES.index)
    wishes = [phase.desired for phase in found.phases]
    assert wishes == sorted(wishes, key=(RUNNING, STOPPED).index)
    assert (found.states[-1] == STOPPED) == (found.ending is not None) == (wishes[-1] == STOPPED)
    assert all(phase.length > 0 for phase in found.phases)


@given(SETTINGS)
def test_exit_codes_are_those_of_what_happened(settings: dict[str, Any]) -> None:
    found = live(chosen(settings))
    if found is None or found.ending is None:
        return
    code = found.ending.exit_code
    if found.signalled:
        assert code == (0 if settings["listens"] else KILLED)
    elif settings["happens"] == "exit":
        assert code == settings["code"]
    elif settings["happens"] == "memory":
        assert code == KILLED
    else:
        assert code is None, "what never ran, or is gone with its machine, has no exit code"


@given(SETTINGS)
def test_everything_that_is_told_is_shown(settings: dict[str, Any]) -> None:
    shown, found = show(settings), live(chosen(settings))
    if found is None:
        return
    assert shown.text.startswith(" → ".join(found.states))
    assert all(f"<code style='white-space:nowrap'>{state}</code>" in shown.html for state in found.states)
    if found.ending:
        assert found.ending.code in shown.text
        assert found.ending.reason.rstrip(".") in shown.text


@pytest.mark.parametrize(
    ("settings", "code", "reason"),
    [
        ({"happens": "stop"}, "UserInitiated", "Task stopped by user"),
        ({"happens": "scale-in"}, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/"),
        ({"happens": "image"}, "TaskFailedToStart", "CannotPullContainerError: "),
        ({"happens": "exit"}, "EssentialContainerExited", "Essential container in task exited"),
        ({"happens": "memory"}, "EssentialContainerExited", "Essential container in task exited"),
        ({"happens": "container-check"}, "ServiceSchedulerInitiated", "Task failed container health checks"),
        ({"happens": "target-check"}, "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn"),
        ({"happens": "spot"}, "SpotInterruption", "Your Spot Task was interrupted."),
        ({"happens": "spot", "capacity": "ec2"}, "TerminationNotice", "Host EC2 (instance i-"),
    ],
)  # fmt: skip
def test_stop_code_and_reason(settings: dict[str, Any], code: str, reason: str) -> None:
    told = life(**settings).described()
    assert told["stopCode"] == code
    assert told["stoppedReason"].startswith(reason)


def test_a_task_whose_image_is_missing_never_runs() -> None:
    found = life(happens="image")
    assert found.states == ("PROVISIONING", "PENDING", "STOPPING", "DEPROVISIONING", "STOPPED")
    assert "exit code" not in show(START | {"happens": "image"}).html.partition("</style>")[2]


def test_memory_is_told_by_the_containers_reason() -> None:
    (container,) = life(happens="memory").described()["containers"]
    assert container["reason"].startswith("OutOfMemoryError")


@pytest.mark.parametrize("event", ["scale-in", "container-check", "target-check"])
def test_only_the_services_own_stops_wait_for_connections_to_drain(event: str) -> None:
    assert "draining" in [phase.does for phase in life(happens=event).phases]
    assert f"{number('deregistration_delay'):g} s by default" in show(START | {"happens": event}).html
    for other in ("stop", "exit", "memory", "spot"):
        assert "draining" not in [phase.does for phase in life(happens=other).phases]


def test_a_program_that_listens_makes_the_stop_timeout_not_matter() -> None:
    assert life(listens=True, timeout=2).phases == life(listens=True, timeout=120).phases
    short, long = (
        sum(phase.length for phase in life(listens=False, timeout=timeout).phases) for timeout in (2, 120)
    )
    assert short < long


def test_an_unhealthy_task_without_a_service_goes_on() -> None:
    found = life(happens="container-check", owner="alone")
    assert found.states[-1] == RUNNING
    assert found.asked is None
    told = found.described()
    assert "stopCode" not in told
    assert told["containers"][0]["healthStatus"] == "UNHEALTHY"
    assert (
        "only when it belongs to a service"
        in show(START | {"happens": "container-check", "owner": "alone"}).html
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"happens": "scale-in", "owner": "alone"}, "Without a service nobody scales in"),
        ({"happens": "target-check", "owner": "alone"}, "behind no load balancer"),
        ({"happens": "target-check", "owner": "service"}, "behind no load balancer"),
    ],
)
def test_what_cannot_happen_is_said_to_be_impossible(settings: dict[str, Any], words: str) -> None:
    assert live(chosen(START | settings)) is None
    assert words in show(START | settings).text


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "has finished its work"), (3, "the program chose it"), (139, "number 11 (SIGSEGV)"), (255, "number 127.")],
)  # fmt: skip
def test_an_exit_code_is_explained(code: int, words: str) -> None:
    assert words in show(START | {"happens": "exit", "code": code}).html


def test_who_starts_another_task() -> None:
    assert "replaced" in life(happens="exit").remarks
    assert "not-replaced" in life(happens="scale-in").remarks
    assert "replaced-first" in life(happens="container-check", owner="service").remarks
    assert "never-replaced" in life(happens="exit", owner="alone").remarks


def test_the_answer_shown_is_the_answer_described() -> None:
    shown = show(START | {"happens": "exit", "code": 3})
    found = shown.html.partition("<pre")[2].partition(">")[2].partition("</pre>")[0]
    assert json.loads(found.replace("&quot;", '"')) == life(happens="exit", code=3).described()


def test_the_slider_ends_where_fargate_does(monkeypatch: pytest.MonkeyPatch) -> None:
    board = playground()
    most = int(number("fargate_longest_stop_timeout"))
    assert f"once the {most} s" in board.set(timeout=most).html
    with pytest.raises(ValueError, match="timeout"):
        board.set(timeout=most + 1)
    monkeypatch.setenv("COURSE_LANG", "fr")
    assert "Ce qui se passe" in playground().output


def test_a_case_is_possible_by_default() -> None:
    assert Case("stop").possible
