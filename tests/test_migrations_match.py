"""Every table is as its plugin's migrations leave it: nobody forgot to draft one."""

from __future__ import annotations

from pathlib import Path

from trastienda import Site
from trastienda.settings import load_settings
from trastienda.storage.migration_drafts import differences
from trastienda.upgrade import CORE, histories_of, models_of


def test_models_of_every_installed_plugin_match_their_migrations(tmp_path: Path) -> None:
    site = Site.open(load_settings({"TRASTIENDA_DATA": str(tmp_path)}))
    histories = {history.name: history for history in histories_of(site)}
    assert {CORE, "identity"} <= set(histories)
    wanting = {name for name, models in site.registry.models.items() if models} - set(histories)
    assert wanting == set(), "tables without migrations"
    left = {name: differences(history, models_of(site, name)) for name, history in histories.items()}
    assert {name: steps for name, steps in left.items() if steps} == {}
