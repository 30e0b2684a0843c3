"""Makes pages: templates, words, links, and the headers that protect them."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import jinja2
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from frenchbakery.common.errors import ServiceError
from frenchbakery.common.language import COOKIE as LANGUAGE_COOKIE
from frenchbakery.common.language import LANGUAGES, language
from frenchbakery.common.task import Task
from frenchbakery.frontend import texts
from frenchbakery.frontend.basket import COOKIE as BASKET_COOKIE
from frenchbakery.frontend.basket import Basket

YEAR = 365 * 24 * 3600  # seconds
DAY = 24 * 3600

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",  # pages hold the visitor's basket
    "Vary": "Accept-Language, Cookie",
}


class Pages:
    """Renders templates for one task of the frontend."""

    def __init__(self, task: Task) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader(__package__),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._task = task

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """One page in the visitor's language; keeps a language chosen by `?lang=` for a year."""
        lang = language(request)
        html = self._templates.get_template(template).render(
            say=partial(texts.say, lang),
            text=lambda both: both[lang],
            money=partial(texts.money, lang=lang),
            day=partial(texts.day, lang=lang),
            decimal=partial(texts.decimal, lang=lang),
            art=lambda product: [f"art/{product}.svg", "art/baguette.svg"],  # the first that exists
            lang=lang,
            languages={code: texts.PAGES["language_name"][code] for code in LANGUAGES},
            root=root(request),
            task=self._task,
            basket=basket(request),
            **values,
        )
        response = HTMLResponse(html, status, headers={**HEADERS, "Content-Language": lang})
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, lang, max_age=YEAR, httponly=True, samesite="lax")
        return response


def root(request: Request) -> str:
    """The way from this page to the shop's first page, as a relative link: proxies may add any prefix."""
    depth = request.scope.get("raw_path", request.url.path.encode()).split(b"?")[0].count(b"/") - 1
    return "../" * depth or "./"


def see_other(request: Request, path: str) -> Response:
    """After a form was dealt with: show a page that can be reloaded (POST, redirect, GET)."""
    return RedirectResponse(root(request) + path, 303)


def basket(request: Request) -> Basket:
    """The visitor's basket."""
    return Basket.parse(request.cookies.get(BASKET_COOKIE, ""))


def keep_basket(response: Response, contents: Basket) -> None:
    """Give the visitor their basket back."""
    response.set_cookie(BASKET_COOKIE, contents.cookie(), max_age=DAY, httponly=True, samesite="lax")


async def same_site(request: Request) -> None:
    """Refuse a form sent by another site's page (403). Programs, which send neither header, have no cookies to abuse."""
    site = request.headers.get("sec-fetch-site")  # browsers send it to https and loopback addresses
    origin = request.headers.get("origin")
    if site:
        foreign = site != "same-origin"
    elif origin:
        hosts = (request.headers.get("host"), request.headers.get("x-forwarded-host"))
        foreign = urlsplit(origin).netloc not in hosts
    else:
        foreign = False
    if foreign:
        raise ServiceError(403, "forbidden_origin")


FORM: dict[str, Any] = {"dependencies": [Depends(same_site)], "status_code": 303, "response_class": Response}
"""What every address that takes a form declares: where the form comes from is checked, a redirect follows."""
