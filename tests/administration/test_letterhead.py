"""The letterhead: what stands on papers, a logo that is a picture and nothing else, and a page to look at."""

from __future__ import annotations

import io
import re
import struct
import zlib
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from pypdf import PdfReader

from trastienda import Company, Site
from trastienda.prints.pictures import MOST_BYTES, MOST_PIXELS
from trastienda.security.audit import AuditRecord, verify
from trastienda.storage.pictures import Picture
from trastienda.testing.fixtures import Run, SignIn

from .conftest import Open, fits

SETTINGS, LOGO, PREVIEW = "/api/v1/settings", "/api/v1/formats/logo", "/api/v1/formats/letterhead"
PAGE, FORM = "/administration/letterhead", "formats.letterhead"
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI//////////////////////////////////////////"
    "//////////2wBDAVVaWnhpeOuCguv////////////////////////////////////////////////////////////////////////"
    "/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAA"
    "AAAAP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCIAm//2Q=="
)


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts",)


def png(width: int = 20, height: int = 10, *, rows: int | None = None) -> bytes:
    """A green picture; with fewer rows than it says it has, a broken one."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    pixels = (b"\0" + b"\x0a\x5c\x4a" * width) * (height if rows is None else rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def send(client: FlaskClient, content: bytes, **headers: str) -> Any:
    return client.post(LOGO, data={"file": (io.BytesIO(content), "logo.png")}, headers=headers)


def page_of(client: FlaskClient) -> Any:
    answer = client.get(PREVIEW)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    (page,) = PdfReader(io.BytesIO(answer.data)).pages
    return page


def test_all_that_is_set_stands_on_the_page(client: FlaskClient) -> None:
    given = {"name": "Acme, S.L.", "tax_id": "B12345674", "street": "Feria 12", "city": "41003 Sevilla",
             "country": "Spain", "contact": "hello@acme.example", "registry": "R.M. Sevilla, T. 12",
             "footer": "Thank you.\nIBAN ES91"}  # fmt: skip
    answer = client.patch(SETTINGS, json={FORM: given}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert send(client, png()).status_code == 200
    page = page_of(client)
    text = page.extract_text()
    for line in ("Acme, S.L.", "B12345674", "Feria 12", "41003 Sevilla, Spain", "hello@acme.example",
                 "R.M. Sevilla, T. 12", "Thank you.", "IBAN ES91", "Page 1 of 1"):  # fmt: skip
        assert line in text
    assert pictures_on(page) == [(20, 10)]


def pictures_on(page: Any) -> list[tuple[int, int]]:
    """The sides of the pictures that a page draws."""
    drawn = page["/Resources"].get("/XObject", {})
    found = [drawn[name].get_object() for name in drawn]
    return [(int(each["/Width"]), int(each["/Height"])) for each in found if each["/Subtype"] == "/Image"]


@pytest.mark.parametrize("content", [png(), JPEG], ids=["png", "jpeg"])
def test_a_picture_is_kept_shown_and_taken_away(site: Site, client: FlaskClient, content: bytes) -> None:
    answer = send(client, content)
    assert answer.status_code == 200, answer.text
    shown = client.get(LOGO)
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    assert (shown.data, shown.mimetype, shown.headers["X-Content-Type-Options"]) == (content, kind, "nosniff")
    assert client.get(SETTINGS).json["settings"][FORM]["logo"] == answer.json["logo"]
    (row,) = AuditRecord.select().where(AuditRecord.entity == f"settings.{FORM}")
    assert orjson.loads(row.changes) == {"logo": ["", answer.json["logo"]]}
    gone = client.patch(SETTINGS, json={FORM: {"logo": None}}, headers={"If-Match": "*"})
    assert gone.status_code == 200
    assert client.get(LOGO).status_code == 404
    assert pictures_on(page_of(client)) == []
    assert verify(site.database)[2] == []


@pytest.mark.parametrize(("content", "why"), [
    (b"", "Not a PNG or JPEG picture."),
    (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "Not a PNG or JPEG picture."),
    (b"GIF89a" + bytes(40), "Not a PNG or JPEG picture."),
    (b"%PDF-1.7\n" + bytes(40), "Not a PNG or JPEG picture."),
    (b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>" + bytes(40), "Not a PNG or JPEG picture."),
    (png()[:50], "Not a PNG or JPEG picture."),
    (png().replace(b"IDAT", b"IDOT"), "Not a PNG or JPEG picture."),
    (png(20, 10, rows=3), "Not a PNG or JPEG picture."),
    (b"\xff\xd8\xff" + bytes(200), "Not a PNG or JPEG picture."),
    (JPEG.replace(b"\xff\xc4", b"\xff\xfe"), "Not a PNG or JPEG picture."),
    (png(MOST_PIXELS + 1, 1), f"At most {MOST_PIXELS} pixels a side."),
    (struct.pack(">8sI4sII", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", 60_000, 60_000) + bytes(99),
     f"At most {MOST_PIXELS} pixels a side."),
    (png() + bytes(MOST_BYTES), f"At most {MOST_BYTES // 1024} KB."),
])  # fmt: skip
def test_what_is_no_picture_is_refused_and_not_kept(client: FlaskClient, content: bytes, why: str) -> None:
    answer = send(client, content)
    assert (answer.status_code, answer.json.get("errors")) == (422, {"file": [why]})
    assert not Picture.select().exists()


def test_a_logo_is_named_only_by_a_picture_of_the_company(client: FlaskClient, write: Run) -> None:
    write(lambda work: work.add(Company(code="BETA", name="Beta")))
    digest = send(client, png()).json["logo"]
    for company, logo in (("BETA", digest), ("ACME", "0" * 64)):
        answer = client.patch(SETTINGS, json={FORM: {"logo": logo}}, headers={"If-Match": "*", "X-Company": company})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [f"{FORM}.logo"])
    assert client.get(LOGO, headers={"X-Company": "BETA"}).status_code == 404


def test_texts_that_the_page_has_no_room_for_are_refused(client: FlaskClient) -> None:
    given = {"name": "x" * 121, "footer": "a\nb\nc\nd\ne", "registry": "y" * 501}
    answer = client.patch(SETTINGS, json={FORM: given}, headers={"If-Match": "*"})
    assert (answer.status_code, sorted(answer.json["errors"])) == (
        422, [f"{FORM}.footer", f"{FORM}.name", f"{FORM}.registry"])  # fmt: skip


def test_markup_in_it_is_text(client: FlaskClient) -> None:
    name = '#panic("x") <b> $1$ *bold* \\ ñ'
    client.patch(SETTINGS, json={FORM: {"name": name}}, headers={"If-Match": "*"})
    assert name in page_of(client).extract_text()


def test_only_administrators_set_it(client: FlaskClient, sign_in: SignIn) -> None:
    auditor, reader = sign_in("auditor"), sign_in("contacts.reader")
    assert [send(each, png()).status_code for each in (auditor, reader)] == [403, 403]
    assert [each.get(PREVIEW).status_code for each in (auditor, reader)] == [200, 403]
    pages = [sign_in(role, browser=True).get(PAGE).status_code for role in ("auditor", "contacts.reader")]
    assert pages == [200, 403]
    assert not Picture.select().exists()


def test_the_screen_keeps_all_or_nothing(browser_client: FlaskClient) -> None:
    page = browser_client.get(PAGE).text
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version is not None
    sent = {"_form": FORM, "_version": version[1], f"{FORM}.name": "Acme, S.L."}
    wrong = browser_client.post(PAGE, data={**sent, "logo": (io.BytesIO(b"<svg/>"), "logo.svg")})
    assert (wrong.status_code, "Not a PNG or JPEG picture." in wrong.text) == (422, True)
    assert 'value="Acme, S.L."' in wrong.text
    assert 'value="Acme, S.L."' not in browser_client.get(PAGE).text
    looked = browser_client.post(PAGE, data={**sent, "_preview": "1", "logo": (io.BytesIO(png()), "logo.png")})
    (shown,) = PdfReader(io.BytesIO(looked.data)).pages
    assert "Acme, S.L." in shown.extract_text()
    assert pictures_on(shown) == [(20, 10)]
    assert not Picture.select().exists()
    done = browser_client.post(PAGE, data={**sent, "logo": (io.BytesIO(png()), "logo.png")})
    assert done.status_code == 303
    assert LOGO in browser_client.get(PAGE).text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("language", "width", "save"), [("en", 1440, "Save"), ("es", 390, "Guardar")])
def test_an_administrator_sets_it_in_the_browser(
    open_page: Open, tmp_path: Path, language: str, width: int, save: str
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png(200, 60))
    page = open_page(PAGE, language=language, width=width)
    page.fill(f"[name='{FORM}.tax_id']", "B12345674")
    page.set_input_files("[name=logo]", file)
    with page.context.expect_event("response", lambda answer: answer.request.method == "POST") as shown:
        page.click("[name=_preview]")
    assert shown.value.headers["content-type"] == "application/pdf"
    page.get_by_role("button", name=save).click()
    picture = page.locator(".logo img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 200
    assert fits(page)
    page.check("[name=_without]")
    page.get_by_role("button", name=save).click()
    expect(picture).to_have_count(0)
    expect(page.locator(f"[name='{FORM}.tax_id']")).to_have_value("B12345674")
