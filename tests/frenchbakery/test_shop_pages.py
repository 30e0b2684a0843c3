"""The pages: what they show, to whom, and what they refuse."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx
import pytest

from frenchbakery.frontend.architecture import picture
from frenchbakery.frontend.basket import MAX_LINES, Basket
from tests.frenchbakery.bakery import BROWSER, Bakery, error_of, open_bakery

PAGES = ("/", "/products/croissant", "/basket", "/order", "/architecture", "/nothing/here")
EVIL = "<script>alert('x')</script>\"'&{{ 7*7 }}"


@pytest.fixture(scope="module")
def standing() -> Bakery:
    """The four services, for visits that leave nothing there: a basket is in its visitor's cookie."""
    return open_bakery()


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return html.unescape(found[1])


def order(browser: httpx.Client, product: str = "croissant") -> httpx.Response:
    """Fill the basket and send the order form."""
    browser.post("/basket/add", data={"product_id": product})
    form = browser.get("/order")
    fields = {"key": hidden(form, "key"), "contents": hidden(form, "contents"), "pickup": "noon"}
    return browser.post("/order", data=fields)


# --- what is shown ----------------------------------------------------------------------------------


def test_home_shows_products_prices_ratings_and_reviews(bakery: Bakery) -> None:
    page = bakery.browser.get("/")
    assert page.status_code == 200
    for words in ("Butter croissant", "€1.40", "Rated 4.5 out of 5, reviews: 2", "Flaky, buttery"):
        assert words in page.text


def test_the_visitor_s_language_then_their_choice(bakery: Bakery) -> None:
    browser = bakery.browser
    french = browser.get("/", headers={"Accept-Language": "fr-FR"})
    assert '<html lang="fr">' in french.text and "Croissant au beurre" in french.text
    assert "1,40\u00a0€" in french.text
    assert french.headers["content-language"] == "fr"
    assert '<html lang="fr">' in browser.get("/basket?lang=fr").text
    assert '<html lang="fr">' in browser.get("/").text, "the choice is kept"
    assert '<html lang="en">' in browser.get("/?lang=en").text
    assert "lang" not in browser.get("/?lang=xx").headers.get("set-cookie", "")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_javascript_or_another_site(standing: Bakery, path: str) -> None:
    page = standing.browser.get(path)
    assert "<script" not in page.text
    assert not re.search(r"\son\w+=", page.text), "event handlers"
    assert not re.search(r"\sstyle=", page.text), "inline style, which the policy refuses"
    assert not re.search(r'(href|src|action)="(https?:)?//', page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy


@pytest.mark.parametrize("prefix", ["http://shop", "http://hub/user/ana/proxy/8080"])
def test_links_stay_inside_any_prefix(bakery: Bakery, prefix: str) -> None:
    browser = bakery.browser
    done = order(browser)
    order_page = urljoin("http://x/order", done.headers["location"]).removeprefix("http://x")
    for path in (*PAGES, order_page):
        text = browser.get(path).text
        links = re.findall(r'(?:href|src|action)="([^"]+)"', text)
        assert links
        for link in links:
            target = urljoin(f"{prefix}{path}", html.unescape(link))
            assert target.startswith(f"{prefix}/"), (path, link)
            if path != "/nothing/here" and "reviews" not in link:
                inside = target.removeprefix(prefix)
                assert browser.get(inside).status_code in (200, 405), (path, link)


def test_static_files_and_nothing_else(bakery: Bakery) -> None:
    browser = bakery.browser
    assert browser.get("/static/style.css").headers["content-type"].startswith("text/css")
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/../templates/base.html"):
        assert browser.get(path).status_code == 404


def test_the_page_says_which_task_made_it(bakery: Bakery) -> None:
    page = bakery.browser.get("/")
    assert "frontend/f1" in page.text and "zone-a" in page.text
    assert page.headers["x-served-by"] == "frontend/f1"


def test_architecture_shows_tasks_and_calls(bakery: Bakery) -> None:
    bakery.rules.down = {"reviews"}
    page = bakery.browser.get("/architecture")
    assert page.status_code == 200
    for task in ("f1", "p1", "o1"):
        assert f"<code>{task}</code>" in page.text
    assert "products, orders-store" in page.text
    assert "not answering" in page.text


def test_the_picture_draws_what_the_tasks_say() -> None:
    drawn = picture({"frontend": [], "products": []})
    assert {box.name for box in drawn.boxes} == {"browser", "frontend", "products"}
    assert len(drawn.arrows) == 1


# --- buying -----------------------------------------------------------------------------------------


def test_from_the_shelf_to_the_order(bakery: Bakery) -> None:
    browser = bakery.browser
    added = browser.post("/basket/add", data={"product_id": "macarons"})
    assert (added.status_code, added.headers["location"]) == (303, "../#macarons")
    browser.post("/basket/add", data={"product_id": "macarons"})
    assert "In the basket: 2" in browser.get("/").text
    assert browser.post("/basket/set", data={"product_id": "macarons", "quantity": "3"}).status_code == 303
    assert "€25.50" in browser.get("/basket").text
    done = order(browser)
    assert done.status_code == 303
    page = browser.get(urljoin("/order", done.headers["location"]))
    assert "€26.90" in page.text, "three boxes and the croissant"
    assert "Tomorrow noon" in page.text
    assert "Your basket is empty" in browser.get("/basket").text


def test_the_same_form_sent_twice_orders_once(bakery: Bakery) -> None:
    browser = bakery.browser
    browser.post("/basket/add", data={"product_id": "eclair"})
    form = browser.get("/order")
    fields = {"key": hidden(form, "key"), "contents": hidden(form, "contents"), "pickup": "morning"}
    first, second = browser.post("/order", data=fields), browser.post("/order", data=fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(bakery.client("orders").get("/api/orders").json()["orders"]) == 1


def test_two_visits_have_two_keys(bakery: Bakery) -> None:
    browser = bakery.browser
    browser.post("/basket/add", data={"product_id": "eclair"})
    assert hidden(browser.get("/order"), "key") != hidden(browser.get("/order"), "key")


def test_a_product_that_is_no_longer_sold_leaves_the_basket(bakery: Bakery) -> None:
    browser = bakery.browser
    browser.post("/basket/add", data={"product_id": "pizza"})
    assert order(browser).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"product_id": "croissant", "quantity": "-1"},
        {"product_id": "croissant", "quantity": "51"},
        {"product_id": "croissant", "quantity": "two"},
        {"product_id": EVIL, "quantity": "1"},
        {},
    ],
)
def test_a_wrong_basket_form_gets_a_page_that_says_so(standing: Bakery, fields: dict[str, str]) -> None:
    page = standing.browser.post("/basket/set", data=fields)
    assert page.status_code == 422
    assert "<h1>" in page.text and "<script" not in page.text


@pytest.mark.parametrize(
    "cookie", ["", EVIL, "croissant:0", "croissant:1.2", "x" * 4000, "croissant:99.croissant:1"]
)
def test_a_basket_cookie_of_any_kind(standing: Bakery, cookie: str) -> None:
    page = standing.browser.get("/basket", headers={"Cookie": f"frenchbakery_basket={cookie}".encode()})
    assert page.status_code == 200


def test_a_basket_has_bounds() -> None:
    basket = Basket({})
    for letter in "abcdefghijklmnopqrstuvwxyz":
        basket = basket.set(f"cake-{letter}", 500)
    assert len(basket.quantities) == MAX_LINES
    assert set(basket.quantities.values()) == {50}
    assert Basket.parse(basket.cookie()) == basket
    assert basket.set("cake-a", 0).quantities.keys() == basket.quantities.keys() - {"cake-a"}


def test_cookies_cannot_be_read_by_scripts(bakery: Bakery) -> None:
    for answer in (
        bakery.browser.post("/basket/add", data={"product_id": "eclair"}),
        bakery.browser.get("/?lang=fr"),
    ):
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert "samesite=lax" in answer.headers["set-cookie"].lower()


def jinja_escaped(text: str) -> str:
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


# --- reviews ----------------------------------------------------------------------------------------


def review(browser: httpx.Client, **fields: str) -> httpx.Response:
    key = hidden(browser.get("/products/brioche"), "key")
    return browser.post(
        "/products/brioche/reviews",
        data={"key": key, "rating": "4", "author": "Ana", "text": "Soft."} | fields,
    )


def test_a_review_is_published(bakery: Bakery) -> None:
    browser = bakery.browser
    done = review(browser)
    assert (done.status_code, done.headers["location"]) == (303, "../../products/brioche#reviews")
    page = browser.get("/products/brioche")
    assert "Soft." in page.text and "Rated 4 out of 5" in page.text


def test_a_wrong_review_keeps_what_was_typed_and_points_at_the_field(bakery: Bakery) -> None:
    page = review(bakery.browser, author="Ana", text="   ")
    assert page.status_code == 422
    assert 'value="Ana"' in page.text
    assert re.search(r'<textarea id="text"[^>]*aria-describedby="text-help text-problem"', page.text)
    assert '<p class="problem" id="text-problem">write something</p>' in page.text
    assert 'role="alert"' in page.text


def test_hostile_reviews_are_words_not_markup(bakery: Bakery) -> None:
    browser = bakery.browser
    assert review(browser, author=EVIL[:40], text=EVIL).status_code == 303
    for path in ("/", "/products/brioche"):
        text = browser.get(path).text
        assert f"<p>{jinja_escaped(EVIL)}</p>" in text
        assert "<script" not in text


def test_hostile_input_in_an_error_page(bakery: Bakery) -> None:
    page = review(bakery.browser, author=EVIL, text="   ")
    assert "<script" not in page.text
    assert f'value="{jinja_escaped(EVIL)}"' in page.text


def test_a_review_of_nothing_is_not_found(bakery: Bakery) -> None:
    fields = {"key": "a-key-of-mine", "rating": "4", "author": "Ana", "text": "Soft."}
    assert bakery.browser.post("/products/pizza/reviews", data=fields).status_code == 404


# --- foreign forms ----------------------------------------------------------------------------------


FROM = [
    ({}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://testserver"}, True),
    ({"Origin": "http://evil.example.com"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://shop.example.com", "X-Forwarded-Host": "shop.example.com"}, True),
]


@pytest.mark.parametrize("path", ["/basket/add", "/basket/set", "/order", "/products/croissant/reviews"])
def test_forms_from_other_sites_are_refused(bakery: Bakery, path: str) -> None:
    for number, (headers, accepted) in enumerate(FROM):
        fields = {
            "product_id": "croissant",
            "quantity": "1",
            "key": f"a-key-of-mine-{number}",
            "contents": "croissant:1",
            "pickup": "noon",
            "rating": "5",
            "author": "Ana",
            "text": "Soft.",
        }
        answer = bakery.browser.post(path, data=fields, headers=headers)
        assert answer.status_code == (303 if accepted else 403), headers


# --- degraded ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["down", "hanging"])
def test_without_reviews_the_shelf_is_still_there(bakery: Bakery, trouble: str) -> None:
    setattr(bakery.rules, trouble, {"reviews"})
    for path in ("/", "/products/croissant"):
        page = bakery.browser.get(path)
        assert page.status_code == 200
        assert "Butter croissant" in page.text and "Reviews are not answering" in page.text


def test_without_products_the_pages_say_so(bakery: Bakery) -> None:
    browser = bakery.browser
    browser.post("/basket/add", data={"product_id": "eclair"})
    bakery.rules.down = {"products"}
    home = browser.get("/")
    assert home.status_code == 503
    assert "The catalogue is not answering" in home.text and "Flaky, buttery" in home.text
    for path in ("/basket", "/order", "/products/eclair"):
        page = browser.get(path)
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "<h1>One moment, still rising…</h1>" in page.text


def test_without_orders_the_form_can_be_sent_again(bakery: Bakery) -> None:
    browser = bakery.browser
    bakery.rules.down = {"orders"}
    page = order(browser)
    assert page.status_code == 503
    assert "you will not order twice" in page.text
    bakery.rules.down = set()
    fields = {"key": hidden(page, "key"), "contents": hidden(page, "contents"), "pickup": "noon"}
    assert fields["contents"] == "croissant:1"
    assert browser.post("/order", data=fields).status_code == 303


def test_errors_are_pages_for_people_and_json_for_programs(bakery: Bakery) -> None:
    page = bakery.browser.get("/orders/AAAA-BBBB-CCCC", headers={"X-Request-Id": "visit-9"})
    assert page.status_code == 404
    assert "No order has this number." in page.text and "visit-9" in page.text
    answer = bakery.client("frontend").get("/orders/AAAA-BBBB-CCCC")
    assert error_of(answer)["code"] == "order_not_found"


@pytest.mark.parametrize("path", ["/orders/..%2f..", "/products/a%3Fb=c", "/products/%00", "/orders/%C3%A9"])
def test_strange_addresses_are_not_found(standing: Bakery, path: str) -> None:
    assert standing.browser.get(path).status_code == 404


# --- for a screen reader and a keyboard -------------------------------------------------------------


class Outline(HTMLParser):
    """What a screen reader goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.described: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.landmarks: list[str] = []
        self.focusable: list[str] = []
        self._open_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self._open_label += 1
            self.labels.add(found.get("for") or "")
        if tag in ("input", "textarea", "select") and found.get("type") != "hidden":
            self.fields.append(found | {"inside": "yes" if self._open_label else None})
        if tag == "svg":
            self.images.append(found)
        if tag in ("header", "nav", "main", "footer"):
            self.landmarks.append(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("aria-describedby", "aria-labelledby"):
            self.described += (found.get(name) or "").split()
        if int(found.get("tabindex") or 0) > 0:
            self.focusable.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open_label -= tag == "label"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_structure(standing: Bakery, path: str, lang: str) -> None:
    browser = standing.browser
    browser.post("/basket/add", data={"product_id": "croissant"})
    page = Outline()
    text = browser.get(f"{path}?lang={lang}").text
    page.feed(text)
    assert f'<html lang="{lang}">' in text
    assert re.search(r"<title>[^<]+ · FrenchBakery</title>", text)
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert {"header", "nav", "main", "footer"} <= set(page.landmarks)
    assert len(page.ids) == len(set(page.ids)), "an id is there twice"
    assert set(page.described) <= set(page.ids), "a description points at nothing"
    assert page.focusable == [], "a positive tabindex changes the order of the page"
    for field in page.fields:
        assert field["inside"] or field.get("id") in page.labels, f"no label: {field}"
    for image in page.images:
        assert image.get("aria-hidden") == "true" or image.get("aria-label")
    assert text.index('class="skip"') < text.index("<header")


def css_colours(dark: bool) -> dict[str, str]:
    """The colour variables of the style sheet."""
    from tests.frenchbakery.bakery import ROOT

    sheet = (ROOT / "frenchbakery/frontend/static/style.css").read_text()
    light, darker = re.findall(r":root\s*\{(.*?)\}", sheet, re.S)[:2]
    colours = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))
    return colours | (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", darker)) if dark else {})


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds", "least"),
    [
        ("ink", ("ground", "surface", "plate", "notice"), 7.0),
        ("ink-quiet", ("ground", "surface", "plate"), 4.5),
        ("accent", ("ground", "surface", "notice"), 4.5),
        ("accent-strong", ("ground", "surface"), 4.5),
        ("on-accent", ("accent", "accent-strong"), 4.5),
        ("problem", ("ground", "surface"), 4.5),
        ("star", ("surface",), 3.0),
    ],
)
def test_contrast(dark: bool, ink: str, grounds: tuple[str, ...], least: float) -> None:
    colours = css_colours(dark)
    for ground in grounds:
        assert contrast(colours[ink], colours[ground]) >= least, ground


def test_openapi_describes_pages_as_html(bakery: Bakery) -> None:
    described = json.loads(bakery.client("frontend", headers=BROWSER).get("/openapi.json").text)
    assert "text/html" in described["paths"]["/"]["get"]["responses"]["200"]["content"]
