"""The command line in this process, with one small plugin beside the bundled ones."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trastienda.cli import main

GUESTHOUSE = Path(__file__).parent / "guesthouse"
PASSWORD = "long enough"

Run = Callable[..., Result]


@pytest.fixture
def guesthouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the plugin, and keeps every other that is installed here off."""
    info = tmp_path / "path" / "guesthouse-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guesthouse\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[trastienda.plugins]\nguesthouse = trastienda_guesthouse:plugin\n")
    monkeypatch.syspath_prepend(info.parent)
    monkeypatch.syspath_prepend(GUESTHOUSE)
    monkeypatch.setenv("TRASTIENDA_PLUGINS", "guesthouse")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def command(guesthouse: None, logging_as_it_was: None) -> Run:
    """command("user", "add", "ana"): what it printed, its exit code; other exceptions fail the test."""

    def run(*arguments: str, **environ: str) -> Result:
        variables = {f"TRASTIENDA_{name.upper()}": text for name, text in environ.items()}
        result = CliRunner().invoke(main, arguments, env=variables)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def run(
    command: Run,
    prepared_database: Callable[[str, Callable[[str], object]], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """As `command`, in a database with the company ACME and the user admin."""

    def build(url: str) -> None:
        made = command("init", "--company", "ACME", "--name", "Acme", "--password", PASSWORD, database=url)
        assert made.exit_code == 0, made.stderr

    monkeypatch.setenv("TRASTIENDA_DATABASE", prepared_database("guesthouse", build))
    return command


@pytest.fixture
def guests(run: Run) -> Callable[[], list[tuple[str, str, int, str]]]:
    """guests(): (code, name, nights, state) of each, in the order of their codes."""

    def read() -> list[tuple[str, str, int, str]]:
        lines = run("export", "guesthouse.guest", "--format", "jsonl", "-f", "sort=code").stdout.splitlines()
        found = map(json.loads, lines)
        return [(each["code"], each["name"], each["nights"], each["state"]) for each in found]

    return read
