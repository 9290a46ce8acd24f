"""Formats of document numbers: what is refused, who may change them, and what the screen shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from peewee import CharField
from playwright.sync_api import expect

from trastienda import Entity, Numbering, Placeholder, Plugin, Record, Site
from trastienda.entities.numbering import NumberFormat, day_values, overlap, pattern_faults
from trastienda.faults import StartupFaults
from trastienda.placeholders import filled
from trastienda.security.audit import AuditRecord, verify
from trastienda.settings import load_settings
from trastienda.testing.fixtures import SignIn
from trastienda_accounting.numbering import ENTRY_NUMBERS

from .conftest import Open, fits

SETTINGS, NUMBERS, PAGE = "/api/v1/settings", "/api/v1/settings/numbers", "/administration/numbers"
FORM = "numbers.accounting.entry"


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("accounting", "inventory")


def patch(client: FlaskClient, pattern: object, form: str = FORM, **more: object) -> Any:
    return client.patch(SETTINGS, json={form: {"pattern": pattern, **more}}, headers={"If-Match": "*"})


def next_of(client: FlaskClient, name: str) -> list[str]:
    (found,) = [each["next"] for each in client.get(NUMBERS).json["items"] if each["name"] == name]
    return list(found)


@pytest.mark.parametrize(("pattern", "faults"), [
    ("{journal}/{fiscal_year}/{number:06}", []),
    ("{fiscal_year}-{number} {journal}", []),
    ("{journal}-{number:06}", ["{fiscal_year} cannot be left out."]),
    ("{year}{number}", ["{journal}, {fiscal_year} cannot be left out."]),
    ("A", ["{number}, {journal}, {fiscal_year} cannot be left out."]),
    ("", ["{number}, {journal}, {fiscal_year} cannot be left out."]),
    ("{journal}{fiscal_year}-{number}",
     ["Put a sign such as - or / between {journal}, {fiscal_year}: else two numbers could look alike."]),
    ("{journal}/{fiscal_year}9{number}",
     ["Put a sign such as - or / between {fiscal_year}, {number}: else two numbers could look alike."]),
    ("{journal}/{fiscal_year}/{number:5}", ["{number:5} is no placeholder; write {{ and }} for braces."]),
    ("{journal.__class__}/{fiscal_year}/{number}",
     ["{journal.__class__} is no placeholder; write {{ and }} for braces."]),
    ("{journal!r}/{fiscal_year}/{number}", ["{journal!r} is no placeholder; write {{ and }} for braces."]),
    ("{journal}/{fiscal_year}/{number:099}", [
        "A number is filled up to 12 digits at most.",
        "Its numbers may have 121 characters, and there is room for 40."]),
    ("{journal}/{fiscal_year:04}/{number}", ["Only {number} is filled up with zeros, not {fiscal_year}."]),
    ("{journal}/{fiscal_year}/{number}\n", [
        "Beside placeholders it has letters, digits, spaces and - / . _ # only."]),
    ("=cmd|{journal}/{fiscal_year}/{number}", [
        "Beside placeholders it has letters, digits, spaces and - / . _ # only."]),
    ("INVOICES OF THE YEAR {journal}/{fiscal_year}/{number}",
     ["Its numbers may have 52 characters, and there is room for 40."]),
    ("{journal}/{fiscal_year}/{series}/{number}", ["There is no placeholder {series}; there are {number}, {journal}, "
     "{fiscal_year}, {year}, {month}, {day}."]),
])  # fmt: skip
def test_a_pattern_says_exactly_what_is_wrong_with_it(pattern: str, faults: list[str]) -> None:
    assert list(pattern_faults(ENTRY_NUMBERS, NumberFormat(pattern, "never"))) == faults


def test_overlap_finds_what_trying_finds() -> None:
    """Against all that small values make of them."""
    patterns = [
        "{number}", "A{number}", "A{number:02}", "A1{number}", "{number}A", "{month}{number}", "{code}-{number}",
        "{year}-{number}", "-{number}", "B{number:03}/{day}", "A{code}/{number:02}",
    ]  # fmt: skip
    texts = {
        pattern: {
            filled(pattern, {**day_values(date(2026, month, month)), "number": str(number), "code": code})
            for number, month, code in product(range(1, 250), (1, 11), ("A", "B", "2026", "A-1"))
        }
        for pattern in patterns
    }
    for one, other in product(patterns, patterns):
        if texts[one] & texts[other]:
            assert overlap(one, other), (one, other)
    assert not overlap("A{number}", "B{number}")
    assert not overlap("{year}-{number}", "{number}A")
    assert not overlap("A{number:02}", "{number}A")


def test_what_is_set_holds_shows_what_comes_next_and_is_audited(site: Site, client: FlaskClient) -> None:
    assert next_of(client, "accounting.entry") == ["SAL/2026/000001"]
    answer = patch(client, "{fiscal_year}-{journal}-{number:04}")
    assert answer.status_code == 200, answer.text
    assert answer.json["settings"][FORM] == {"pattern": "{fiscal_year}-{journal}-{number:04}"}
    assert next_of(client, "accounting.entry") == ["2026-SAL-0001"]
    (row,) = AuditRecord.select().where(AuditRecord.entity == f"settings.{FORM}")
    assert orjson.loads(row.changes) == {
        "pattern": ["{journal}/{fiscal_year}/{number:06}", "{fiscal_year}-{journal}-{number:04}"]}  # fmt: skip
    assert verify(site.database)[2] == []


def test_only_administrators_see_and_change_them(client: FlaskClient, sign_in: SignIn) -> None:
    accountant, auditor = sign_in("accounting.accountant"), sign_in("auditor")
    assert accountant.get(NUMBERS).json == {"items": []}
    assert len(auditor.get(NUMBERS).json["items"]) == 4
    assert [patch(each, "X{number}").status_code for each in (accountant, auditor)] == [422, 403]
    assert sign_in("accounting.accountant", browser=True).get(PAGE).status_code == 403
    looking = sign_in("auditor", browser=True).get(PAGE)
    assert (looking.status_code, "_preview" in looking.text) == (200, False)


def test_a_plugin_that_would_repeat_numbers_does_not_start(tmp_path: Any) -> None:
    class Slip(Record):
        number = CharField(20, null=True)
        other = CharField(20, null=True)

        class Meta:
            table_name = "slips_slip"
            indexes = ((("company", "number"), True),)

    settings = load_settings({"TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/x.db", "TRASTIENDA_DATA": str(tmp_path)})
    plugin = Plugin("slips", entities=[Entity("slips.slip", Slip)], numberings=[
        Numbering("slips.one", Slip.number, "S{number}"),
        Numbering("slips.two", Slip.number, "{kind}-{number}", values=[Placeholder("kind", longest=3)]),
        Numbering("slips.three", Slip.number, "T{year}-{number}", restarts=("monthly",)),
        Numbering("slips.four", Slip.other, "U{number}"),
        Numbering("others.five", Slip.number, "V{number}"),
        Numbering("slips.six", Slip.number, "S{number:02}"),
    ])  # fmt: skip
    with pytest.raises(StartupFaults) as caught:
        Site.open(settings, extra=[plugin])
    assert len(re.findall(r"numbers '", str(caught.value))) == 4, str(caught.value)
    for wanted in ("{month} cannot be left out", "no unique index on company and other",
                   "'others.five': does not begin", "'slips.six' as 'slips.one' does"):  # fmt: skip
        assert wanted in str(caught.value)


def test_the_screen_saves_previews_and_goes_back(browser_client: FlaskClient) -> None:
    page = browser_client.get(PAGE).text
    assert "SAL/2026/000001" in page
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version is not None
    sent = {"_form": FORM, "_version": version[1], f"{FORM}.pattern": "{journal}.{fiscal_year}.{number:03}"}
    looked = browser_client.post(PAGE, data={**sent, "_preview": "1"})
    assert (looked.status_code, "SAL.2026.001" in looked.text) == (200, True)
    assert "SAL.2026.001" not in browser_client.get(PAGE).text
    wrong = browser_client.post(PAGE, data={**sent, f"{FORM}.pattern": "{jurnal}-{number}"})
    assert (wrong.status_code, "There is no placeholder {jurnal}" in wrong.text) == (422, True)
    assert browser_client.post(PAGE, data=sent).status_code == 303
    changed = browser_client.get(PAGE).text
    assert "SAL.2026.001" in changed
    assert "Back to {journal}/{fiscal_year}/{number:06}" in changed
    stale = browser_client.post(PAGE, data=sent, follow_redirects=True).text
    assert "changed the settings meanwhile" in stale
    again = re.search(r'name="_version" value="(\d+)"', changed)
    assert again is not None
    browser_client.post(PAGE, data={**sent, "_version": again[1], "_reset": "1"})
    assert "SAL/2026/000001" in browser_client.get(PAGE).text


def test_the_page_of_settings_has_them_not(browser_client: FlaskClient) -> None:
    assert "numbers.accounting" not in browser_client.get("/administration/settings").text
    assert PAGE in browser_client.get("/").text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("language", "width", "save"), [("en", 1440, "Save"), ("es", 390, "Guardar")])
def test_an_administrator_changes_a_format_in_the_browser(
    open_page: Open, language: str, width: int, save: str
) -> None:
    page = open_page(PAGE, language=language, width=width)
    entries = page.locator("form", has=page.locator(f"[value='{FORM}']"))
    field = entries.locator(f"[name='{FORM}.pattern']")
    field.fill("{journal}-{number}")
    entries.get_by_role("button", name=save).click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".summary")).to_contain_text("{fiscal_year}")
    field.fill("{journal}-{fiscal_year}-{number:05}")
    entries.locator("[name=_preview]").click()
    expect(entries.get_by_role("status")).to_contain_text("SAL-2026-00001")
    entries.get_by_role("button", name=save).click()
    expect(entries).to_contain_text("SAL-2026-00001")
    expect(entries.locator("[name=_reset]")).to_be_visible()
    assert fits(page)
