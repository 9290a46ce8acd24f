"""The bundled plugins keep the contract that strangers' are held to, and one that breaks it is told."""

from typing import ClassVar

import pytest

from trastienda import Grant, Role, Site, Work
from trastienda.testing import contract, words
from trastienda.testing.contract import Parameters, PluginContract
from trastienda.testing.fixtures import Run
from trastienda.testing.values import Values
from trastienda_accounting import Account
from trastienda_hr import Employee
from trastienda_inventory import Location, Product, Unit


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


class TestInventory(PluginContract):
    plugin = "inventory"
    values: ClassVar[Values] = {
        "inventory.lot": {"product": "LOTS"},
        "inventory.move": {"product": "P", "from_location": "FROM", "to_location": "TO", "unit": None, "lot": None},
    }
    parameters: ClassVar[Parameters] = {"inventory.stock-card": {"product": "P"}}

    @pytest.fixture(autouse=True)
    def stock(self, write: Run) -> None:
        """Places and products that fit each other."""

        def make(work: Work) -> None:
            unit = work.add(Unit(code="PC", name="Piece", dimension="count"))
            for code, tracking in (("P", "none"), ("LOTS", "lot")):
                work.add(Product(code=code, name=code, unit=unit.id, tracking=tracking))
            for code in ("FROM", "TO"):
                work.add(Location(code=code, name=code))

        write(make)


class TestHr(PluginContract):
    plugin = "hr"
    values: ClassVar[Values] = {"hr.delegation": {"manager": "M", "deputy": "D"}}

    @pytest.fixture(autouse=True)
    def people(self, write: Run) -> None:
        """A manager and his deputy."""
        write(lambda work: work.add_all([(Employee(code=code, name=code), ()) for code in ("M", "D")]))


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
    assert list(contract.unused_permissions(site, "contacts")) == []
    monkeypatch.setattr(contract, "covers", lambda grant, on, verb: (on, verb) != ("contacts.party", "merge"))
    assert list(contract.unused_permissions(site, "contacts")) == ["no role may merge on contacts.party"]
    monkeypatch.setattr(contract, "histories_of", lambda site: [])
    assert list(contract.permission_problems(site, "contacts")) == [
        "the role contacts.odd grants fly on contacts.party, which nothing asks for",
        "the role contacts.odd grants on contacts.nothing, which is nothing here",
    ]
    assert list(words.untranslated(site, "contacts")) == ["'Odd one' is not translated to es"]
    assert list(contract.migration_problems(site, "contacts")) == [
        "contacts has models, but no migrations: trastienda plugins migration contacts"
    ]
