"""Parties with their lines: what is refused, naming the field, and what is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trastienda import Child, Invalid
from trastienda_contacts import Address, BankAccount, Party, PartyRole

if TYPE_CHECKING:
    from .conftest import Directory

IBAN = "ES91 2100 0418 4502 0005 1332"


def test_party_is_kept_with_its_roles_addresses_and_bank_accounts(directory: Directory) -> None:
    lines: list[Child] = [
        PartyRole(role="customer"),
        PartyRole(role="supplier"),
        Address(street="Calle Mayor, 1", postal_code="28013", city="Madrid", country="ES"),
        BankAccount(iban=IBAN, bic="CAIXESBBXXX"),
    ]
    party = Party(code="C1", name="Papelería Ñandú", country="ES", tax_id="A28015865")
    directory.write(lambda work: work.add(party, lines))

    found = directory.read(lambda work: work.get(Party, "C1"))
    assert (found.name, found.active, found.merged_into) == ("Papelería Ñandú", True, None)
    assert [line.role for line in found.lines_of(PartyRole)] == ["customer", "supplier"]
    assert [line.city for line in found.lines_of(Address)] == ["Madrid"]
    assert [line.iban for line in found.lines_of(BankAccount)] == [IBAN]


@pytest.mark.parametrize(
    ("values", "lines", "errors"),
    [
        ({"code": " "}, [], {"code": ["A party needs a code"]}),
        ({"name": ""}, [], {"name": ["A party needs a name"]}),
        ({"country": "XX"}, [], {"country": ["XX is no country's two letters"]}),
        (
            {"country": "ES", "tax_id": "A28015866"},
            [],
            {"tax_id": ["A28015866 is not a valid tax number in ES"]},
        ),
        ({"email": "nobody"}, [], {"email": ["nobody is not an e-mail address"]}),
        (
            {},
            [PartyRole(role="customer"), PartyRole(role="customer")],
            {"roles.1.role": ["The role customer is there already"]},
        ),
        (
            {},
            [BankAccount(iban=IBAN), BankAccount(iban="ES9121000418450200051333", bic="X")],
            {
                "bank_accounts.1.iban": ["ES9121000418450200051333 is not a valid IBAN"],
                "bank_accounts.1.bic": ["X is not a valid BIC"],
            },
        ),
        (
            {},
            [BankAccount(iban=IBAN), BankAccount(iban=IBAN.replace(" ", ""))],
            {"bank_accounts.1.iban": ["This IBAN is there already"]},
        ),
        (
            {},
            [Address(region="Madrid", country="SP")],
            {
                "addresses.0.country": ["SP is no country's two letters"],
                "addresses.0.street": ["An address says a street, a postal code or a city"],
            },
        ),
    ],
)
@pytest.mark.database("sqlite")
def test_bad_values_are_refused_each_at_its_field(
    directory: Directory, values: dict[str, str], lines: list[Child], errors: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        directory.write(lambda work: work.add(Party(**{"code": "C1", "name": "One", **values}), list(lines)))
    assert refused.value.errors == errors
    assert directory.read(lambda work: work.select(Party).count()) == 0
