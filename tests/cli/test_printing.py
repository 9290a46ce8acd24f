from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pypdf import PdfReader

Run = Callable[..., Result]


@pytest.fixture
def guest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("code,name,nights\nANA,Ana Ñ,2\n")
    assert run("import", "guesthouse.guest", "guests.csv").exit_code == 0


def test_document_of_a_record_is_a_file(run: Run, guest: None, tmp_path: Path) -> None:
    result = run("print", "guesthouse.guest", "ANA", "key-card", "-o", "card.pdf")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    text = PdfReader(tmp_path / "card.pdf").pages[0].extract_text(extraction_mode="layout")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    assert lines == ["Acme Key card", "ANA", "Guest Ana Ñ", "Page 1 of 1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("guesthouse.guest", "BEA", "key-card"), "No guest BEA\n"),
        (("guesthouse.guest", "ANA", "bill"), "Guest has no document bill\n"),
        (("guesthouse.guest", "ANA", "key-card", "--format", "doc"), "format: one of pdf\n"),
    ],
)
def test_document_that_cannot_be_printed_is_explained(
    run: Run, guest: None, arguments: tuple[str, ...], message: str
) -> None:
    result = run("print", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", message)


def test_record_is_named_by_its_key_or_by_its_id(run: Run, guest: None) -> None:
    by_key, by_id = (run("print", "guesthouse.guest", name, "key-card") for name in ("ANA", "#1"))
    assert (by_id.exit_code, len(by_id.stdout_bytes) > 1000) == (0, True)
    assert by_key.exit_code == 0
    for name, message in (("#7", "No guest 7\n"), ("#ANA", "No guest #ANA\n"), ("1", "No guest 1\n")):
        result = run("print", "guesthouse.guest", name, "key-card")
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", message)
