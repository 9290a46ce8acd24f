"""Every door is tried in every role: nobody is told another's salary, bank account, numbers or health.

Each person's secrets are unlike anybody else's, so that a single one in an answer says who was betrayed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from trastienda import CompiledEntity, Site, User, Work
from trastienda.api.app import create_app
from trastienda.api.openapi import document
from trastienda.builtin.delivery import webhooks
from trastienda.builtin.delivery.webhooks import Webhook
from trastienda.builtin.records.custom_fields import CustomField
from trastienda.builtin.records.saved_views import SavedView
from trastienda.entities.read import one
from trastienda.jobs.worker import run_due
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import bearer_client, browser_client
from trastienda_hr import Employee, PayrollRun
from trastienda_hr.documents import Document
from trastienda_hr.leave.requests import LeaveRequest
from trastienda_hr.leave.types import LeaveType
from trastienda_hr.personal_data import PersonalData
from trastienda_hr.salaries import Salary

from .conftest import Firm, found_company, open_site

DESCRIPTIONS = ("/api/v1/openapi.json", "/api/docs")
PEOPLE = ("BOSS", "CHIEF", "ONE", "TWO", "OTHER")
KINDS = ("pay", "bank", "health")


def pay(code: str) -> Decimal:
    """A monthly gross like no other figure there is."""
    return Decimal("3171.13") + 211 * PEOPLE.index(code)


@pytest.fixture
def site(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Site]:
    """The company with everybody's secrets in it, made once for all attacks."""
    url = prepared_database("hr with secrets", lambda url: keep_secrets(url, tmp_path))
    made = open_site(url, tmp_path)
    with made.active():
        yield made
    made.shut()


def keep_secrets(url: str, folder: Path) -> None:
    found_company(open_site(url, folder))
    site = open_site(url, folder)
    with site.active():
        firm = Firm(site)
        firm.write(enter_secrets)
        firm.write(lambda work: work.add(CustomField(entity="hr.salary", name="grade", label="Grade", kind="text")))
    site.shut()
    site = open_site(url, folder)
    with site.active():
        firm = Firm(site)
        client = bearer_client(create_app(site), site, user_as(firm, "boss", ("hr.payroll-officer",)))
        salaries = client.get("/api/v1/hr/salaries").json["items"]
        for item in salaries:
            given = {"ext": {"custom": {"grade": f"Grado {item['employee']['key']}"}}}
            answer = client.patch(f"/api/v1/hr/salaries/{item['id']}", json=given, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
    site.shut()


def enter_secrets(work: Work) -> None:
    """What is private of each; two views that the boss keeps, of which he shares one."""
    boss = work.get(User, "boss").id
    for name, shared, query in (("Mine", "me", f"amount={pay('TWO')}"), ("Pay", "everyone", "sort=-amount")):
        work.add(SavedView(owner=boss, entity="hr.salary", name=name, query=query, shared_with=shared))
    sick = work.get(LeaveType, "SICK")
    for code in PEOPLE:
        person = work.get(Employee, code)
        salary = work.select(Salary).where(Salary.employee == person.id).get()
        work.save(salary).amount = pay(code)
        data = work.save(work.select(PersonalData).where(PersonalData.employee == person.id).get())
        data.address, data.birth_date = f"Calle Reservada {code}", Date(1951 + PEOPLE.index(code), 7, 23)
        work.add(Document(employee=person.id, kind="medical", number=f"HIST-{code}-7", notes=f"Dolencia {code}"))
        day = Date(2026, 5, 11)
        request = LeaveRequest(
            employee=person.id, leave_type=sick.id, starts_on=day, ends_on=day, reason=f"Ingreso {code}"
        )
        work.act(work.add(request), "submit")
        if code != "BOSS":
            work.act(request, "approve")
    run = work.add(PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31)))
    work.act(run, "compute")
    work.act(run, "approve")


@pytest.fixture
def secrets(firm: Firm) -> dict[tuple[str, str], list[str]]:
    """(person, kind) -> the texts that give it away."""
    found: dict[tuple[str, str], list[str]] = {}

    def body(work: Work) -> None:
        for code in PEOPLE:
            person = work.get(Employee, code)
            data = work.select(PersonalData).where(PersonalData.employee == person.id).get()
            found[code, "bank"] = [data.iban, data.iban[4:], data.iban[-4:], f"Reservada {code}", f"{data.birth_date}"]
            found[code, "health"] = [f"HIST-{code}-7", f"Dolencia {code}", f"Ingreso {code}"]
            figures = [text for figure in (pay(code), pay(code) * Decimal("0.935")) for text in written(figure)]
            found[code, "pay"] = [*figures, f"Grado {code}"]

    firm.read(body)
    return found


def written(figure: Decimal) -> list[str]:
    plain = f"{figure:.2f}"
    return [plain, plain.replace(".", ","), f"{figure:,.2f}", f"{figure:,.2f}".translate({44: ".", 46: ","})]


#: Who is tried, in which roles, and whose secrets of which kind that person may know.
TRIED: dict[str, tuple[str, tuple[str, ...], set[tuple[str, str]]]] = {
    "employee": ("one", ("hr.self-service",), {("ONE", kind) for kind in KINDS}),
    "manager": ("chief", ("hr.manager",), set()),
    "manager who is an employee": ("chief", ("hr.manager", "hr.self-service"), {("CHIEF", kind) for kind in KINDS}),
    "manager who sees salaries": ("chief", ("hr.manager", "hr.team-salaries"), {("ONE", "pay"), ("TWO", "pay")}),
    "HR officer": ("other", ("hr.officer",), {(code, kind) for code in PEOPLE for kind in ("bank", "health")}),
    "payroll officer": (
        "other",
        ("hr.payroll-officer",),
        {(code, kind) for code in PEOPLE for kind in ("pay", "bank")},
    ),
    "somebody else": ("two", ("contacts.clerk",), set()),
}


def known_roles(firm: Firm, roles: tuple[str, ...]) -> list[str]:
    return [role for role in roles if role in firm.site.registry.roles]


@pytest.fixture
def app(firm: Firm) -> Flask:
    return create_app(firm.site)


def user_as(firm: Firm, name: str, roles: tuple[str, ...]) -> User:
    def body(work: Work) -> User:
        user = work.get(User, name)
        held = known_roles(firm, roles) or ["records.everyone"]
        work.save(user).lines_of(RoleAssignment)[:] = [RoleAssignment(role=role) for role in held]
        return user

    return firm.write(body)


def text_of(answer: TestResponse) -> str:
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if "spreadsheet" in str(answer.mimetype):
        with ZipFile(io.BytesIO(answer.data)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return answer.text.replace("\u200b", "").replace("\u00a0", " ")


def addresses(firm: Firm, client: FlaskClient) -> Iterator[str]:
    """Every address of the API that is read from, and each list in all the ways that it can be asked."""
    paths: Any = document(firm.site)["paths"]
    for path in [path for path, item in paths.items() if "get" in item and path not in DESCRIPTIONS]:
        if "{id}" in path:
            yield from (path.replace("{id}", str(number)) for number in range(1, 7))
        else:
            yield path.replace("{run}", "5")
    for entity in firm.site.registry.entities.values():
        root = f"/api/v1/{entity.path}"
        yield f"{root}?limit=200&count=exact"
        yield f"/api/v1/audit?entity={entity.name}"
        if client.get(f"{root}?limit=1").status_code == 403:
            yield from shut(entity)
            continue
        yield from (f"{root}?include={lines}&limit=200" for lines in entity.lines)
        yield f"{root}?expand=all&limit=200"
        for name, column in entity.columns.items():
            yield f"{root}?sort=-{name}&limit=200"
            yield f"{root}?group_by={name}"
            if column.kind == "ref":
                yield f"{root}?{name}=TWO&limit=200"
        yield from (f"{root}/export?format={form}" for form in ("csv", "jsonl", "xlsx"))
        yield from (f"{root}?q={text}&limit=200&count=exact" for text in ("two", "reservada", "ingreso"))
    for name in firm.site.registry.reports:
        yield from (f"/api/v1/reports/{name}?format={form}" for form in ("csv", "svg", "xlsx", "pdf"))
        yield f"/api/v1/reports/{name}?from=2026-05-01&to=2026-06-30"


def shut(entity: CompiledEntity) -> Iterator[str]:
    """A list that one may not read, asked by each of its fields."""
    root = f"/api/v1/{entity.path}"
    yield from (f"{root}/export?format={form}" for form in ("csv", "jsonl", "xlsx"))
    yield from (f"{root}?q={text}&count=exact" for text in ("two", "reservada", "ingreso"))
    yield from (f"{root}?include={lines}" for lines in entity.lines)
    for name in entity.columns:
        yield from (f"{root}?{name}=TWO&group={name}&count=exact", f"{root}/export?sort=-{name}&any={name}%3DTWO")


def pages(firm: Firm) -> Iterator[str]:
    yield from ("/hr/salaries?sort=-amount", "/records/views/1", "/records/views/2")
    yield from ("/", "/audit", "/find?q=two", "/find?q=reservada", "/find?q=ingreso", "/administration")
    for entity in firm.site.registry.entities.values():
        yield f"/{entity.path}"
        for number in range(3, 6):
            root = f"/{entity.path}/{number}"
            yield from (root, f"{root}/history", f"{root}/preview")
            yield from (f"{root}/print/{name}" for name in firm.site.registry.prints.get(entity.name, ()))
        yield from (f"/{entity.path}/{shape}" for shape in ("board", "calendar", "tree", "conditions"))
        yield from (f"/api/v1/{entity.path}/export?format={form}" for form in ("csv", "xlsx"))
        yield f"/{entity.path}/lookup?q=t"
        yield f"/{entity.path}/new?copy=4"
    yield from (f"/reports/{name}?run=1" for name in firm.site.registry.reports)


def betrayed(
    secrets: dict[tuple[str, str], list[str]], allowed: set[tuple[str, str]], text: str
) -> list[tuple[str, str, str]]:
    return [
        (*whose, secret)
        for whose, texts in secrets.items()
        if whose not in allowed
        for secret in texts
        if re.search(rf"(?<![0-9]){re.escape(secret)}(?![0-9])", text)
    ]


@pytest.mark.parametrize("who", TRIED)
def test_no_answer_of_the_api_betrays_anybody(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], who: str
) -> None:
    name, roles, allowed = TRIED[who]
    client = bearer_client(app, firm.site, user_as(firm, name, roles))
    found, statuses = {}, {}
    for address in addresses(firm, client):
        answer = client.get(address)
        statuses[address] = answer.status_code
        if told := betrayed(secrets, allowed, text_of(answer)):
            found[address] = told
    assert found == {}
    assert [address for address, status in statuses.items() if status >= 500] == []
    closed = {address for entity in firm.site.registry.entities.values() for address in shut(entity)
              if statuses.get(f"/api/v1/{entity.path}?limit=200&count=exact") == 403}  # fmt: skip
    assert {address: statuses[address] for address in closed if statuses[address] not in (400, 403)} == {}


@pytest.mark.parametrize("who", TRIED)
def test_no_page_betrays_anybody(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], who: str
) -> None:
    name, roles, allowed = TRIED[who]
    client = browser_client(app, firm.site, user_as(firm, name, roles))
    found = {}
    for address in pages(firm):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if told := betrayed(secrets, allowed, text_of(answer)):
            found[address] = told
    assert found == {}


@pytest.mark.parametrize("who", ["HR officer", "payroll officer", "employee"])
def test_those_who_may_are_told(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], who: str
) -> None:
    """The attack sees what there is to see: without it, none of the others says anything."""
    name, roles, allowed = TRIED[who]
    client = bearer_client(app, firm.site, user_as(firm, name, roles))
    seen = "\n".join(text_of(client.get(address)) for address in addresses(firm, client))
    told = {(code, kind) for code, kind, _secret in betrayed(secrets, set(), seen)}
    assert told == allowed


WRITES = [
    ("POST", "salaries", {"employee": "TWO", "starts_on": "2026-07-01", "amount": "1"}),
    ("POST", "leave-requests", {"employee": "TWO", "leave_type": "SICK", "starts_on": "2026-07-01",
                                "ends_on": "2026-07-01"}),
    ("POST", "clock-records", {"employee": "TWO", "date": "2026-07-01", "clock_in": "2026-07-01T08:00:00Z"}),
    ("POST", "timesheets", {"employee": "TWO", "starts_on": "2026-07-01", "ends_on": "2026-07-07"}),
    ("POST", "personal-data", {"employee": "TWO", "iban": ""}),
    ("POST", "documents", {"employee": "TWO", "kind": "other"}),
    ("POST", "delegations", {"manager": "CHIEF", "deputy": "ONE", "starts_on": "2026-06-01", "ends_on": "2026-07-01"}),
    ("POST", "payroll-runs/1/actions/pay", {}),
    ("POST", "leave-allocations", {"employee": "ONE", "leave_type": "HOLIDAY", "starts_on": "2026-01-01",
                                   "days": "99"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "given"), WRITES)
def test_employee_writes_nothing_of_anybody_elses(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], method: str, path: str, given: dict[str, str]
) -> None:
    client = bearer_client(app, firm.site, user_as(firm, "one", ("hr.self-service",)))
    answer = client.open(f"/api/v1/hr/{path}", method=method, json=given)
    assert answer.status_code in (403, 404, 422), answer.text
    assert betrayed(secrets, {("ONE", kind) for kind in KINDS}, answer.text) == []


@pytest.mark.parametrize("path", ["salaries", "personal-data", "employees", "documents", "payslips", "leave-requests"])
def test_errors_of_an_import_betray_nobody(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], path: str
) -> None:
    for name, roles in (("one", ("hr.self-service",)), ("chief", ("hr.manager", "hr.self-service"))):
        client = bearer_client(app, firm.site, user_as(firm, name, roles))
        files = (
            "employee,starts_on,amount,leave_type,ends_on\nTWO,2025-01-01,1,SICK,2026-05-11\n",
            "id,employee,iban\n4,TWO,\n4,OTHER,x\n",
            "code,left\nTWO,Yes\n",
        )
        for text in files:
            upload = {"file": (io.BytesIO(text.encode()), "x.csv")}
            answer = client.post(f"/api/v1/hr/{path}/import?dry_run=true", data=upload)
            own = {(name.upper(), kind) for kind in KINDS}
            assert betrayed(secrets, own, answer.text) == [], answer.text
            assert answer.status_code in (403, 404, 405, 422), answer.text


@pytest.mark.parametrize("who", ["employee", "manager who is an employee", "manager", "somebody else"])
def test_writes_that_are_refused_say_nothing_of_what_is_there(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]], who: str
) -> None:
    """By record, by batch and by file: PATCH, DELETE, comments and attachments of records that are somebody else's."""
    name, roles, allowed = TRIED[who]
    client = bearer_client(app, firm.site, user_as(firm, name, roles))
    found = {}
    for path in ("salaries", "personal-data", "documents", "payslips", "leave-requests", "employees"):
        for number in range(1, 6):
            root = f"/api/v1/hr/{path}/{number}"
            answers = [
                client.patch(root, json={"employee": "TWO", "iban": "ES00"}, headers={"If-Match": "*"}),
                client.delete(root, headers={"If-Match": '"99"'}),
                client.post("/api/v1/batch", json={"operations": [{"method": "PATCH", "path": root, "body": {}}]}),
                client.get(f"{root}/comments"),
                client.get(f"{root}/attachments"),
                client.get(f"{root}/history"),
            ]
            for answer in answers:
                assert answer.status_code < 500, answer.text
                if told := betrayed(secrets, allowed, text_of(answer)):
                    found[root, answer.request.method] = told
    assert found == {}


def test_change_feed_carries_no_secret_to_whoever_may_read_it(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]]
) -> None:
    for name, roles, allowed in TRIED.values():
        client = bearer_client(app, firm.site, user_as(firm, name, roles))
        answer = client.get("/api/v1/changes?limit=200")
        assert answer.status_code < 500
        assert betrayed(secrets, allowed, text_of(answer)) == [], (name, roles)


def test_another_cannot_be_found_by_what_is_private(
    firm: Firm, app: Flask, secrets: dict[tuple[str, str], list[str]]
) -> None:
    """Filters that are answered by a count or an empty list would tell a salary by halving."""
    client = bearer_client(app, firm.site, user_as(firm, "chief", ("hr.manager",)))
    tries = [
        "employees?salary__gte=3000",
        "employees?salaries.amount__gte=3000",
        "salaries?amount__gte=3000&count=exact",
        "payslips?net__gte=3000&count=exact",
        "personal-data?birth_date__lte=1960-01-01&count=exact",
        "leave-requests?reason__contains=Ingreso&count=exact",
        "leave-requests?q=Ingreso&count=exact",
        "documents?kind=medical&count=exact",
    ]
    answers = [client.get(f"/api/v1/hr/{each}") for each in tries]
    counts = [answer.json.get("count", 0) if answer.status_code == 200 else None for answer in answers]
    assert counts == [None, None, None, None, None, 0, None, None]


#: Kinds of columns of which a value can be asked for as it is stored.
GUESSED = ("text", "longtext", "money", "quantity", "date", "integer", "choice")


def values_of(rows: list[Any], name: str) -> set[str]:
    return {str(value) for row in rows if (value := row.__data__.get(name)) not in (None, "")}


def guesses(firm: Firm, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """(list with a condition, value): what rows hold that the client does not see, and none that it sees, in the
    list's own fields and in those of the records that it refers to."""
    entities = firm.site.registry.entities
    seen: dict[str, set[int]] = {}
    for entity in entities.values():
        answer = client.get(f"/api/v1/{entity.path}?limit=200&fields=id&expand=none")
        seen[entity.name] = {each["id"] for each in answer.json["items"]} if answer.status_code == 200 else set()
    for entity in (each for each in entities.values() if each.plugin == "hr" and seen[each.name]):
        paths = [("", entity)]
        paths += [(f"{name}.", firm.site.registry.by_model[column.target]) for name, column in entity.columns.items()
                  if column.target in firm.site.registry.by_model]  # fmt: skip
        for before, target in paths:
            rows = list(target.model.select())
            for name, column in target.columns.items():
                if column.kind in GUESSED and column.extension is None and column.expression is None:
                    shown = values_of([row for row in rows if row.id in seen[target.name]], name)
                    hidden = values_of([row for row in rows if row.id not in seen[target.name]], name)
                    yield from ((f"/api/v1/{entity.path}?count=exact&limit=1&{before}{name}", value)
                                for value in sorted(hidden - shown)[:2])  # fmt: skip


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("who", TRIED)
def test_no_condition_tells_a_value_that_is_not_shown(firm: Firm, app: Flask, who: str) -> None:
    """A right guess is answered as a wrong one: by a refusal, or by no record."""
    name, roles, _allowed = TRIED[who]
    client = bearer_client(app, firm.site, user_as(firm, name, roles))
    told, tried = {}, 0
    for question, value in guesses(firm, client):
        tried += 1
        answer = client.get(f"{question}={quote(value)}")
        if answer.status_code >= 500 or (answer.status_code == 200 and answer.json["count"]):
            told[f"{question}={value}"] = answer.status_code
    assert told == {}
    assert tried > 1 or who == "somebody else", tried


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("who", ["employee", "manager", "HR officer", "somebody else"])
def test_kept_views_tell_nobody_more_than_their_list(firm: Firm, app: Flask, who: str) -> None:
    """A view of his own, of somebody's pay, is the boss's alone; a shared one shows each what is his to see."""
    name, roles, _allowed = TRIED[who]
    client, page = (make(app, firm.site, user_as(firm, name, roles)) for make in (bearer_client, browser_client))
    mine, shared = (firm.read(lambda work, name=name: work.select(SavedView).where(SavedView.name == name).get().id)
                    for name in ("Mine", "Pay"))  # fmt: skip
    views = "/api/v1/records/views"
    assert {each["name"] for each in client.get(views).json["items"]} <= {"Pay"}
    for view in (mine, shared):
        for change in (client.patch(f"{views}/{view}", json={"shared_with": "everyone"}, headers={"If-Match": "*"}),
                       client.delete(f"{views}/{view}", headers={"If-Match": "*"}),
                       page.post(f"/hr/salaries/views/{view}/delete")):  # fmt: skip
            assert change.status_code in (403, 404), change.text
    condition = f"amount={pay('TWO')}"
    asked = client.get(f"/api/v1/hr/salaries?{condition}&count=exact")
    assert asked.status_code == 403 or asked.json["count"] == 0
    kept = client.post(views, json={"entity": "hr.salary", "name": "Guess", "query": condition, "is_default": True})
    assert kept.status_code == (422 if asked.status_code == 403 else 201), kept.text
    for address in ("/hr/salaries", f"/hr/salaries?{condition}", f"/api/v1/hr/salaries/export?{condition}"):
        answer = page.get(address)
        assert answer.status_code == asked.status_code, address
        assert "TWO" not in text_of(answer).replace("views", ""), address


@pytest.mark.parametrize("who", ["employee", "manager", "HR officer", "payroll officer"])
def test_webhook_tells_its_owner_of_what_he_may_read_alone(
    firm: Firm, secrets: dict[tuple[str, str], list[str]], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of everybody's pay, sickness and documents: messages name records, and those that he may read."""
    name, roles, _allowed = TRIED[who]
    owner = user_as(firm, name, roles)
    firm.write(lambda work: work.add(Webhook(
        name="Mine", url="https://example.com/hook", events="hr.*", owner=owner.id)))
    sent: list[bytes] = []
    monkeypatch.setattr(webhooks, "post", lambda url, body, headers, **given: sent.append(body) or 204)

    def change(work: Work) -> None:
        for code in PEOPLE:
            person = work.get(Employee, code)
            for model, column in ((Salary, "reason"), (PersonalData, "address"), (Document, "notes")):
                record = work.save(work.select(model).where(model.employee == person.id).get())
                setattr(record, column, f"changed {secrets[code, 'pay'][0]}")

    firm.write(change)
    run_due(firm.site)
    told = [orjson.loads(body)["data"] for body in sent]
    assert {key for each in told for key in each} <= {"company", "entity", "id", "action"}
    actor = firm.site.actor(owner, firm.company, via="tests")
    for each in told:
        entity = firm.site.registry.entities[each["entity"]]
        one(firm.site, actor, firm.company, entity, each["id"])  # raises where he may not
    kinds = {each["entity"] for each in told}
    assert kinds == {
        "employee": {"hr.salary", "hr.personal-data", "hr.document"},
        "manager": set(),
        "HR officer": {"hr.personal-data", "hr.document"},
        "payroll officer": {"hr.salary", "hr.personal-data"},
    }[who]
    assert betrayed(secrets, set(), b"".join(sent).decode()) == []
