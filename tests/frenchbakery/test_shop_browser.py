"""The shop in a real browser, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.frenchbakery.bakery import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop of four processes."""
    import socket

    logs = tmp_path_factory.mktemp("logs")
    ports = []
    for _ in range(4):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    with ExitStack() as stack:
        urls = {}
        for port, service in zip(ports, ("products", "orders", "reviews", "frontend"), strict=True):
            process = stack.enter_context(running(service, port, logs / service, **urls))
            urls[f"{service.upper()}_URL"] = process.url
        yield urls["FRONTEND_URL"]


@pytest.fixture
def page(chromium: Any, shop: str) -> Iterator[Any]:
    context = chromium.new_context(
        java_script_enabled=False, locale="en-GB", viewport={"width": 1200, "height": 900}
    )
    context.set_default_timeout(60_000)
    opened = context.new_page()
    opened.goto(f"{shop}/")
    yield opened
    context.close()


def tab_to(page: Any, selector: str) -> int:
    """Press Tab until an element has the focus; how many times it took."""
    for presses in range(1, 60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return presses
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_an_order_by_keyboard_alone(page: Any) -> None:
    assert tab_to(page, ".skip") == 1, "the first stop skips the navigation"
    page.keyboard.press("Enter")
    tab_to(page, "#croissant button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#croissant")
    page.goto(page.url.split("#")[0])
    tab_to(page, ".basket")
    page.keyboard.press("Enter")
    page.wait_for_url("**/basket")
    tab_to(page, "a.button[href$=order]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/order")
    tab_to(page, "input[name=pickup]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "form.panel button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*")
    assert page.locator("h1").inner_text() == "Thank you, it is ordered!"
    assert "Tomorrow noon" in page.locator(".ticket").inner_text()


@pytest.mark.parametrize("width", [320, 1200])
def test_no_page_is_wider_than_its_window(page: Any, shop: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#macarons button").click()
    for path in ("", "products/fougasse", "basket", "order", "architecture", "nothing"):
        page.goto(f"{shop}/{path}")
        for part in ("html", ".top", "main", "body > footer"):
            box = page.locator(part).first.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, f"{part} of /{path}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colour_scheme_is_the_system_s(chromium: Any, shop: str, scheme: str, tmp_path: Path) -> None:
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{shop}/")
    red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    assert (int(red) < 128) is (scheme == "dark")
    assert problems == [], "the content security policy refused something"
    context.close()


def test_behind_a_prefix(chromium: Any, shop: str) -> None:
    """A proxy that adds a path, as JupyterHub's does: everything still works."""
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    outside = []

    def forward(route: Any) -> None:
        inside = route.request.url.removeprefix("http://hub.example.com/user/ana/proxy/8080")
        if inside.startswith("http"):
            outside.append(route.request.url)
            route.abort()
            return
        answer = route.fetch(
            url=shop + inside, max_redirects=0, headers=forwarded(route.request.headers, shop)
        )
        route.fulfill(response=answer)

    page.route("**/*", forward)
    page.goto("http://hub.example.com/user/ana/proxy/8080/")
    page.locator("#eclair h3 a").click()
    assert page.locator("h1").inner_text() == "Éclair au café"
    page.locator("text=English").click()
    assert page.locator("h1").inner_text() == "Coffee éclair"
    page.locator(".basket").click()
    assert page.url.startswith("http://hub.example.com/user/ana/proxy/8080/basket")
    assert outside == []
    context.close()


def forwarded(headers: dict[str, str], shop: str) -> dict[str, str]:
    """A proxy's headers: the host that the browser asked for travels beside."""
    return {name: value for name, value in headers.items() if name != "host"}
