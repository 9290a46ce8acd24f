"""./dev, with an environment whose programs only note that they were called."""
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """#!/bin/sh
echo "$(pwd): $(basename "$0")${{*:+ $*}}" >> {log}
{then}
"""
FILES = ("setup.cfg", "pyproject.toml")
PLUGINS = ("plugins/accounting", "plugins/contacts")


class Checkout:
    """A copy of what ./dev reads, and what ./dev called in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        for file in ("dev", *(f"{place}/{name}" for place in (".", *PLUGINS) for name in FILES)):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)
        (folder / ".venv/bin").mkdir(parents=True)
        for name in ("python", "trastienda", "ruff", "lint-imports"):
            self.program(name)

    def program(self, name: str, *, then: str = "") -> None:
        path = self.folder / ".venv/bin" / name
        path.write_text(PROGRAM.format(log=self.log, then=then))
        path.chmod(0o755)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.folder / "dev"), *arguments]

    def dev(self, *arguments: str, cwd: Path | None = None) -> int:
        return subprocess.run(self.command(*arguments), cwd=cwd, check=False).returncode

    def calls(self) -> list[str]:
        """Since the last time it was asked, with the checkout written as a dot."""
        lines = self.log.read_text().replace(str(self.folder), ".").splitlines()
        self.log.unlink()
        return lines


def pip_call(cwd: Path | str, *, extras: str = "") -> str:
    targets = (f".{extras}", *(f"./{plugin}" for plugin in PLUGINS))
    editable = " ".join(f"--editable={target}" for target in targets)
    return f"{cwd}: python -m pip install --quiet --disable-pip-version-check {editable}"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_alone_it_lists_its_commands(checkout: Checkout) -> None:
    listing = subprocess.run(checkout.command(), check=True, capture_output=True, text=True).stdout
    commands = runpy.run_path(str(ROOT / "dev"))["COMMANDS"]
    assert re.findall(r"^    \./dev (\w+)", listing, re.MULTILINE) == list(commands)


def test_unknown_command_is_refused(checkout: Checkout) -> None:
    refused = subprocess.run(checkout.command("tset"), check=False, capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stderr.startswith("./dev has no command 'tset'.\n")
    assert not checkout.log.exists()


def test_first_start_installs_everything_in_one_call_and_the_second_nothing(
    checkout: Checkout, tmp_path: Path
) -> None:
    assert checkout.dev("demo", "--port", "8001", cwd=tmp_path) == 0
    assert checkout.calls() == [pip_call(tmp_path), f"{tmp_path}: trastienda demo --port 8001"]
    assert checkout.dev("demo", cwd=tmp_path) == 0
    assert checkout.calls() == [f"{tmp_path}: trastienda demo"]


@pytest.mark.parametrize("file", [f"{place}/{name}" for place in (".", *PLUGINS) for name in FILES])
def test_changed_declaration_is_installed_again(file: str, checkout: Checkout) -> None:
    checkout.dev("demo")
    with open(checkout.folder / file, "a") as declaration:
        declaration.write("\n")
    checkout.calls()
    checkout.dev("demo")
    assert len(checkout.calls()) == 2


def test_new_plugin_is_installed(checkout: Checkout, tmp_path: Path) -> None:
    checkout.dev("demo", cwd=tmp_path)
    shutil.copytree(checkout.folder / PLUGINS[1], checkout.folder / "plugins/fleet")
    checkout.calls()
    checkout.dev("demo", cwd=tmp_path)
    assert checkout.calls()[0] == pip_call(tmp_path) + " --editable=./plugins/fleet"


def test_extras_come_with_the_commands_that_need_them_and_stay(checkout: Checkout, tmp_path: Path) -> None:
    checkout.dev("lint", cwd=tmp_path)
    assert checkout.calls()[0] == pip_call(tmp_path, extras="[dev]")
    checkout.dev("test", cwd=tmp_path)
    assert checkout.calls()[0] == pip_call(tmp_path, extras="[dev,testing]")
    checkout.dev("demo", cwd=tmp_path)
    assert checkout.calls() == [f"{tmp_path}: trastienda demo"]


def test_failed_installation_runs_nothing_and_is_tried_again(checkout: Checkout) -> None:
    checkout.program("python", then="exit 3")
    assert checkout.dev("demo") == 3
    assert len(checkout.calls()) == 1
    checkout.program("python")
    assert checkout.dev("demo") == 0
    assert len(checkout.calls()) == 2


def test_exit_code_is_that_of_the_command(checkout: Checkout) -> None:
    checkout.program("trastienda", then="exit 7")
    assert checkout.dev("demo") == 7


@pytest.mark.parametrize(("ruff", "imports", "code"), [(0, 0, 0), (1, 0, 1), (0, 5, 5), (1, 5, 1)])
def test_lint_runs_both_checks_and_fails_with_the_first_failure(
    ruff: int, imports: int, code: int, checkout: Checkout
) -> None:
    checkout.program("ruff", then=f"exit {ruff}")
    checkout.program("lint-imports", then=f"exit {imports}")
    assert checkout.dev("lint", "--fix") == code
    assert checkout.calls()[1:] == [".: ruff check --fix", ".: lint-imports"]


def test_tests_run_in_the_repository_from_anywhere(checkout: Checkout, tmp_path: Path) -> None:
    checkout.dev("test", "-k", "ledger", cwd=tmp_path)
    assert checkout.calls()[1] == ".: python -m pytest -n logical --dist worksteal -k ledger"


def test_standard_output_is_the_commands_alone(checkout: Checkout) -> None:
    checkout.program("python", then="echo Successfully installed")
    checkout.program("trastienda", then="echo figures")
    assert subprocess.check_output(checkout.command("demo")) == b"figures\n"


def test_interrupt_during_installation_ends_without_a_traceback(checkout: Checkout) -> None:
    checkout.program("python", then="exec sleep 30")
    with subprocess.Popen(
        checkout.command("demo"), stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    ) as running:
        wait_until(checkout.log.exists)
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=10)
    assert running.returncode == 130
    assert errors == "Installing trastienda and the plugins into .venv ...\n"


def test_without_ensurepip_it_names_the_package_to_install(checkout: Checkout, tmp_path: Path) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    refused = subprocess.run(
        checkout.command("demo"),
        check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refused.returncode == 1
    assert refused.stderr == f"Making .venv needs Python's ensurepip: apt-get install python{version}-venv\n"
    assert not (checkout.folder / ".venv").exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
