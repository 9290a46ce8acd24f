from collections import Counter

import pytest

from trastienda_accounting.charts import (
    Chart,
    UnknownChart,
    chart_names,
    layout_names,
    load_chart,
    load_layout,
)

CHARTS = ("ifrs", "pgc_pymes")

ROLE_KINDS = {
    "accrued_expenses": "liability",
    "accumulated_depreciation": "asset",
    "bad_debts": "expense",
    "bank": "asset",
    "bank_charges": "expense",
    "cash": "asset",
    "cost_of_goods": "expense",
    "customer_advance": "liability",
    "deferred_revenue": "liability",
    "depreciation": "expense",
    "disposal_gain": "income",
    "disposal_loss": "expense",
    "doubtful_receivable": "asset",
    "exchange_gain": "income",
    "exchange_loss": "expense",
    "expense_claims": "expense",
    "expense_claims_payable": "liability",
    "fixed_assets": "asset",
    "freight": "expense",
    "goods_received_not_invoiced": "liability",
    "income_tax": "expense",
    "income_tax_payable": "liability",
    "interest_expense": "expense",
    "interest_income": "income",
    "inventory": "asset",
    "inventory_change": "expense",
    "inventory_difference": "expense",
    "inventory_write_down": "expense",
    "loans": "liability",
    "marketing": "expense",
    "other_staff_costs": "expense",
    "payable": "liability",
    "prepaid_expenses": "asset",
    "professional_fees": "expense",
    "purchase_discounts": "expense",
    "purchase_price_difference": "expense",
    "purchase_returns": "expense",
    "purchases": "expense",
    "receivable": "asset",
    "receivable_allowance": "asset",
    "receivable_impairment": "expense",
    "rent": "expense",
    "result": "equity",
    "retained_earnings": "equity",
    "rounding": "expense",
    "salaries": "expense",
    "salaries_payable": "liability",
    "salary_advance": "asset",
    "sales": "income",
    "sales_discounts": "income",
    "sales_returns": "income",
    "service_purchases": "expense",
    "service_sales": "income",
    "severance": "expense",
    "share_capital": "equity",
    "social_security_employer": "expense",
    "social_security_payable": "liability",
    "supplier_advance": "asset",
    "suspense": "liability",
    "utilities": "expense",
    "vat_input": "asset",
    "vat_output": "liability",
    "vat_payable": "liability",
    "vat_receivable": "asset",
    "withholding_payable": "liability",
    "withholding_receivable": "asset",
}

# Where an account of the Spanish chart differs from what its group suggests; source: models of RD 1515/2007.
PGC_KINDS = {
    "108": "equity",  # own shares: deducted from equity
    "1030": "equity",
    "1034": "liability",  # deducted from the current debt 194
    "1044": "liability",
    "137": "equity",
    "153": "liability",
    "181": "liability",
    "190": "liability",  # "con signo negativo" within current debts
    "192": "liability",
    "194": "liability",
    "199": "liability",
    "249": "asset",
    "2811": "asset",
    "2900": "asset",
    "390": "asset",
    "4009": "liability",
    "406": "liability",
    "407": "asset",
    "4036": "liability",
    "437": "asset",
    "4337": "asset",
    "438": "liability",
    "460": "asset",
    "465": "liability",
    "472": "asset",
    "473": "asset",
    "4740": "asset",
    "4750": "liability",
    "476": "liability",
    "477": "liability",
    "479": "liability",
    "480": "asset",
    "485": "liability",
    "490": "asset",
    "4935": "asset",
    "4999": "liability",
    "5200": "liability",
    "5393": "asset",
    "544": "asset",
    "550": "equity",  # the owner's account, settled against 102
    "551": "liability",
    "5523": "liability",
    "555": "liability",
    "5566": "liability",
    "557": "equity",
    "5580": "asset",
    "5585": "liability",
    "5590": "asset",
    "5595": "liability",
    "560": "liability",
    "565": "asset",
    "567": "asset",
    "568": "liability",
    "572": "asset",
    "599": "asset",
    "6080": "expense",
    "638": "expense",
    "639": "expense",
    "710": "income",
    "7080": "income",
    "7510": "income",
    "7931": "income",
}


@pytest.fixture(params=CHARTS)
def chart(request: pytest.FixtureRequest) -> Chart:
    return load_chart(request.param)


def test_two_charts_come_with_the_plugin_and_one_layout_more() -> None:
    assert chart_names() == CHARTS
    assert layout_names() == ("by_kind", *CHARTS)


def test_unknown_chart_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownChart) as refusal:
        load_chart("by_kind")
    assert (refusal.value.name, refusal.value.known) == ("by_kind", CHARTS)


def test_unknown_layout_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownChart) as refusal:
        load_layout("hgb", "balance_sheet")
    assert str(refusal.value) == "no chart 'hgb': there are by_kind, ifrs, pgc_pymes"


def test_chart_is_read_once(chart: Chart) -> None:
    assert load_chart(chart.name) is chart


def test_labels_are_in_english_and_spanish() -> None:
    assert {name: (load_chart(name).label, load_chart(name).label_es) for name in CHARTS} == {
        "ifrs": ("Generic chart of accounts (IFRS)", "Plan de cuentas genérico (NIIF)"),
        "pgc_pymes": (
            "Spanish chart of accounts for small firms (PGC PYMES, RD 1515/2007)",
            "Plan General de Contabilidad de PYMES (RD 1515/2007)",
        ),
    }


def test_every_account_comes_once_and_after_its_parent(chart: Chart) -> None:
    seen: set[str | None] = {None}
    for account in chart.accounts:
        assert account.parent in seen
        assert account.code not in seen
        seen.add(account.code)


def test_accounts_are_postable_unless_others_are_below_them(chart: Chart) -> None:
    headings = {account.parent for account in chart.accounts} - {None}
    assert {account.code for account in chart.accounts if not account.postable} == headings


def test_kinds_are_the_five_that_exist(chart: Chart) -> None:
    kinds = {account.kind for account in chart.accounts}
    assert kinds == {"asset", "liability", "equity", "income", "expense"}


def test_names_are_written_in_both_languages_without_stray_spaces_or_quotes(chart: Chart) -> None:
    names = [name for account in chart.accounts for name in (account.name_en, account.name_es)]
    assert [name for name in names if not name or name != " ".join(name.split()) or '"' in name] == []


def test_english_names_are_distinct_from_one_another_where_accounts_are_postable(chart: Chart) -> None:
    counts = Counter(account.name_en for account in chart.accounts if account.postable)
    assert {name for name, count in counts.items() if count > 1} == set()


def test_both_charts_fill_the_same_roles_with_postable_accounts_of_the_right_kind(chart: Chart) -> None:
    kinds = {account.code: account.kind for account in chart.accounts if account.postable}
    assert {role: kinds[code] for role, code in chart.roles.items()} == ROLE_KINDS


def test_roles_cannot_be_changed(chart: Chart) -> None:
    with pytest.raises(TypeError):
        chart.roles["sales"] = "1"  # type: ignore[index]  # what the test is about


def test_default_journals_have_codes_of_their_own_and_cover_every_kind(chart: Chart) -> None:
    codes = [journal.code for journal in chart.journals]
    kinds = {journal.kind for journal in chart.journals}
    assert len(set(codes)) == len(codes)
    assert kinds == {"sales", "purchases", "bank", "cash", "payroll", "stock", "general", "opening", "closing"}
    assert [journal.kind for journal in chart.journals].count("general") == 1


def test_spanish_chart_has_the_775_accounts_of_the_decree() -> None:
    lengths = Counter(len(account.code) for account in load_chart("pgc_pymes").accounts)
    assert lengths == {1: 7, 2: 62, 3: 344, 4: 352, 5: 10}


def test_parent_in_the_spanish_chart_is_the_longest_code_that_begins_the_account() -> None:
    chart = load_chart("pgc_pymes")
    codes = {account.code for account in chart.accounts}
    for account in chart.accounts:
        prefixes = (account.code[:length] for length in range(len(account.code) - 1, 0, -1))
        assert account.parent == next((prefix for prefix in prefixes if prefix in codes), None)


def test_kinds_in_the_spanish_chart_follow_the_models_of_the_decree() -> None:
    kinds = {account.code: account.kind for account in load_chart("pgc_pymes").accounts}
    assert {code: kinds[code] for code in PGC_KINDS} == PGC_KINDS


def test_groups_six_and_seven_alone_are_expense_and_income_in_the_spanish_chart() -> None:
    for account in load_chart("pgc_pymes").accounts:
        assert (account.kind == "expense") == account.code.startswith("6")
        assert (account.kind == "income") == account.code.startswith("7")


def test_an_account_of_the_generic_chart_has_the_kind_of_its_parent() -> None:
    kinds = {account.code: account.kind for account in load_chart("ifrs").accounts}
    for account in load_chart("ifrs").accounts:
        assert account.kind == kinds[account.parent or account.code]
