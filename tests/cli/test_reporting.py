import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def two_guests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("code,name,nights\nANA,Ana,2\nBEA,Bea,3\n")
    assert run("import", "guesthouse.guest", "guests.csv").exit_code == 0


def test_report_is_a_table_for_people(run: Run, two_guests: None) -> None:
    lines = [line.split() for line in run("report", "guesthouse.guests").stdout.splitlines()]
    rows = [line for line in lines if len(line) == 2 and line != ["Least:", "0"]]
    assert rows == [["Code", "Nights"], ["ANA", "2"], ["BEA", "3"], ["Total", "5"]]


def test_report_takes_parameters(run: Run, two_guests: None) -> None:
    result = run("report", "guesthouse.guests", "-p", "least=3", "--format", "json")
    assert [row["code"] for row in json.loads(result.stdout)["rows"]] == ["BEA"]


def test_report_is_csv(run: Run, two_guests: None) -> None:
    assert run("report", "guesthouse.guests", "--format", "csv").stdout.split() == [
        "code,nights",
        "ANA,2",
        "BEA,3",
    ]


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK\x03\x04"), ("pdf", b"%PDF-")])
def test_report_is_a_file_of_a_plugins_format(
    run: Run, two_guests: None, tmp_path: Path, form: str, start: bytes
) -> None:
    result = run("report", "guesthouse.guests", "--format", form, "-o", "report")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "report").read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("guesthouse.gests",), 1, "No report guesthouse.gests\n"),
        (("guesthouse.guests", "-p", "most=1"), 1, "most: Unknown field.\n"),
        (("guesthouse.guests", "-p", "least=few"), 1, None),
        (("guesthouse.guests", "--format", "doc"), 1, "--format: one of table, csv, json, pdf, xlsx\n"),
        (("guesthouse.guests", "-p", "least"), 2, None),
    ],
)
def test_report_that_cannot_be_run_is_explained(
    run: Run, arguments: tuple[str, ...], code: int, message: str | None
) -> None:
    result = run("report", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == message or (message is None and "least" in result.stderr)
