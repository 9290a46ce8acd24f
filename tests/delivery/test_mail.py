"""Mail through a real SMTP server: with TLS and sign-in, refused for good, refused for now, not there at all."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from trastienda import Invalid, Refusal, Site, Work
from trastienda.builtin.delivery.mail import Attachment, Mail, MailAttachment, send
from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import run_due
from trastienda.settings import SettingsFault, load_settings
from trastienda.testing.sites import SYSTEM

from ..jobs.conftest import Clock, acme, opened, run_all


class Postbox:
    """What the server took; `answer` is what it says to the next data."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"office", b"secret")
    return AuthResult(success=good, handled=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox, authority: trustme.CA) -> Iterator[Callable[..., int]]:
    """``server(tls=True)``: a mail server of one's own; the port it listens on."""
    started = []

    def start(*, tls: bool = False) -> int:
        options: dict[str, Any] = {"auth_require_tls": False, "auth_required": False}
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert("localhost").configure_cert(context)
            options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        port = free_port()
        made = Controller(postbox, hostname="127.0.0.1", port=port, authenticator=check_login, **options)
        made.start()
        started.append(made)
        return port

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def site_for(url: str, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    entered = []

    def enter(port: int, **settings: str) -> Site:
        given = {"MAIL_HOST": "localhost", "MAIL_PORT": str(port), "MAIL_FROM": "Office <office@example.com>",
                 "MAIL_SECURITY": "none", **settings}
        context = opened(url, tmp_path, **{f"TRASTIENDA_{name}": value for name, value in given.items()})
        entered.append(context)
        return context.__enter__()

    yield enter
    for context in entered:
        context.__exit__(None, None, None)


def write(site: Site, **mail: Any) -> int:
    given = {"to": "ana@example.com", "subject": "Hello", "text": "Word\n", **mail}
    return site.write(SYSTEM, acme(site), lambda work: send(work, **given))


def job() -> JobRecord:
    return JobRecord.select().order_by(JobRecord.id.desc()).get()


def test_a_mail_is_sent_after_the_commit_with_text_html_and_files(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site]
) -> None:
    site = site_for(server())
    with pytest.raises(Refusal):
        site.write(SYSTEM, acme(site), undone)
    identity = write(site, subject="Factura nº 7 — año", text="Está aquí.\n", html="<p>Está aquí.</p>",
                     attachments=[Attachment("señal.pdf", "application/pdf", b"%PDF")])
    assert postbox.taken == []
    assert run_due(site) == 1
    (message,) = postbox.taken
    assert (message["From"], message["To"], message["Subject"]) == (
        "Office <office@example.com>", "ana@example.com", "Factura nº 7 — año")
    assert [(part.get_content_type(), part.get_filename(), part.get_content()) for part in message.walk()
            if not part.is_multipart()] == [
        ("text/plain", None, "Está aquí.\r\n"), ("text/html", None, "<p>Está aquí.</p>\r\n"),
        ("application/pdf", "señal.pdf", b"%PDF")]
    kept = Mail.get_by_id(identity)
    assert (kept.text, kept.html, kept.sent_at is not None, MailAttachment.select().count()) == ("", None, True, 0)
    assert job().state == "done"


def undone(work: Work) -> None:
    send(work, to="eve@example.com", subject="No", text="no")
    raise Refusal("no")


def test_a_mail_goes_encrypted_and_signed_in(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site], authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    site = site_for(server(tls=True), MAIL_SECURITY="starttls", MAIL_CA_FILE=str(tmp_path / "ca.pem"),
                    MAIL_USER="office", MAIL_PASSWORD="secret")
    write(site)
    run_due(site)
    assert ([each["Subject"] for each in postbox.taken], job().state) == (["Hello"], "done")


@pytest.mark.parametrize(("settings", "state", "words"), [
    ({"MAIL_PASSWORD": "wrong"}, "failed", "535"),
    ({"MAIL_CA_FILE": ""}, "queued", "certificate verify failed"),
    ({"MAIL_SECURITY": "none"}, "failed", "in the clear"),
    ({"MAIL_SECURITY": "none", "MAIL_USER": ""}, "failed", "530"),
    ({"MAIL_FROM": ""}, "failed", "mail_from"),
], ids=["wrong password", "unknown certificate", "password in the clear", "no TLS", "no sender"])
def test_nothing_is_sent_without_trust(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site], authority: trustme.CA, tmp_path: Path,
    settings: dict[str, str], state: str, words: str
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    site = site_for(server(tls=True), **{"MAIL_SECURITY": "starttls", "MAIL_CA_FILE": str(tmp_path / "ca.pem"),
                                         "MAIL_USER": "office", "MAIL_PASSWORD": "secret", **settings})
    write(site)
    run_due(site)
    assert (postbox.taken, job().state) == ([], state)
    assert words in job().message


@pytest.mark.database("sqlite")
def test_a_server_without_tls_is_sent_nothing_where_tls_is_asked_for(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site]
) -> None:
    site = site_for(server(), MAIL_SECURITY="starttls")
    write(site)
    run_due(site)
    assert (postbox.taken, job().state) == ([], "failed")


def test_what_is_refused_for_now_is_sent_later_and_then_parked(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site]
) -> None:
    site = site_for(server())
    clock = Clock(site)
    postbox.answer = "451 try later"
    write(site)
    run_due(site)
    assert (job().state, job().message) == ("queued", "451 try later")
    postbox.answer = "250 OK"
    run_all(site, clock, hours=2)
    assert (len(postbox.taken), job().state) == (1, "done")
    postbox.answer = "451 try later"
    write(site)
    run_all(site, clock, hours=24)
    assert (len(postbox.taken), job().state, job().attempts) == (1, "parked", 12)


@pytest.mark.parametrize(("answer", "to"), [("554 spam", "ana@example.com"), ("250 OK", "nobody@example.com")])
def test_what_is_refused_for_good_fails_and_is_kept_for_another_try(
    server: Callable[..., int], postbox: Postbox, site_for: Callable[..., Site], answer: str, to: str
) -> None:
    site = site_for(server())
    postbox.answer = answer
    identity = write(site, to=to)
    run_due(site)
    assert (postbox.taken, job().state, Mail.get_by_id(identity).text) == ([], "failed", "Word\n")


@pytest.mark.database("sqlite")
def test_a_server_that_is_not_there_is_waited_for(site_for: Callable[..., Site]) -> None:
    site = site_for(1)
    write(site)
    run_due(site)
    assert (job().state, job().message.partition(":")[0]) == ("queued", "ConnectionRefusedError")


INJECTIONS = [
    {"to": "ana@example.com\r\nBcc: eve@example.com"}, {"to": "ana@example.com, eve@example.com"}, {"to": "ana"},
    {"to": ""}, {"to": "ana@example.com\x00"}, {"to": "ana@exa mple.com"}, {"to": "<ana@example.com>"},
    {"subject": "Hello\nBcc: eve@example.com"}, {"subject": "Hello\rX: y"}, {"subject": "Hello\u2028X: y"},
    {"subject": "Hello\x85X: y"}, {"subject": ""}, {"subject": "x" * 201},
    {"attachments": [Attachment("a\r\nX: y", "text/plain", b"")]},
    {"attachments": [Attachment("a", "text/plain\r\nX: y", b"")]}, {"attachments": [Attachment("a", "text", b"")]},
]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("mail", INJECTIONS, ids=repr)
def test_nothing_given_can_begin_another_header(site_for: Callable[..., Site], mail: dict[str, Any]) -> None:
    site = site_for(1)
    with pytest.raises(Invalid) as caught:
        write(site, **mail)
    assert list(caught.value.errors) == list(mail)
    assert JobRecord.select().count() == 0


@pytest.mark.parametrize(
    "sender", ["office", "office@example.com\r\nBcc: x", "a@b, c@d", "@example.com", "Office <office>"]
)
def test_a_sender_that_is_none_is_refused_at_the_start(sender: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault):
        load_settings({"TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_MAIL_FROM": sender})
