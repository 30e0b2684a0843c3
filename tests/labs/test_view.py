"""The diagram, the timeline, the outcome and the environment report, without a cloud."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from labs.checks import STEPS, Outcome
from labs.doctor import Finding
from labs.inventory import Task
from labs.view import outcome as outcomes
from labs.view.diagram import diagram
from labs.view.diagram.outline import facts, words
from labs.view.diagram.picture import picture
from labs.view.diagram.scene import Scene, lanes
from labs.view.environment import environment, shorten
from labs.view.svg import HUES, Drawing, clean, cut
from labs.view.timeline import Row, rows, timeline
from tests.labs.shop_in_place import ZONES, complete, nothing

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script>\x07&\""


def scene(found: Any = None, **parts: Any) -> Scene:
    found = found or complete()
    names = set(Scene.__dataclass_fields__) - {"region"}
    return replace(Scene("us-east-1", **{name: getattr(found, name) for name in names}), **parts)


def drawn(one: Scene) -> ElementTree.Element:
    return ElementTree.fromstring(picture(one))


def texts(one: Scene) -> list[str]:
    return [element.text or "" for element in drawn(one).iter(f"{SVG}text")]


def test_an_empty_account() -> None:
    shown = diagram(scene(nothing()))
    assert repr(shown) == "Diagram: nothing yet"
    assert "nothing yet" in texts(scene(nothing()))
    assert "<details>" not in shown.html


def test_everything_is_drawn_and_said() -> None:
    everything = texts(scene())
    outline = "\n".join(line for _, line in words(scene()))
    for name in ("frenchbakery/orders", "frenchbakery-orders", "VPC 10.0.0.0/16", "ECS cluster frenchbakery"):
        assert any(name in text for text in everything), name
        assert name in outline
    for service in ("frontend", "orders", "products", "reviews"):
        assert f"{service} · 2/2" in everything
    assert everything.count("task 1 · RUNNING · healthy") == 4
    assert "/api/orders*" in everything
    assert "frenchbakery-tasks: 8080 from frenchbakery-alb" in everything
    assert "/api/orders* → frenchbakery-orders" in outline


def test_the_compared_line_counts_and_is_stable() -> None:
    assert repr(diagram(scene())) == (
        "Diagram: 4 repositories, 6 images, a cluster, a network in 2 zones, a load balancer, a table, "
        "4 task definitions, 4 services"
    )
    one_task_less = scene(tasks=complete().tasks[1:])
    assert repr(diagram(one_task_less)) == repr(diagram(scene()))


def test_nothing_volatile_is_drawn() -> None:
    html = diagram(scene()).html
    for task in complete().tasks:
        assert task.address not in html
    assert "sha256" not in html
    assert "arn:" not in html


def test_screen_readers_get_title_and_description() -> None:
    root = drawn(scene())
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root}
    title, description = str(root.get("aria-labelledby")).split()
    assert named[title] == "What exists now"
    assert named[description] == facts(scene())


def test_two_diagrams_on_a_page_have_their_own_ids() -> None:
    def ids(svg: str) -> set[str]:
        return set(re.findall(r' id="([^"]+)"', svg))

    assert not ids(picture(scene(), "fb1")) & ids(picture(scene(), "fb2"))


@pytest.mark.parametrize(
    ("status", "health", "mark", "word"),
    [
        ("RUNNING", "healthy", "good", "healthy"),
        ("RUNNING", "unhealthy", "bad", "failing"),
        ("RUNNING", "initial", "wait", "on trial"),
        ("PENDING", None, "wait", ""),
        ("STOPPING", "healthy", "leave", ""),
    ],
)
def test_a_task_has_a_colour_and_a_symbol(status: str, health: str | None, mark: str, word: str) -> None:
    [task] = [task for task in complete().tasks if task.id == "orders0"]
    groups = [
        replace(group, health=((task.address, health),) if health and "orders" in group.name else ())
        for group in complete().target_groups
    ]
    one = scene(tasks=(replace(task, status=status),), target_groups=tuple(groups))
    [copy] = next(lane for lane in lanes(one) if lane.title.startswith("orders")).copies
    assert (copy.mark, copy.health, copy.status) == (mark, word, status)
    assert f'class="box-{mark}"' in picture(one)
    assert f'class="mark-{mark}"' in picture(one)


def test_symbols_differ_by_shape_not_only_by_colour() -> None:
    def shape(mark: str) -> str:
        drawing = Drawing(40)
        drawing.mark(20, 20, mark)
        return re.sub(r'class="[^"]+"', "", drawing.render(40, "", "", "x").split("</style>")[1])

    assert len({shape(mark) for mark in ("good", "bad", "wait", "leave")}) == 4


def test_tasks_started_by_hand_have_their_own_lane() -> None:
    by_hand = Task("t", "family:try", "RUNNING", ZONES[0], "", "UNKNOWN")
    assert lanes(scene(tasks=(by_hand,)))[-1].title == "try · started by hand"


def test_many_tasks_are_counted() -> None:
    many = tuple(Task(f"t{n}", "service:orders", "RUNNING", ZONES[0], "", "") for n in range(7))
    assert "+ 5" in texts(scene(tasks=many))


def test_hostile_names_stay_text() -> None:
    found = complete()
    hostile = scene(
        repositories=tuple(replace(each, name=HOSTILE) for each in found.repositories),
        networks=(replace(found.networks[0], cidr=HOSTILE),),
        load_balancer=replace(found.load_balancer, name=HOSTILE),
        services=tuple(replace(each, name=HOSTILE) for each in found.services),
        tasks=(Task("t", f"family:{HOSTILE}", HOSTILE, ZONES[0], "", ""),),
        roles=tuple(replace(each, name=HOSTILE) for each in found.roles),
        log_groups=(HOSTILE,),
        region=HOSTILE,
    )
    shown = diagram(hostile)
    assert "<script" not in shown.html
    assert drawn(hostile) is not None
    assert "\x07" not in shown.html


def test_text_is_cut_to_its_room_and_kept_as_a_tooltip() -> None:
    assert cut("abcdef", 30, 10) == "ab…"
    assert cut("abc", 30, 10) == "abc"
    assert clean("a\x00b") == "a�b"
    long = "/ecs/frenchbakery-" + "x" * 60
    titles = [element.text for element in drawn(scene(log_groups=(long,))).iter(f"{SVG}title")]
    assert long in titles


def test_hues_are_named_once_and_valid() -> None:
    assert all(re.fullmatch(r"#[0-9a-f]{6}", hue) for hue in HUES.values())


# --- in a real browser


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_text_stays_within_the_picture(
    chromium: Any, lang: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.set_content(f"<meta charset=utf-8>{diagram(scene()).html}")
    outside = page.evaluate(
        """() => {
          const svg = document.querySelector('svg').getBoundingClientRect();
          return [...document.querySelectorAll('svg text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < svg.left || box.right > svg.right || box.bottom > svg.bottom;
          }).map(text => text.textContent);
        }"""
    )
    overlapping = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll('svg text')].map(text => [text.textContent, text.getBoundingClientRect()]);
          const found = [];
          boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
            if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom) found.push(one + ' / ' + other);
          }));
          return found;
        }"""
    )
    page.close()
    assert outside == []
    assert overlapping == []


@pytest.mark.browser
@pytest.mark.parametrize("trusted", [True, False])
def test_an_untrusted_notebook_shows_the_line_instead(chromium: Any, trusted: bool) -> None:
    html = diagram(scene()).html
    if not trusted:  # as JupyterLab's sanitizer does
        html = re.sub(
            r"<style>.*?</style>|</?(svg|text|rect|path|desc|title|circle|poly\w+)\b[^>]*>",
            "",
            html,
            flags=re.S,
        )
    page = chromium.new_page()
    page.set_content(f"<meta charset=utf-8>{html}")
    assert page.locator(".fb-picture").is_visible() == trusted
    assert page.locator(".fb-instead").is_visible() != trusted
    assert page.locator("details").is_visible()
    page.close()


# --- timeline

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(seconds: float, message: str) -> dict[str, Any]:
    return {"createdAt": START + timedelta(seconds=seconds), "message": f"(service orders) {message}"}


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("has started 2 tasks: (task a) (task b).", "starts 2 tasks"),
        ("registered 1 targets in (target-group arn:x)", "registers a target with the load balancer"),
        ("deregistered 1 targets in (target-group arn:x)", "takes a target off the load balancer"),
        ("has stopped 1 running tasks: (task a).", "stops a task"),
        ("has begun draining connections on 1 tasks.", "lets a task finish its requests"),
        ("has reached a steady state.", "steady state"),
        (
            "(deployment ecs-svc/1) deployment failed: tasks failed to start.",
            "gives up its deployment: tasks failed",
        ),
        ("rolling back to deployment ecs-svc/0.", "goes back to the last deployment"),
        ("stopped 2 pending tasks.", "stops 2 tasks that had not finished"),
        (
            "(task a) (port 8080) is unhealthy in (target-group arn:x) due to (reason Timed out).",
            ": Timed out",
        ),
        ("(task a) failed container health checks.", "fail its container’s health check"),
        ("was unable to place a task. Reason: no image.", "cannot place a task: no image."),
        ("has started 1 tasks in us-east-1a to AZ Rebalance: (task a).", "starts a task"),
        ("is not AZ balanced with 2 tasks in a and 0 tasks in b. AZ Rebalancing in progress.", "evens out"),
        ("is AZ balanced with 1 tasks in a and 1 tasks in b.", "spread evenly"),
        ("says something new.", "(service orders) says something new."),
    ],
)
def test_events_in_plain_words(message: str, plain: str) -> None:
    [row] = rows([{"serviceName": "orders", "events": [event(0, message)]}], [])
    assert plain in row.what


def test_the_lives_of_tasks_join_the_events_in_order_of_time() -> None:
    task = {
        "taskArn": "arn:aws:ecs:::task/frenchbakery/abc",
        "group": "service:orders",
        "createdAt": START + timedelta(seconds=1),
        "startedAt": START + timedelta(seconds=3),
        "stoppedAt": START + timedelta(seconds=9),
        "stoppedReason": "Essential container in task exited",
    }
    story = rows(
        [{"serviceName": "orders", "events": [event(2, "has started 1 tasks: (task abc).")]}], [task]
    )
    assert [row.what for row in story] == [
        "task 1 is asked for",
        "starts a task",
        "task 1 runs, 2.00 s after the request",
        "task 1 has stopped: Essential container in task exited",
    ]


def test_the_timeline_escapes_and_compares_names_only() -> None:
    shown = timeline([Row(START, "orders", HOSTILE), Row(START + timedelta(seconds=1.26), "orders", "x")])
    assert "<script" not in shown.html
    assert "1.26 s" in shown.html
    assert repr(shown) == "Timeline: orders"
    assert repr(timeline([])) == "Timeline: nothing yet"


# --- outcomes, environment


def test_an_outcome_shows_state_symbol_and_escaped_reasons() -> None:
    shown = outcomes.outcome(STEPS["cluster"], Outcome("cluster", "failed", (HOSTILE,)))
    assert repr(shown).splitlines()[0] == "✘ the cluster: to fix"
    assert "<script" not in shown.html
    assert 'role="status"' in shown.html


def test_the_environment_report_hides_private_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert shorten("3.11.7 (/opt/course/.venv/bin/python)") == "3.11.7 (…/python)"
    assert shorten("/home/somebody/frenchbakery-course") == "~/frenchbakery-course"
    assert (
        shorten("running at http://127.0.0.1:4000 (engine: process)")
        == "running at http://127.0.0.1:4000 (engine: process)"
    )
    shown = environment([Finding("Python", "ok", HOSTILE), Finding("Home", "problem", "x", "mend it")])
    assert repr(shown) == "Your environment: to fix: Home"
    assert "<script" not in shown.html
    assert repr(environment([Finding("Python", "advice", "x")])) == "Your environment: all is ready"
