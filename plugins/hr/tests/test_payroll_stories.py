"""Payrolls with figures from outside, to the cent."""

from collections.abc import Mapping
from datetime import date as Date
from decimal import Decimal

import pytest

from trastienda_hr.payroll.computing import Pay, PayInput, Rule, RuleFailed, banded, compute
from trastienda_hr.payroll.runs import corrected
from trastienda_hr.payroll.statutory import load_figures

SPAIN = load_figures("ES")
IN_2026 = Date(2026, 6, 30)


def pay(*rules: Rule, on: Date = IN_2026, **names: str) -> Pay:
    given = {name: Decimal(value) for name, value in names.items()}
    return compute(rules, PayInput(given, SPAIN, on))


def amounts(result: Pay) -> Mapping[str, Decimal]:
    return {line.rule: line.amount for line in result.lines}


@pytest.mark.parametrize("days", [0, 1, 21])
def test_basic_housing_meals_and_sales_less_an_advance(days: int) -> None:
    result = pay(
        Rule("BASIC", amount=Decimal(5000)),
        Rule("HOUSING", percent=Decimal(40), base="BASIC"),
        Rule("MEALS", formula="10 * worked_days"),
        Rule("COMMISSION", percent=Decimal(1), base="sales"),
        Rule("ADVANCE", kind="deduction", amount=Decimal(200)),
        worked_days=str(days),
        sales="5",
    )
    assert result.net == Decimal("6800.05") + 10 * days


def test_base_fixed_and_half_of_base_gross_78000() -> None:
    result = pay(
        Rule("BASE", formula="salary"),
        Rule("FIXED", amount=Decimal(3000)),
        Rule("HALF", percent=Decimal(50), base="BASE"),
        salary="50000",
    )
    assert result.gross == 78_000


def spanish_rules() -> list[Rule]:
    import tomllib
    from importlib.resources import files

    source = files("trastienda_hr") / "statutory" / "es_structure.toml"
    return [Rule(**each) for each in tomllib.loads(source.read_text())["rules"]]


def spanish(salary: str, *, on: Date = IN_2026, **names: str) -> Pay:
    usual = {
        "salary": salary,
        "withholding": "0",
        "accident_percent": "0",
        "minimum_base": "1381.20",
        "calendar_days": "30",
        "employed_days": "30",
        "temporary": "0",
    }
    return pay(*spanish_rules(), on=on, **{**usual, **names})


def test_spanish_base_of_2500_in_2026() -> None:
    result = spanish("2500")
    assert result.total("deduction") == Decimal("162.50")
    assert result.total("employer") == Decimal("766.25")
    assert amounts(result) == {
        "SALARY": Decimal(2500),
        "BASE": Decimal(2500),
        "SS_COMMON": Decimal("117.50"),
        "SS_UNEMP": Decimal("38.75"),
        "SS_TRAIN": Decimal("2.50"),
        "SS_MEI": Decimal("3.75"),
        "ER_COMMON": Decimal("590.00"),
        "ER_UNEMP": Decimal("137.50"),
        "ER_FOGASA": Decimal("5.00"),
        "ER_TRAIN": Decimal("15.00"),
        "ER_MEI": Decimal("18.75"),
    }


def test_solidarity_contribution_of_8000_in_2026() -> None:
    found = amounts(spanish("8000"))
    assert (found["SS_SOLID"], found["ER_SOLID"]) == (Decimal("6.10"), Decimal("30.37"))
    assert found["BASE"] == Decimal("5101.20")


def test_no_solidarity_contribution_below_the_cap_or_before_2025() -> None:
    assert "SS_SOLID" not in amounts(spanish("5101.20"))
    assert "SS_SOLID" not in amounts(spanish("8000", on=Date(2024, 6, 30)))


def test_equity_mechanism_follows_its_date() -> None:
    assert amounts(spanish("2000", on=Date(2025, 12, 31)))["SS_MEI"] == Decimal("2.60")
    assert amounts(spanish("2000", on=Date(2026, 1, 1)))["SS_MEI"] == Decimal("3.00")


def test_line_says_how_it_came_about() -> None:
    line = next(each for each in spanish("2500").lines if each.rule == "SS_MEI")
    assert line.explanation == "BASE * rate('ss.mei.worker') / 100; BASE = 2500; DT 43 LGSS (2026-01-01)"


def test_rule_whose_condition_is_not_met_makes_no_line() -> None:
    rules = (Rule("BASE", amount=Decimal(10)), Rule("BONUS", amount=Decimal(5), condition="BASE > 10"))
    assert amounts(pay(*rules)) == {"BASE": Decimal(10)}


def test_failing_rule_is_named() -> None:
    with pytest.raises(RuleFailed, match="rule ODD: division by zero"):
        pay(Rule("ODD", formula="1 / 0"))


def test_each_band_is_rounded() -> None:
    bands = [(Decimal(0), Decimal(1)), (Decimal("0.5"), Decimal(1))]
    assert banded(Decimal("1.00"), bands, step=Decimal("0.01")) == Decimal("0.02")


def test_correction_pays_the_difference_rule_by_rule() -> None:
    before = {line.rule: line for line in spanish("2500").lines}
    found = amounts(corrected(spanish("2600"), before))
    assert found["SALARY"] == 100
    assert found["SS_COMMON"] == Decimal("4.70")
    assert corrected(spanish("2500"), before).lines == []


@pytest.mark.parametrize(("group", "base"), [(1, "1989.30"), (2, "1649.70"), (3, "1435.20"), (4, "1424.40")])
def test_minimum_base_of_2026_is_that_of_its_order(group: int, base: str) -> None:
    found = SPAIN.on(f"ss.min.{group}", on=Date(2026, 1, 1))
    assert (found.value, found.source) == (Decimal(base), "Orden PJC/297/2026 art. 3")
