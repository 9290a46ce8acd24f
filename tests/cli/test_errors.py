"""How the command line answers: exit 0, 1 for a refusal that it explains, 2 for wrong usage; no traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from trastienda.cli import main
from trastienda.plugins import RESERVED

Run = Callable[..., Result]


def test_help_names_the_commands_of_the_core_and_of_plugins(command: Run) -> None:
    result = command("--help")
    assert result.exit_code == 0
    assert "  demo " in result.stdout
    assert "  guesthouse  Commands of the plugin guesthouse." in result.stdout


def test_every_command_of_the_core_has_help_and_no_plugin_can_take_its_name(command: Run) -> None:
    for name, each in main.commands.items():
        assert each.help, name
        assert command(name, "--help").exit_code == 0
    assert set(main.commands) <= RESERVED


def test_unknown_command_is_wrong_usage(command: Run) -> None:
    result = command("serv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "No such command 'serv'" in result.stderr


def test_settings_that_cannot_be_taken_are_explained(command: Run) -> None:
    result = command("plugins", "list", wokers="2", bind="nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert sorted(result.stderr.splitlines()) == [
        "TRASTIENDA_BIND: 'nowhere' is not HOST:PORT, as in 127.0.0.1:8000 or [::1]:8000",
        "TRASTIENDA_WOKERS: unknown setting; the nearest is TRASTIENDA_WORKERS",
    ]


def test_settings_file_is_named_by_an_option(command: Run, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("threads = 0\n")
    result = command("--config", "other.toml", "plugins", "list")
    assert (result.exit_code, result.stderr) == (
        1,
        "other.toml, threads: 0 is not a whole number from 1 to 64\n",
    )


def test_faults_of_a_start_are_blocks_on_standard_error(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "path" / "trastienda_bad"
    package.mkdir()
    (package / "__init__.py").write_text("1 / 0\n")
    for name, requires in (("bad", ""), ("worse", "Requires-Dist: acme-calendar>=2\n")):
        info = tmp_path / "path" / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
        (info / "entry_points.txt").write_text(f"[trastienda.plugins]\n{name} = trastienda_{name}:plugin\n")
    result = command("plugins", "check", plugins="bad,worse,missing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "missing: is named by the setting plugins, but not installed\n"
        "  cure: pip install trastienda-missing\n\n"
        'worse 1.0: needs acme-calendar>=2: not installed\n  cure: pip install "acme-calendar>=2"\n\n'
        f"bad 1.0: cannot import trastienda_bad: {package}/__init__.py:1 in <module>: ZeroDivisionError: "
        "division by zero\n  cure: mend that line, or pip install another version of bad\n\n"
        "3 faults: the site cannot start.\n"
    )
    assert command("--help", plugins="bad").exit_code == 0
    assert command("--safe-mode", "plugins", "list", plugins="bad").exit_code == 0


def test_database_without_tables_is_explained(command: Run) -> None:
    result = command("export", "guesthouse.guest")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "guesthouse: migrations not run: 0001_initial\n  cure: trastienda migrate\n" in result.stderr


def test_database_that_cannot_be_reached_is_explained(command: Run) -> None:
    result = command("migrate", database="postgresql://127.0.0.1:1/nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("The database refuses: ")


def test_database_without_a_company_is_explained(command: Run) -> None:
    assert command("migrate").exit_code == 0
    result = command("export", "guesthouse.guest")
    assert (result.exit_code, result.stderr) == (1, "There is no company yet: trastienda init makes one\n")


def test_file_that_is_no_database_is_explained(command: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100)
    result = command("migrate", database=f"sqlite:///{tmp_path}/notes.txt")
    assert (result.exit_code, result.stderr) == (1, "The database refuses: file is not a database\n")


def test_place_that_cannot_be_written_to_is_explained(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    in_a_file = f"{tmp_path}/notes.txt/x"
    made = run("migrate", database=f"sqlite:///{in_a_file}/y.db")
    assert (made.exit_code, made.stdout, made.stderr) == (1, "", f"{in_a_file}: Not a directory\n")
    written = run("report", "guesthouse.guests", "-o", in_a_file)
    assert (written.exit_code, written.stdout, written.stderr) == (1, "", f"{in_a_file}: Not a directory\n")
