"""A chart applied to a company: every account once, under its parent, and never two charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

from trastienda_accounting import Account, FiscalYear, Journal, apply_chart, default_account
from trastienda_accounting.charts import chart_names, load_chart
from trastienda_accounting.company_chart import NoDefaultAccount, NoSuchChart, OtherChartApplied
from trastienda_accounting.first_run import first_run
from trastienda_accounting.journals import general_journal

if TYPE_CHECKING:
    from .conftest import Books


@pytest.mark.parametrize("name", chart_names())
def test_chart_gives_all_its_accounts_and_keeps_those_that_were_there(books: Books, name: str) -> None:
    books.write(lambda work: apply_chart(work, name))
    chart = load_chart(name)
    accounts = books.read(lambda work: {each.code: each for each in work.select(Account)})
    assert {each.code for each in chart.accounts} <= set(accounts)
    assert accounts["700"].name == "Sales"
    parents = {
        each.code: each.parent.code if each.parent else None
        for each in accounts.values()
        if each.code not in ("100", "430", "477", "572", "600", "700")
    }
    assert parents == {each.code: each.parent for each in chart.accounts if each.code in parents}
    assert {each.code for each in chart.journals} <= books.read(
        lambda work: {each.code for each in work.select(Journal)}
    )


def test_chart_is_named_in_the_companys_language(books: Books) -> None:
    books.company.language = "es"
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    assert books.read(lambda work: work.get(Account, "572").name) == "Bank"
    assert books.read(lambda work: work.get(Account, "57").name) == "Tesorería"


def test_applying_it_again_adds_what_is_missing(books: Books) -> None:
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    count = books.read(lambda work: work.select(Account).count())
    books.write(lambda work: work.delete(work.get(Account, "6623")))
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    assert books.read(lambda work: work.select(Account).count()) == count


def test_another_chart_on_top_is_refused(books: Books) -> None:
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    with pytest.raises(OtherChartApplied):
        books.write(lambda work: apply_chart(work, "ifrs"))


def test_unknown_chart_is_refused_with_those_that_there_are(books: Books) -> None:
    with pytest.raises(NoSuchChart, match="ifrs, pgc_pymes"):
        books.write(lambda work: apply_chart(work, "other"))


def test_default_accounts_come_from_the_chart(books: Books) -> None:
    with pytest.raises(NoDefaultAccount):
        books.read(lambda work: default_account(work, "bank"))
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    assert books.read(lambda work: default_account(work, "bank").code) == "572"


def test_an_entry_begins_in_the_first_general_journal(books: Books) -> None:
    books.write(lambda work: apply_chart(work, "pgc_pymes"))
    journal = books.read(general_journal)
    assert journal is not None
    assert journal.code == "GEN"


def test_first_run_asks_for_the_charts_that_there_are() -> None:
    asked = get_args(get_args(get_type_hints(first_run)["chart"])[0])
    assert sorted(asked) == sorted(chart_names())


def test_first_run_opens_the_current_year(books: Books) -> None:
    books.write(first_run)
    assert books.read(lambda work: [each.code for each in work.select(FiscalYear)]) == ["2026"]
