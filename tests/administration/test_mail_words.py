"""The page on which an administrator changes the words of mails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from trastienda import User
from trastienda.builtin.delivery.mail import Mail
from trastienda.testing.fixtures import Run, SignIn

from .conftest import Open, fits

PAGE, FORM = "/administration/mails", "mails.identity.password-reset"


@pytest.fixture
def trastienda_plugins() -> tuple[str, ...]:
    return ("contacts",)


def sent(client: FlaskClient, **more: str) -> dict[str, str]:
    version = re.search(r'name="_version" value="(\d+)"', client.get(PAGE).text)
    assert version is not None
    return {"_form": FORM, "_version": version[1], "language": "es", **more}


def words(subject: str, text: str) -> dict[str, str]:
    return {f"{FORM}.subject_es": subject, f"{FORM}.text_es": text}


def post(client: FlaskClient, given: dict[str, str], **more: Any) -> Any:
    return client.post(PAGE, data=given, **more)


def test_words_are_saved_looked_at_and_taken_back(browser_client: FlaskClient) -> None:
    looked = post(browser_client, {**sent(browser_client), **words("¡{name}!", "Aquí:\r\n{link}"), "_preview": "1"})
    assert looked.status_code == 200
    assert "<figcaption>¡Ana!</figcaption><pre>Aquí:\nhttps://example.com/" in looked.text
    assert "¡{name}!" not in browser_client.get(f"{PAGE}?language=es").text
    wrong = post(browser_client, {**sent(browser_client), **words("¡{name}!", "Aquí: {lnk}")})
    assert (wrong.status_code, "There is no placeholder {lnk}" in wrong.text) == (422, True)
    assert "Aquí: {lnk}" in wrong.text
    saved = post(browser_client, {**sent(browser_client), **words("¡{name}!", "Aquí:\r\n{link}")})
    assert (saved.status_code, saved.location) == (303, f"{PAGE}?language=es")
    page = browser_client.get(f"{PAGE}?language=es").text
    assert 'value="¡{name}!"' in page
    assert "¡{name}!" not in browser_client.get(f"{PAGE}?language=en").text
    post(browser_client, {**sent(browser_client), "_reset": "1"})
    assert "¡{name}!" not in browser_client.get(f"{PAGE}?language=es").text


def test_only_administrators_change_them(sign_in: SignIn) -> None:
    auditor, reader = sign_in("auditor", browser=True), sign_in("contacts.reader", browser=True)
    assert [each.get(PAGE).status_code for each in (auditor, reader)] == [200, 403]
    assert "_preview" not in auditor.get(PAGE).text
    given = {**sent(auditor), **words("x", "{link}")}
    assert [post(auditor, {**given, **more}).status_code for more in ({}, {"_test": "1"})] == [403, 403]
    assert not Mail.select().exists()


def test_a_test_goes_to_oneself_alone(browser_client: FlaskClient, write: Run) -> None:
    refused = post(browser_client, sent(browser_client, _test="1"), follow_redirects=True)
    assert "no e-mail address" in refused.text
    write(lambda work: User.update(email="ana@example.com").execute())
    done = post(browser_client, sent(browser_client, _test="1", to="eve@example.com"), follow_redirects=True)
    assert "ana@example.com" in done.text
    assert [mail.to for mail in Mail.select()] == ["ana@example.com"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("language", "width", "save", "refusal"), [
    ("en", 1440, "Save", "{link} cannot be left out."), ("es", 390, "Guardar", "No se puede omitir: {link}."),
])  # fmt: skip
def test_an_administrator_changes_words_in_the_browser(
    open_page: Open, language: str, width: int, save: str, refusal: str
) -> None:
    page = open_page(f"{PAGE}?language=es", language=language, width=width)
    mail = page.locator("form", has=page.locator(f"[value='{FORM}']"))
    mail.locator(f"[name='{FORM}.text_es']").fill("Hola, {name}.")
    mail.get_by_role("button", name=save).click()
    expect(page.locator(".summary")).to_contain_text(refusal)
    mail.locator(f"[name='{FORM}.text_es']").fill("Hola, {name}.\n\n{link}")
    mail.locator("[name=_preview]").click()
    expect(mail.get_by_role("status")).to_contain_text("Hola, Ana.")
    mail.get_by_role("button", name=save).click()
    expect(mail.locator("[name=_reset]")).to_be_visible()
    expect(mail.locator(f"[name='{FORM}.text_es']")).to_have_value("Hola, {name}.\n\n{link}")
    assert fits(page)
