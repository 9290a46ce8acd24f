"""`trastienda plugins new`: a plugin that is whole from its first minute; `plugins purge`: one that leaves no trace."""

from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from trastienda.cli import main

OWN_LINES = 80


class Machine(Protocol):
    folder: Path

    def run(self, command: str, **variables: str) -> str: ...


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plugins", "new", *arguments])


@pytest.mark.parametrize("name", ["Fleet", "2fleet", "fleet-cars", "class", "x", "reports", "contacts", "web"])
def test_name_that_no_plugin_may_have_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (new(name).exit_code, list(tmp_path.iterdir())) == (1, [])


def test_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    assert new("fleet", "--directory", str(tmp_path)).exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_new_plugin_is_small_and_no_mark_is_left_in_it(tmp_path: Path) -> None:
    assert new("car_fleet", "--directory", str(tmp_path / "made")).exit_code == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = {path.relative_to(tmp_path): path.read_text() for path in files}
    assert [str(path) for path, text in texts.items() if "@" in f"{path} {text}"] == []
    package = [text for path, text in texts.items() if path.parts[-2] == "trastienda_car_fleet"]
    assert sum(bool(line.strip()) for text in package for line in text.splitlines()) < OWN_LINES


def test_new_plugin_is_installed_keeps_its_contract_is_purged_and_comes_back(machine: Machine) -> None:
    Path(machine.folder, "trastienda.toml").write_text('plugins = ["car_fleet"]\n')
    machine.run("trastienda plugins new car_fleet")
    machine.run("pip install -q -e trastienda-car-fleet")
    machine.run("cd trastienda-car-fleet && pytest -q -p no:cacheprovider --database sqlite")
    machine.run("trastienda init --company ACME --name Acme --password 'long enough'")
    machine.run("trastienda user add ana --password 'long enough' --role car_fleet.manager --company ACME")
    (machine.folder / "items.csv").write_text("code,name,amount\n1,One,12.50\n")
    machine.run("trastienda import car_fleet.item items.csv")
    told = machine.run("trastienda plugins purge car_fleet --dry-run").splitlines()
    assert told == [
        "table car_fleet_item: 1 rows",
        "role assignments: 1",
        "migrations to run again: 1",
        "kept: the audit; tokens keep their scopes, which then give nothing",
    ]
    machine.run("trastienda plugins purge car_fleet --yes")
    machine.run("trastienda migrate && trastienda plugins check && trastienda audit verify")
    assert machine.run("trastienda export car_fleet.item --format jsonl") == ""
    machine.run("trastienda import car_fleet.item items.csv")
