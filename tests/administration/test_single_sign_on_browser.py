"""Single sign-on as people meet it: in a real browser, to a provider on another site and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from trastienda import Site
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.builtin.identity.sessions import COOKIE
from trastienda.testing.fixtures import Run

from .oidc_provider import Provider, running
from .test_single_sign_on import opened

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts",)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Of another site than the server, by its name: what a browser keeps for one it sends to the other on its terms."""
    with running() as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
        yield provider


@pytest.fixture
def address(site: Site, tmp_path: Path, provider: Provider) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    where = f"http://127.0.0.1:{server.server_port}"
    with opened(site, tmp_path, provider.issuer, PUBLIC_URL=where, OIDC_LINK="email") as made:
        server.app = create_app(made)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield where
        server.shutdown()
        thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address)
    yield context.new_page()
    context.close()


def test_the_button_leads_to_the_provider_and_back_to_the_page_that_was_wanted(
    page: Page, provider: Provider, write: Run
) -> None:
    write(lambda work: add_user(work, name="ana", password=None, roles=["contacts.reader"], email="ana@example.org"))
    page.goto("/contacts/parties?sort=-name")
    page.get_by_role("link", name="Sign in with Corporate").click()
    expect(page).to_have_url("/contacts/parties?sort=-name")
    expect(page.get_by_role("heading", name="Parties", level=1)).to_be_visible()
    (kept,) = [each for each in page.context.cookies() if each["name"] == COOKIE]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
    assert provider.asked.count("/authorize") == provider.asked.count("/token") == 1
    assert provider.refusals == []
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Parties", level=1)).to_be_visible()
    page.locator("form[action='/sign-out']").evaluate("form => form.requestSubmit()")
    expect(page.get_by_role("link", name="Corporate").first).to_be_visible()
    page.goto("/contacts/parties")
    expect(page.get_by_role("textbox", name="Password")).to_be_visible()


def test_whom_nobody_here_knows_is_told_so_and_may_still_use_his_password(page: Page, provider: Provider) -> None:
    provider.person["email"] = "stranger@example.org"
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with Corporate").click()
    expect(page.get_by_text("here you are no user")).to_be_visible()
    expect(page.get_by_role("textbox", name="Password")).to_be_visible()
