"""A forgotten password and an invitation, from the form through a real SMTP server to the link in the mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from trastienda import Site, User
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.jobs.worker import run_due
from trastienda.testing import sites

from ..jobs.conftest import acme
from .test_mail import Postbox, authority, postbox, server, site_for

__all__ = ["authority", "postbox", "server", "site_for"]

PASSWORD, OTHER = "long enough a password", "another long password"
LINK = re.compile(r"(\S+)/sign-in/reset\?token=(\S+)")


@pytest.fixture
def site(server: Callable[..., int], site_for: Callable[..., Site]) -> Site:
    return site_for(server(), PUBLIC_URL="https://books.example.org", SECURE_COOKIES="false")


@pytest.fixture
def ana(site: Site) -> User:
    return site.write(sites.SYSTEM, acme(site), lambda work: add_user(
        work, name="ana", password=PASSWORD, roles=["auditor"], full_name="Ana", email="ana@example.com"))


@pytest.fixture
def browser(site: Site) -> FlaskClient:
    """As an attacker would use it: whatever it sends names another host."""
    client = create_app(site).test_client()
    client.environ_base["HTTP_HOST"] = "evil.example.org"
    client.environ_base["HTTP_X_FORWARDED_HOST"] = "evil.example.org"
    return client


def send(client: FlaskClient, path: str, **form: str) -> int:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    return client.post(path, data={**form, "csrf_token": token[1] if token else ""}).status_code


def link_in(message: EmailMessage) -> str:
    """The token; the link leads to the configured host."""
    text = message.get_content()
    found = LINK.search(text)
    assert found is not None, text
    assert (found[1], "evil" in message.as_string()) == ("https://books.example.org", False)
    return found[2]


def enters(client: FlaskClient, password: str) -> bool:
    client.delete_cookie("trastienda_session", domain="evil.example.org")
    return send(client, "/sign-in", name="ana", password=password) == 303


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail_once(
    site: Site, ana: User, browser: FlaskClient, postbox: Postbox
) -> None:
    assert send(browser, "/sign-in/forgotten", name="ana") == 200
    assert postbox.taken == []
    run_due(site)
    (message,) = postbox.taken
    assert (message["To"], message["From"]) == ("ana@example.com", "Office <office@example.com>")
    token = link_in(message)
    assert browser.get(f"/sign-in/reset?token={token}").status_code == 200
    answers = [send(browser, "/sign-in/reset", token=token, password=each) for each in (OTHER, "a third long password")]
    assert answers == [303, 422]
    assert (enters(browser, OTHER), enters(browser, PASSWORD), enters(browser, "a third long password")) == (
        True, False, False)


def test_a_later_link_and_an_earlier_one_end_with_the_first_that_is_used(
    site: Site, ana: User, browser: FlaskClient, postbox: Postbox
) -> None:
    for _ in range(2):
        send(browser, "/sign-in/forgotten", name="ana")
    run_due(site)
    first, second = map(link_in, postbox.taken)
    assert send(browser, "/sign-in/reset", token=second, password=OTHER) == 303
    assert send(browser, "/sign-in/reset", token=first, password="a third long password") == 422


def test_whoever_is_invited_chooses_his_first_password_by_the_link_in_the_mail_once(
    site: Site, browser: FlaskClient, postbox: Postbox
) -> None:
    admin = site.write(sites.SYSTEM, acme(site), lambda work: add_user(
        work, name="boss", password=None, roles=["admin"]))
    client = sites.bearer_client(create_app(site), site, admin)
    made = client.post("/api/v1/identity/users", json={
        "name": "ana", "email": "ana@example.com", "roles": [{"role": "auditor"}]}).json
    assert client.post(f"/api/v1/identity/users/{made['id']}/actions/invite", headers={
        "Host": "evil.example.org"}).status_code == 200
    run_due(site)
    (message,) = postbox.taken
    token = link_in(message)
    assert [send(browser, "/sign-in/reset", token=token, password=each) for each in (PASSWORD, OTHER)] == [303, 422]
    assert (enters(browser, PASSWORD), enters(browser, OTHER)) == (True, False)


def test_nothing_is_mailed_to_whom_nobody_here_is(
    site: Site, ana: User, browser: FlaskClient, postbox: Postbox
) -> None:
    for name in ("eve", "eve@example.com", ""):
        send(browser, "/sign-in/forgotten", name=name)
    run_due(site)
    assert postbox.taken == []
