"""What a hostile file or text may try at the doors that take one: refused by its field or harmless, and soon."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda.entities import files

PARTIES = "/api/v1/contacts/parties"
#: Generous: what is meant is that nothing takes a time that grows with what a small file pretends to be.
SECONDS = 10.0
MEGABYTE = 1_000_000

pytestmark = pytest.mark.database("sqlite")

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}  # fmt: skip


def workbook(sheet: str, *, more: int = 0) -> bytes:
    """An XLSX file; `more` bytes of nothing lie beside its sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
        if more:
            archive.writestr("xl/media/nothing", b"\0" * more)
    return made.getvalue()


def cells(*texts: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


def laughs() -> str:
    """Entities that stand for ten of the one before: a thousand million in all."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    sheet = SHEET.format(cells("code", "name") + cells("A1", "&a9;"))
    return f'<?xml version="1.0"?><!DOCTYPE w [{entities}]>{sheet}'


def outside() -> str:
    sheet = SHEET.format(cells("code", "name") + cells("A1", "&file;"))
    return f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY file SYSTEM "file:///etc/passwd">]>{sheet}'


def send(client: FlaskClient, content: bytes, name: str) -> Any:
    return client.post(f"{PARTIES}/import", data={"file": (io.BytesIO(content), name)})


@contextmanager
def soon() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SECONDS


def names(client: FlaskClient) -> list[str]:
    answer: Any = client.get(PARTIES).json
    return [each["name"] for each in answer["items"]]


def test_workbook_as_made_here_is_taken(client: FlaskClient) -> None:
    assert send(client, workbook(SHEET.format(cells("code", "name") + cells("A1", "One"))), "p.xlsx").status_code == 200
    assert names(client) == ["One"]


@pytest.mark.parametrize(("content", "name", "message"), [
    (lambda: workbook(SHEET.format(cells("code")), more=300 * MEGABYTE), "p.xlsx", "more than 200 MiB when unpacked"),
    (lambda: gzip.compress(b"code,name\n" + b"x" * 50 * MEGABYTE), "p.csv.gz", "not CSV"),
    (lambda: b"code,name\nA1," + b'"' * MEGABYTE + b"\n", "p.csv", ""),
    (lambda: b"code,name\nA1," + b"\xff\xfe" * 1000, "p.csv", "not UTF-8"),
    (lambda: b"PK\x03\x04" + b"\0" * MEGABYTE, "p.xlsx", "not an XLSX workbook"),
    (lambda: b"[" * MEGABYTE, "p.jsonl", "not JSON"),
    (lambda: b'{"a":' * 100_000, "p.jsonl", "not JSON"),
], ids=["bomb", "gzip", "quotes", "encoding", "archive", "brackets", "nesting"])  # fmt: skip
def test_hostile_file_is_refused_by_its_row(client: FlaskClient, content: Callable[[], bytes], name: str,
                                            message: str) -> None:  # fmt: skip
    sent = content()
    with soon():
        refused = send(client, sent, name)
    assert refused.status_code == 422, refused.text[:500]
    assert message in refused.json["errors"][0]["message"]
    assert refused.json["errors"][0]["row"] >= 1
    assert names(client) == []


def test_small_archive_of_a_huge_file_is_given_up(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    rows = b"".join(b"A%d,%s\n" % (number, b"x" * 100) for number in range(20_000))
    refused = send(client, gzip.compress(b"code,name\n" + rows), "p.csv.gz")
    assert refused.status_code == 422
    assert "more than 1 MiB when unpacked" in refused.text
    assert names(client) == []


@pytest.mark.parametrize("sheet", [laughs, outside])
def test_entities_of_xml_stand_for_nothing(client: FlaskClient, sheet: Callable[[], str]) -> None:
    with soon():
        send(client, workbook(sheet()), "p.xlsx")
    assert not any("haha" in name or "root:" in name for name in names(client))


def test_formulas_come_in_as_text_and_go_out_as_text(client: FlaskClient) -> None:
    told = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    text = "code,name\n" + "".join(f'F{number},"{each}"\n' for number, each in enumerate(told))
    assert send(client, text.encode(), "p.csv").status_code == 200
    assert names(client) == told
    out = client.get(f"{PARTIES}/export", query_string={"format": "csv", "fields": "name"}).text.splitlines()[1:]
    assert [line.strip('"')[0] for line in out] == ["'"] * len(told)


ADVERSARIAL = {
    "long": "a" * MEGABYTE, "accents": "e\u0301" * (MEGABYTE // 2), "backwards": "\u202e" * MEGABYTE,
    "spaces": "x" + " " * MEGABYTE + "x", "at": "@" * MEGABYTE, "markup": "<b>" * (MEGABYTE // 3),
    "percent": "%_" * (MEGABYTE // 2), "dots": "@a." * (MEGABYTE // 3),
}  # fmt: skip


@pytest.mark.parametrize("text", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_a_megabyte_of_text_is_refused_by_its_field(client: FlaskClient, text: str) -> None:
    made: Any = client.post(PARTIES, json={"code": "A1", "name": "One"}).json
    field = {"entity": "contacts.party", "name": "note", "label": "Note", "kind": "text"}
    assert client.post("/api/v1/records/custom-fields", json=field).status_code == 201
    address = f"{PARTIES}/{made['id']}"
    with soon():
        answers: list[Any] = [
            client.post(PARTIES, json={"code": "A2", "name": text}),
            client.patch(address, json={"ext": {"custom": {"note": text}}}, headers={"If-Match": "*"}),
            client.post(f"{address}/comments", json={"text": text}),
            send(client, f'code,name\nA3,"{text}"\n'.encode(), "p.csv"),
        ]
    assert [each.status_code for each in answers] == [422] * 4, [each.text[:200] for each in answers]
    assert [list(each.json["errors"]) for each in answers[:3]] == [["name"], ["ext.custom.note"], ["text"]]
    assert names(client) == ["One"]
