"""Administrators' pages in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from trastienda import Site
from trastienda.builtin.identity.signing_in import COOKIE
from trastienda.testing.fixtures import SignIn

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, app: Flask, site: Site, sign_in: SignIn) -> Iterator[Open]:
    """`open_page("/path", language="es", width=390)`: a window of an administrator. No script may fail in it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(path: str, *, language: str = "en", width: int = 1440) -> Page:
        cookie = sign_in("admin", browser=True).get_cookie(COOKIE)
        assert cookie is not None
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, locale=language)
        context.add_cookies([
            {"name": COOKIE, "value": cookie.value, "url": address},
            {"name": "trastienda_language", "value": language, "url": address},
        ])  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield open_one
    for each in contexts:
        each.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert wrong == []


def fits(page: Page) -> bool:
    """Whether nothing of the page stands beyond its side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
