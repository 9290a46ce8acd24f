"""Mails in a company's own words: through a real server, in each language, and nothing but words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from trastienda import Company, MailTemplate, Placeholder, Plugin, Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.builtin.identity.passwords import RESET_LASTS, mail_link
from trastienda.entities.company_settings import change
from trastienda.faults import StartupFaults
from trastienda.jobs.worker import run_due
from trastienda.languages import speaking
from trastienda.mails import MailWords, subject_faults, text_faults, written
from trastienda.security.audit import AuditRecord
from trastienda.settings import load_settings
from trastienda.testing import sites

from ..jobs.conftest import acme, opened
from .test_mail import Postbox, authority, postbox, server, site_for

__all__ = ["authority", "postbox", "server", "site_for"]

RESET = "mails.identity.password-reset"
NOTE = MailTemplate("notes.note", "About {what}", "{what}: {text}", label="Note", values=[
    Placeholder("what", sample="A thing"), Placeholder("text", required=True)])  # fmt: skip


@pytest.fixture
def site(server: Callable[..., int], site_for: Callable[..., Site]) -> Site:
    return site_for(server(), PUBLIC_URL="https://books.example.org", SECURE_COOKIES="false")


@pytest.fixture
def ana(site: Site) -> User:
    made = site.write(sites.SYSTEM, acme(site), lambda work: add_user(
        work, name="ana", password=None, roles=["admin"], full_name="Ana", email="ana@example.com"))  # fmt: skip
    User.update(language="es").where(User.id == made.id).execute()
    return User.get_by_id(made.id)


def client_of(site: Site, user: User) -> FlaskClient:
    secret = site.write(sites.SYSTEM, acme(site), lambda work: add_token(work, user=user, name="tests"))
    client = create_app(site).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def set_words(site: Site, company: Company | None = None, **words: str | None) -> None:
    site.write(sites.SYSTEM, company or acme(site), lambda work: change(work, {RESET: words}, version=None))


def reset_mail(site: Site, postbox: Postbox, user: User, company: Company | None = None) -> tuple[str, str]:
    """Its subject and text, without the token."""
    site.write(sites.SYSTEM, company or acme(site), lambda work: mail_link(work, user, lasts=RESET_LASTS))
    run_due(site)
    message = postbox.taken[-1]
    return message["Subject"], re.sub(r"token=\S+", "token=...", message.get_content()).replace("\r\n", "\n")


def test_a_mail_is_in_the_companys_words_and_the_readers_language(site: Site, ana: User, postbox: Postbox) -> None:
    link = "https://books.example.org/sign-in/reset?token=..."
    shipped = ("A new password for Trastienda", f"Ana, elija su contraseña aquí: {link}\n\nEl enlace sirve una sola "
               "vez, durante 1 horas.\n")  # fmt: skip
    assert reset_mail(site, postbox, ana)[1] == shipped[1]
    set_words(site, subject_es="Su contraseña en {company}", text_es="Hola, {name}:\n{link}", text_en="{link} only")
    assert reset_mail(site, postbox, ana) == ("Su contraseña en Acme", f"Hola, Ana:\n{link}\n")
    other = site.write(sites.SYSTEM, acme(site), lambda work: work.add(Company(code="BETA", name="Beta")))
    assert reset_mail(site, postbox, ana, other)[1] == shipped[1]
    set_words(site, subject_es=None, text_es=None)
    assert reset_mail(site, postbox, ana)[1] == shipped[1]
    (first, *_) = AuditRecord.select().where(AuditRecord.entity == f"settings.{RESET}").order_by(AuditRecord.id)
    assert sorted(orjson.loads(first.changes)) == ["subject_es", "text_en", "text_es"]


def test_what_a_value_holds_is_words_and_begins_no_header(site: Site, ana: User, postbox: Postbox) -> None:
    set_words(site, subject_es="{name}!", text_es="{name} <b>&amp;</b> {link}")
    ana.full_name = "Eve\r\nBcc: spy@example.com\n\n{link} <script>"
    subject, text = reset_mail(site, postbox, ana)
    assert subject == "Eve Bcc: spy@example.com {link} <script>!"
    message = postbox.taken[-1]
    assert (message["Bcc"], message.get_content_type()) == (None, "text/plain")
    assert text.startswith("Eve\nBcc: spy@example.com\n\n{link} <script> <b>&amp;</b> https://")


@pytest.mark.parametrize(("field", "words", "why"), [
    ("text_es", "Hola, {name}", "No se puede omitir: {link}."),
    ("text_es", "{link} {nombre}",
     "No existe el marcador {nombre}; existen {name}, {link}, {hours}, {company}."),
    ("text_es", "{link} {name.__class__}", "{name.__class__} no es un marcador; las llaves se escriben {{ y }}."),
    ("text_es", "{link} {% if 1 %}", "{% if 1 %} no es un marcador; las llaves se escriben {{ y }}."),
    ("text_es", "{link} }", "} no es un marcador; las llaves se escriben {{ y }}."),
    ("subject_es", "A\r\nBcc: x@example.com", "No se admiten caracteres de control."),
    ("subject_es", "A\u2028Bcc: x@example.com", "Una línea de 1 a 200 caracteres."),
    ("subject_es", "x" * 201, "Una línea de 1 a 200 caracteres."),
    ("subject_es", "", "Una línea de 1 a 200 caracteres."),
    ("text_es", "{link}" + "x" * 10_000, "De 1 a 10000 caracteres."),
])  # fmt: skip
def test_other_words_are_refused_by_the_path_of_their_field(
    site: Site, ana: User, field: str, words: str, why: str
) -> None:
    answer = client_of(site, ana).patch(
        "/api/v1/settings", json={RESET: {field: words}}, headers={"If-Match": "*", "Accept-Language": "es"},
    )  # fmt: skip
    assert (answer.status_code, answer.json["errors"]) == (422, {f"{RESET}.{field}": [why]})


def test_one_sends_oneself_a_test(site: Site, ana: User, postbox: Postbox) -> None:
    set_words(site, subject_en="Hello {name}", text_en="{link} for {hours} hours, {company}")
    client = client_of(site, ana)
    answer = client.post("/api/v1/delivery/test-mail", json={"mail": "identity.password-reset", "language": "en"})
    assert (answer.status_code, answer.json) == (200, {"to": "ana@example.com"})
    run_due(site)
    (message,) = postbox.taken
    assert (message["To"], message["Subject"], message.get_content().strip()) == (
        "ana@example.com", "Hello Ana", "https://example.com/sign-in/reset?token=... for 24 hours, Acme")  # fmt: skip
    unknown = client.post("/api/v1/delivery/test-mail", json={"mail": "identity.nothing"})
    assert unknown.status_code == 404
    auditor = site.write(sites.SYSTEM, acme(site), lambda work: add_user(
        work, name="leo", password=None, roles=["auditor"], email="leo@example.com"))  # fmt: skip
    assert client_of(site, auditor).post(
        "/api/v1/delivery/test-mail", json={"mail": "identity.invitation"}).status_code == 403  # fmt: skip


def test_a_plugins_mail_has_words_of_its_own(
    server: Callable[..., int], url: str, tmp_path: Any, postbox: Postbox
) -> None:
    port = str(server())
    settings = {"TRASTIENDA_MAIL_HOST": "localhost", "TRASTIENDA_MAIL_PORT": port,
                "TRASTIENDA_MAIL_FROM": "o@example.com", "TRASTIENDA_MAIL_SECURITY": "none"}  # fmt: skip

    def tell(work: Work) -> None:
        work.service("mail.send-template/1")(work, "notes.note", to="ana@example.com",
                                             values={"what": "Rain", "text": "tomorrow"})  # fmt: skip

    with opened(url, tmp_path, Plugin("notes", mails=[NOTE]), **settings) as site:
        site.write(sites.SYSTEM, acme(site), tell)
        words = {"mails.notes.note": {"text_en": "{text}!", "text_es": "¡{text}!"}}
        site.write(sites.SYSTEM, acme(site), lambda work: change(work, words, version=None))
        site.write(sites.SYSTEM, acme(site), tell)
        run_due(site)
    first, second = (message.get_content().strip() for message in postbox.taken)
    assert (first, second in ("tomorrow!", "¡tomorrow!")) == ("Rain: tomorrow", True)


def test_a_mail_that_its_own_rules_refuse_stops_the_start(tmp_path: Any) -> None:
    plugin = Plugin("notes", mails=[
        MailTemplate("notes.one", "{nothing}", "text", label="One"),
        MailTemplate("notes.two", "Two", "no value", label="Two", values=[Placeholder("link", required=True)]),
        MailTemplate("others.three", "Three", "text", label="Three"),
    ])  # fmt: skip
    settings = load_settings({"TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/x.db", "TRASTIENDA_DATA": str(tmp_path)})
    with pytest.raises(StartupFaults) as caught:
        Site.open(settings, extra=[plugin])
    for wanted in ("'notes.one': There is no placeholder {nothing}", "'notes.two': {link} cannot be left out",
                   "'others.three': does not begin"):  # fmt: skip
        assert wanted in str(caught.value)


def test_every_shipped_mail_holds_to_the_rules_in_each_language(site: Site) -> None:
    names: Sequence[str] = sorted(site.registry.mails)
    assert names == ["delivery.notification", "delivery.report", "identity.invitation", "identity.password-reset"]
    for template in site.registry.mails.values():
        for language in ("en", "es"):
            words = template.shipped(language)
            with speaking(language):
                faults = [*subject_faults(template, words.subject), *text_faults(template, words.text)]
                made = written(template, words, template.samples())
            assert faults == []
            assert "{" not in made.subject + made.text


def test_a_subject_without_words_is_the_mails_name() -> None:
    assert written(NOTE, MailWords("{what}", "{text}"), {"what": "\r\n", "text": "x\0y"}) == ("Note", "x y\n")
