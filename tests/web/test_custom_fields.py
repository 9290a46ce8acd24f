"""A field of one's own, from its definition to its end, as an administrator makes it in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Desk, Open

pytestmark = pytest.mark.database("sqlite")


def define(page: Page, name: str, label: str) -> None:
    page.fill("[name=entity]", "books.account")
    page.fill("[name=name]", name)
    page.fill("[name=label]", label)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).first.click()


@pytest.mark.parametrize("width", [1440, 390])
def test_field_is_made_filled_in_archived_and_deleted(desk: Desk, open_page: Open, width: int) -> None:
    page = open_page("/records/custom-fields/new", width=width)
    define(page, "size", "Size")
    page.select_option("[name=kind]", "choice")
    page.fill("[name=options]", "small\nlarge")
    page.check("[name=required]")
    save(page)
    expect(page).to_have_url(re.compile("/records/custom-fields/1"))
    definition = page.url

    page.goto("/books/accounts/new")
    size = page.get_by_label("Size")
    expect(size).to_have_attribute("required", "")
    page.fill("[name=code]", "999")
    page.fill("[name=name]", "Spare")
    save(page)
    expect(page.locator("[data-summary]")).to_contain_text("Size")
    size.select_option("large")
    save(page)
    expect(page).to_have_url(re.compile(r"/books/accounts/\d+$"))
    expect(page.get_by_label("Size")).to_have_value("large")

    page.goto(definition)
    expect(page.get_by_text("Records that have a value")).to_be_visible()
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete").last.click()
    expect(page.get_by_text("Archive the field first")).to_be_visible()
