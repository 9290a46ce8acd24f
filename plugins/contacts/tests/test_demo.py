"""The invented firms: enough of them, with numbers that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stdnum import iban
from stdnum.es import nif

from trastienda_contacts import BankAccount, Party, PartyRole
from trastienda_contacts.demo import make_demo_parties

if TYPE_CHECKING:
    from .conftest import Directory


def test_demo_has_customers_and_suppliers_with_valid_numbers(directory: Directory) -> None:
    directory.write(make_demo_parties)
    parties = directory.read(lambda work: list(work.select(Party)))
    roles = [line.role for party in parties for line in party.lines_of(PartyRole)]
    assert (roles.count("customer"), roles.count("supplier")) == (40, 14)
    assert len({party.name for party in parties}) == len({party.tax_id for party in parties}) == 54
    assert all(nif.is_valid(party.tax_id) for party in parties)
    assert all(iban.is_valid(line.iban) for party in parties for line in party.lines_of(BankAccount))
