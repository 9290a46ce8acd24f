"""Files on any record: whose they are, what is refused, what comes back."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Company, Site
from trastienda.builtin.records.attachments import Attachment, missing, sweep
from trastienda.builtin.records.file_types import clean_name, type_of
from trastienda.builtin.records.stores import Folder, Remote, Store, received
from trastienda.jobs.schedules import keep_schedules
from trastienda.jobs.worker import run_due

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 10
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
Party = Callable[..., int]


def send(client: FlaskClient, party: int, content: bytes, name: str, **headers: str) -> Any:
    return client.post(f"/api/v1/contacts/parties/{party}/attachments", headers=headers,
                       data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")  # fmt: skip


def files_of(site: Site) -> list[str]:
    return sorted(str(path.relative_to(site.settings.files)) for path in site.settings.files.rglob("*")
                  if path.is_file())  # fmt: skip


def test_file_comes_back_as_it_was_and_only_to_be_saved(client: FlaskClient, party: Party, site: Site) -> None:
    identity = party("C1")
    made = send(client, identity, PDF, "Año 2026 «ñ».pdf")
    assert made.status_code == 201, made.text
    item = made.json
    assert (item["name"], item["mimetype"], item["size"]) == ("Año 2026 «ñ».pdf", "application/pdf", len(PDF))
    assert files_of(site) == [f"{item['digest'][:2]}/{item['digest'][2:]}"]
    got = client.get(item["url"])
    assert (got.status_code, got.data) == (200, PDF)
    headers = got.headers
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''A%C3%B1o%202026%20%C2%AB%C3%B1%C2%BB.pdf" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.get(f"/api/v1/contacts/parties/{identity}/attachments").json == {"items": [item]}
    assert client.delete(item["url"]).status_code == 204
    assert client.get(item["url"]).status_code == 404


def test_history_of_the_record_tells_of_its_files(client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    item = send(client, identity, PDF, "a.pdf").json
    client.delete(item["url"])
    told = client.get(f"/api/v1/contacts/parties/{identity}/history").json["items"]
    file = {"name": "a.pdf", "size": len(PDF), "digest": item["digest"]}
    name = f"attachments.{item['id']}"
    assert [(each["action"], each["changes"]) for each in told[:2]] == [
        ("detach", {name: [file, None]}), ("attach", {name: [None, file]})]  # fmt: skip


def test_version_of_the_record_is_not_touched(client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    send(client, identity, PDF, "a.pdf")
    assert client.get(f"/api/v1/contacts/parties/{identity}").json["version"] == 1


def test_who_may_only_read_the_record_may_only_read_its_files(sign_in: Any, client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    item = send(client, identity, PDF, "a.pdf").json
    reader = sign_in("contacts.reader")
    assert reader.get(item["url"]).data == PDF
    assert send(reader, identity, PDF, "b.pdf").status_code == 403
    assert reader.delete(item["url"]).status_code == 403
    assert [each["name"] for each in reader.get(item["url"].rpartition("/")[0]).json["items"]] == ["a.pdf"]


def test_files_of_another_company_or_record_are_not_there(client: FlaskClient, party: Party, site: Site,
                                                          write: Any) -> None:  # fmt: skip
    item = send(client, party("C1"), PDF, "a.pdf").json
    other = party("C2")
    assert client.get(f"/api/v1/contacts/parties/{other}/attachments/{item['id']}").status_code == 404
    write(lambda work: work.add(Company(code="BETA", name="Beta")))
    for method in ("get", "delete"):
        answer = getattr(client, method)(item["url"], headers={"X-Company": "BETA"})
        assert answer.status_code == 404, method
    assert client.get("/api/v1/contacts/nothing/1/attachments").status_code == 404
    assert client.get(f"/api/v1/contacts/parties/{2**62}/attachments").status_code == 404


def test_files_go_with_their_record(client: FlaskClient, party: Party, site: Site) -> None:
    identity = party("C1")
    send(client, identity, PDF, "a.pdf")
    client.delete(f"/api/v1/contacts/parties/{identity}", headers={"If-Match": "*"})
    assert Attachment.select().count() == 0


def test_same_content_lies_there_once_and_goes_with_the_last_record(client: FlaskClient, party: Party,
                                                                    site: Site) -> None:  # fmt: skip
    first, second = (send(client, party(code), PDF, f"{code}.pdf").json for code in ("C1", "C2"))
    assert len(files_of(site)) == 1
    now = site.clock()
    client.delete(first["url"])
    site.clock = lambda: now + timedelta(days=3)
    assert sweep(site) == 0
    client.delete(second["url"])
    site.clock = lambda: now + timedelta(hours=23)
    assert sweep(site) == 0
    site.clock = lambda: now + timedelta(hours=25)
    assert sweep(site) == 1
    assert files_of(site) == []


def test_content_that_nobody_has_goes_in_the_night_by_itself(client: FlaskClient, party: Party, site: Site) -> None:
    now = site.clock()
    keep_schedules(site)
    client.delete(send(client, party("C1"), PDF, "a.pdf").json["url"])
    assert len(files_of(site)) == 1
    site.clock = lambda: now + timedelta(days=2)
    run_due(site)
    assert files_of(site) == []


@pytest.mark.database("sqlite")
def test_file_stands_before_the_row_and_a_refused_row_leaves_a_file_that_is_swept(
    client: FlaskClient, party: Party, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = party("C1")

    def fail(*_: object, **__: object) -> None:
        assert len(files_of(site)) == 1
        raise RuntimeError("the commit does not come")

    monkeypatch.setattr("trastienda.builtin.records.attachments._audit", fail)
    assert send(client, identity, PDF, "a.pdf").status_code == 500
    assert (Attachment.select().count(), len(files_of(site))) == (0, 1)
    now = site.clock()
    site.clock = lambda: now + timedelta(days=2)
    assert sweep(site) == 1


@pytest.mark.database("sqlite")
def test_doctor_names_a_file_that_is_gone(client: FlaskClient, party: Party, site: Site, read: Any) -> None:
    item = send(client, party("C1"), PDF, "a.pdf").json
    assert read(missing) == []
    (site.settings.files / item["digest"][:2] / item["digest"][2:]).unlink()
    assert read(missing) == [f"the file a.pdf ({item['digest'][:12]}…) is not in the store"]
    assert client.get(item["url"]).status_code == 404


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BOMB = b'<!DOCTYPE b [<!ENTITY a "aaaa">' + b"".join(
    b'<!ENTITY a%d "%s">' % (i, b"&a;" * 10) for i in range(9)) + b"]><b>&a8;</b>"  # fmt: skip


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG), ("a.png", SVG), ("a.pdf", SVG), ("a.html", b"<script>"), ("a.xhtml", b"<html/>"), ("a", PDF),
        ("a.exe", b"MZ" + bytes(100)), ("a.pdf.exe", PDF), ("a.pdf", b""), ("a.png", PDF), ("a.txt", PDF), ("", PDF),
        (".pdf", PDF), ("..", PDF), ("x" * 200_000, PDF), ("a.csv", b"a\x00b"), ("a.xlsx", SVG), ("a.js", b"alert(1)"),
    ],
)  # fmt: skip
def test_file_that_is_not_what_it_says_is_refused_by_its_field(client: FlaskClient, party: Party, site: Site,
                                                               name: str, content: bytes) -> None:  # fmt: skip
    start = time.perf_counter()
    answer = send(client, party("C1"), content, name)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["file"]), answer.text
    assert time.perf_counter() - start < 1
    assert files_of(site) == []


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("../../etc/passwd.txt", b"root", "passwd.txt"),
        ("/abs/olute.txt", b"x", "olute.txt"),
        ("invoice\u202efdp.txt", b"x", "invoicefdp.txt"),
        ("bomb.xml", BOMB, "bomb.xml"),
        ("formulas.csv", b"=cmd|' /C calc'!A0,1\n", "formulas.csv"),
        ("evil.txt", SVG, "evil.txt"),
        ("long" * 40_000 + ".txt", b"x", ("long" * 40)[:146] + ".txt"),
    ],
)
def test_file_that_could_harm_elsewhere_is_harmless_here(client: FlaskClient, party: Party, site: Site, name: str,
                                                         content: bytes, kept: str) -> None:  # fmt: skip
    start = time.perf_counter()
    answer = send(client, party("C1"), content, name)
    assert answer.status_code == 201, answer.text
    assert answer.json["name"] == kept
    got = client.get(answer.json["url"])
    assert time.perf_counter() - start < 1
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert "Set-Cookie" not in got.headers
    assert "\n" not in got.headers["Content-Disposition"]
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    digest = answer.json["digest"]
    assert files_of(site) == [f"{digest[:2]}/{digest[2:]}"]


@pytest.mark.database("sqlite")
def test_archive_that_would_unpack_to_gigabytes_is_kept_closed(client: FlaskClient, party: Party) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 << 20))
    start = time.perf_counter()
    assert send(client, party("C1"), packed.getvalue(), "bomb.xlsx").status_code == 201
    assert send(client, party("C2"), gzip.compress(b"x"), "a.gz").status_code == 422
    assert time.perf_counter() - start < 1


@pytest.mark.database("sqlite")
def test_file_beyond_the_companys_limit_is_refused_and_leaves_nothing(client: FlaskClient, party: Party,
                                                                      site: Site) -> None:  # fmt: skip
    identity = party("C1")
    changed = client.patch("/api/v1/settings", headers={"If-Match": "*"}, json={
        "records.file-limits": {"most_mb": 1, "endings": "pdf"}})  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert send(client, identity, PDF + bytes(1 << 20), "a.pdf").status_code == 413
    assert send(client, identity, PNG, "a.png").status_code == 422
    assert files_of(site) == []
    refused = client.patch("/api/v1/settings", headers={"If-Match": "*"}, json={
        "records.file-limits": {"most_mb": 0, "endings": "svg"}})  # fmt: skip
    assert sorted(refused.json["errors"]) == ["records.file-limits.endings", "records.file-limits.most_mb"]


@pytest.mark.database("sqlite")
def test_anything_but_a_file_is_refused(client: FlaskClient, party: Party) -> None:
    address = f"/api/v1/contacts/parties/{party('C1')}/attachments"
    for answer in (client.post(address, json={"file": "x"}), client.post(address, json={}),
                   client.post(address, data={"file": "x"}, content_type="multipart/form-data")):  # fmt: skip
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["file"]), answer.text


def test_same_key_attaches_once(client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    first, again = (send(client, identity, PDF, "a.pdf", **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert len(client.get(f"/api/v1/contacts/parties/{identity}/attachments").json["items"]) == 1
    assert send(client, identity, PDF + b"x", "a.pdf", **{"Idempotency-Key": "k"}).status_code == 422


@pytest.mark.database("sqlite")
def test_lines_have_no_files_of_their_own(client: FlaskClient, site: Site) -> None:
    roots = [each.path for each in site.registry.entities.values() if each.version is None]
    for root in roots:
        assert client.get(f"/api/v1/{root}/1/attachments").status_code == 404


# -- stores
def test_names_are_cut_to_names() -> None:
    assert clean_name("C:\\a\\b.pdf") == "b.pdf"
    assert clean_name("..\\..\\windows\\system.txt") == "system.txt"
    assert clean_name('a"; filename="b.exe.txt') == "a; filename=b.exe.txt"
    assert clean_name("a\r\nSet-Cookie: x=1.txt") == "aSet-Cookie x=1.txt"
    assert clean_name("a/..") == ""
    assert clean_name("x" * 300 + "." + "y" * 30) == ""
    assert len(clean_name("ñ" * 300 + ".pdf")) == 150


def test_kinds_are_told_by_their_beginning() -> None:
    assert getattr(type_of("a.PDF", PDF), "mimetype", None) == "application/pdf"
    assert type_of("a.pdf", PNG) is None
    assert getattr(type_of("a.txt", "ñ€ texto\r\n\tmás".encode()), "mimetype", None) == "text/plain"
    assert getattr(type_of("a.csv", "a;b".encode("utf-16")), "mimetype", None) == "text/csv"
    assert type_of("a.txt", b"a\x00b") is None


@pytest.mark.parametrize("make", [lambda path: Folder(path), lambda path: Remote(f"file://{path}"),
                                  lambda path: Remote(f"memory://trastienda{path}")])  # fmt: skip
def test_stores_keep_what_they_are_given(tmp_path: Path, make: Callable[[Path], Store]) -> None:
    store = make(tmp_path / "files")
    assert list(store.kept()) == []
    with received(io.BytesIO(PDF), most=1 << 20) as (path, digest, size):
        store.put(path, digest)
        store.put(path, digest)
    assert (size, store.has(digest), store.has("0" * 64)) == (len(PDF), True, False)
    with store.open(digest) as content:
        assert content.read() == PDF
    ((kept, at),) = store.kept()
    assert kept == digest
    assert abs(at - time.time()) < 60
    store.touch(digest)
    store.remove(digest)
    store.remove(digest)
    assert store.has(digest) is False
    with pytest.raises(FileNotFoundError):
        store.open(digest)


@pytest.mark.database("sqlite")
def test_files_may_lie_in_a_store_elsewhere(client: FlaskClient, party: Party, site: Site) -> None:
    object.__setattr__(site.settings, "file_store", f"memory://bucket{os.getpid()}")
    item = send(client, party("C1"), PDF, "a.pdf").json
    assert client.get(item["url"]).data == PDF
    assert files_of(site) == []
