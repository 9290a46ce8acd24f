"""The sample company, as `trastienda demo` makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from trastienda.cli import main


def test_demo_is_well_by_the_doctor_and_by_the_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = str(tmp_path / "data")
    runner = CliRunner(env={"TRASTIENDA_DATA": data})
    made = runner.invoke(main, ["demo", "--data", data, "--no-serve"])
    assert made.exit_code == 0, made.stderr
    assert "Sign in as admin" in made.stdout
    for command in (["doctor"], ["audit", "verify"]):
        checked = runner.invoke(main, command)
        assert checked.exit_code == 0, checked.output
