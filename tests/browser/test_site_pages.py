"""The static site in a real browser: alone with itself, readable by all, and as quick to find one's way in as a book."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labs.learner import LANGUAGES
from labs.site import build, serve
from labs.site.cli import MARKER
from labs.site.folder import MadeFolder

pytestmark = pytest.mark.browser

LESSON = "02_ecr.html"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1300, "height": 900}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = MadeFolder(tmp_path_factory.mktemp("made") / "site", MARKER)
    made.write(build.make(build.read()))
    return made.path


@pytest.fixture(scope="module")
def pages(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    running = serve.server(folder, None)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://{serve.LOOPBACK}:{running.server_port}/"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Open a page of a fresh profile: `visit(address, viewport=…, color_scheme=…)`."""
    contexts = []

    def opened(where: str, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": DESK, "reduced_motion": "reduce", **options})
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(where)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("scheme", "viewport"), [("http", PHONE), ("file", DESK)], ids=["http", "file"])
def test_nothing_leaves_the_site_nothing_fails_and_no_page_scrolls_sideways(
    chromium: Any, folder: Path, address: str, pages: list[str], scheme: str, viewport: Any
) -> None:
    root = address if scheme == "http" else f"{folder.as_uri()}/"
    context = chromium.new_context(viewport=viewport)
    context.set_default_timeout(60_000)
    wide: list[str] = []
    asked: list[str] = []
    faults: list[str] = []

    def failed(request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the icon of a page that was left at once
            faults.append(f"{request.url}: {request.failure}")

    context.on("request", lambda request: asked.append(request.url))
    context.on("requestfailed", failed)
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    for name in pages:
        if (scheme, name) == ("file", "404.html"):
            continue  # a host shows it, and it leads to the host's root
        page.goto(root + name)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
        if name.endswith("/index.html"):
            page.click("#search-button")
            page.fill("#search-words", "ecs")
            page.wait_for_selector("#search-results a")
    context.close()
    assert len(asked) > len(pages)
    assert [url for url in asked if not url.startswith((root, "data:"))] == []
    assert faults == []
    assert wide == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "404.html",
        "fr/index.html",
        "en/01_containers.html",
        "fr/06_frenchbakery_lab.html",
        "en/08_quiz.html",
    ],
)
def test_no_barrier_that_axe_knows(visit: Any, address: str, name: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(address + name, color_scheme=theme)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    barriers = [
        (violation["id"], node["target"], node.get("failureSummary", ""))
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert barriers == []


def test_what_is_too_wide_for_a_phone_scrolls_in_its_box_and_by_keyboard(visit: Any, address: str) -> None:
    page = visit(f"{address}fr/{LESSON}", viewport=PHONE)
    box = page.locator(".output:has(.fb-drawing)").first
    page.wait_for_function("box => box.tabIndex === 0", arg=box.element_handle())
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())


def test_the_language_switch_leads_to_the_same_section_and_is_remembered(visit: Any, address: str) -> None:
    page = visit(f"{address}fr/{LESSON}")
    entry = page.locator("#toc a").nth(4)
    twin = entry.get_attribute("data-twin")
    entry.click()
    page.wait_for_selector("#toc li:nth-child(5) a[aria-current]")
    box = page.locator("#language").bounding_box()
    # by the mouse: a locator's click may scroll the page first, and then the place is another
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_url(f"**/en/{LESSON}#{twin}")
    page.goto(address)
    page.wait_for_url("**/en/index.html")
    assert page.locator("html").get_attribute("lang") == "en"


def test_who_has_not_chosen_is_asked(visit: Any, address: str) -> None:
    page = visit(address)
    assert [link.get_attribute("hreflang") for link in page.query_selector_all("a.action")] == ["en", "fr"]
    assert page.url == address


def test_the_theme_follows_the_system_until_the_reader_chooses(visit: Any, address: str) -> None:
    page = visit(f"{address}fr/{LESSON}", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    fill = "getComputedStyle(document.querySelector('.fb-drawing .page, .fb-drawing rect')).fill"
    dark, dark_drawing = page.evaluate(ground), page.evaluate(fill)
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    page.click("#theme")
    light, light_drawing = page.evaluate(ground), page.evaluate(fill)
    assert dark != light == "rgb(255, 255, 255)"
    assert dark_drawing != light_drawing
    page.goto(f"{address}en/{LESSON}")
    assert page.evaluate(ground) == light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ground) == light


@pytest.mark.parametrize(
    ("lang", "words", "page_name"),
    [
        ("fr", "DEPOT etiquettes", "02_ecr.html"),
        ("en", "lifecycle polic", "02_ecr.html"),
        ("en", "fargte", "04_fargate.html"),
    ],
)
def test_search_forgives_accents_endings_and_slips_and_works_by_keyboard(
    visit: Any, address: str, lang: str, words: str, page_name: str
) -> None:
    page = visit(f"{address}{lang}/index.html")
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.wait_for_function("() => document.querySelector('#search-count').textContent.match(/[1-9]/)")
    page.wait_for_selector(f'#search-results a[href*="{page_name}"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}{lang}/*.html#*")


def test_search_says_when_it_finds_nothing(visit: Any, address: str) -> None:
    page = visit(f"{address}en/index.html")
    page.click("#search-button")
    page.fill("#search-words", "xyzzyxyzzy")
    page.wait_for_function("() => document.querySelector('#search-count').textContent === 'Nothing found'")
    page.keyboard.press("Escape")
    page.wait_for_selector("#search", state="hidden")


def test_the_first_key_leads_past_the_menus(visit: Any, address: str) -> None:
    page = visit(f"{address}en/{LESSON}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'content'")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_scripts_everything_can_be_read_and_reached(visit: Any, address: str, lang: str) -> None:
    page = visit(f"{address}{lang}/{LESSON}", viewport=PHONE, java_script_enabled=False)
    assert page.locator("h1").is_visible() and page.locator(".turn").first.is_visible()
    assert not page.locator("#theme").is_visible() and not page.locator("#search-button").is_visible()
    page.click('[popovertarget="course"]')
    page.click('#course a[href="04_fargate.html"]')
    page.wait_for_url(f"**/{lang}/04_fargate.html")
    page.click("details summary >> nth=0")
    page.click("#language")
    page.wait_for_url("**/04_fargate.html")


def test_a_cell_can_be_copied(visit: Any, address: str) -> None:
    page = visit(f"{address}en/{LESSON}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("window.setTimeout = () => {}")  # the button says it for a moment only
    cell = page.locator(".cell .copy-place").first
    cell.hover()
    cell.locator(".copy").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.copy')].some(b => b.textContent === 'Copied')"
    )
    assert page.evaluate("navigator.clipboard.readText()") == cell.locator("pre").inner_text().rstrip()
