"""Attached files in an S3 bucket, spoken to over HTTP: what is put comes back, and a server that is away leaves nothing
half done."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.backup import make_backup, restore_backup
from trastienda.builtin.records.attachments import Attachment, missing, sweep
from trastienda.builtin.records.stores import Remote, StoreAway, received
from trastienda.settings import load_settings

servers: Any = import_module("moto.server")
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40_000
Party = Callable[..., int]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 server of the test's own; `stop()` takes it away."""
    server = servers.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (("ENDPOINT_URL", f"http://{host}:{port}"), ("ACCESS_KEY_ID", "id"),
                        ("SECRET_ACCESS_KEY", "key"), ("DEFAULT_REGION", "us-east-1")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    yield server
    server.stop()


@pytest.fixture
def bucket(server: Any) -> str:
    """The address of a folder in a bucket that nobody else has."""
    name = f"files-{uuid4().hex}"
    Remote(f"s3://{name}").system.mkdir(name)
    return f"s3://{name}/attached"


@pytest.fixture
def stored(site: Site, bucket: str) -> Site:
    object.__setattr__(site.settings, "file_store", bucket)
    return site


def send(client: FlaskClient, party: int, content: bytes = PDF) -> Any:
    return client.post(f"/api/v1/contacts/parties/{party}/attachments",
                       data={"file": (io.BytesIO(content), "a.pdf")}, content_type="multipart/form-data")  # fmt: skip


def test_store_keeps_what_it_is_given(bucket: str) -> None:
    store, other = Remote(bucket), Remote(bucket)
    assert list(store.kept()) == []
    with received(io.BytesIO(PDF), most=1 << 30) as (path, digest, _size):
        assert other.has(digest) is False
        store.put(path, digest)
    assert other.has(digest) is True
    with other.open(digest) as content:
        assert content.read() == PDF
    assert [kept for kept, _at in store.kept()] == [digest]
    store.remove(digest)
    store.remove(digest)
    assert (other.has(digest), list(other.kept())) == (False, [])
    with pytest.raises(FileNotFoundError):
        other.open(digest)


def test_attached_file_is_there_and_gone_with_its_last_record(client: FlaskClient, party: Party, stored: Site,
                                                              read: Any) -> None:  # fmt: skip
    made = send(client, party("C1"))
    assert made.status_code == 201, made.text
    assert (client.get(made.json["url"]).data, read(missing)) == (PDF, [])
    assert not stored.settings.files.exists() or not list(stored.settings.files.iterdir())
    assert client.delete(made.json["url"]).status_code == 204
    now = stored.clock()
    stored.clock = lambda: now + timedelta(days=2)
    assert sweep(stored) == 1
    assert list(Remote(str(stored.settings.file_store)).kept()) == []


def test_server_that_is_away_is_503_and_nothing_is_half_done(client: FlaskClient, party: Party, stored: Site,
                                                             server: Any) -> None:  # fmt: skip
    identity = party("C1")
    made = send(client, identity).json
    server.stop()
    refused = send(client, identity, PDF + b"more")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json"), refused.text
    assert "Retry-After" in refused.headers
    assert client.get(made["url"]).status_code == 503
    assert [each["name"] for each in client.get(f"/api/v1/contacts/parties/{identity}/attachments").json["items"]] == [
        "a.pdf"]  # fmt: skip
    history = client.get(f"/api/v1/contacts/parties/{identity}/history").json["items"]
    assert [each["action"] for each in history] == ["attach", "create"]
    with pytest.raises(StoreAway):
        sweep(stored)
    assert Attachment.select().count() == 1


@pytest.mark.database("sqlite")
def test_backup_is_restored_beside_the_bucket_that_keeps_the_files(client: FlaskClient, party: Party, stored: Site,
                                                                   tmp_path: Path) -> None:  # fmt: skip
    digest = send(client, party("C1")).json["digest"]
    manifest = make_backup(stored, tmp_path / "backup.zip", report=lambda _said: None)
    assert manifest.files == []
    fresh = Site.open(load_settings({
        "TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/fresh.db", "TRASTIENDA_DATA": str(tmp_path / "fresh"),
        "TRASTIENDA_FILE_STORE": str(stored.settings.file_store), "TRASTIENDA_PLUGINS": "contacts"}))  # fmt: skip
    restore_backup(fresh, tmp_path / "backup.zip", report=lambda _said: None)
    with fresh.active():
        (row,) = Attachment.select()
        assert row.digest == digest
        with Remote(str(fresh.settings.file_store)).open(row.digest) as content:
            assert content.read() == PDF
    fresh.shut()
