"""Signing in at an OpenID Connect provider: what lets somebody in, and what attackers send instead."""

from __future__ import annotations

import base64
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pyotp
import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from werkzeug.test import TestResponse

from trastienda import Company, Site, User
from trastienda.api.app import create_app
from trastienda.builtin.identity import oidc, second_factor
from trastienda.builtin.identity.administration import add_user, disable
from trastienda.builtin.identity.models import Account, SecondFactor, Session
from trastienda.builtin.identity.sessions import COOKIE
from trastienda.settings import SettingsFault, load_settings
from trastienda.testing.fixtures import NewUser, Run
from trastienda.testing.sites import SYSTEM, bearer_client

from .oidc_provider import CLIENT, SECRET, Provider, running

Browser = Callable[..., FlaskClient]


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts",)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def ana(write: Run) -> User:
    return write(lambda work: add_user(
        work, name="ana", password="long enough a password", roles=["contacts.reader"], email="Ana@example.org"))


@contextmanager
def opened(site: Site, data: Path, issuer: str, **given: str) -> Iterator[Site]:
    """The same site with a provider in its settings."""
    values = {"DATABASE": site.settings.database, "DATA": str(data), "PUBLIC_URL": "https://books.example.org",
              "PLUGINS": "contacts", "SECURE_COOKIES": "false", "OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT,
              "OIDC_CLIENT_SECRET": SECRET, "OIDC_LABEL": "Corporate", **given}  # fmt: skip
    made = Site.open(load_settings({f"TRASTIENDA_{name}": value for name, value in values.items() if value}))
    try:
        yield made
    finally:
        made.database.close_all()


@pytest.fixture
def browser(site: Site, tmp_path: Path, provider: Provider) -> Iterator[Browser]:
    """``browser(OIDC_LINK="email")``: a browser of the site with these settings besides."""
    kept = []

    def make(**given: str) -> FlaskClient:
        kept.append(opened(site, tmp_path, provider.issuer, **given))
        return create_app(kept[-1].__enter__()).test_client()

    yield make
    for each in kept:
        each.__exit__(None, None, None)


def leave(client: FlaskClient, wanted: str = "") -> str:
    """The address at the provider to which the sign-in page sends the browser."""
    answer = client.get("/sign-in/provider" + (f"?next={wanted}" if wanted else ""))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def answered(address: str) -> str:
    """Where the provider sends the browser back to, without the host."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith("https://books.example.org/sign-in/provider/back?")
    return back.removeprefix("https://books.example.org")


def enter(client: FlaskClient, wanted: str = "") -> TestResponse:
    return client.get(answered(leave(client, wanted)))


def is_in(client: FlaskClient) -> bool:
    return client.get("/contacts/parties").status_code == 200


def said(client: FlaskClient) -> str:
    """What the sign-in page tells."""
    return client.get("/sign-in").text


# -- who comes in
def test_a_verified_address_signs_in_its_user_and_links_the_account(
    browser: Browser, ana: User, provider: Provider
) -> None:
    client = browser(OIDC_LINK="email")
    page = client.get("/sign-in?next=/contacts/parties").text
    assert 'href="/sign-in/provider?next=%2Fcontacts%2Fparties"' in page
    assert "Sign in with Corporate" in page
    assert enter(client, "/contacts/parties").location == "/contacts/parties"
    assert is_in(client)
    kept = [(each.user.id, each.issuer, each.subject) for each in Account.select()]
    assert kept == [(ana.id, provider.issuer, "s-1")]
    provider.person["email"] = "another@example.org"
    again = browser(OIDC_LINK="email")
    enter(again)
    assert is_in(again)


def test_by_subject_only_whom_an_administrator_linked_comes_in(
    browser: Browser, ana: User, provider: Provider, client: FlaskClient
) -> None:
    stranger = browser()
    assert enter(stranger).location == "/sign-in"
    assert (is_in(stranger), "here you are no user" in said(stranger)) == (False, True)
    body = {"user": ana.name, "issuer": provider.issuer, "subject": "s-1"}
    assert client.post("/api/v1/identity/accounts", json=body).status_code == 201
    linked = browser()
    enter(linked)
    assert is_in(linked)


def test_an_unverified_address_is_nobodys(browser: Browser, ana: User, provider: Provider) -> None:
    for unproven in (False, None, "true", 1):
        provider.person["email_verified"] = unproven
        client = browser(OIDC_LINK="email", OIDC_CREATE_ROLE="")
        enter(client)
        assert not is_in(client), unproven
    assert not Account.select().exists()


def test_an_address_that_two_have_is_nobodys(browser: Browser, ana: User, write: Run) -> None:
    write(lambda work: add_user(work, name="bob", password=None, roles=["admin"], email="ana@example.org"))
    client = browser(OIDC_LINK="email", OIDC_CREATE_ROLE="contacts.reader")
    enter(client)
    assert (is_in(client), User.select().count()) == (False, 2)


def test_who_is_disabled_stays_out(browser: Browser, ana: User, write: Run) -> None:
    client = browser(OIDC_LINK="email")
    enter(client)
    write(lambda work: disable(work, work.lock(work.get(User, ana.id))))
    assert not is_in(client)
    again = browser(OIDC_LINK="email")
    enter(again)
    assert (is_in(again), "here you are disabled" in said(again)) == (False, True)


def test_unknown_people_become_users_where_the_settings_name_a_role(
    browser: Browser, provider: Provider, company: Company
) -> None:
    provider.person.update(preferred_username="eva", name="Eva of the provider", email="eva@example.org")
    client = browser(OIDC_CREATE_ROLE="contacts.reader")
    enter(client)
    assert is_in(client)
    made = User.get(User.name == "eva")
    assert (made.full_name, made.email, made.password_hash) == ("Eva of the provider", "eva@example.org", None)
    assert client.post("/api/v1/contacts/parties", json={"code": "P1", "name": "x"}).status_code in (400, 403)
    provider.person.update(sub="s-2", email="eva2@example.org")
    other = browser(OIDC_CREATE_ROLE="contacts.reader")
    enter(other)
    assert [each.name for each in User.select().order_by(User.id)] == ["eva", "eva-2"]


def test_nobody_is_made_twin_of_a_user_with_the_same_address(browser: Browser, ana: User) -> None:
    client = browser(OIDC_CREATE_ROLE="contacts.reader")
    enter(client)
    assert (is_in(client), User.select().count()) == (False, 1)


def test_what_the_token_leaves_out_is_asked_for(browser: Browser, ana: User, provider: Provider) -> None:
    provider.person = {"sub": "s-1"}
    provider.userinfo = {"sub": "s-1", "email": "ana@example.org", "email_verified": True}
    client = browser(OIDC_LINK="email")
    enter(client)
    assert is_in(client)


def test_what_is_told_of_somebody_else_does_not_count(browser: Browser, ana: User, provider: Provider) -> None:
    provider.person = {"sub": "s-1"}
    provider.userinfo = {"sub": "s-2", "email": "ana@example.org", "email_verified": True}
    client = browser(OIDC_LINK="email")
    enter(client)
    assert not is_in(client)


def test_another_provider_cannot_say_the_same_subject(browser: Browser, ana: User, write: Run) -> None:
    write(lambda work: work.add(Account(user=ana.id, issuer="https://former.example.org", subject="s-1")))
    client = browser()
    enter(client)
    assert not is_in(client)


# -- the second factor
def test_the_second_factor_is_asked_for_unless_the_provider_is_trusted_with_it(
    browser: Browser, ana: User, site: Site
) -> None:
    secret = second_factor.prepare(site, ana)
    with site.database.write():
        SecondFactor.update(confirmed=True).where(SecondFactor.user == ana.id).execute()
    client = browser(OIDC_LINK="email")
    assert enter(client, "/contacts/parties").location == "/sign-in/code?next=%2Fcontacts%2Fparties"
    assert client.get("/api/v1/contacts/parties").status_code == 401
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in/code").text)
    assert token is not None
    client.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now(), "csrf_token": token[1]})
    assert is_in(client)
    trusting = browser(OIDC_LINK="email", OIDC_TRUSTS_SECOND_FACTOR="true")
    assert enter(trusting).location == "/"
    assert is_in(trusting)


# -- what an attacker sends
def refused(client: FlaskClient, address: str = "") -> bool:
    """Whether an answer, by default the provider's to a departure of just now, leaves everybody outside."""
    answer = client.get(address or answered(leave(client)))
    return answer.location == "/sign-in" and not is_in(client) and not Session.select().exists()


def test_an_answer_to_another_browser_is_refused(browser: Browser, ana: User) -> None:
    attacker, victim = browser(OIDC_LINK="email"), browser(OIDC_LINK="email")
    back = answered(leave(attacker))
    assert refused(victim, back)
    leave(victim)
    assert refused(victim, back)
    assert refused(victim, re.sub(r"state=[^&]*", "state=", back))
    own = answered(leave(victim))
    assert refused(victim, re.sub(r"state=[^&]*", "state=another", own))


def test_an_answer_counts_once(browser: Browser, ana: User, provider: Provider) -> None:
    client = browser(OIDC_LINK="email")
    address = leave(client)
    with client.session_transaction() as kept:
        away = dict(kept["away"])
    back = answered(address)
    assert client.get(back).location == "/"
    client.delete_cookie(COOKIE)
    assert client.get(back).location == "/sign-in"
    provider.forgetful = True
    with client.session_transaction() as kept:  # an attacker who kept the cookie, at a provider that forgets its codes
        kept["away"] = away
    assert client.get(back).location == "/sign-in"
    assert (is_in(client), provider.refusals) == (False, [])


def test_of_eight_who_bring_one_answer_at_once_one_comes_in(browser: Browser, ana: User, provider: Provider) -> None:
    provider.forgetful = True
    client = browser(OIDC_LINK="email")
    address = leave(client)
    with client.session_transaction() as kept:
        away = dict(kept["away"])
    back, start = answered(address), Barrier(8)

    def come(_: int) -> str:
        twin = client.application.test_client()
        with twin.session_transaction() as kept:
            kept["away"] = away
        start.wait(30)
        return str(twin.get(back).location)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come, range(8))) == ["/", *["/sign-in"] * 7]


def test_letters_that_only_look_like_ones_own_link_nobody(browser: Browser, write: Run, provider: Provider) -> None:
    """The kelvin sign is a small k where case is ignored."""
    write(lambda work: add_user(work, name="kim", password=None, roles=["admin"], email="kim@example.org"))
    provider.person["email"] = "\u212aim@example.org"
    client = browser(OIDC_LINK="email")
    enter(client)
    assert (is_in(client), Account.select().count()) == (False, 0)


def test_an_answer_that_took_too_long_is_refused(browser: Browser, ana: User) -> None:
    client = browser(OIDC_LINK="email")
    back = answered(leave(client))
    with client.session_transaction() as kept:
        kept["away"] = {**kept["away"], "at": int(time.time()) - 901}
    assert refused(client, back)


def test_a_code_that_was_begun_with_another_verifier_is_refused(
    browser: Browser, ana: User, provider: Provider
) -> None:
    client = browser(OIDC_LINK="email")
    back = answered(leave(client))
    with client.session_transaction() as kept:
        kept["away"] = {**kept["away"], "verifier": "x" * 43}
    assert refused(client, back)
    assert provider.refusals == ["pkce"]


def unsigned(claims: Mapping[str, Any]) -> str:
    parts = [{"alg": "none"}, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts) + "."


def with_client_secret(claims: Mapping[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, dict(claims), OctKey.import_key(SECRET * 2))


def test_tokens_that_prove_nothing_are_refused(browser: Browser, ana: User, provider: Provider) -> None:
    def with_public_key(claims: Mapping[str, Any]) -> str:
        key = OctKey.import_key(provider.key.as_pem(private=False))
        return jwt.encode({"alg": "HS256", "kid": provider.key.kid or ""}, dict(claims), key)

    def with_own_key(claims: Mapping[str, Any]) -> str:
        mine = ECKey.generate_key("P-256")
        header = {"alg": "ES256", "kid": provider.key.kid or "", "jwk": mine.as_dict(private=False)}
        return jwt.encode(header, dict(claims), mine)

    def cut(claims: Mapping[str, Any]) -> str:
        return provider.signed(claims)[:-8]

    forgers = [unsigned, with_client_secret, with_public_key, with_own_key, cut, lambda _: "", lambda _: "a.b.c"]
    let_in = []
    for forge in forgers:
        provider.token = forge
        if not refused(browser(OIDC_LINK="email")):
            let_in.append(forge)
    provider.token = provider.signed
    assert (let_in, refused(browser(OIDC_LINK="email"))) == ([], False)


@pytest.mark.parametrize("claims", [
    {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": ["another", "third"]}, {"aud": []},
    {"aud": [CLIENT, "another"], "azp": "another"}, {"aud": [CLIENT, "another"]}, {"azp": "another"},
    {"iss": "https://evil.example.org"}, {"iss": None}, {"exp": 1}, {"exp": None}, {"exp": "soon"},
    {"iat": 4_000_000_000}, {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256},
], ids=str)  # fmt: skip
def test_claims_that_are_not_for_this_sign_in_are_refused(
    browser: Browser, ana: User, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert refused(browser(OIDC_LINK="email"))


def test_an_expired_token_is_refused(browser: Browser, ana: User, provider: Provider) -> None:
    provider.claims = {"exp": int(time.time()) - 61, "iat": int(time.time()) - 400}
    assert refused(browser(OIDC_LINK="email"))


def test_it_leads_nowhere_else(browser: Browser, ana: User) -> None:
    evil = "evil.example.org"
    places = [f"https://{evil}", f"//{evil}", f"/\\{evil}", "javascript:alert(1)", "/%0d%0aX"]
    assert [enter(browser(OIDC_LINK="email"), each).location for each in places] == ["/"] * 5


def test_the_way_back_is_the_configured_one_whatever_host_was_asked(browser: Browser, ana: User) -> None:
    client = browser(OIDC_LINK="email")
    answer = client.get("/sign-in/provider", base_url="http://evil.example.org")
    asked = parse_qs(urlsplit(str(answer.location)).query)
    assert asked["redirect_uri"] == ["https://books.example.org/sign-in/provider/back"]
    assert (asked["scope"], asked["response_type"]) == (["openid email profile"], ["code"])
    assert asked["code_challenge_method"] == ["S256"]


# -- the provider
def test_a_new_key_is_learnt_when_it_signs(browser: Browser, ana: User, provider: Provider) -> None:
    enter(browser(OIDC_LINK="email"))
    provider.rotate()
    client = browser(OIDC_LINK="email")
    enter(client)
    assert (is_in(client), provider.asked.count("/keys"), provider.asked.count(
        "/.well-known/openid-configuration")) == (True, 2, 1)


def test_a_provider_that_calls_itself_otherwise_is_not_gone_to(browser: Browser, provider: Provider) -> None:
    provider.description = {"issuer": "https://evil.example.org"}
    client = browser()
    assert client.get("/sign-in/provider").location == "/sign-in"
    assert "calls itself by another name" in said(client)


def test_a_provider_that_is_away_is_said_to_be(site: Site, tmp_path: Path, ana: User) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        issuer = f"http://127.0.0.1:{held.getsockname()[1]}"
        with opened(site, tmp_path, issuer) as made:
            client = create_app(made).test_client()
            assert client.get("/sign-in/provider").location == "/sign-in"
            assert "The provider cannot be reached" in said(client)
            with made.active():
                work = made.work(SYSTEM, Company.select().get())
                assert oidc.provider_answers(work) == [f"{issuer}: The provider cannot be reached"]


def test_who_signs_out_is_shown_the_way_out_of_the_provider(browser: Browser, ana: User, provider: Provider) -> None:
    client = browser(OIDC_LINK="email")
    enter(client)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token is not None
    left = client.post("/sign-out", data={"csrf_token": token[1]})
    page = client.get(left.location).text
    assert (is_in(client), "Sign out of Corporate as well" in page) == (False, True)
    assert f'href="{provider.issuer}/end?client_id=trastienda&amp;post_logout_redirect_uri=https' in page


def test_another_peoples_provider_agrees(site: Site, tmp_path: Path, ana: User) -> None:
    """Not written for these tests: oidc-provider-mock, with a sign-in page of its own."""
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        requests.put(f"{issuer}/users/ana", json={"email": "ana@example.org", "email_verified": True}, timeout=5)
        with opened(site, tmp_path, issuer, OIDC_LINK="email") as made:
            client = create_app(made).test_client()
            back = requests.post(leave(client), data={"sub": "ana"}, allow_redirects=False, timeout=5)
            assert client.get(back.headers["Location"].removeprefix("https://books.example.org")).location == "/"
            assert is_in(client)


# -- configuration
@pytest.mark.parametrize("setting", ["http://login.example.org", "ftp://login.example.org", "login.example.org"])
def test_a_provider_is_reached_by_https(setting: str) -> None:
    with pytest.raises(SettingsFault):
        load_settings({"TRASTIENDA_OIDC_ISSUER": setting})


def test_half_a_configuration_does_not_start(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="oidc_client_id"):
        opened(site, tmp_path, "https://login.example.org", OIDC_CLIENT_ID="").__enter__()


def test_without_a_provider_there_is_no_button_and_no_way(app: Any) -> None:
    client = app.test_client()
    assert "provider" not in client.get("/sign-in").text
    assert [client.get(f"/sign-in/provider{path}").status_code for path in ("", "/back")] == [404, 404]


def test_the_core_starts_without_the_extra() -> None:
    program = ("import sys\nfor name in ('authlib', 'joserfc', 'requests'): sys.modules[name] = None\n"
               "import trastienda.builtin.identity, trastienda.builtin.web, trastienda.cli\n")
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=False).returncode == 0


# -- linking by hand
def test_nobody_links_an_account_to_a_user_who_may_do_more(
    app: Any, write: Run, user: NewUser, client: FlaskClient, ana: User, provider: Provider, site: Site
) -> None:
    role = {"name": "helpdesk", "grants": [{"target": "identity.*", "verbs": "*"},
                                           {"target": "contacts.*", "verbs": "read export"}]}
    assert client.post("/api/v1/identity/roles", json=role).status_code == 201
    boss, helper = user("admin", name="boss"), bearer_client(app, site, user("helpdesk", name="helper"))
    body = {"issuer": provider.issuer, "subject": "mine"}
    refusal = helper.post("/api/v1/identity/accounts", json={**body, "user": boss.name})
    assert (refusal.status_code, list(refusal.json["errors"])) == (422, ["user"])
    made = client.post("/api/v1/identity/accounts", json={**body, "user": boss.name}).json
    at = f"/api/v1/identity/accounts/{made['id']}"
    seen = {"If-Match": "*"}
    assert helper.patch(at, json={"user": "helper"}, headers=seen).status_code == 422
    assert helper.delete(at, headers=seen).status_code == 403
