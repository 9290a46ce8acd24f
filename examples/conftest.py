"""The examples as if they were installed, for their tests alone: no server of this repository has them on."""

import sys
from configparser import ConfigParser
from importlib.metadata import distributions
from pathlib import Path

import pytest

EXAMPLES = sorted(path.parent for path in Path(__file__).parent.glob("*/setup.cfg"))
sys.path += [str(folder) for folder in EXAMPLES]  # to import them; without metadata they are no plugins


def write_metadata(folder: Path, into: Path) -> None:
    """What an installation would leave of a distribution, from its setup.cfg."""
    declared = ConfigParser()
    declared.read(folder / "setup.cfg")
    name, version = declared["metadata"]["name"], declared["metadata"]["version"]
    needs = [f"Requires-Dist: {each}" for each in declared["options"]["install_requires"].split()]
    for extra, wanted in declared["options.extras_require"].items():
        needs += [f"Provides-Extra: {extra}"]
        needs += [f'Requires-Dist: {each}; extra == "{extra}"' for each in wanted.split()]
    info = into / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    (info / "METADATA").write_text("\n".join([*head, *needs, ""]))
    points = declared["options.entry_points"]["trastienda.plugins"].strip()
    (info / "entry_points.txt").write_text(f"[trastienda.plugins]\n{points}\n")


@pytest.fixture(autouse=True)
def installed_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {each.name for each in distributions()}
    for folder in EXAMPLES:
        if f"trastienda-{folder.name}" not in found:  # else it is installed indeed
            write_metadata(folder, tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
