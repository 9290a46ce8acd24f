"""A stranger's machine: an environment of its own, in which what is installed here can be imported too."""

import os
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

#: pip takes what it needs from here: no network, no build environment.
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@dataclass(frozen=True)
class Machine:
    """`run` shell commands in `folder`; a failing one fails the test, with what it said."""

    folder: Path
    environment: Path

    def run(self, command: str, **variables: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.variables() | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def variables(self) -> dict[str, str]:
        own = ("TRASTIENDA_", "PYTEST")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return inherited | OFFLINE | {"PATH": f"{self.environment / 'bin'}:{os.environ['PATH']}"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    packages = sysconfig.get_path("purelib", vars={"base": str(environment)})
    here = sysconfig.get_path("purelib")
    Path(packages, "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    programs = {"pip": "-m pip", "pytest": "-m pytest", "trastienda": "-c 'from trastienda.cli import main; main()'"}
    for name, options in programs.items():
        program = environment / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {environment}/bin/python {options} "$@"\n')
        program.chmod(0o755)
    folder = tmp_path / "work"
    folder.mkdir()
    return Machine(folder, environment)


