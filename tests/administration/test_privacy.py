"""A person's data: put out on request, erased where no law keeps them, in the records and in the log of changes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from flask.testing import FlaskClient

from trastienda import Site, User, Work
from trastienda.builtin.delivery.mail import Mail, send
from trastienda.builtin.delivery.notifications import Notification, notify
from trastienda.security.audit import AuditRecord, verify
from trastienda.storage.triggers import drop_triggers
from trastienda.testing.fixtures import Run, SignIn
from trastienda_accounting import Account, FiscalYear, Journal, credit, debit, post_entry

PRIVATE = ("Josefina", "ES9121000418450200051332", "josefina@example.org", "Calle Mayor 1", "12345678Z")


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts", "accounting", "hr")


@pytest.fixture
def party(client: FlaskClient) -> int:
    sent = {"code": "J1", "name": "Josefina", "email": "josefina@example.org", "is_company": False, "country": "ES",
            "tax_id": "12345678Z", "addresses": [{"street": "Calle Mayor 1", "city": "Madrid", "country": "ES"}],
            "bank_accounts": [{"iban": "ES9121000418450200051332"}]}  # fmt: skip
    made = client.post("/api/v1/contacts/parties", json=sent)
    assert made.status_code == 201, made.json
    return int(made.json["id"])


@pytest.fixture
def employee(client: FlaskClient) -> int:
    made = client.post("/api/v1/hr/employees", json={
        "code": "E1", "first_name": "Josefina", "last_name": "Suárez", "starts_on": "2010-01-01",
        "ends_on": "2015-06-30"})  # fmt: skip
    assert made.status_code == 201, made.json
    data = {"employee": {"id": made.json["id"]}, "iban": "ES9121000418450200051332", "address": "Calle Mayor 1"}
    assert client.post("/api/v1/hr/personal-data", json=data).status_code == 201
    return int(made.json["id"])


def everything(site: Site) -> str:
    """All text in the database, as far as it is not another's."""
    tables = [model._meta.table_name for models in site.registry.models.values() for model in models]
    rows = [list(site.database.execute_sql(f'SELECT * FROM "{name}"')) for name in (*tables, "core_audit_record")]
    return str(rows)


def test_all_that_is_kept_is_put_out(client: FlaskClient, party: int, employee: int) -> None:
    told = client.get(f"/api/v1/privacy/contacts.party/{party}")
    assert "attachment" in told.headers["Content-Disposition"]
    assert all(word in told.text for word in PRIVATE)
    (held,) = told.json["data"]["contacts.party"]
    assert (held["record"]["code"], [each["action"] for each in held["history"]]) == ("J1", ["create"])
    data = client.get(f"/api/v1/privacy/hr.employee/{employee}").json["data"]
    assert (set(data), data["hr.personal-data"][0]["record"]["address"]) == (
        {"hr.employee", "hr.personal-data"}, "Calle Mayor 1")  # fmt: skip


def test_comments_and_files_are_put_out_with_the_record_and_in_the_archive(client: FlaskClient, party: int) -> None:
    place = f"/api/v1/contacts/parties/{party}"
    client.post(f"{place}/comments", json={"text": "She called"})
    sent = {"file": (io.BytesIO(b"a letter"), "letter.txt")}
    assert client.post(f"{place}/attachments", data=sent, content_type="multipart/form-data").status_code == 201
    told = client.get(f"/api/v1/privacy/contacts.party/{party}", query_string={"format": "zip"})
    assert (told.mimetype, told.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    archive = ZipFile(io.BytesIO(told.data))
    (held,) = orjson.loads(archive.read("data.json"))["data"]["contacts.party"]
    assert ([each["text"] for each in held["comments"]], held["attachments"][0]["name"]) == (
        ["She called"], "letter.txt")  # fmt: skip
    assert archive.read(held["attachments"][0]["file"]) == b"a letter"
    assert client.get(f"/api/v1/privacy/contacts.party/{party}", query_string={"format": "x"}).status_code == 400


def test_page_finds_a_person_shows_what_is_kept_and_erases_when_it_is_meant(
        site: Site, client: FlaskClient, browser_client: FlaskClient, party: int, employee: int) -> None:  # fmt: skip
    client.post(f"/api/v1/contacts/parties/{party}/actions/archive", json={})
    page = browser_client.get("/administration/privacy", query_string={"q": "Josefina"}).text
    assert (f"/contacts.party/{party}" in page, f"/hr.employee/{employee}" in page) == (True, True)
    place = f"/administration/privacy/contacts.party/{party}"
    page = browser_client.get(place).text
    assert ("Nothing: it goes" in page, "data.zip" in page, "Erase the data" in page) == (True, True, True)
    assert browser_client.get(f"{place}/data.zip").data[:2] == b"PK"
    wrong = browser_client.post(place, data={"key": "j1", **_token(page)})
    assert (wrong.status_code, "Type J1 to confirm." in wrong.text) == (422, True)
    assert "Josefina" in everything(site)
    done = browser_client.post(place, data={"key": "J1", **_token(page)}, follow_redirects=True)
    assert "Erased: 1 records" in done.text
    assert client.get(f"/api/v1/contacts/parties/{party}").json["name"] != "Josefina"


def test_page_says_which_law_keeps_a_person_and_offers_no_erasing(client: FlaskClient,
                                                                  browser_client: FlaskClient) -> None:  # fmt: skip
    made = client.post("/api/v1/hr/employees", json={
        "code": "E2", "first_name": "Juan", "last_name": "Ruiz", "starts_on": "2020-01-01"})  # fmt: skip
    page = browser_client.get(f"/administration/privacy/hr.employee/{made.json['id']}").text
    assert ("The law keeps these data" in page, "Erase the data" in page) == (True, False)
    refused = browser_client.post(f"/administration/privacy/hr.employee/{made.json['id']}",
                                  data={"key": "E2", **_token(page)}, follow_redirects=True)  # fmt: skip
    assert "The law keeps these data" in refused.text
    assert client.get(f"/api/v1/hr/employees/{made.json['id']}").json["first_name"] == "Juan"


def test_page_is_for_those_who_may(sign_in: SignIn, party: int) -> None:
    clerk = sign_in("contacts.manager", browser=True)
    assert clerk.get("/administration/privacy").status_code == 403
    assert clerk.get(f"/administration/privacy/contacts.party/{party}").status_code == 403
    assert "/administration/privacy" not in clerk.get("/").text
    auditor = sign_in("auditor", browser=True)
    page = auditor.get(f"/administration/privacy/contacts.party/{party}").text
    assert ("data.zip" in page, "Erase the data" in page) == (True, False)
    assert auditor.post(f"/administration/privacy/contacts.party/{party}",
                        data={"key": "J1", **_token(page)}).status_code == 403  # fmt: skip
    assert auditor.get("/administration/privacy/accounting.journal/1").status_code == 404


def _token(page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return {"csrf_token": found[1]} if found else {}


def test_what_is_erased_is_nowhere_and_the_log_still_verifies(site: Site, client: FlaskClient, party: int) -> None:
    url = f"/api/v1/contacts/parties/{party}"
    client.patch(url, json={"phone": "600 000 000"}, headers={"If-Match": "*"})
    assert all(word in everything(site) for word in PRIVATE)
    answer = client.delete(f"/api/v1/privacy/contacts.party/{party}")
    assert (answer.status_code, answer.json) == (200, {"records": 1, "log_entries": 3, "kept": []})
    text = everything(site)
    assert [word for word in (*PRIVATE, "600 000 000", "josefina") if word in text] == []
    checked, erased, broken = verify(site.database)
    assert (broken, erased > 10, checked > 3) == ([], True, True)
    now = client.get(url).json
    assert (now["code"], now["name"], now["email"], now["addresses"]) == ("J1", f"#{party}", "", [])
    history = client.get(f"{url}/history").json["items"]
    assert (history[0]["action"], set(history[0]["changes"]["name"])) == ("erase", {"erased"})


def test_what_was_erased_cannot_be_guessed_from_its_hash(site: Site, client: FlaskClient, party: int) -> None:
    client.delete(f"/api/v1/privacy/contacts.party/{party}")
    row = AuditRecord.select().where(AuditRecord.entity == "contacts.party").order_by(AuditRecord.id).first()
    gone = [i for i, pair in enumerate(orjson.loads(row.changes).values()) if isinstance(pair, dict)]
    assert gone
    assert all(bytes(row.salts)[i * 16:(i + 1) * 16] == bytes(16) for i in gone)


def test_erasing_by_hand_is_found(site: Site, client: FlaskClient, party: int) -> None:
    row = AuditRecord.select().where(AuditRecord.entity == "contacts.party").order_by(AuditRecord.id).first()
    changes = orjson.loads(row.changes)
    changes["name"] = {"erased": "0" * 32}
    drop_triggers(site.database)
    with site.database.write():
        AuditRecord.update(changes=orjson.dumps(changes).decode()).where(AuditRecord.id == row.id).execute()
    assert [each.record for each in verify(site.database)[2]] == [row.id]


def test_the_books_keep_a_party_for_six_years(site: Site, client: FlaskClient, party: int, write: Run) -> None:
    today = site.clock().date()

    def books(work: Work) -> None:
        work.add(Journal(code="GEN", name="General", kind="general"))
        for code in ("430000", "700000"):
            work.add(Account(code=code, name=code, kind="asset"))
        year = today.year
        work.add(FiscalYear(code=str(year), name=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)))

    write(books)
    lines = [debit("430000", Decimal(10), party="J1"), credit("700000", Decimal(10))]
    write(lambda work: post_entry(
        work, source="test/1", journal="GEN", date=today, reference="F1", description="F1", lines=lines))
    answer = client.delete(f"/api/v1/privacy/contacts.party/{party}")
    assert (answer.status_code, f"{today.year + 6}-12-31" in answer.json["detail"]) == (409, True)
    assert client.get(f"/api/v1/contacts/parties/{party}").json["name"] == "Josefina"


def test_an_employee_is_kept_while_employed_and_four_years_on(client: FlaskClient, employee: int) -> None:
    made = client.post("/api/v1/hr/employees", json={"code": "E2", "name": "Here", "starts_on": "2020-01-01"}).json
    refused = client.delete(f"/api/v1/privacy/hr.employee/{made['id']}")
    assert (refused.status_code, "at present" in refused.json["detail"]) == (409, True)
    erased = client.delete(f"/api/v1/privacy/hr.employee/{employee}")
    assert (erased.status_code, erased.json["records"]) == (200, 2)
    data = client.get("/api/v1/hr/personal-data").json["items"][0]
    assert (data["iban"], data["address"]) == ("", "")


def test_asking_twice_does_no_harm(site: Site, client: FlaskClient, party: int) -> None:
    url = f"/api/v1/privacy/contacts.party/{party}"
    assert [client.delete(url).status_code for _ in range(2)] == [200, 200]
    assert verify(site.database)[2] == []


def test_only_who_may_and_only_in_his_company(sign_in: SignIn, client: FlaskClient, party: int, write: Run) -> None:
    url = f"/api/v1/privacy/contacts.party/{party}"
    for role in ("contacts.manager", "hr.officer"):
        other = sign_in(role)
        assert (other.get(url).status_code, other.delete(url).status_code) == (403, 403)
    auditor = sign_in("auditor")
    assert (auditor.get(url).status_code, auditor.delete(url).status_code) == (200, 403)
    answers: list[Any] = [client.delete("/api/v1/privacy/contacts.party/999"),
                          client.delete("/api/v1/privacy/accounting.account/1"),
                          client.get("/api/v1/privacy/nothing/1")]  # fmt: skip
    assert [each.status_code for each in answers] == [404, 404, 404]


def test_comments_files_and_fields_of_ones_own_go_with_the_person(
        site: Site, client: FlaskClient, party: int) -> None:  # fmt: skip
    address, secret = f"/api/v1/contacts/parties/{party}", "Josefina of the fourth floor"
    field = {"entity": "contacts.party", "name": "nickname", "label": "Nickname", "kind": "text"}
    assert client.post("/api/v1/records/custom-fields", json=field).status_code == 201
    client.patch(address, json={"ext": {"custom": {"nickname": secret}}}, headers={"If-Match": "*"})
    assert client.post(f"{address}/comments", json={"text": secret}).status_code == 201
    file = client.post(f"{address}/attachments", data={"file": (io.BytesIO(secret.encode()), f"{secret}.txt")})
    assert file.status_code == 201, file.text
    told = client.get(f"/api/v1/privacy/contacts.party/{party}").json["data"]["contacts.party"][0]
    assert told["record"]["ext"]["custom"] == {"nickname": secret}
    assert {name for each in told["history"] for name in each["changes"] if secret in str(each["changes"][name])} == {
        "ext.custom.nickname", "comments.1", f"attachments.{file.json['id']}"}  # fmt: skip
    erased = client.delete(f"/api/v1/privacy/contacts.party/{party}")
    assert erased.status_code == 200, erased.text
    assert client.get(address).json["ext"]["custom"] is None
    assert client.get(f"{address}/comments").json["items"] == client.get(f"{address}/attachments").json["items"] == []
    assert secret not in everything(site)
    assert verify(site.database)[2] == []


def test_mails_to_the_person_and_notifications_about_him_go_too(
        site: Site, client: FlaskClient, party: int, user: Any, write: Run) -> None:  # fmt: skip
    reader: User = user("contacts.reader")
    entity = site.registry.entities["contacts.party"]

    def tell(work: Work) -> None:
        for to in ("Josefina@example.org", "other@example.org"):
            send(work, to=to, subject="Hello", text="Hello")
        notify(work, user=reader, subject="Josefina called", record=work.get(entity.model, party))  # type: ignore[type-var, arg-type]
        notify(work, user=reader, subject="Something else")

    write(tell)
    assert client.delete(f"/api/v1/privacy/contacts.party/{party}").status_code == 200
    assert [mail.to for mail in Mail.select()] == ["other@example.org"]
    assert [each.subject for each in Notification.select()] == ["Something else"]
