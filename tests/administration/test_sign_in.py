"""Sign-in: second factor, sessions, changed and forgotten passwords, and what an attacker tries at the door."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from trastienda import Site, User
from trastienda.api.app import create_app
from trastienda.builtin.delivery.mail import Mail
from trastienda.builtin.identity import passwords, second_factor, signing_in, throttling
from trastienda.builtin.identity.administration import add_token, add_user, set_password
from trastienda.builtin.identity.models import Attempt, PasswordReset, RecoveryCode, SecondFactor, Session, Token
from trastienda.builtin.identity.sessions import COOKIE
from trastienda.builtin.identity.throttling import (
    FREE_FAILURES,
    FREE_OF_ADDRESS,
    LONGEST_WAIT,
    TooManyAttempts,
    now,
)
from trastienda.jobs.worker import run_due
from trastienda.security.audit import AuditRecord
from trastienda.settings import load_settings
from trastienda.testing.fixtures import Run, SignIn

PASSWORD, OTHER = "long enough a password", "another long password"


def mails(client: FlaskClient) -> list[dict[str, str]]:
    """What the worker of the client's server wrote, and could not send: it knows no mail server."""
    site: Site = client.application.extensions["trastienda"]
    with site.active():
        run_due(site)
    return [{"to": each.to, "subject": each.subject, "text": each.text} for each in Mail.select().order_by(Mail.id)]


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts",)


@pytest.fixture
def ana(write: Run) -> User:
    return write(lambda work: add_user(
        work, name="ana", password=PASSWORD, roles=["contacts.reader"], email="ana@example.org"))


@pytest.fixture
def posted(site: Site, tmp_path: Path, ana: User) -> Iterator[FlaskClient]:
    """A browser of a site with a way to mail, which knows itself as https://books.example.org."""
    given = {"DATABASE": site.settings.database, "DATA": str(tmp_path), "PUBLIC_URL": "https://books.example.org",
             "PLUGINS": "contacts", "SECURE_COOKIES": "false"}  # fmt: skip
    settings = load_settings({f"TRASTIENDA_{name}": value for name, value in given.items()})
    made = Site.open(settings)
    yield create_app(made).test_client()
    made.shut()


def send(client: FlaskClient, path: str, **form: str) -> TestResponse:
    """A form as its page has it, with the token against forgery."""
    page = client.get(path.partition("?")[0])
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    return client.post(path, data={**form, "csrf_token": token[1] if token else ""})


def enter(client: FlaskClient, password: str = PASSWORD, name: str = "ana") -> TestResponse:
    return send(client, "/sign-in", name=name, password=password)


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE)
    return found.value if found is not None else ""


@pytest.fixture
def secret(site: Site, ana: User) -> str:
    """Ana's second factor is on; its first code belongs to a step before those that tests use."""
    secret = second_factor.prepare(site, ana)
    with site.database.write():
        SecondFactor.update(confirmed=True).where(SecondFactor.user == ana.id).execute()
    return secret


# -- second factor
def test_setting_it_up_shows_a_picture_and_recovery_codes_once(app: Flask, ana: User) -> None:
    client = app.test_client()
    enter(client)
    page = client.get("/me/second-factor")
    assert "<svg" in page.text
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", page.text)
    key = re.search(r"[A-Z2-7]{32}", page.text)
    assert key is not None
    assert send(client, "/me/second-factor", code="000000").status_code == 422
    done = send(client, "/me/second-factor", code=pyotp.TOTP(key[0]).now())
    codes = re.findall(r"[a-z2-9]{5}-[a-z2-9]{5}", done.text[done.text.index("<pre"):])
    assert (done.status_code, len(codes)) == (200, 10)
    again = client.get("/me/second-factor").text
    assert (key[0] in again, codes[0] in again) == (False, False)
    assert client.get("/").status_code == 200


def test_the_password_alone_no_longer_lets_in(app: Flask, secret: str) -> None:
    client = app.test_client()
    assert enter(client).location == "/sign-in/code"
    assert client.get("/contacts/parties").status_code == 303
    client = app.test_client()
    enter(client)
    half = cookie_of(client)
    assert client.get("/api/v1/contacts/parties").status_code == 401
    assert send(client, "/sign-in/code", code=pyotp.TOTP(secret).now()).location == "/"
    assert client.get("/").status_code == 200
    assert cookie_of(client) != half


def test_a_code_is_taken_once(app: Flask, secret: str) -> None:
    code = pyotp.TOTP(secret).now()
    answers = []
    for _ in range(2):
        client = app.test_client()
        enter(client)
        answers.append(send(client, "/sign-in/code", code=code).status_code)
    assert answers == [303, 422]


def test_an_earlier_code_is_not_taken_after_a_later_one(site: Site, ana: User, secret: str) -> None:
    moment = int(now().timestamp())
    totp = pyotp.TOTP(secret)
    assert second_factor.step_of(secret, totp.at(moment - 30), moment) == moment // 30 - 1
    assert [second_factor.step_of(secret, totp.at(moment + 30 * off), moment) for off in (-3, 3)] == [None, None]
    second_factor.prove(site, ana.id, totp.now())
    with pytest.raises(signing_in.NotSignedIn):
        second_factor.prove(site, ana.id, totp.at(moment - 30))


def test_a_recovery_code_is_taken_once(site: Site, ana: User, secret: str) -> None:
    with site.database.write():
        RecoveryCode.insert(user=ana.id, digest=passwords.digest_of("abcde-fghjk")).execute()
    second_factor.prove(site, ana.id, " ABCDE-fghjk ")
    with pytest.raises(signing_in.NotSignedIn):
        second_factor.prove(site, ana.id, "abcde-fghjk")


def test_guessing_codes_is_throttled(app: Flask, secret: str) -> None:
    client = app.test_client()
    enter(client)
    answers = [send(client, "/sign-in/code", code=f"{number:06}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]
    assert send(client, "/sign-in/code", code=pyotp.TOTP(secret).now()).status_code == 429


def test_a_role_may_need_it(app: Flask, site: Site, ana: User, client: FlaskClient) -> None:
    wanted = {"identity.sign-in": {"second_factor": "contacts.reader"}}
    assert client.patch("/api/v1/settings", json=wanted, headers={"If-Match": "*"}).status_code == 200
    browser = app.test_client()
    assert enter(browser).location == "/me/second-factor"
    half = cookie_of(browser)
    page = browser.get("/me/second-factor").text
    assert browser.get("/api/v1/contacts/parties").status_code == 401
    key = re.search(r"[A-Z2-7]{32}", page)
    assert key is not None
    assert send(browser, "/me/second-factor", code=pyotp.TOTP(key[0]).now()).status_code == 200
    assert browser.get("/").status_code == 200
    assert cookie_of(browser) != half
    off = send(browser, "/me/second-factor", password=PASSWORD)
    assert off.status_code == 303
    refused = send(browser, "/me/second-factor/off", password=PASSWORD)
    assert (refused.status_code, second_factor.is_on(ana.id)) in [(303, True), (400, True)]


def test_switching_it_off_needs_the_password(app: Flask, ana: User, secret: str) -> None:
    browser = app.test_client()
    enter(browser)
    send(browser, "/sign-in/code", code=pyotp.TOTP(secret).now())
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/me/second-factor").text)
    assert token is not None
    form = {"csrf_token": token[1]}
    wrong = browser.post("/me/second-factor/off", data={**form, "password": "wrong"})
    assert (wrong.status_code, second_factor.is_on(ana.id)) == (422, True)
    right = browser.post("/me/second-factor/off", data={**form, "password": PASSWORD})
    assert (right.status_code, second_factor.is_on(ana.id)) == (303, False)


def test_an_administrator_resets_it(client: FlaskClient, ana: User, secret: str) -> None:
    assert client.post(f"/api/v1/identity/users/{ana.id}/actions/reset-second-factor").status_code == 200
    assert not second_factor.is_on(ana.id)
    assert [row.action for row in AuditRecord.select().where(AuditRecord.key == "ana")][-1] == "reset-second-factor"


# -- sessions
def test_sign_in_changes_the_sessions_secret_and_ends_the_old_one(app: Flask, ana: User) -> None:
    client = app.test_client()
    enter(client)
    first = cookie_of(client)
    client.delete_cookie("trastienda_form")
    again = app.test_client()
    again.set_cookie(COOKIE, "planted by somebody")
    enter(again)
    assert cookie_of(again) not in ("planted by somebody", first)
    stale = app.test_client()
    page = stale.get("/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    stale.set_cookie(COOKIE, first)
    stale.post("/sign-in", data={"name": "ana", "password": PASSWORD, "csrf_token": token[1]})
    assert Session.get_or_none(Session.digest == passwords.digest_of(first)) is None


@pytest.mark.parametrize(("column", "minutes"), [("seen_at", 61), ("started_at", 721)])
def test_sessions_end_by_themselves(app: Flask, ana: User, site: Site, column: str, minutes: int) -> None:
    client = app.test_client()
    enter(client)
    assert client.get("/").status_code == 200
    with site.database.write():
        Session.update({column: now() - timedelta(minutes=minutes)}).execute()
    assert client.get("/").location == "/sign-in"
    assert not Session.select().exists()


def test_half_a_sign_in_waits_ten_minutes(app: Flask, site: Site, secret: str) -> None:
    client = app.test_client()
    enter(client)
    page = client.get("/sign-in/code")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    with site.database.write():
        Session.update(started_at=now() - timedelta(minutes=11)).execute()
    late = client.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now(), "csrf_token": token[1]})
    assert late.status_code == 422


def test_ones_sessions_are_listed_and_ended(app: Flask, ana: User, write: Run) -> None:
    here, there = app.test_client(), app.test_client()
    enter(here)
    enter(there)
    write(lambda work: add_user(work, name="bob", password=PASSWORD, roles=["contacts.reader"]))
    bob = app.test_client()
    enter(bob, name="bob")
    page = here.get("/me/sessions").text
    handles = re.findall(r'name="handle" value="([^"]+)"', page)
    assert len(handles) == 2
    bobs = passwords.digest_of(cookie_of(bob))[:16]
    theirs = passwords.digest_of(cookie_of(there))[:16]
    send(here, "/me/sessions", handle=bobs)
    assert bob.get("/").status_code == 200
    send(here, "/me/sessions", handle=theirs)
    assert (there.get("/").status_code, here.get("/").status_code) == (303, 200)
    enter(there)
    send(here, "/me/sessions")
    assert (there.get("/").status_code, here.get("/").status_code) == (303, 200)


# -- passwords
def test_an_unknown_name_costs_as_much_as_a_known_one(
    site: Site, ana: User, monkeypatch: pytest.MonkeyPatch, write: Run
) -> None:
    write(lambda work: add_user(work, name="nopass", password=None, roles=["contacts.reader"]))
    passwords.nobodys_hash()
    work: list[str] = []
    real = passwords.hasher().verify
    monkeypatch.setattr(type(passwords.hasher()), "verify", lambda self, known, typed: work.append(known) or real(
        known, typed))
    statements: list[int] = []
    for name in ("ana", "nobody", "nopass"):
        before = len(work)
        with pytest.raises(signing_in.NotSignedIn):
            signing_in.sign_in(site, name=name, password="wrong", address=f"address of {name}")
        statements.append(len(work) - before)
    assert statements == [1, 1, 1]
    parameters = {re.search(r"\$m=\d+,t=\d+,p=\d+\$", known)[0] for known in work}  # type: ignore[index]
    assert len(parameters) == 1


def test_changing_ones_password_ends_the_other_sessions(app: Flask, ana: User) -> None:
    here, there = app.test_client(), app.test_client()
    enter(here)
    enter(there)
    assert send(here, "/me/password", current="wrong", password=OTHER).status_code == 422
    assert send(here, "/me/password", current=PASSWORD, password="short").status_code == 422
    assert send(here, "/me/password", current=PASSWORD, password=OTHER).status_code == 303
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 303)
    assert (enter(app.test_client()).status_code, enter(app.test_client(), OTHER).status_code) == (422, 303)
    row = AuditRecord.select().order_by(AuditRecord.id.desc()).first()
    assert (row.entity, row.action, row.actor, row.changes) == ("identity.user", "change-password", "ana", "{}")


def test_a_forgotten_password_is_replaced_by_a_mailed_link(posted: FlaskClient) -> None:
    assert "Password forgotten?" in posted.get("/sign-in").text
    answer = posted.get("/sign-in/forgotten", headers={"Host": "evil.example"})
    assert answer.status_code == 200
    send(posted, "/sign-in/forgotten", name="ana")
    (mail,) = mails(posted)
    link = re.search(r"https://books\.example\.org/sign-in/reset\?token=(\S+)", mail["text"])
    assert (mail["to"], link is not None) == ("ana@example.org", True)
    assert link is not None
    assert link[1] not in str([dict(row.__data__) for row in PasswordReset.select()])
    assert send(posted, "/sign-in/reset", token=link[1], password="short").status_code == 422
    done = send(posted, "/sign-in/reset", token=link[1], password=OTHER)
    assert done.location == "/sign-in", done.text
    assert enter(posted, OTHER).location == "/"
    assert send(posted, "/sign-in/reset", token=link[1], password="yet another password").status_code == 422


def test_the_link_is_bound_to_the_configured_host(posted: FlaskClient) -> None:
    page = posted.get("/sign-in/forgotten", base_url="http://evil.example")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    form = {"name": "ana", "csrf_token": token[1]}
    posted.post("/sign-in/forgotten", data=form, base_url="http://evil.example", headers={"X-Forwarded-Host": "evil"})
    assert mails(posted)
    assert "evil" not in mails(posted)[0]["text"]


def test_asking_for_a_link_tells_nothing_and_is_throttled(posted: FlaskClient) -> None:
    bodies = [re.sub(r'value="[^"]*"', "", send(posted, "/sign-in/forgotten", name=name).text)
              for name in ("ana", "nobody")]
    assert bodies[0] == bodies[1]
    assert len(mails(posted)) == 1
    answers = [send(posted, "/sign-in/forgotten", name="ana").status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    answers = [send(posted, "/sign-in/forgotten", name=f"n{number}").status_code for number in range(FREE_OF_ADDRESS)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_asking_for_a_link_does_the_same_for_whoever_is_asked_for(
    posted: FlaskClient, site: Site, ana: User, monkeypatch: pytest.MonkeyPatch, write: Run
) -> None:
    """No clock tells them apart: until the answer, the database is asked the same for a user, an address, nobody."""
    write(lambda work: add_user(work, name="mailless", password=None, roles=["contacts.reader"]))
    asked: list[str] = []
    real = type(site.database).execute_sql
    monkeypatch.setattr(type(site.database), "execute_sql", lambda self, sql, *rest, **named: asked.append(sql) or real(
        self, sql, *rest, **named))
    ways = []
    for name in ("ana", "ana@example.org", "nobody", "nobody@example.org", "mailless"):
        token = re.search(r'name="csrf_token" value="([^"]+)"', posted.get("/sign-in/forgotten").text)
        assert token is not None
        asked.clear()
        assert posted.post("/sign-in/forgotten", data={"name": name, "csrf_token": token[1]}).status_code == 200
        ways.append([sql.partition(" ")[0] + sql[-40:] for sql in asked])
    assert ways[1:] == ways[:1] * 4
    assert any(each.startswith("INSERT") for each in ways[0])
    assert [each["to"] for each in mails(posted)] == ["ana@example.org"] * 2


def test_an_old_link_is_refused(posted: FlaskClient, site: Site) -> None:
    send(posted, "/sign-in/forgotten", name="ana@example.org")
    link = re.search(r"token=(\S+)", mails(posted)[0]["text"])
    assert link is not None
    with site.database.write():
        PasswordReset.update(expires_at=now() - timedelta(seconds=1)).execute()
    assert send(posted, "/sign-in/reset", token=link[1], password=OTHER).status_code == 422


def test_a_set_password_ends_sessions_and_links(app: Flask, posted: FlaskClient, ana: User, write: Run) -> None:
    browser = app.test_client()
    enter(browser)
    send(posted, "/sign-in/forgotten", name="ana")
    write(lambda work: set_password(work, work.lock(ana), password=OTHER))
    assert browser.get("/").status_code == 303
    assert not PasswordReset.select().exists()


# -- throttling
def test_failures_are_counted_for_all_processes_and_outlive_a_restart(
    posted: FlaskClient, app: Flask, ana: User, site: Site
) -> None:
    """Two servers on one database: what is tried at one counts at the other, for whoever is nobody as well."""
    elsewhere = app.test_client()
    for name in ("ana", "nobody"):
        answers = [enter(client, "wrong", name).status_code for client in (posted, elsewhere) * 3]
        assert (answers[0], answers[-1]) == (422, 429), name
        with site.database.write():
            Attempt.delete().where(Attempt.subject.startswith("address")).execute()
    with site.database.write():
        Attempt.update(failures=20, last_at=now()).execute()
    assert enter(create_app(site).test_client(), PASSWORD).status_code == 429
    with site.database.write():
        Attempt.update(last_at=now() - timedelta(seconds=LONGEST_WAIT + 1)).execute()
    assert enter(elsewhere, PASSWORD).status_code == 303
    assert Attempt.get_or_none(Attempt.subject == "name ana") is None


def test_many_names_from_one_address_are_throttled_too(app: Flask, ana: User) -> None:
    client = app.test_client()
    answers = [enter(client, "wrong", f"name{number}").status_code for number in range(FREE_OF_ADDRESS + 1)]
    assert answers == [422] * FREE_OF_ADDRESS + [429]
    assert enter(client, PASSWORD).status_code == 429


def test_an_office_behind_one_address_is_not_locked_out_by_its_typos(app: Flask, ana: User, site: Site) -> None:
    """Failures are forgotten after a quiet hour, and who comes in is none."""
    client = app.test_client()
    for day in range(3):
        for number in range(FREE_OF_ADDRESS - 1):
            assert enter(client, "wrong", f"name{day}-{number}").status_code == 422
        assert [enter(app.test_client()).status_code for _ in range(3)] == [303] * 3
        with site.database.write():
            Attempt.update(last_at=now() - timedelta(minutes=61)).execute()
    assert enter(client, "wrong").status_code == 422


def test_guesses_made_at_once_are_counted_as_they_are_made(
    app: Flask, site: Site, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise as many passwords and codes could be tried at a time as the server has threads."""
    moment = now()
    monkeypatch.setattr(throttling, "now", lambda: moment)
    start = Barrier(16)

    def guess(number: int) -> int:
        client = app.test_client()
        page = client.get("/sign-in")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        start.wait(30)
        return client.post("/sign-in", data={
            "name": "ana", "password": f"guess {number}", "csrf_token": token[1]}).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(guess, range(16)))
    assert answers == {422: FREE_FAILURES, 429: 16 - FREE_FAILURES}

    def guess_code(number: int) -> bool:
        start.wait(30)
        with site.active():
            try:
                second_factor.prove(site, User.get(User.name == "ana").id, f"{number:06}")
            except (signing_in.NotSignedIn, TooManyAttempts) as error:
                return isinstance(error, TooManyAttempts)
            raise AssertionError("it was guessed")

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(guess_code, range(16))) == {False: FREE_FAILURES, True: 16 - FREE_FAILURES}


@pytest.mark.parametrize("name", ["\u0130" * 120, "x" * 5000, "\ud83d\ude00" * 60, "a\r\nb", " "])
def test_no_name_breaks_the_door(posted: FlaskClient, name: str) -> None:
    """The first grows when it is written small, beyond what its column takes."""
    text = name.encode("utf-16", "surrogatepass").decode("utf-16")
    assert enter(posted, "wrong", text).status_code == 422
    assert send(posted, "/sign-in/forgotten", name=text).status_code == 200


# -- tokens
def test_a_token_given_less_gets_itself_no_more(app: Flask, site: Site, write: Run) -> None:
    """Neither by its own user's password, address, roles or sign-in, nor by the pages where he looks after himself."""
    boss = write(lambda work: add_user(work, name="boss", password=PASSWORD, roles=["admin"], email="b@example.org"))
    narrow = write(lambda work: add_token(work, user=boss, name="t", scopes="identity.* delivery.*"))
    wide = write(lambda work: add_token(work, user=boss, name="t"))
    other = app.test_client()
    enter(other, name="boss")
    api = {"Authorization": f"Bearer {narrow}", "If-Match": "*"}
    url = f"/api/v1/identity/users/{boss.id}"
    client = app.test_client()
    refused = [
        client.post(f"{url}/actions/set-password", json={"password": OTHER}, headers=api),
        client.post(f"{url}/actions/reset-second-factor", json={}, headers=api),
        client.post(f"{url}/actions/invite", json={}, headers=api),
        client.patch(url, json={"email": "evil@example.org"}, headers=api),
        client.post("/api/v1/identity/users", json={"name": "twin", "roles": [{"role": "admin"}]}, headers=api),
        client.post("/api/v1/identity/accounts", json={"user": "boss", "issuer": "https://e", "subject": "s"},
                    headers=api),
    ]
    assert [each.status_code for each in refused] == [403, 403, 403, 422, 422, 422], [each.text for each in refused]
    for token in (narrow, wide):
        bearer = {"Authorization": f"Bearer {token}"}
        for place in ("password", "sessions", "second-factor"):
            form = {"current": PASSWORD, "password": OTHER}
            for answer in (client.get(f"/me/{place}", headers=bearer),
                           client.post(f"/me/{place}", data=form, headers=bearer)):
                assert (answer.status_code, answer.location) == (303, f"/sign-in?next=%2Fme%2F{place}")
    assert client.get_cookie(COOKIE) is None
    assert other.get("/").status_code == 200
    assert (User.get_by_id(boss.id).email, enter(app.test_client(), name="boss").status_code) == ("b@example.org", 303)


def test_a_token_has_an_end_and_tells_of_its_last_use(
    app: Flask, client: FlaskClient, sign_in: SignIn, ana: User, site: Site
) -> None:
    today = now().date()
    wanted = {"user": "ana", "name": "till", "scopes": "contacts.*", "expires_on": f"{today}"}
    told = client.post("/api/v1/identity/create-token", json=wanted)
    assert told.status_code == 200, told.text
    bearer = {"Authorization": f"Bearer {told.json['token']}"}
    listed = "/api/v1/identity/tokens?name=till"
    (kept,) = client.get(listed).json["items"]
    assert (kept["expires_on"], kept["last_used_at"], told.json["token"] in str(kept)) == (f"{today}", None, False)
    assert app.test_client().get("/api/v1/contacts/parties", headers=bearer).status_code == 200
    (kept,) = client.get(f"{listed}&last_used_at__gte={today}T00:00:00Z&sort=-last_used_at").json["items"]
    assert kept["last_used_at"][:10] == f"{today}"
    with site.database.write():
        Token.update(expires_on=today - timedelta(days=1)).where(Token.id == kept["id"]).execute()
    assert app.test_client().get("/api/v1/contacts/parties", headers=bearer).status_code == 401
    late = client.post("/api/v1/identity/create-token", json={**wanted, "expires_on": f"{today - timedelta(days=1)}"})
    assert (late.status_code, list(late.json["errors"])) == (422, ["expires_on"])
    assert sign_in("contacts.reader").post("/api/v1/identity/create-token", json=wanted).status_code == 403
    narrow = client.post("/api/v1/identity/create-token", json={**wanted, "scopes": "identity.*", "user": "ana"}).json
    refused = app.test_client().post("/api/v1/identity/create-token", json={**wanted, "scopes": ""}, headers={
        "Authorization": f"Bearer {narrow['token']}"})
    assert refused.status_code == 403
