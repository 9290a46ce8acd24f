"""Each plugin from its wheel, with what it requires and nothing else; all together; taken out and put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[2]
FOLDERS = [".", *(f"./{path.parent.relative_to(ROOT)}" for kind in ("plugins", "examples")
                  for path in sorted(ROOT.glob(f"{kind}/*/setup.cfg")))]  # fmt: skip
NAMES = [Path(folder).name for folder in FOLDERS[1:]]
TESTED = {name: path for path in ROOT.glob("*/*/tests") if (name := path.parent.name) in NAMES}
TRASTIENDA = "import sys; from trastienda.cli import main; main(prog_name='trastienda')"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of every distribution of the repository, by name."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
    source = shutil.copytree(ROOT, tmp_path_factory.mktemp("source") / "trastienda", ignore=ignored)
    folder = tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *FOLDERS], cwd=source, check=True)
    return {path.name.partition("-")[0].replace("_", "-"): path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the third parties' packages of this environment, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("python")
    venv.create(folder, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("trastienda", "__editable__", "pip")) and entry.suffix != ".pth":
            (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def required(wheel: Path) -> list[str]:
    """The distributions of this repository that it needs, its extras left out."""
    with ZipFile(wheel) as opened:
        name = next(each for each in opened.namelist() if each.endswith(".dist-info/METADATA"))
        headers = HeaderParser().parsestr(opened.read(name).decode())
    wanted = [Requirement(text) for text in headers.get_all("Requires-Dist", ())]
    return [each.name for each in wanted if each.name.startswith("trastienda") and each.marker is None]


@dataclass(frozen=True)
class Place:
    """Where wheels are unpacked, as an installation would: `run` the command line on them."""

    folder: Path
    python: Path
    wheels: dict[str, Path]

    def put(self, name: str) -> None:
        """A distribution with all that it needs."""
        with ZipFile(self.wheels[name]) as opened:
            opened.extractall(self.folder / "installed" / name)
        for each in required(self.wheels[name]):
            if not (self.folder / "installed" / each).exists():
                self.put(each)

    def take(self, name: str) -> None:
        (self.folder / "installed" / name).rename(self.folder / f"{name} is out")

    def run(self, *arguments: str, code: str = TRASTIENDA, cwd: Path | None = None) -> str:
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(("TRASTIENDA_", "PYTEST"))}
        path = os.pathsep.join(str(each) for each in sorted((self.folder / "installed").iterdir()))
        own = {"PYTHONPATH": path, "TRASTIENDA_DATA": str(self.folder / "data")}
        done = subprocess.run([self.python, *(["-c", code] if code else []), *arguments], env=inherited | own,
                              capture_output=True, text=True, check=False, cwd=cwd or self.folder)  # fmt: skip
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def on(self) -> set[str]:
        lines = self.run("plugins", "list").splitlines()
        return {line.split()[0] for line in lines if " on " in line}


@pytest.fixture
def place(tmp_path: Path, python: Path, wheels: dict[str, Path]) -> Callable[..., Place]:
    def made(*names: str) -> Place:
        found = Place(tmp_path, python, wheels)
        for name in names:
            found.put(f"trastienda-{name}")
        return found

    return made


def found_company(place: Place) -> None:
    place.run("init", "--company", "ACME", "--name", "Acme", "--password", "a long enough phrase")
    place.run("plugins", "check")


@pytest.mark.parametrize("name", NAMES)
def test_plugin_alone_starts_leaves_and_comes_back(place: Callable[..., Place], name: str) -> None:
    alone = place(name)
    found_company(alone)
    others = alone.on()
    assert name in others
    assert '"openapi"' in alone.run("openapi")
    alone.run("plugins", "purge", name, "--yes")
    alone.take(f"trastienda-{name}")
    alone.run("plugins", "check")
    assert alone.on() == others - {name}
    alone.put(f"trastienda-{name}")
    alone.run("migrate")
    alone.run("plugins", "check")
    assert alone.on() == others


def test_all_together_start_and_fill_a_demo(place: Callable[..., Place]) -> None:
    together = place(*NAMES)
    assert set(NAMES) < together.on()
    together.run("demo", "--data", str(together.folder / "data"), "--no-serve")
    together.run("plugins", "check")
    together.run("doctor")


@pytest.mark.parametrize("name", sorted(TESTED))
def test_own_tests_pass_with_no_more_than_it_requires(place: Callable[..., Place], name: str) -> None:
    alone = place(name)
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--database", "sqlite"]
    alone.run(*pytest_, "--import-mode=importlib", "-c", str(ROOT / "setup.cfg"), str(TESTED[name]), code="")
