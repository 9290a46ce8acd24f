"""The bundled plugins keep the contract that strangers' are held to, and one that breaks it is told."""

from typing import ClassVar

import pytest

from trastienda import Grant, Role, Site
from trastienda.testing import contract, words
from trastienda.testing.contract import PluginContract
from trastienda.testing.fixtures import Run
from trastienda.testing.values import Values
from trastienda_accounting import Account


class TestContacts(PluginContract):
    plugin = "contacts"


class TestAccounting(PluginContract):
    plugin = "accounting"
    values: ClassVar[Values] = {
        "accounting.fiscal-year": {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
        "accounting.period": None,  # a fiscal year makes its own
        "accounting.entry": {"lines": [{"account": "570", "debit": "9"}, {"account": "430", "credit": "9"}]},
    }

    @pytest.fixture(autouse=True)
    def accounts(self, write: Run) -> None:
        """Those that the entry names."""
        made = [(Account(code=code, name=code, kind="asset"), ()) for code in ("430", "570")]
        write(lambda work: work.add_all(made))


class TestIdentity(PluginContract):
    """It comes with the core: its tables are the core's, and so are its words."""

    plugin = "identity"
    values: ClassVar[Values] = {
        "identity.company": {"currency": "EUR", "time_zone": "UTC", "country": "ES", "language": "es"},
        "identity.user": {"language": "es", "roles": [{"role": "auditor"}]},
    }


@pytest.mark.database("sqlite")
@pytest.mark.plugins("contacts")
def test_broken_promises_are_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each check is seen to fail: an unknown verb and entity, a table without migration, a word unknown."""
    loaded = next(each.plugin for each in site.loaded.plugins if each.name == "contacts")
    broken = [Role("contacts.odd", [Grant("contacts.party", ["fly"]), Grant("contacts.nothing")], label="Odd one")]
    monkeypatch.setitem(vars(loaded), "roles", broken)
    monkeypatch.setattr(contract, "histories_of", lambda site: [])
    assert list(contract.permission_problems(site, "contacts")) == [
        "the role contacts.odd grants fly on contacts.party, which nothing asks for",
        "the role contacts.odd grants on contacts.nothing, which is nothing here",
    ]
    assert list(words.untranslated(site, "contacts")) == ["'Odd one' is not translated to es"]
    assert list(contract.migration_problems(site, "contacts")) == [
        "contacts has models, but no migrations: trastienda plugins migration contacts"
    ]
