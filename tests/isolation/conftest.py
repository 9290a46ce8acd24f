"""The plugin `trouble`, installed; the fixtures of `trastienda.testing` do the rest."""

from pathlib import Path

import pytest

TROUBLE = Path(__file__).parent / "trouble"


@pytest.fixture(autouse=True)
def trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "path" / "trouble-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[trastienda.plugins]\ntrouble = trastienda_trouble:plugin\n")
    monkeypatch.syspath_prepend(info.parent)
    monkeypatch.syspath_prepend(TROUBLE)


@pytest.fixture
def trastienda_plugins() -> tuple[str, ...]:
    return ("trouble",)
