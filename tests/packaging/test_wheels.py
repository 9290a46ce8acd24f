"""The distributions as strangers get them: built, installed into empty environments, started."""
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[2]
PLUGINS = ("./plugins/contacts", "./plugins/accounting", "./plugins/hr", "./plugins/inventory")
EXAMPLES = ("./examples/fleet", "./examples/hazmat")
PACKAGES = {
    "trastienda": "core/trastienda",
    "trastienda_contacts": "plugins/contacts/trastienda_contacts",
    "trastienda_accounting": "plugins/accounting/trastienda_accounting",
    "trastienda_hr": "plugins/hr/trastienda_hr",
    "trastienda_inventory": "plugins/inventory/trastienda_inventory",
    "trastienda_fleet": "examples/fleet/trastienda_fleet",
    "trastienda_hazmat": "examples/hazmat/trastienda_hazmat",
}
NOT_SOURCE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
PASSWORD = "a long enough phrase"
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, since a build leaves its traces beside what it builds."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("sources") / "trastienda", ignore=NOT_SOURCE))


def test_wheels_hold_every_file_of_their_packages(sources: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    subprocess.run([*pip, ".", *PLUGINS, *EXAMPLES], cwd=sources, check=True)
    wheels = {path.name.partition("-")[0]: ZipFile(path) for path in tmp_path.glob("*.whl")}
    held = {name: files_in(wheel) for name, wheel in wheels.items()}
    assert held == {name: files_of(sources / folder) for name, folder in PACKAGES.items()}


def files_in(wheel: ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def files_of(package: Path) -> set[str]:
    return {str(path.relative_to(package.parent)) for path in package.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Installation:
    folder: Path

    def run(self, program: str, *arguments: str, cwd: Path | None = None) -> None:
        command = [self.folder / "bin" / program, *arguments]
        subprocess.run(command, cwd=cwd, env=self.environment(), check=True)

    def environment(self) -> dict[str, str]:
        """The tests' own settings stay outside."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRASTIENDA_")}
        return inherited | {"TRASTIENDA_DATA": str(self.folder / "data")}

    @contextmanager
    def server(self) -> Iterator[str]:
        """Its base URL, once it is healthy."""
        address = f"127.0.0.1:{free_port()}"
        command = [self.folder / "bin/trastienda", "serve", "--bind", address]
        with subprocess.Popen(command, env=self.environment(), stdin=subprocess.DEVNULL) as process:
            try:
                deadline = time.monotonic() + SECONDS_TO_START
                while status(f"http://{address}/healthz") != 200:
                    assert process.poll() is None, f"the server ended with {process.returncode}"
                    assert time.monotonic() < deadline, "the server did not become healthy"
                    time.sleep(0.2)
                yield f"http://{address}"
            finally:
                process.terminate()
        assert process.returncode == 0


@pytest.mark.parametrize(("plugins", "accounts"), [((), 404), ((*PLUGINS, *EXAMPLES), 401)], ids=["core", "with all"])
def test_empty_environment_serves_what_is_installed_in_it(
    plugins: tuple[str, ...], accounts: int, sources: Path, tmp_path: Path
) -> None:
    installation = Installation(tmp_path / "environment")
    subprocess.run([sys.executable, "-m", "venv", installation.folder], check=True)
    installation.run("pip", "install", "--quiet", "--disable-pip-version-check", ".", *plugins, cwd=sources)
    installation.run("pip", "check")
    installation.run("trastienda", "init", "--company", "ACME", "--name", "Acme", "--password", PASSWORD)
    with installation.server() as url:
        assert status(f"{url}/readyz") == 200
        assert status(f"{url}/api/v1/accounting/accounts") == accounts


def status(url: str) -> int | None:
    """None while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except (urllib.error.URLError, ConnectionError):
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
