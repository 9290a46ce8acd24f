"""The deployment that the documentation describes: nginx with TLS before two hosts on one PostgreSQL, on loopback."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from trastienda.builtin.identity.models import Attempt
from trastienda.testing import sites
from trastienda.testing.serving import Server, served

ROOT = Path(__file__).parents[2]
HOST = "office.example.com"
PLUGINS = ("contacts",)

pytestmark = [
    pytest.mark.database("postgresql"),
    pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx or openssl here"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hosts(database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two installations on one database and one secret key, as two machines would be."""
    sites.found_company(database_url, tmp_path, PLUGINS)
    settings = {
        "TRASTIENDA_DATABASE": database_url,
        "TRASTIENDA_PLUGINS": ",".join(PLUGINS),
        "TRASTIENDA_SECRET_KEY": "one and the same on every host, 32+",
        "TRASTIENDA_PUBLIC_URL": f"https://{HOST}",
        "TRASTIENDA_PROXIES": "1",
    }
    with ExitStack() as running:
        yield [running.enter_context(served("serve", "--bind", "127.0.0.1:0", "--workers", "1", settings={
            **settings, "TRASTIENDA_DATA": str(tmp_path / f"host{number}")})) for number in (1, 2)]


@pytest.fixture
def proxy(hosts: list[Server], tmp_path: Path) -> Iterator[int]:
    """The port of nginx with the configuration that is shipped; only addresses and paths are this machine's."""
    certificate, key, port = tmp_path / "office.pem", tmp_path / "office.key", free_port()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
                    "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    servers = " ".join(f"server {each.address.removeprefix('http://')};" for each in hosts)
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    for theirs, ours in (("server 127.0.0.1:8000;", servers), ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
                         (f"/etc/ssl/{HOST}.pem", str(certificate)), (f"/etc/ssl/{HOST}.key", str(key))):
        assert theirs in shipped
        shipped = shipped.replace(theirs, ours)
    scratch = " ".join(f"{kind}_temp_path {tmp_path / kind};" for kind in
                       ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"pid {tmp_path / 'nginx.pid'}; daemon off; events {{}}\n"
                             f"http {{ access_log off; {scratch}\n{shipped}\n}}\n")
    command = ["nginx", "-p", str(tmp_path), "-e", str(tmp_path / "nginx.log"), "-c", str(configuration)]
    with subprocess.Popen(command) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (tmp_path / "nginx.log").read_text()
            time.sleep(0.05)
        yield port
        process.terminate()


@pytest.fixture
def ask(proxy: int, tmp_path: Path) -> Any:
    """ask("GET", path): (status, headers, body), by HTTPS, the certificate checked."""
    trusted = ssl.create_default_context(cafile=str(tmp_path / "office.pem"))

    def call(method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = HTTPSConnection("127.0.0.1", proxy, context=trusted, timeout=30)
        connection.sock = trusted.wrap_socket(socket.create_connection(("127.0.0.1", proxy)), server_hostname=HOST)
        connection.request(method, path, body, {"Host": HOST, **headers})
        answer = connection.getresponse()
        found = answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read().decode()
        connection.close()
        return found

    return call


def test_two_hosts_behind_a_proxy_are_one_server(ask: Any, hosts: list[Server]) -> None:
    status, headers, body = ask("GET", "/readyz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "faults": []})
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert ask("GET", "/metrics")[0] == 403
    _, headers, _ = ask("GET", "/sign-in")
    assert "secure" in headers["set-cookie"].lower()
    hosts[0].process.kill()
    hosts[0].process.wait()
    assert [ask("GET", "/readyz")[0] for _ in range(6)] == [200] * 6


def test_a_client_cannot_say_where_it_comes_from(ask: Any, database_url: str, tmp_path: Path) -> None:
    """A refused sign-in is counted for the address that the proxy saw."""
    _, headers, page = ask("GET", "/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = urlencode({"csrf_token": token[1], "name": "ana", "password": "wrong"})
    status, _, _ = ask("POST", "/sign-in", form, **{
        "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "203.0.113.9",
        "Cookie": headers["set-cookie"].partition(";")[0], "Referer": f"https://{HOST}/sign-in"})
    assert status == 422
    with sites.open_site(database_url, tmp_path, PLUGINS):
        counted = [each.subject for each in Attempt.select().order_by(Attempt.subject)]
    assert counted == ["address 127.0.0.1", "name ana"]


def test_the_unit_file_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    unit = (ROOT / "deploy" / "trastienda.service").read_text()
    assert "/opt/trastienda/bin/trastienda" in unit
    copy = tmp_path / "trastienda.service"
    copy.write_text(unit.replace("/opt/trastienda/bin/trastienda", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
