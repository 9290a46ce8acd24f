import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trastienda.cli import main
from trastienda.cli.inspecting import is_safe
from trastienda.storage.database import open_database

Run = Callable[..., Result]
Execute = Callable[[str], None]


@pytest.fixture
def execute(run: Run) -> Execute:
    """Changes the database behind the site's back."""

    def statement(sql: str) -> None:
        database = open_database(os.environ["TRASTIENDA_DATABASE"])
        with database.connection_context():
            database.execute_sql(sql)
        database.close_all()

    return statement


@pytest.fixture
def arrivals(run: Run, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("code,name,nights\nANA,Ana,2\nBEA,Bea,3\n")
    assert run("import", "guesthouse.guest", "guests.csv", "--post").exit_code == 0


def findings(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if not line.startswith("note: ")]


def test_doctor_finds_nothing_wrong_with_a_sound_database(run: Run, arrivals: None) -> None:
    result = run("doctor")
    assert (result.exit_code, findings(result), result.stderr) == (0, ["All is well."], "")


def test_doctor_compares_running_sums_with_their_source(run: Run, arrivals: None, execute: Execute) -> None:
    execute("UPDATE guesthouse_nights_sold SET nights = 6")
    result = run("doctor")
    assert (result.exit_code, findings(result), result.stderr) == (
        1,
        ["guesthouse: guesthouse_nights_sold, company 1: 6 is kept, 5 is true"],
        "1 finding.\n",
    )
    execute("DELETE FROM guesthouse_nights_sold")
    assert findings(run("doctor")) == ["guesthouse: guesthouse_nights_sold, company 1: nothing is kept, 5 is true"]


def test_doctor_asks_the_plugins_checks_for_each_company(run: Run, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("code\nANA\n")
    run("import", "guesthouse.guest", "guests.csv")
    assert findings(run("doctor")) == ["guesthouse, names, ACME: ANA has no name"]


def test_doctor_names_migrations_that_were_not_run(command: Run, database_url: str) -> None:
    result = command("doctor", database=database_url)
    assert result.exit_code == 1
    assert "guesthouse: migrations not run: 0001_initial; trastienda migrate" in findings(result)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_sqlite_release_is_safe_from_the_correction_on(version: tuple[int, int, int], safe: bool) -> None:
    assert is_safe(version) is safe


def test_audit_is_verified_against_an_earlier_head(run: Run, arrivals: None, tmp_path: Path) -> None:
    printed = run("audit", "head").stdout
    assert [set(json.loads(line)) for line in printed.splitlines()] == [{"chain", "number", "digest", "at"}] * 2
    (tmp_path / "heads.jsonl").write_text(printed)
    sound = run("audit", "verify", "--heads", "heads.jsonl")
    assert (sound.exit_code, sound.stdout.split()[1:7]) == (
        0,
        ["rows", "are", "as", "they", "were", "written,"],
    )
    last = json.loads(printed.splitlines()[-1])
    (tmp_path / "heads.jsonl").write_text(json.dumps({**last, "number": last["number"] + 1}))
    cut = run("audit", "verify", "--heads", "heads.jsonl")
    assert (cut.exit_code, cut.stdout, cut.stderr) == (
        1,
        "",
        f"company 1, transaction {last['number'] + 1}: the chain no longer contains the exported head\n",
    )


def test_file_that_holds_no_heads_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "heads.jsonl").write_text("{}")
    result = run("audit", "verify", "--heads", "heads.jsonl")
    assert (result.exit_code, "not what `audit head` prints" in result.stderr) == (2, True)


def test_openapi_describes_the_plugins_too(run: Run) -> None:
    document = json.loads(run("openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/guesthouse/guests" in document["paths"]


def test_shell_has_the_site_at_hand(run: Run) -> None:
    result = CliRunner().invoke(main, ["shell"], input="print(site.company('ACME').name)\n")
    assert (result.exit_code, "Acme" in result.stdout) == (0, True)
