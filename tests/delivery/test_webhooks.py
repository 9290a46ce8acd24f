"""Webhooks: signed, tried again, parked, logged, and never sent to where they have no business."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme

from trastienda import Company, Grant, Invalid, Plugin, Refusal, Role, Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.delivery import outgoing
from trastienda.builtin.delivery.outgoing import Unreachable, may_be_reached, post
from trastienda.builtin.delivery.webhooks import Webhook, WebhookDelivery, set_secret
from trastienda.builtin.identity.administration import add_user
from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import run_due
from trastienda.settings import SettingsFault, load_settings
from trastienda.testing.sites import SYSTEM, bearer_client

from ..jobs.conftest import Clock, OpenSite, acme, run_all

LOOPBACK = [ip_network("127.0.0.1/32")]


class Listener:
    """A server of one's own: what it was sent, and what it answers."""

    def __init__(self, address: str = "127.0.0.1", *, context: ssl.SSLContext | None = None) -> None:
        listener = self
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.headers = 204, {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.append((self.path, dict(self.headers), body))
                self.send_response(listener.status)
                for name, value in listener.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer((address, 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = int(self.server.server_address[1])
        self.headers: dict[str, str]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    made = []

    def start(*arguments: Any, **options: Any) -> Listener:
        made.append(Listener(*arguments, **options))
        return made[-1]

    yield start
    for each in made:
        each.close()


ROLES = Plugin("chores", roles=[Role("chores.guest", [Grant("delivery.webhook")]),
                                Role("chores.clerk", [Grant("identity.user", ["read"])])])


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    return open_site(ROLES, TRASTIENDA_WEBHOOK_NETWORKS="127.0.0.1/32")


def write(site: Site, body: Any) -> Any:
    return site.write(SYSTEM, acme(site), body)


def hire(site: Site, name: str, role: str = "") -> User:
    made: User = write(site, lambda work: add_user(work, name=name, password=None, roles=[role] if role else []))
    return made


def hook(site: Site, listener: Listener, *, events: str = "identity.user.*", owner: User | None = None) -> Webhook:
    owner = owner or hire(site, "owner", "admin")
    made: Webhook = write(site, lambda work: work.add(Webhook(
        name="hook", url=f"http://127.0.0.1:{listener.port}/in?x=1", events=events, owner=owner)))
    return made


def log() -> list[tuple[str, int | None, bool, str]]:
    return [(f"{each.entity}.{each.action}", each.status, each.delivered_at is not None, each.error)
            for each in WebhookDelivery.select().order_by(WebhookDelivery.id)]


def test_a_change_is_told_signed_and_logged_after_its_commit(site: Site, listen: Callable[..., Listener]) -> None:
    listener = listen()
    made = hook(site, listener)
    with pytest.raises(Refusal):
        write(site, undone)
    ana = hire(site, "ana")
    assert listener.got == []
    run_due(site)
    ((path, headers, body),) = listener.got
    assert path == "/in?x=1"
    told = json.loads(body)
    assert (told["type"], told["data"]) == ("identity.user.create", {
        "company": "ACME", "entity": "identity.user", "id": ana.id, "action": "create"})
    key = base64.b64decode(Webhook.get_by_id(made.id).secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made_of = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{made_of}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert log() == [("identity.user.create", 204, True, "")]


def undone(work: Work) -> None:
    add_user(work, name="eve", password=None, roles=[])
    raise Refusal("no")


def test_only_what_was_asked_for_is_told_and_nothing_while_it_is_off(
    site: Site, listen: Callable[..., Listener]
) -> None:
    listener = listen()
    made = hook(site, listener, events="contacts.* identity.user.disable")
    ana, ben = hire(site, "ana"), hire(site, "ben")
    write(site, lambda work: work.act(work.get(User, ana.id), "disable"))
    run_due(site)
    assert [json.loads(body)["type"] for _, _, body in listener.got] == ["identity.user.disable"]

    def switch_off(work: Work) -> None:
        work.get(Webhook, made.id).active = False

    write(site, switch_off)
    write(site, lambda work: work.act(work.get(User, ben.id), "disable"))
    assert run_due(site) == 0


def test_a_failing_receiver_is_tried_again_with_the_same_id_and_then_parked(
    site: Site, listen: Callable[..., Listener]
) -> None:
    listener = listen()
    clock = Clock(site)
    hook(site, listener)
    listener.status = 500
    hire(site, "ana")
    run_due(site)
    assert log() == [("identity.user.create", 500, False, "HTTP 500")]
    listener.status = 200
    run_all(site, clock, hours=2)
    assert len({headers["webhook-id"] for _, headers, _ in listener.got}) == 1
    assert len({headers["webhook-signature"] for _, headers, _ in listener.got}) == 2
    assert log() == [("identity.user.create", 200, True, "")]
    listener.status = 503
    hire(site, "bob")
    run_all(site, clock, hours=48)
    job = WebhookDelivery.select().order_by(WebhookDelivery.id.desc()).get().job
    assert (job.state, job.attempts, job.message) == ("parked", 14, "HTTP 503")


def test_redirects_are_not_followed(site: Site, listen: Callable[..., Listener]) -> None:
    listener, victim = listen(), listen()
    listener.status, listener.headers = 307, {"Location": f"http://127.0.0.1:{victim.port}/"}
    hook(site, listener)
    hire(site, "ana")
    run_due(site)
    assert (victim.got, log()[0][3]) == ([], "HTTP 307, and redirects are not followed")


def test_an_owner_is_told_only_of_what_he_may_read(site: Site, listen: Callable[..., Listener]) -> None:
    listener = listen()
    guest = hire(site, "guest", "chores.guest")
    hook(site, listener, events="*", owner=guest)
    hire(site, "ana")
    run_due(site)
    assert [json.loads(body)["type"] for _, _, body in listener.got] == ["delivery.webhook.create"]
    assert {each.state for each in JobRecord.select().where(JobRecord.message.contains("owner"))} == {"failed"}


def test_another_companys_webhooks_hear_nothing_of_this_ones(site: Site, listen: Callable[..., Listener]) -> None:
    listener = listen()
    hook(site, listener, events="delivery.webhook.*")
    other: Company = write(site, lambda work: work.add(Company(code="OTHER", name="Other", currency="EUR")))
    run_due(site)
    before = len(listener.got)
    site.write(SYSTEM, other, lambda work: work.add(Webhook(
        name="x", url="https://example.com/", active=False)))
    assert (run_due(site), len(listener.got)) == (0, before)


def test_a_secret_is_told_once_and_rotated(site: Site, listen: Callable[..., Listener]) -> None:
    listener = listen()
    admin = bearer_client(create_app(site), site, hire(site, "root", "admin"))
    url = f"http://127.0.0.1:{listener.port}/"
    made = admin.post("/api/v1/delivery/webhooks", json={"name": "w", "url": url, "events": "identity.user.*"}).json
    assert (made["owner"]["key"], "secret" in made) == ("root", False)
    first = Webhook.get_by_id(made["id"]).secret
    told = admin.post("/api/v1/delivery/rotate-secret", json={"webhook": made["id"]}).json["secret"]
    assert told == Webhook.get_by_id(made["id"]).secret != first
    shown = admin.get(f"/api/v1/delivery/webhooks/{made['id']}/history").get_data(as_text=True)
    assert told not in shown
    assert first not in shown
    assert admin.post("/api/v1/delivery/rotate-secret", json={"webhook": 999}).status_code == 404
    clerk = bearer_client(create_app(site), site, hire(site, "clerk", "chores.clerk"))
    assert clerk.post("/api/v1/delivery/rotate-secret", json={"webhook": made["id"]}).status_code == 403


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "x" * 10])
def test_a_weak_secret_is_refused(site: Site, secret: str) -> None:
    with pytest.raises(Invalid):
        write(site, lambda work: set_secret(work, Webhook(), secret=secret))


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("field", "value"), [
    ("url", "ftp://example.com"), ("url", "https://"), ("url", "https://user:secret@example.com/"),
    ("url", "https://example.com/\r\nX: y"), ("url", "https://exa mple.com/"), ("url", "javascript:x"),
    ("url", "https://example.com:99999/"), ("url", "https://[::1"), ("url", "//example.com"), ("url", "https://e.com/#x"),
    ("events", ""), ("events", "[a-z]"), ("events", "a  b"), ("events", "*\n*"),
])
def test_what_cannot_be_a_webhook_is_refused(site: Site, field: str, value: str) -> None:
    admin = bearer_client(create_app(site), site, hire(site, "root", "admin"))
    answer = admin.post("/api/v1/delivery/webhooks", json={
        "name": "w", "url": "https://example.com/", "events": "*", field: value})
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


PRIVATE = [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "240.0.0.1", "::1", "::",
    "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "::127.0.0.1", "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_reached_but_where_the_operator_says_so(address: str) -> None:
    assert not may_be_reached(ip_address(address))
    assert not may_be_reached(ip_address(address), [ip_network("8.8.8.0/24")])


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_reached(address: str) -> None:
    assert may_be_reached(ip_address(address))


@pytest.mark.parametrize("host", [
    "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_no_spelling_of_this_host_is_reached(host: str, listen: Callable[..., Listener]) -> None:
    listener = listen()
    with pytest.raises(Unreachable):
        post(f"http://{host}:{listener.port}/", b"{}", {})
    assert listener.got == []


def test_a_name_that_changes_its_meaning_is_connected_to_as_it_was_checked(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is checked, private a moment later."""
    victim, allowed = listen("127.0.0.2"), listen()
    asked: list[str] = []
    real = socket.getaddrinfo

    def changing(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host == "rebind.example":
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, *arguments, **options)
        return real(host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert post(f"http://rebind.example:{allowed.port}/", b"{}", {}, allowed=LOOPBACK) == 204
    assert (len(asked), victim.got, allowed.got[0][1]["Host"]) == (1, [], f"rebind.example:{allowed.port}")


def test_a_name_with_one_private_address_among_its_addresses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it connected"))
    with pytest.raises(Unreachable, match=r"10\.0\.0\.1"):
        post("https://both.example/", b"{}", {})


def test_public_addresses_are_sent_nothing_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("1.1.1.1", 80))])
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it connected"))
    with pytest.raises(Unreachable, match="https"):
        post("http://plain.example/", b"{}", {})


def test_tls_is_for_the_name_and_checked(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    listener = listen(context=context)
    url = f"https://localhost:{listener.port}/"
    allowed = [*LOOPBACK, ip_network("::1/128")]
    with pytest.raises(Unreachable, match="certificate"):
        post(url, b"{}", {}, allowed=allowed)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert post(url, b"{}", {}, allowed=allowed) == 204
    with pytest.raises(Unreachable, match="certificate"):
        post(f"https://127.0.0.1:{listener.port}/", b"{}", {}, allowed=allowed)
    assert len(listener.got) == 1


@pytest.mark.parametrize("phase", ["in the clear", "while shaking hands", "behind TLS"])
def test_who_answers_a_byte_at_a_time_is_cut_off(
    phase: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.5)
    server = socket.create_server(("127.0.0.1", 0))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority = trustme.CA()
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    def drip() -> None:
        connection, _ = server.accept()
        try:
            with context.wrap_socket(connection, server_side=True) if phase == "behind TLS" else connection as stream:
                if phase == "while shaking hands":
                    stream.send(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03")  # a long hello begins
                while True:
                    stream.send(b"H")
                    time.sleep(0.05)
        except OSError:
            return

    threading.Thread(target=drip, daemon=True).start()
    scheme = "http" if phase == "in the clear" else "https"
    began = time.monotonic()
    with pytest.raises(Unreachable):
        post(f"{scheme}://localhost:{server.getsockname()[1]}/", b"{}", {}, allowed=[*LOOPBACK, ip_network("::1/128")])
    assert time.monotonic() - began < 3
    server.close()


def test_a_name_of_many_silent_addresses_does_not_hold_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.5)
    many = [(2, 1, 6, "", (f"1.1.1.{number}", 443)) for number in range(250)]
    tried: list[str] = []

    def silent(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        time.sleep(min(timeout, 0.2))
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: many)
    monkeypatch.setattr(socket, "create_connection", silent)
    with pytest.raises(Unreachable, match="timed out"):
        post("https://many.example/", b"{}", {})
    assert len(tried) == 3


@pytest.mark.parametrize("networks", ["everything", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8;", "::/999"])
def test_networks_that_are_none_are_refused_at_the_start(networks: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault):
        load_settings({"TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_WEBHOOK_NETWORKS": networks})
