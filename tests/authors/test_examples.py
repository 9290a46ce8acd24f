"""The examples are a stranger's: they keep to the public face, and no server of this repository has them on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from trastienda.plugins import installed_plugins
from trastienda.settings import load_settings

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ["fleet", "hazmat"]


def test_they_import_what_they_may() -> None:
    path = os.pathsep.join(str(EXAMPLES / name) for name in NAMES)
    program = Path(sys.executable).with_name("lint-imports")
    lint = [program, "--config", EXAMPLES / ".importlinter", "--no-cache"]
    done = subprocess.run(lint, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_server_of_this_repository_has_them_on() -> None:
    assert set(NAMES).isdisjoint(installed_plugins(load_settings({})))


def test_each_has_what_a_distribution_needs() -> None:
    for name in NAMES:
        folder = EXAMPLES / name
        assert {"README.md", "pyproject.toml", "setup.cfg", "tests", f"trastienda_{name}"} <= {
            each.name for each in folder.iterdir()}  # fmt: skip
