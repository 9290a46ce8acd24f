"""Who did what: what is shown to whom, and that nothing of it can be changed without being found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from peewee import IntegrityError

from trastienda import Company, Site, Work
from trastienda.cli import main
from trastienda.security.audit import AuditRecord, AuditSeal, Broken, Head, heads, verify
from trastienda.storage.triggers import drop_triggers
from trastienda.testing.fixtures import NewUser, Run, SignIn
from trastienda_contacts import Party

AUDIT = "/api/v1/audit"


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts", "hr")


@pytest.fixture
def told(write: Run) -> list[int]:
    """Three transactions of the company's: two creations together, a change, a deletion; the ids of their rows."""

    def first(work: Work) -> list[Party]:
        return [work.add(Party(code=code, name=f"Party {code}")) for code in ("A", "B")]

    a, b = write(first)

    def rename(work: Work) -> None:
        work.lock(a).name = "Renamed"

    write(rename)
    write(lambda work: work.delete(work.get(Party, b.id)))
    rows = AuditRecord.select(AuditRecord.id).where(AuditRecord.entity == "contacts.party").order_by(AuditRecord.id)
    return [row.id for row in rows]


# -- tampering
@contextmanager
def tampering(site: Site) -> Iterator[Callable[..., Any]]:
    """Statements of somebody who owns the database, undone at the end."""
    drop_triggers(site.database)

    def execute(sql: str, *values: object) -> Any:
        return site.database.execute_sql(sql.replace("?", site.database.placeholder), values)

    with site.database.atomic() as transaction:
        yield execute
        transaction.rollback()


def found(site: Site, known: Sequence[Head] = ()) -> list[Broken]:
    return verify(site.database, heads=known)[2]


def others(value: Any) -> Iterator[Any]:
    """The value with each of its bytes changed in turn, as far as its column takes it."""
    if isinstance(value, str):
        for i, char in enumerate(value):
            yield value[:i] + ("y" if char == "x" else "x") + value[i + 1:]
    elif isinstance(value, (bytes, memoryview)):
        whole = bytes(value)
        for i in range(len(whole)):
            yield whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1:]
    elif isinstance(value, int):
        yield from (value ^ 1 << bit for bit in range(31))


def test_an_untouched_log_is_whole(site: Site, told: list[int]) -> None:
    assert found(site, list(heads())) == []


@pytest.mark.parametrize(
    "column",
    ["batch", "chain", "user", "actor", "via", "entity", "record", "key", "action", "changes", "salts", "digest"],
)
def test_every_byte_of_a_row_counts(site: Site, told: list[int], column: str) -> None:
    row = told[2]
    (value,) = site.database.execute_sql(f'SELECT "{column}" FROM core_audit_record WHERE id = {row}').fetchone()
    tried = list(others(value)) if value is not None else [7]
    assert len(tried) >= 1
    with tampering(site) as execute:
        for other in tried:
            execute(f'UPDATE core_audit_record SET "{column}" = ? WHERE id = ?', other, row)
            broken = found(site)
            assert broken, other
            if column not in ("batch", "chain"):  # there the row is seen to be missing where it belongs
                assert [each.record for each in broken] == [row], other
        execute(f'UPDATE core_audit_record SET "{column}" = ? WHERE id = ?', value, row)
        assert found(site) == []


def test_the_moment_of_a_row_counts(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        execute("UPDATE core_audit_record SET at = ? WHERE id = ?", "2001-01-01 00:00:00", told[2])
        assert [each.record for each in found(site)] == [told[2]]


def test_a_space_that_means_nothing_counts(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        execute("UPDATE core_audit_record SET changes = replace(changes, ',', ', ') WHERE id = ?", told[2])
        assert [each.record for each in found(site)] == [told[2]]


def test_every_byte_of_a_seal_counts(site: Site, told: list[int], company: Company) -> None:
    seal = AuditSeal.select().where(AuditSeal.chain == company.id).order_by(AuditSeal.id).first()
    for column in ("content", "digest", "batch", "rows", "number", "chain"):
        value = getattr(seal, column)
        with tampering(site) as execute:
            for other in others(value):
                with suppress(IntegrityError), site.database.atomic():  # the place of another seal
                    execute(f'UPDATE core_audit_seal SET "{column}" = ? WHERE id = ?', other, seal.id)
                    assert found(site), (column, other)


def test_a_deleted_row_is_found_by_the_row_after_it(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        execute("DELETE FROM core_audit_record WHERE id = ?", told[0])
        assert [each.record for each in found(site)] == [told[1]]


def test_the_last_row_of_a_transaction_deleted_is_found(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        execute("DELETE FROM core_audit_record WHERE id = ?", told[1])
        assert [(each.record, each.what) for each in found(site)] == [(None, "its last rows were deleted")]


def test_an_inserted_row_is_found(site: Site, told: list[int]) -> None:
    columns = ('batch, chain, at, "user", actor, via, entity, record, "key", action, changes, salts, digest')
    copy = f"INSERT INTO core_audit_record ({columns}) SELECT {columns} FROM core_audit_record WHERE id = ?"
    with tampering(site) as execute:
        execute(copy, told[2])
        (new,) = execute("SELECT max(id) FROM core_audit_record").fetchone()
        assert [each.record for each in found(site)] == [new]
        execute("UPDATE core_audit_record SET batch = 'none such' WHERE id = ?", new)
        assert [(each.record, each.what) for each in found(site)] == [
            (new, "the row belongs to no sealed transaction")]


def test_swapped_rows_are_found_at_the_first(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        for old, new in ((told[0], -1), (told[1], told[0]), (-1, told[1])):
            execute("UPDATE core_audit_record SET id = ? WHERE id = ?", new, old)
        assert [each.record for each in found(site)] == [told[0]]


def test_a_tail_that_was_cut_is_found_by_an_earlier_head(site: Site, told: list[int], company: Company) -> None:
    known = list(heads())
    with tampering(site) as execute:
        (batch,) = execute("SELECT batch FROM core_audit_record WHERE id = ?", told[3]).fetchone()
        execute("DELETE FROM core_audit_seal WHERE batch = ?", batch)
        execute("DELETE FROM core_audit_record WHERE batch = ?", batch)
        assert found(site) == []
        assert [(each.chain, each.what) for each in found(site, known)] == [
            (company.id, "the chain no longer contains the exported head")]


def test_a_seal_in_the_middle_deleted_is_found(site: Site, told: list[int]) -> None:
    with tampering(site) as execute:
        (batch,) = execute("SELECT batch FROM core_audit_record WHERE id = ?", told[2]).fetchone()
        execute("DELETE FROM core_audit_seal WHERE batch = ?", batch)
        execute("DELETE FROM core_audit_record WHERE batch = ?", batch)
        assert [each.what for each in found(site)] == ["the transaction's seal is missing"]


@pytest.mark.database("sqlite")
def test_the_head_printed_here_is_checked_on_another_machine(
    site: Site, told: list[int], client: FlaskClient, tmp_path: Path
) -> None:
    environment = {"TRASTIENDA_DATABASE": site.settings.database, "TRASTIENDA_DATA": str(site.settings.data),
                   "TRASTIENDA_PLUGINS": "contacts,hr"}  # fmt: skip
    served = client.get(f"{AUDIT}/heads").text
    printed = CliRunner().invoke(main, ["audit", "head"], env=environment).output
    assert [json.loads(line) for line in printed.splitlines()] == [json.loads(line) for line in served.splitlines()]
    kept = tmp_path / "heads.jsonl"
    kept.write_text(printed)
    run = CliRunner().invoke(main, ["audit", "verify", "--heads", str(kept)], env=environment)
    assert (run.exit_code, "are as they were written" in run.output) == (0, True)
    drop_triggers(site.database)
    with site.database.write():
        site.database.execute_sql("UPDATE core_audit_record SET actor = 'nobody' WHERE id = ?", (told[2],))
    run = CliRunner().invoke(main, ["audit", "verify", "--heads", str(kept)], env=environment)
    assert (run.exit_code, f"row {told[2]}: the row was changed" in run.output) == (1, True), run.output


# -- who sees what
def test_rows_come_newest_first_page_by_page(client: FlaskClient, told: list[int]) -> None:
    ids: list[int] = []
    cursor = ""
    while cursor is not None:
        page = client.get(AUDIT, query_string={"entity": "contacts.party", "limit": 3, "cursor": cursor}).json
        ids += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert ids == told[::-1]


def test_filters_narrow(client: FlaskClient, told: list[int], write: Run) -> None:
    def ask(**query: object) -> list[int]:
        answer = client.get(AUDIT, query_string={"entity": "contacts.party", **query})
        assert answer.status_code == 200, answer.json
        return [item["id"] for item in answer.json["items"]][::-1]

    today = write(lambda work: work.today).isoformat()
    record = AuditRecord.get_by_id(told[0]).record
    assert ask(action="update") == told[2:3]
    assert ask(record=record) == [told[0], told[2]]
    assert ask(key="B") == [told[1], told[3]]
    assert ask(actor="sys", via="tests") == told
    assert (ask(actor="ana"), ask(user=1)) == ([], [])
    assert (ask(since="2001-01-01"), ask(until=today), ask(since="2999-01-01"), ask(until="2001-01-01")) == (
        told, told, [], [])  # fmt: skip
    assert ask(since="2001-01-01T00:00:00Z", until="2999-01-01T00:00:00Z") == told


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "201"), ("limit", "x"), ("cursor", "x"), ("since", "soon"), ("since", "2026-02-30"),
     ("record", "1.5"), ("user", "9" * 30), ("nothing", "1"), ("actor", "a" * 300), ("until", "9999-12-31")],
)  # fmt: skip
def test_what_is_not_offered_is_refused_by_name(client: FlaskClient, name: str, value: str) -> None:
    answer = client.get(AUDIT, query_string={name: value})
    assert (answer.status_code, list(answer.json["errors"])) == (400, [name])


def test_only_who_may_read_the_audit_does(sign_in: SignIn, told: list[int]) -> None:
    for role, status in (("auditor", 200), ("admin", 200), ("hr.officer", 403), ("contacts.manager", 403)):
        assert sign_in(role).get(AUDIT).status_code == status, role
        assert sign_in(role, browser=True).get("/administration/audit").status_code == status, role
    assert sign_in("hr.auditor").get(f"{AUDIT}/heads").status_code == 403


def test_what_an_entitys_reader_may_not_see_is_not_in_it(
    site: Site, client: FlaskClient, told: list[int], user: NewUser, sign_in: SignIn
) -> None:
    entities = {item["entity"] for item in client.get(AUDIT).json["items"]}
    assert {"contacts.party", "identity.user", "identity.token"} <= entities
    text = client.get(AUDIT, query_string={"limit": 200}).text
    assert not any(word in text for word in ("argon2", "password_hash", "digest", "tt_"))


def test_other_companies_rows_are_not_in_it(client: FlaskClient, told: list[int], write: Run) -> None:
    write(lambda work: work.add(Company(code="BETA", name="Beta")))
    items = client.get(AUDIT, headers={"X-Company": "BETA"}).json["items"]
    assert {item["entity"] for item in items} <= {"identity.user", "identity.token", "identity.company"}


def test_secrets_never_enter_it(client: FlaskClient, user: NewUser, site: Site) -> None:
    someone = user("auditor")
    url = f"/api/v1/identity/users/{someone.id}/actions/set-password"
    assert client.post(url, json={"password": "correct horse battery"}).status_code == 200
    everything = b"".join(orjson.dumps(list(row)) for row in AuditRecord.select(
        AuditRecord.changes, AuditRecord.key, AuditRecord.action, AuditRecord.actor).tuples())
    assert b"set-password" in everything
    for secret in (b"correct horse", b"argon2", client.environ_base["HTTP_AUTHORIZATION"][10:].encode()):
        assert secret not in everything


def test_the_page_shows_differences_and_links_to_the_record(browser_client: FlaskClient, told: list[int]) -> None:
    page = browser_client.get("/administration/audit?entity=contacts.party&action=update").text
    record = AuditRecord.get_by_id(told[2]).record
    assert f'<a href="/contacts/parties/{record}">A</a>' in page
    assert "<del>Party A</del>" in page
    assert "<ins>Renamed</ins>" in page
    assert browser_client.get("/administration/audit?since=soon").status_code == 400
