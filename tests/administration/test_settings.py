"""A company's settings: typed, validated, versioned, audited, and each company's own, through every door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from trastienda import Actor, Company, Invalid, Plugin, Ref, SettingsForm, Site, setting
from trastienda.api.app import create_app
from trastienda.cli import main
from trastienda.entities import company_settings
from trastienda.faults import StartupFaults
from trastienda.security.audit import AuditRecord, verify
from trastienda.settings import load_settings
from trastienda.storage.settings import Setting
from trastienda.testing.fixtures import SignIn

BANK = {"name": "Acme payroll", "iban": "ES9121000418450200051332", "bic": "CAIXESBBXXX"}
URL = "/api/v1/settings"


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("hr", "accounting")


def patch(client: FlaskClient, given: object, match: str = "*") -> Any:
    return client.patch(URL, json=given, headers={"If-Match": match})


def test_what_is_set_holds_and_comes_back(client: FlaskClient) -> None:
    assert client.get(URL).json["settings"]["hr.payroll-bank"] == {"name": "", "iban": "", "bic": ""}
    answer = patch(client, {"hr.payroll-bank": BANK})
    assert (answer.status_code, answer.json["settings"]["hr.payroll-bank"]) == (200, BANK)
    assert client.get(URL).json["settings"] == answer.json["settings"]
    patch(client, {"hr.payroll-bank": {"bic": None}})
    assert client.get(URL).json["settings"]["hr.payroll-bank"] == {**BANK, "bic": ""}


def test_bad_values_are_refused_by_the_path_of_their_field(client: FlaskClient) -> None:
    for given, path in (
        ({"hr.payroll-bank": {"iban": "ES00"}}, "hr.payroll-bank.iban"),
        ({"hr.payroll-bank": {"iban": 7}}, "hr.payroll-bank.iban"),
        ({"hr.payroll-bank": {"nbai": "x"}}, "hr.payroll-bank.nbai"),
        ({"hr.payroll-bank": {"version": 1}}, "hr.payroll-bank.version"),
        ({"hr.payroll-bank": []}, "hr.payroll-bank"),
        ({"hr.nothing": {}}, "hr.nothing"),
        ([], ""),
    ):
        answer = patch(client, given)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [path]), given
    assert not Setting.select().exists()


def test_a_change_needs_the_version_that_was_read(client: FlaskClient) -> None:
    read = client.get(URL)
    assert client.patch(URL, json={}).status_code == 428
    assert patch(client, {"hr.payroll-bank": BANK}, read.headers["ETag"]).status_code == 200
    late = patch(client, {"hr.payroll-posting": {"journal": "GEN"}}, read.headers["ETag"])
    assert (late.status_code, late.json["version"]) == (412, 1)


def test_settings_are_each_companys_own(client: FlaskClient, write: Any) -> None:
    write(lambda work: work.add(Company(code="BETA", name="Beta")))
    patch(client, {"hr.payroll-bank": BANK})
    beta = client.get(URL, headers={"X-Company": "BETA"}).json
    assert (beta["settings"]["hr.payroll-bank"]["iban"], beta["version"]) == ("", 0)


def test_a_change_is_audited_field_by_field(site: Site, client: FlaskClient) -> None:
    patch(client, {"hr.payroll-bank": BANK})
    patch(client, {"hr.payroll-bank": {"name": "Other", "bic": BANK["bic"]}})
    patch(client, {"hr.payroll-bank": {"name": "Other"}})
    rows = AuditRecord.select().where(AuditRecord.entity == "settings.hr.payroll-bank").order_by(AuditRecord.id)
    assert [orjson.loads(row.changes) for row in rows] == [
        {name: ["", value] for name, value in BANK.items()},
        {"name": ["Acme payroll", "Other"]},
    ]
    assert verify(site.database)[2] == []


def test_only_who_may_sees_or_changes_them(client: FlaskClient, sign_in: SignIn) -> None:
    officer, employee, auditor = sign_in("hr.payroll-officer"), sign_in("hr.self-service"), sign_in("auditor")
    assert list(officer.get(URL).json["settings"]) == ["hr.payroll-bank", "hr.payroll-posting"]
    assert employee.get(URL).json == {"version": 0, "settings": {}, "forms": []}
    assert [patch(each, {"hr.payroll-bank": BANK}).status_code for each in (employee, auditor)] == [422, 403]
    assert not Setting.select().exists()
    assert patch(officer, {"hr.payroll-bank": BANK}).status_code == 200


def test_the_installation_is_shown_to_administrators_without_its_secrets(client: FlaskClient, sign_in: SignIn) -> None:
    items = {each["name"]: each for each in client.get(f"{URL}/installation").json["items"]}
    assert (items["data"]["source"], items["workers"]["source"]) == ("environment", "default")
    assert items["secret_key"]["value"] in ("", "***")
    assert sign_in("hr.payroll-officer").get(f"{URL}/installation").status_code == 403


def test_the_screen_saves_one_form_and_shows_what_is_wrong(browser_client: FlaskClient) -> None:
    page = "/administration/settings"
    sent = {"_form": "hr.payroll-bank", "_version": "0", **{f"hr.payroll-bank.{k}": v for k, v in BANK.items()}}
    wrong = browser_client.post(page, data={**sent, "hr.payroll-bank.iban": "ES00"})
    assert (wrong.status_code, wrong.text.count("Not a valid IBAN.")) == (422, 2)
    assert "Acme payroll" in wrong.text
    assert browser_client.post(page, data=sent).status_code == 303
    assert BANK["iban"] in browser_client.get(page).text
    assert "changed the settings meanwhile" in browser_client.post(page, data=sent, follow_redirects=True).text


def test_the_command_line_sets_and_lists(site: Site) -> None:
    environment = {"TRASTIENDA_DATABASE": site.settings.database, "TRASTIENDA_DATA": str(site.settings.data),
                   "TRASTIENDA_PLUGINS": "hr,accounting,contacts"}  # fmt: skip
    run = CliRunner().invoke
    assert run(main, ["settings", "set", f"hr.payroll-bank.iban={BANK['iban']}"], env=environment).exit_code == 0
    listed = run(main, ["settings", "list"], env=environment).output.splitlines()
    assert [line for line in listed if line.startswith("hr.payroll-bank.")] == [
        'hr.payroll-bank.name=""', f'hr.payroll-bank.iban="{BANK["iban"]}"', 'hr.payroll-bank.bic=""']  # fmt: skip
    refused = run(main, ["settings", "set", "hr.payroll-bank.iban=ES00"], env=environment)
    assert refused.exit_code == 1


# -- every kind of field
@dataclass(frozen=True)
class Trading:
    limit: Decimal = setting(Decimal("12.50"), label="Credit limit", help="In the company's currency")
    since: date | None = None
    rounding: Literal["up", "down"] = "up"
    days: int = 30
    strict: bool = False
    home: Ref[Company] | None = None


def no_backwards(trading: Trading) -> Iterator[tuple[str, str]]:
    if trading.days < 0:
        yield "days", "Not backwards."


SHOP = Plugin("shop", settings=[SettingsForm(Trading, label="Trading", rules=[no_backwards])])


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Site]:
    given = {"TRASTIENDA_DATABASE": site.settings.database, "TRASTIENDA_DATA": str(tmp_path)}
    made = Site.open(load_settings({**given, "TRASTIENDA_PLUGINS": "contacts"}), extra=[SHOP])
    yield made
    made.shut()


def test_every_kind_comes_back_as_it_is_typed(shop: Site, company: Company) -> None:
    given = {"limit": "99.95", "since": "2026-01-31", "rounding": "down", "days": 7, "strict": True, "home": "ACME"}
    admin = Actor.system("tests")
    with shop.active():
        assert shop.work(admin, company).settings(Trading) == Trading()
        shop.write(admin, company, lambda work: company_settings.change(work, {"shop.trading": given}, version=0))
        assert shop.work(admin, company).settings(Trading) == Trading(
            Decimal("99.95"), date(2026, 1, 31), "down", 7, True, company.id)  # type: ignore[arg-type]
        work = shop.work(admin, company)
        shown = company_settings.shown(work, company_settings.held(work, shop.registry.settings["shop.trading"]))
    assert shown == {**given, "home": {"id": company.id, "key": "ACME"}}


def test_a_rule_and_a_kind_refuse(shop: Site, company: Company) -> None:
    client = create_app(shop).test_client()
    assert client.get(URL).status_code == 401
    wrong = {"limit": 1.5, "since": "soon", "rounding": "left", "days": "x", "strict": 3, "home": "NOPE"}
    with shop.active(), pytest.raises(Invalid) as refused:
        shop.write(Actor.system("tests"), company, lambda work: company_settings.change(
            work, {"shop.trading": wrong}, version=None))
    assert sorted(refused.value.errors) == sorted(f"shop.trading.{name}" for name in wrong)
    with shop.active(), pytest.raises(Invalid, match="Not backwards"):
        shop.write(Actor.system("tests"), company, lambda work: company_settings.change(
            work, {"shop.trading": {"days": -1}}, version=None))


def test_a_field_that_no_form_can_have_stops_the_start(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Odd:
        parts: tuple[int, ...] = ()

    with pytest.raises(StartupFaults) as found:
        Site.open(load_settings({"TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_PLUGINS": "contacts"}),
                  extra=[Plugin("odd", settings=[Odd])])
    assert [(fault.plugin, fault.cure) for fault in found.value.faults] == [
        ("odd", "give the field a type that a form can have")]
