from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_list_has_all_that_are_installed_with_their_status(command: Run) -> None:
    rows = [line.split() for line in command("plugins", "list").stdout.splitlines() if line.strip()]
    assert ["guesthouse", "1.2", "on", "guesthouse"] in rows
    off = [line.split() for line in command("--safe-mode", "plugins", "list").stdout.splitlines()]
    assert ["guesthouse", "1.2", "off", "guesthouse"] in off


def test_check_says_what_fits(run: Run) -> None:
    result = run("plugins", "check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(" plugins fit together, and the database fits them.\n")


def test_migrate_runs_what_is_pending_once(command: Run, database_url: str) -> None:
    first = command("migrate", database=database_url)
    assert (first.exit_code, "  guesthouse 0001_initial" in first.stderr.splitlines()) == (0, True)
    again = command("migrate", database=database_url)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "Nothing to do.\n", "")


@pytest.mark.parametrize("name", ["guesthouse", "identity", "core"])
def test_migrations_say_what_the_models_say(command: Run, name: str) -> None:
    result = command("plugins", "migration", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"The migrations of {name} say what its models say.\n"


def test_draft_of_a_first_migration_is_written_and_named(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trastienda.cli.plugins.history_folder", lambda module, name: tmp_path / "new")
    result = command("plugins", "migration", "guesthouse", "--name", "Guests and nights")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/new/0001_guests_and_nights.py\n")
    assert "guesthouse_guest" in (tmp_path / "new" / "0001_guests_and_nights.py").read_text()


def test_draft_for_a_plugin_that_is_not_on_is_refused(command: Run) -> None:
    result = command("plugins", "migration", "accounts")
    assert (result.exit_code, result.stderr) == (1, "No plugin accounts is on\n")


def test_plugins_own_command_stands_under_its_name(run: Run) -> None:
    result = run("guesthouse", "count")
    assert (result.exit_code, result.stdout) == (0, "0\n")
