from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trastienda_accounting.charts import Statement, layout_names, load_chart, load_layout
from trastienda_accounting.statement_rules import (
    AccountKind,
    AccountKindMissing,
    LayoutLine,
    StatementLayout,
    StatementRow,
    statement_rows,
)

LAYOUTS = ("by_kind", "ifrs", "pgc_pymes")
KINDS: tuple[AccountKind, ...] = ("asset", "liability", "equity", "income", "expense")
TOTALS = {  # assets; equity and liabilities; result in the balance sheet; result in the income statement
    "by_kind": ("assets", "total_equity_and_liabilities", "result", "result"),
    "ifrs": ("total_assets", "total_equity_and_liabilities", "result", "profit"),
    "pgc_pymes": ("10000", "30000", "21700", "49500"),
}
CHART_KINDS = {name: {a.code: a.kind for a in load_chart(name).accounts} for name in ("ifrs", "pgc_pymes")}

amounts = st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))


def balanced(figures: Mapping[str, Decimal], closing: str) -> dict[str, Decimal]:
    """These balances, with that of `closing` changed so that they sum to zero."""
    others = {code: figure for code, figure in figures.items() if code != closing}
    return others | {closing: -sum(others.values(), Decimal(0))}


@st.composite
def charted_balances(draw: st.DrawFn) -> tuple[str, dict[str, Decimal]]:
    name = draw(st.sampled_from(sorted(CHART_KINDS)))
    codes = st.sampled_from(sorted(CHART_KINDS[name]))
    return name, balanced(draw(st.dictionaries(codes, amounts, max_size=25)), draw(codes))


@st.composite
def own_chart_balances(draw: st.DrawFn) -> tuple[dict[str, Decimal], dict[str, AccountKind]]:
    codes = st.text("0123456789.A", min_size=1, max_size=8)
    kinds = draw(st.dictionaries(codes, st.sampled_from(KINDS), min_size=1, max_size=20))
    figures = {code: draw(amounts) for code in kinds}
    return balanced(figures, draw(st.sampled_from(sorted(kinds)))), kinds


def amounts_by_code(rows: tuple[StatementRow, ...]) -> dict[str, Decimal | None]:
    return {row.code: row.amount for row in rows}


def written(rows: tuple[StatementRow, ...]) -> dict[str, str]:
    """The rows that are not zero, as one would write them down."""
    return {row.code: str(row.amount) for row in rows if row.amount}


def check_statements(name: str, balances: Mapping[str, Decimal], kinds: Mapping[str, AccountKind]) -> None:
    sheet = statement_rows(load_layout(name, "balance_sheet"), balances, kinds=kinds)
    income = statement_rows(load_layout(name, "income_statement"), balances, kinds=kinds)
    assets, total, result_shown, result = TOTALS[name]
    profit = -sum((balances[code] for code in balances if kinds[code] in ("income", "expense")), Decimal(0))

    assert amounts_by_code(sheet)[assets] == amounts_by_code(sheet)[total]
    assert amounts_by_code(income)[result] == profit

    moved = {code for code, balance in balances.items() if balance}
    results = {code for code in moved if kinds[code] in ("income", "expense")}
    assert Counter(code for row in sheet for code in row.accounts) == Counter(moved)
    assert Counter(code for row in income for code in row.accounts) == Counter(results)
    assert results <= {code for row in sheet if row.code == result_shown for code in row.accounts}
    for row in (*sheet, *income):
        if row.kind == "line":
            assert row.amount == row.sign * sum((balances[code] for code in row.accounts), Decimal(0))


@given(charted_balances())
def test_statements_of_a_chart_balance_and_lose_no_account(drawn: tuple[str, dict[str, Decimal]]) -> None:
    name, balances = drawn
    check_statements(name, balances, CHART_KINDS[name])


@given(own_chart_balances(), st.sampled_from(LAYOUTS))
def test_statements_of_any_own_chart_balance_and_lose_no_account(
    drawn: tuple[dict[str, Decimal], dict[str, AccountKind]], name: str
) -> None:
    check_statements(name, *drawn)


@pytest.fixture(params=[(name, kind) for name in LAYOUTS for kind in ("balance_sheet", "income_statement")])
def layout(request: pytest.FixtureRequest) -> StatementLayout:
    return load_layout(*request.param)


def test_every_layout_is_tested() -> None:
    assert layout_names() == LAYOUTS


def test_line_codes_of_a_layout_are_its_own(layout: StatementLayout) -> None:
    codes = [line.code for line in layout.lines]
    assert len(set(codes)) == len(codes)


def test_no_account_is_claimed_by_two_lines(layout: StatementLayout) -> None:
    claims = Counter(
        (claim.prefix, kind, side)
        for line in layout.lines
        for claim in line.claims
        for kind in claim.kinds
        for side in (("debit", "credit") if claim.side is None else (claim.side,))
    )
    assert {claim: count for claim, count in claims.items() if count > 1} == {}


def test_an_account_claimed_on_one_side_is_claimed_on_the_other_too(layout: StatementLayout) -> None:
    sides = {side: {(p, k) for p, k, s in layout.line_by_claim if s == side} for side in ("debit", "credit")}
    assert sides["debit"] == sides["credit"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_kind_has_a_line_for_what_no_prefix_claims(name: str) -> None:
    statements: tuple[Statement, ...] = ("balance_sheet", "income_statement")
    whole = {
        statement: {kind for prefix, kind, _ in load_layout(name, statement).line_by_claim if not prefix}
        for statement in statements
    }
    assert whole == {"balance_sheet": set(KINDS), "income_statement": {"income", "expense"}}


def test_headings_sum_nothing_lines_claim_accounts_and_subtotals_sum_lines(layout: StatementLayout) -> None:
    shapes = {(line.kind, bool(line.claims), bool(line.sum_of)) for line in layout.lines}
    assert shapes <= {("heading", False, False), ("line", True, False), ("subtotal", False, True)}


def lines_summed(code: str, lines: Mapping[str, LayoutLine]) -> list[str]:
    if lines[code].kind == "line":
        return [code]
    return [line for part in lines[code].sum_of for line in lines_summed(part, lines)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_line_enters_its_total_exactly_once(name: str) -> None:
    assets, total, _, result = TOTALS[name]
    totals: dict[Statement, tuple[str, ...]] = {
        "balance_sheet": (assets, total),
        "income_statement": (result,),
    }
    for statement, ends in totals.items():
        lines = {line.code: line for line in load_layout(name, statement).lines}
        entered = Counter(code for end in ends for code in lines_summed(end, lines))
        assert entered == Counter(code for code, line in lines.items() if line.kind == "line")


def test_every_postable_account_of_a_chart_has_a_line_of_the_model() -> None:
    for name, kinds in CHART_KINDS.items():
        layouts = [load_layout(name, "balance_sheet"), load_layout(name, "income_statement")]
        optional = {line.code for layout in layouts for line in layout.lines if line.optional}
        for account in load_chart(name).accounts:
            if not account.postable:
                continue
            for balance in (Decimal(1), Decimal(0), Decimal(-1)):
                found = [each.line_of(account.code, kind=account.kind, balance=balance) for each in layouts]
                assert (found[1] is not None) == (kinds[account.code] in ("income", "expense"))
                assert found[0] is not None
                assert optional.isdisjoint(found)


SPANISH_TRIAL_BALANCE = {
    "100": "-60900.00",
    "1030": "15000.00",
    "112": "-2000.00",
    "120": "-1500.00",
    "130": "-4000.00",
    "170": "-30000.00",
    "213": "80000.00",
    "2813": "-24000.00",
    "2913": "-1000.00",
    "300": "9000.00",
    "390": "-500.00",
    "4000": "-12100.00",
    "406": "100.00",
    "407": "600.00",
    "4300": "24200.00",
    "490": "-200.00",
    "472": "2100.00",
    "4750": "-1900.00",
    "476": "-900.00",
    "477": "-4200.00",
    "480": "300.00",
    "551": "-2500.00",
    "5523": "700.00",
    "5720001": "11000.00",
    "600": "40000.00",
    "6080": "-400.00",
    "610": "-1000.00",
    "621": "6000.00",
    "640": "18000.00",
    "642": "5600.00",
    "650": "50.00",
    "6623": "1200.00",
    "668": "20.00",
    "671": "350.00",
    "678": "80.00",
    "681": "8000.00",
    "6300": "900.00",
    "700": "-75000.00",
    "7060": "250.00",
    "7080": "650.00",
    "746": "-400.00",
    "752": "-1200.00",
    "768": "-60.00",
    "769": "-40.00",
    "7931": "-300.00",
}


def spanish(statement: Statement) -> tuple[StatementRow, ...]:
    balances = {code: Decimal(figure) for code, figure in SPANISH_TRIAL_BALANCE.items()}
    kinds = {**CHART_KINDS["pgc_pymes"], "5720001": "asset"}
    return statement_rows(load_layout("pgc_pymes", statement), balances, kinds=kinds)


def test_the_trial_balance_of_the_worked_example_balances() -> None:
    assert sum(Decimal(figure) for figure in SPANISH_TRIAL_BALANCE.values()) == 0


def test_income_statement_of_a_small_spanish_company() -> None:
    assert written(spanish("income_statement")) == {
        "40100": "74100.00",
        "40400": "-38300.00",
        "40500": "1200.00",
        "40600": "-23600.00",
        "40700": "-6050.00",
        "40800": "-8000.00",
        "40900": "400.00",
        "41100": "-350.00",
        "41300": "-80.00",
        "49100": "-680.00",
        "41400": "40.00",
        "41500": "-1200.00",
        "41700": "40.00",
        "49200": "-1120.00",
        "49300": "-1800.00",
        "41900": "-900.00",
        "49500": "-2700.00",
    }


def test_balance_sheet_of_a_small_spanish_company() -> None:
    assert written(spanish("balance_sheet")) == {
        "11000": "55000.00",
        "11200": "55000.00",
        "12000": "47200.00",
        "12200": "9100.00",
        "12300": "26100.00",
        "12380": "24000.00",
        "12390": "2100.00",
        "12400": "700.00",
        "12600": "300.00",
        "12700": "11000.00",
        "10000": "102200.00",
        "20000": "50700.00",
        "21000": "46700.00",
        "21100": "45900.00",
        "21110": "60900.00",
        "21120": "-15000.00",
        "21300": "2000.00",
        "21500": "1500.00",
        "21700": "-2700.00",
        "23000": "4000.00",
        "31000": "30000.00",
        "31200": "30000.00",
        "31220": "30000.00",
        "32000": "21500.00",
        "32300": "2500.00",
        "32390": "2500.00",
        "32500": "19000.00",
        "32580": "12000.00",
        "32590": "7000.00",
        "30000": "102200.00",
    }


def test_a_row_names_its_label_level_and_accounts() -> None:
    rows = {row.code: row for row in spanish("balance_sheet")}
    assert rows["11200"] == StatementRow(
        code="11200",
        label_en="II. Property, plant and equipment",
        label_es="II. Inmovilizado material",
        level=2,
        kind="line",
        amount=Decimal("55000.00"),
        accounts=("213", "2813", "2913"),
        sign=1,
    )


def test_a_heading_has_no_amount_and_a_subtotal_no_accounts() -> None:
    rows = {row.code: row for row in spanish("balance_sheet")}
    assert (rows["assets"].kind, rows["assets"].amount, rows["assets"].accounts) == ("heading", None, ())
    amount = Decimal("55000.00")
    assert (rows["11000"].kind, rows["11000"].amount, rows["11000"].accounts) == ("subtotal", amount, ())


def sheet_lines(
    balances: Mapping[str, str], kinds: Mapping[str, str], layout: str = "pgc_pymes"
) -> dict[str, str]:
    """The amount of every line of the balance sheet that accounts fall in."""
    rows = statement_rows(
        load_layout(layout, "balance_sheet"),
        {code: Decimal(balance) for code, balance in balances.items()},
        kinds=kinds,
    )
    return {row.code: str(row.amount) for row in rows if row.accounts}


@pytest.mark.parametrize(
    ("code", "debit_line", "credit_line"),
    [
        ("551", "12500", "32390"),
        ("5523", "12400", "32400"),
        ("5525", "12500", "32390"),
        ("554", "12500", "32390"),
        ("555", "12500", "32390"),
    ],
)
def test_current_account_is_an_asset_in_debit_and_a_liability_in_credit(
    code: str, debit_line: str, credit_line: str
) -> None:
    kinds = CHART_KINDS["pgc_pymes"]
    assert sheet_lines({code: "70"}, kinds) == {debit_line: "70"}
    assert sheet_lines({code: "-70"}, kinds) == {credit_line: "70"}


def test_current_accounts_of_two_partners_are_not_netted() -> None:
    kinds = {"5510001": "liability", "5510002": "asset"}
    assert sheet_lines({"5510001": "300", "5510002": "-100"}, kinds) == {"12500": "300", "32390": "100"}


def test_overdrawn_bank_is_a_borrowing_under_ifrs() -> None:
    kinds = {"1112": "asset", "11121": "asset"}
    lines = sheet_lines({"1112": "500", "11121": "-80"}, kinds, "ifrs")
    assert lines == {"cash": "500", "borrowings_short": "80"}


def test_an_account_below_a_claimed_one_follows_it() -> None:
    assert sheet_lines({"43000017": "12"}, {"43000017": "asset"}) == {"12380": "12"}


def test_the_kind_of_an_account_decides_before_its_code() -> None:
    balances = {"1000": "50", "2000": "-20", "3000": "-25", "4000": "-5"}
    kinds = {"1000": "asset", "2000": "liability", "3000": "equity", "4000": "income"}
    assert sheet_lines(balances, kinds) == {
        "other_assets": "50",
        "other_equity": "25",
        "21700": "5",
        "other_liabilities": "20",
    }


def test_lines_that_the_official_model_lacks_appear_only_when_used() -> None:
    assert {row.code for row in spanish("balance_sheet") if row.code.startswith("other")} == set()


def test_result_of_the_year_is_the_same_before_and_after_closing_its_accounts() -> None:
    open_books = sheet_lines({"572": "90", "700": "-150", "600": "60"}, CHART_KINDS["pgc_pymes"])
    closed_books = sheet_lines({"572": "90", "129": "-90"}, CHART_KINDS["pgc_pymes"])
    assert open_books == closed_books == {"12700": "90", "21700": "90"}


def test_statement_by_kind_puts_every_account_under_its_kind() -> None:
    balances = {"4300": "9747.93", "6230": "221.52", "7046": "-8302.40", "7060": "5.69", "X1": "-1672.74"}
    kinds = {"4300": "asset", "6230": "expense", "7046": "income", "7060": "income", "X1": "liability"}
    rows = statement_rows(
        load_layout("by_kind", "income_statement"),
        {code: Decimal(balance) for code, balance in balances.items()},
        kinds=kinds,
    )
    assert [(row.code, str(row.amount), row.accounts) for row in rows] == [
        ("income", "8296.71", ("7046", "7060")),
        ("expenses", "-221.52", ("6230",)),
        ("result", "8075.19", ()),
    ]
    assert sheet_lines(balances, kinds, "by_kind") == {
        "assets": "9747.93",
        "liabilities": "1672.74",
        "result": "8075.19",
    }


def test_account_without_a_kind_is_refused() -> None:
    with pytest.raises(AccountKindMissing) as refusal:
        statement_rows(load_layout("by_kind", "balance_sheet"), {"9": Decimal(1)}, kinds={})
    assert refusal.value.code == "9"


def test_account_without_balance_needs_no_kind() -> None:
    assert sheet_lines({"9": "0.00"}, {}, "by_kind") == {}
