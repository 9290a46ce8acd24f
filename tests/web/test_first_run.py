"""The first run in the browser: on an empty database, with the console's code alone, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from trastienda import Company, Site, User
from trastienda.api.app import create_app
from trastienda.builtin.web.first_run import MOST_TRIES, await_first_run
from trastienda.settings import load_settings

from .conftest import PASSWORD
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

ANSWERS = {
    "code": "NEW", "name": "New company", "country": "ES", "currency": "EUR", "language": "en",
    "time_zone": "Europe/Madrid", "user": "eva", "password": PASSWORD,
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = {
        "TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/empty.db",
        "TRASTIENDA_DATA": str(tmp_path),
        "TRASTIENDA_PLUGINS": "identity,formats,web",
    }
    site = Site.open(load_settings(settings))
    await_first_run(site)
    yield site
    site.database.close()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return create_app(site).test_client()


def code_of(site: Site) -> str:
    assert site.first_run is not None
    return site.first_run.code


def post(client: FlaskClient, **form: str) -> object:
    page = client.get("/first-run").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post("/first-run", data={"csrf_token": token, **form})


def companies(site: Site) -> list[str]:
    with site.active():
        known = site.database.table_exists("core_company")
        return [company.name for company in Company.select()] if known else []


def test_everything_leads_to_the_first_run(client: FlaskClient) -> None:
    for path in ("/", "/books/entries?q=1", "/sign-in", "/plugins"):
        assert (client.get(path).status_code, client.get(path).location) == (303, "/first-run")
    assert client.get("/api/v1/books/entries").status_code == 403
    assert client.get("/healthz").status_code == 200


def test_the_questions_are_shown_to_who_has_the_code(site: Site, client: FlaskClient) -> None:
    refused = post(client, unlock="0000-0000-0000")
    assert refused.status_code == 422
    assert 'name="password"' not in refused.text
    asked = post(client, unlock=f" {code_of(site).upper()} ")
    assert texts(asked.text, r"<label for[^>]*>(.*?)</label>") == [
        "Short code *", "Company&#39;s name *", "Country", "Currency *", "Language", "Time zone *", "Sign-in name *",
        "Password *"]  # fmt: skip


def test_the_answers_make_the_company_and_sign_its_user_in(site: Site, client: FlaskClient) -> None:
    made = post(client, unlock=code_of(site), **ANSWERS)
    assert (made.status_code, made.location) == (303, "/")
    page = client.get("/").text
    assert "New company is there." in page
    assert texts(page, r'<span class="user clip">(.*?)</span>') == ["eva"]
    assert (companies(site), site.first_run) == (["New company"], None)


def test_answers_without_the_code_make_nothing(site: Site, client: FlaskClient) -> None:
    for wrong in ("", "0000-0000-0000"):
        assert post(client, unlock=wrong, **ANSWERS).status_code == 422
    assert companies(site) == []


def test_a_wrong_answer_is_said_at_its_field_and_makes_nothing(site: Site, client: FlaskClient) -> None:
    refused = post(client, unlock=code_of(site), **{**ANSWERS, "password": "short", "currency": "EUR"})
    assert texts(refused.text, r'id="f-password-error">(.*?)</p>') == ["From 10 to 200 characters."]
    assert 'value="New company"' in refused.text
    assert companies(site) == []
    assert post(client, unlock=code_of(site), **{**ANSWERS, "user": ""}).status_code == 422


def test_guessing_ends(site: Site, client: FlaskClient) -> None:
    for _each in range(MOST_TRIES):
        assert post(client, unlock="0000-0000-0000").status_code == 422
    assert post(client, unlock=code_of(site)).status_code == 403


def test_the_first_run_is_the_only_one(site: Site, client: FlaskClient) -> None:
    code = code_of(site)
    post(client, unlock=code, **ANSWERS)
    await_first_run(site)
    other = create_app(site).test_client()
    assert other.get("/").location == "/"
    assert site.first_run is None
    assert other.get("/first-run").location == "/"
    with site.active():
        assert User.select().count() == 1


def test_without_an_empty_database_there_is_no_first_run(site: Site, client: FlaskClient) -> None:
    post(client, unlock=code_of(site), **ANSWERS)
    assert client.get("/first-run").location == "/"
