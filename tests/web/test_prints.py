"""Documents of records: what is on the page, for whom, at which doors."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from trastienda import (
    Barcode,
    Block,
    Document,
    Entity,
    Field,
    Grant,
    Note,
    Plugin,
    Print,
    Ref,
    Role,
    Rows,
    Signatures,
    Site,
    Totals,
    Work,
)
from trastienda.api.app import create_app
from trastienda.api.openapi import document
from trastienda.builtin.formats.barcodes import barcode_svg
from trastienda.builtin.identity.administration import add_user
from trastienda.entities.company_settings import change
from trastienda.faults import StartupFaults
from trastienda.registry import build_registry
from trastienda.settings import load_settings

from .conftest import Account, Desk, Entry, Posting, Prepare, SumRow, books, fill, open_site

HOSTILE = '#import "/etc/passwd" *bold* $x$ <b> \\ [#read("x")] ñ 会'


def sheet(work: Work, account: Account) -> Document:
    rows = [SumRow(Ref(line.__data__["entry"]), line.debit)
            for line in work.select(Posting).where(Posting.account == account)]
    return Document("Sheet", number=account.code, parts=[
        Block("Who", [Field("Name", account.name), Field("", HOSTILE), Field("Nothing", None)]),
        Block("When", [Field("Day", date(2026, 1, 31)), Field("Sum of it", Decimal("1234.5"))]),
        Rows(SumRow, rows, title="Entries", totals=["debit"]),
        Totals([Field("Net of it", Decimal(10)), Field("All of it", Decimal("12.10"))]),
        Barcode("4006381333931"), Barcode(account.code), Note(f"First\n{HOSTILE}", title="Note"),
        Signatures(["Sender A", "Receiver B"])])


def sheets(work: Work, entry: Entry) -> Sequence[Document]:
    return [Document("Copy", [Note("\n".join(["line"] * length))]) for length in (1, 120)]


def broken(work: Work, entry: Entry) -> Document:
    raise RuntimeError("no ink")


def wrong(work: Work, entry: Entry) -> Document:
    return "a page"  # type: ignore[return-value]


account, *others = books.entities
printing = replace(
    books,
    entities=[Entity("books.account", Account, key=Account.code, private={Account.name: "read-names"}), *others],
    prints=[Print("sheet", "books.account", sheet, label="Account sheet"),
            Print("copies", "books.entry", sheets, permission="post"), Print("broken", "books.entry", broken),
            Print("wrong", "books.entry", wrong)],
    roles=[*books.roles, Role("books.names", [Grant("books.account", ["read", "read-names"])]),
           Role("books.bank", [Grant("books.account", ["read"], where=lambda actor: Account.code == "572000")])],
)  # fmt: skip


@pytest.fixture
def desk(prepared_database: Prepare, tmp_path: Path) -> Iterator[Desk]:
    url = prepared_database("books", lambda url: fill(open_site(url, tmp_path)))
    settings = {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(tmp_path),
                "TRASTIENDA_PLUGINS": "identity,formats,web"}  # fmt: skip
    site = Site.open(load_settings(settings), extra=[printing])
    made = Desk(site, create_app(site))
    for name, role in (("nia", "books.names"), ("ben", "books.bank")):
        made.write(lambda work, name=name, role=role: add_user(work, name=name, password=None, roles=[role]))
    yield made
    site.database.close()


def ask(desk: Desk, code: str, name: str = "ana", *, query: str = "", language: str = "en") -> TestResponse:
    with desk.site.active():
        identity = Account.get(Account.code == code).id
    return desk.client(name, language=language).get(f"/api/v1/books/accounts/{identity}/print/sheet{query}")


def lines(answer: TestResponse, page: int = 0) -> list[str]:
    found = PdfReader(io.BytesIO(answer.data)).pages[page].extract_text(extraction_mode="layout").splitlines()
    return [" ".join(line.split()) for line in found if line.strip()]


def test_document_has_all_its_parts_in_the_readers_language(desk: Desk) -> None:
    desk.entry("F-1", amount="1234.50")
    answer = ask(desk, "430000", language="es")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("inline;")
    text = lines(answer)
    assert text[0] == "Acme Sheet"
    assert {"430000", "Net of it 10,00 EUR", "Total 1.234,50",
            "4006381333931", "Sender A Receiver B"} <= set(text)  # fmt: skip
    assert any("Trade receivables" in line for line in text)
    assert any(line.endswith("Página 1 de 1") for line in text)
    assert any(line.endswith("12,10 EUR") for line in text)
    assert any("Sum of it 1.234,50 EUR" in line for line in text)
    assert not any("Nothing" in line for line in text)


def test_nothing_in_the_data_is_taken_for_markup(desk: Desk) -> None:
    whole = " ".join(lines(ask(desk, "430000"))).replace("\u200b", "")
    assert whole.count('#import "/etc/passwd" *bold* $x$ <b> \\') == 2


def test_private_columns_are_empty_for_those_who_may_not_see_them(desk: Desk) -> None:
    seen = {name: "Trade receivables" in " ".join(lines(ask(desk, "430000", name))) for name in ("nia", "leo")}
    assert seen == {"nia": True, "leo": False}


def test_document_is_for_those_who_may_read_the_record(desk: Desk) -> None:
    assert [ask(desk, code, "ben").status_code for code in ("572000", "430000")] == [200, 404]


def test_permission_of_its_own_is_asked_for(desk: Desk) -> None:
    entry = desk.entry("F-1")
    asked = [desk.client(name).get(f"/api/v1/books/entries/{entry}/print/copies") for name in ("ana", "leo")]
    assert [answer.status_code for answer in asked] == [200, 403]


def test_each_document_begins_a_page_and_numbers_its_own(desk: Desk) -> None:
    answer = desk.client().get(f"/api/v1/books/entries/{desk.entry('F-1')}/print/copies")
    pages = range(len(PdfReader(io.BytesIO(answer.data)).pages))
    assert [lines(answer, page)[-1] for page in pages] == ["Page 1 of 1", "Page 1 of 2", "Page 2 of 2"]


@pytest.mark.parametrize("name", ["broken", "wrong"])
def test_print_that_fails_is_named(desk: Desk, name: str) -> None:
    answer = desk.client().get(f"/api/v1/books/entries/{desk.entry('F-1')}/print/{name}")
    assert (answer.status_code, answer.json["what"]) == (500, f"print books.entry/{name}")


def test_unknown_names_and_formats_are_refused(desk: Desk) -> None:
    assert ask(desk, "430000", query="?format=xlsx").json["detail"] == "format: one of pdf"
    answer = desk.client().get("/api/v1/books/accounts/1/print/nothing")
    assert (answer.status_code, answer.json["detail"]) == (404, "Account has no document nothing")


def test_record_page_links_what_the_reader_may_print(desk: Desk) -> None:
    page = desk.client().get("/books/accounts/1").text
    assert 'href="/api/v1/books/accounts/1/print/sheet"' in page
    assert "Account sheet" in page
    entry = desk.entry("F-1")
    assert "/print/copies" not in desk.client("leo").get(f"/books/entries/{entry}").text


def test_openapi_tells_of_documents(desk: Desk) -> None:
    paths = document(desk.site)["paths"]
    operation = paths["/api/v1/books/accounts/{id}/print/sheet"]["get"]  # type: ignore[index]
    assert list(operation["responses"]["200"]["content"]) == ["application/pdf"]


def test_letterhead_of_the_company_stands_at_the_head(desk: Desk) -> None:
    given = {"formats.letterhead": {"name": "Acme, S.L.", "tax_id": "B12345674", "footer": "Tomo 1"}}
    desk.write(lambda work: change(work, given, version=None))
    text = lines(ask(desk, "430000"))
    assert [text[0], text[1].split()[0]] == ["Acme, S.L. Sheet", "B12345674"]
    assert text[-1] == "Tomo 1 Page 1 of 1"


def test_faults_of_prints_stop_the_start() -> None:
    prints = [Print("a", "books.acount", sheet), Print("b", "books.account", sheet),
              Print("b", "books.account", sheet)]  # fmt: skip
    plugin = Plugin("a", prints=prints)
    hooks = {"register_entities": [("books", each) for each in books.entities],
             "register_prints": [(plugin.name, each) for each in prints]}  # fmt: skip
    with pytest.raises(StartupFaults) as found:
        build_registry(hooks)
    assert [fault.cause for fault in found.value.faults] == [
        "prints 'a' of an unknown entity 'books.acount'", "print 'books.account/b' is already declared by a"]


def test_barcode_is_an_article_number_where_the_check_digit_is_right() -> None:
    widths = {text: made[1] if (made := barcode_svg(text)) else None
              for text in ("4006381333931", "4006381333932", "WH/OUT/00012", "ñandú", "")}  # fmt: skip
    assert widths == {"4006381333931": 115, "4006381333932": 143, "WH/OUT/00012": 187, "ñandú": None, "": None}
