import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trastienda.cli import main

Run = Callable[..., Result]
Guests = Callable[[], list[tuple[str, str, int, str]]]
TWO_GUESTS = "code,name,nights\nANA,Ana,2\nBEA,Bea,3\n"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "guests.csv").write_text(text)
        return "guests.csv"

    return write


@pytest.mark.parametrize("name", ["guesthouse.guest", "guesthouse/guests", "guesthouse.guests"])
def test_file_is_imported_under_any_name_of_the_entity(
    run: Run, guests: Guests, file: Callable[[str], str], name: str
) -> None:
    result = run("import", name, file(TWO_GUESTS))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2 rows: 2 created, 0 updated.\n", "")
    assert guests() == [("ANA", "Ana", 2, "expected"), ("BEA", "Bea", 3, "expected")]


def test_dry_run_writes_nothing(run: Run, guests: Guests, file: Callable[[str], str]) -> None:
    result = run("import", "guesthouse.guest", file(TWO_GUESTS), "--dry-run")
    assert result.stdout == "2 rows: 2 created, 0 updated (dry run: nothing was written).\n"
    assert guests() == []


def test_post_runs_that_action_on_what_is_made(run: Run, guests: Guests, file: Callable[[str], str]) -> None:
    result = run("import", "guesthouse.guest", file(TWO_GUESTS), "--post")
    assert result.stdout == "2 rows: 2 created, 0 updated, post run on 2.\n"
    assert [state for *_, state in guests()] == ["arrived", "arrived"]


def test_gzipped_file_and_standard_input_are_taken(run: Run, guests: Guests, tmp_path: Path) -> None:
    (tmp_path / "guests.csv.gz").write_bytes(gzip.compress(b"code,name\nANA,Ana\n"))
    assert run("import", "guesthouse.guest", "guests.csv.gz").exit_code == 0
    piped = CliRunner().invoke(main, ["import", "guesthouse.guest", "-"], input="code,name\nBEA,Bea\n")
    assert piped.exit_code == 0
    assert [code for code, *_ in guests()] == ["ANA", "BEA"]


def test_header_is_mapped_by_hand(run: Run, guests: Guests, file: Callable[[str], str]) -> None:
    run(
        "import",
        "guesthouse.guest",
        file("Kürzel,Bemerkung\nANA,x\n"),
        "-m",
        "Kürzel=code",
        "-m",
        "Bemerkung=-",
    )
    assert guests() == [("ANA", "", 0, "expected")]


def test_every_error_is_named_with_its_row_and_column_and_nothing_is_written(
    run: Run, guests: Guests, file: Callable[[str], str]
) -> None:
    result = run("import", "guesthouse.guest", file("code,nights\nANA,two\nBEA,3\nCLARA,1.5\n"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "row 2, nights",
        "row 4, nights",
        "2 errors; nothing was written.",
    ]
    assert guests() == []


def test_refusal_of_the_action_undoes_the_import(run: Run, guests: Guests, file: Callable[[str], str]) -> None:
    result = run("import", "guesthouse.guest", file("code,nights\nANA,2\nBEA,0\n"), "--post")
    assert (result.exit_code, "BEA stays for no night" in result.stderr) == (1, True)
    assert guests() == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("guesthouse.gest", "guests.csv"), 1, "No entity guesthouse.gest; did you mean guesthouse.guest?\n"),
        (("guesthouse.guest", "guests.csv", "--action", "fly"), 1, "action: Guests have no action fly\n"),
        (("guesthouse.guest", "guests.csv", "--user", "bea"), 1, "No user bea\n"),
        (("guesthouse.guest", "guests.csv", "--company", "ZZZ"), 1, "No company ZZZ\n"),
        (("guesthouse.guest", "none.csv"), 2, "'none.csv': No such file or directory\n"),
        (("guesthouse.guest", "guests.csv", "-m", "code"), 2, "'code' is not NAME=VALUE\n"),
        (("guesthouse.guest", "guests.csv", "--post", "--action", "fly"), 2, "name different actions\n"),
    ],
)
def test_import_that_cannot_begin_is_explained(
    run: Run, file: Callable[[str], str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    file(TWO_GUESTS)
    result = run("import", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.endswith(message)


def test_import_on_behalf_of_a_user_needs_his_permission(run: Run, file: Callable[[str], str]) -> None:
    run("user", "add", "ana", "--role", "auditor", "--password", "long enough")
    result = run("import", "guesthouse.guest", file(TWO_GUESTS), "--user", "ana")
    assert (result.exit_code, result.stdout) == (1, "")


def test_company_is_named_where_there_are_several(run: Run, file: Callable[[str], str]) -> None:
    run("init", "--company", "TWO", "--name", "Two")
    refused = run("import", "guesthouse.guest", file(TWO_GUESTS))
    assert (refused.exit_code, refused.stderr) == (
        1,
        "There are several companies: name one with --company\n",
    )
    assert run("import", "guesthouse.guest", "guests.csv", "--company", "TWO").exit_code == 0
    assert run("export", "guesthouse.guest", "--company", "ACME").stdout.count("\n") == 1
    assert run("export", "guesthouse.guest", "--user", "admin").stdout.count("\n") == 1


def test_export_is_what_an_import_takes(run: Run, guests: Guests, file: Callable[[str], str], tmp_path: Path) -> None:
    run("import", "guesthouse.guest", file(TWO_GUESTS))
    fields = ("-f", "fields=code,name,nights", "-f", "sort=code")
    assert run("export", "guesthouse.guest", *fields).stdout.splitlines() == TWO_GUESTS.splitlines()
    for form in ("csv", "xlsx", "jsonl"):
        assert run("export", "guesthouse.guest", *fields, "--format", form, "-o", f"out.{form}").exit_code == 0
        result = run("import", "guesthouse.guest", f"out.{form}", "--dry-run")
        assert (form, result.stdout[:32], result.stderr) == (form, "2 rows: 0 created, 2 updated (dr", "")


def test_export_is_filtered_like_a_list(run: Run, file: Callable[[str], str]) -> None:
    run("import", "guesthouse.guest", file(TWO_GUESTS))
    found = run("export", "guesthouse.guest", "--format", "jsonl", "-f", "nights__gt=2").stdout.splitlines()
    assert [json.loads(line)["code"] for line in found] == ["BEA"]
    refused = run("export", "guesthouse.guest", "-f", "nought=2")
    assert (refused.exit_code, refused.stderr) == (1, "nought: there is no field 'nought' here\n")
