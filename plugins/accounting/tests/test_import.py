"""Importing books by the command line, into a company that has nothing but its chart of accounts."""

from __future__ import annotations

import csv
import json
import logging
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from trastienda.cli import main

Command = Callable[..., Result]

SHARED = Path(os.environ.get("TRASTIENDA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
RETAIL = SHARED / "books-retail"

ACCOUNTS = """code,name,kind
430,Receivables,asset
572,Bank,asset
700,Sales,income
"""
ENTRIES = """reference,date,journal,account,debit,credit,party,description
F1,2026-03-01,SAL,430,121.00,,C1,Invoice 1
F1,2026-03-01,SAL,700,,121.00,,Invoice 1
F1,2027-03-01,SAL,430,5,,C1,Another of that name
F1,2027-03-01,SAL,700,,5,,Another of that name
F2,2026-03-02,BNK,572,121.00,,,Receipt
F2,2026-03-02,BNK,430,,121.00,C1,Receipt
"""


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """command("report", ...): what came of it; the company and its accounts are there."""
    settings = {"DATABASE": database_url, "DATA": str(tmp_path), "PLUGINS": "identity,formats,contacts,accounting"}
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        environ = {f"TRASTIENDA_{name}": value for name, value in settings.items()}
        result = CliRunner().invoke(main, arguments, env=environ)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    company = ["--company", "ACME", "--name", "Acme", "--currency", "GBP", "--country", "GB"]
    run("init", *company, "--password", "long enough")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    run("import", "accounting.account", "accounts.csv")
    yield run
    root.handlers[:] = handlers
    root.setLevel(level)


def trial_balance(command: Command, *, first: str, last: str) -> list[dict[str, str]]:
    parameters = ["-p", f"from={first}", "-p", f"to={last}", "--format", "csv"]
    result = command("report", "accounting.trial-balance", *parameters)
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(result.stdout.splitlines()))


def save(tmp_path: Path, text: str) -> str:
    (tmp_path / "entries.csv").write_text(text)
    return "entries.csv"


def test_rows_of_one_reference_and_date_are_one_entry(command: Command, tmp_path: Path) -> None:
    file = save(tmp_path, ENTRIES)
    result = command("import", "accounting.entry", file, "--post", "--create-missing")
    assert result.exit_code == 0, result.stderr
    assert "6 rows: 3 created" in result.output
    rows = trial_balance(command, first="2026-01-01", last="2027-12-31")
    assert {row["account"]: (row["debit"], row["credit"]) for row in rows} == {
        "430": ("126.00", "121.00"),
        "572": ("121.00", "0.00"),
        "700": ("0.00", "126.00"),
    }


def test_without_post_they_are_drafts(command: Command, tmp_path: Path) -> None:
    result = command("import", "accounting.entry", save(tmp_path, ENTRIES), "--create-missing")
    assert result.exit_code == 0, result.stderr
    assert trial_balance(command, first="2026-01-01", last="2027-12-31") == []


def test_dry_run_writes_nothing(command: Command, tmp_path: Path) -> None:
    file = save(tmp_path, ENTRIES)
    arguments = ("import", "accounting.entry", file, "--post", "--create-missing")
    result = command(*arguments, "--dry-run")
    assert result.exit_code == 0, result.stderr
    assert trial_balance(command, first="2026-01-01", last="2027-12-31") == []
    assert command(*arguments).exit_code == 0


def test_what_is_missing_is_created_only_if_asked_and_accounts_never(command: Command, tmp_path: Path) -> None:
    result = command("import", "accounting.entry", save(tmp_path, ENTRIES), "--post")
    assert result.exit_code == 1
    assert "row 2, party: There is no party C1." in result.stderr

    text = ENTRIES.replace(",700,", ",799,")
    result = command("import", "accounting.entry", save(tmp_path, text), "--post", "--create-missing")
    assert result.exit_code == 1
    assert "row 3, account: There is no account 799." in result.stderr


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("SAL,430,121.00", "SAL,430,120.00", "row 2, lines: Debit 120.00 and credit 121.00 differ by 1.00"),
        ("SAL,700,,121.00", "SAL,799,,121.00", "row 3, account: There is no account 799."),
        ("F2,2026-03-02,BNK,572", "F2,2026-02-30,BNK,572", "row 6, date: There is no such day."),
        ("BNK,572,121.00", "BNK,572,121.00005", "row 6, debit: More than 4 decimals."),
        ("BNK,572,121.00", "BNK,572,NaN", "row 6, debit: Not a decimal number."),
        ("BNK,572,121.00", "BNK,572,9223372036854775808", "row 6, debit: Out of range."),
    ],
)
def test_errors_name_row_and_column_and_nothing_of_the_file_stays(
    command: Command, tmp_path: Path, wrong: str, right: str, message: str
) -> None:
    text = ENTRIES.replace(wrong, right, 1)
    assert text != ENTRIES
    result = command("import", "accounting.entry", save(tmp_path, text), "--post", "--create-missing")
    assert result.exit_code == 1
    assert message in result.stderr
    assert trial_balance(command, first="2026-01-01", last="2027-12-31") == []
    file = save(tmp_path, ENTRIES)
    assert command("import", "accounting.entry", file, "--post", "--create-missing").exit_code == 0


def test_accounts_are_updated_by_code(command: Command, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("code,name,kind\n430,Customers,asset\n431,Bills,asset\n")
    result = command("import", "accounting.account", "accounts.csv")
    assert "1 created, 1 updated" in result.output


@pytest.mark.skipif(not RETAIL.is_dir(), reason=f"needs the books of a retailer in {RETAIL}")
def test_books_of_a_retailer_tie_to_the_cent(command: Command) -> None:
    for arguments in (
        ("accounting.account", str(RETAIL / "accounts.csv")),
        ("accounting.entry", str(RETAIL / "entries.csv.gz"), "--post", "--create-missing"),
    ):
        result = command("import", *arguments)
        assert result.exit_code == 0, result.stderr

    with open(RETAIL / "trial_balance.csv", newline="") as file:
        *wanted, total = csv.DictReader(file)
    found = trial_balance(command, first="2010-12-01", last="2011-12-31")
    assert [amounts(row, "account", "debit", "credit", "closing") for row in found] == [
        amounts(row, "account", "debit", "credit", "balance") for row in wanted
    ]
    assert {row["opening"] for row in found} == {"0.00"}
    assert total["debit"] == total["credit"] == "11585621.15"


def amounts(row: dict[str, Any], account: str, *figures: str) -> tuple[str, ...]:
    return row[account], *(f"{Decimal(row[name]):.2f}" for name in figures)


@pytest.mark.skipif(not RETAIL.is_dir(), reason=f"needs the books of a retailer in {RETAIL}")
@pytest.mark.database("sqlite")
def test_trial_balance_of_real_books_is_the_same_in_every_format(command: Command, tmp_path: Path) -> None:
    for arguments in (
        ("accounting.account", str(RETAIL / "accounts.csv")),
        ("accounting.entry", str(RETAIL / "entries.csv.gz"), "--post", "--create-missing"),
    ):
        assert command("import", *arguments).exit_code == 0

    def report(kind: str) -> Path:
        path = tmp_path / f"trial-balance.{kind}"
        parameters = ["-p", "from=2010-12-01", "-p", "to=2011-12-31", "--format", kind, "-o", str(path)]
        result = command("report", "accounting.trial-balance", *parameters)
        assert result.exit_code == 0, result.stderr
        return path

    with open(RETAIL / "trial_balance.csv", newline="") as file:
        wanted = {row["account"]: row for row in csv.DictReader(file)}
    del wanted["TOTAL"]
    figures = {code: Decimal(row["balance"]) for code, row in wanted.items()}

    found = json.loads(report("json").read_bytes())
    assert {row["account"]: Decimal(row["closing"]) for row in found["rows"]} == figures
    assert found["totals"]["debit"] == found["totals"]["credit"] == "11585621.15"

    sheet = CalamineWorkbook.from_path(str(report("xlsx"))).get_sheet_by_index(0).to_python()
    cells = {str(row[0]): row[-1] for row in sheet if str(row[0]) in figures}
    assert {code: Decimal(str(value)).quantize(Decimal("0.01")) for code, value in cells.items()} == figures

    for text in ("".join(page.extract_text() for page in PdfReader(report("pdf")).pages), report("table").read_text()):
        assert "11,585,621.15" in text
        assert all(f"{abs(balance):,.2f}" in text for balance in figures.values())
