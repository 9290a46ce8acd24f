"""Merging duplicates: the one that stays gets what it lacks, nothing of others is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Work, WrongState
from trastienda_contacts import Address, BankAccount, Party, PartyRole, party_and_merged
from trastienda_contacts.merging import MergeRefused

if TYPE_CHECKING:
    from .conftest import Directory

IBANS = "ES91 2100 0418 4502 0005 1332", "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def ids(directory: Directory) -> dict[str, int]:
    def body(work: Work) -> dict[str, int]:
        parties = [Party(code=code, name=code) for code in ("A", "B", "C", "D")]
        place = {"street": "Calle Mayor, 1", "city": "Madrid"}
        work.add(parties[0], [PartyRole(role="customer"), Address(**place), BankAccount(iban=IBANS[0])])
        work.add(
            parties[1],
            [
                PartyRole(role="customer"),
                PartyRole(role="supplier"),
                Address(street="calle mayor,  1", city="MADRID"),
                Address(street="Otra, 2", city="Toledo"),
                BankAccount(iban=IBANS[0].replace(" ", "")),
                BankAccount(iban=IBANS[1]),
            ],
        )
        work.add(parties[2])
        work.add(parties[3])
        return {party.code: party.id for party in parties}

    return directory.write(body)


def merge(directory: Directory, code: str, *, into: str) -> None:
    def body(work: Work) -> None:
        target = work.get(Party, into).id
        work.act(work.lock(work.get(Party, code)), "merge", into=target)

    directory.write(body)


@pytest.mark.usefixtures("ids")
def test_the_one_that_stays_gets_what_it_lacks(directory: Directory) -> None:
    merge(directory, "B", into="A")
    kept = directory.read(lambda work: work.get(Party, "A"))
    assert [line.role for line in kept.lines_of(PartyRole)] == ["customer", "supplier"]
    assert [line.street for line in kept.lines_of(Address)] == ["Calle Mayor, 1", "Otra, 2"]
    assert [line.iban for line in kept.lines_of(BankAccount)] == list(IBANS)

    duplicate = directory.read(lambda work: work.get(Party, "B"))
    assert (duplicate.active, duplicate.merged_into.code) == (False, "A")


def test_figures_of_merged_parties_are_one_partys(directory: Directory, ids: dict[str, int]) -> None:
    merge(directory, "C", into="B")
    merge(directory, "B", into="A")
    for code in ("A", "B", "C"):
        found = directory.read(lambda work, code=code: party_and_merged(work, ids[code]))
        assert found == [ids["A"], ids["B"], ids["C"]]
    assert directory.read(lambda work: party_and_merged(work, ids["D"])) == [ids["D"]]


@pytest.mark.usefixtures("ids")
def test_party_is_not_merged_into_itself_nor_into_a_merged_one(directory: Directory) -> None:
    merge(directory, "B", into="A")
    for code, into, refusal in (("C", "C", MergeRefused), ("C", "B", MergeRefused), ("B", "C", WrongState)):
        with pytest.raises(refusal):
            merge(directory, code, into=into)


@pytest.mark.usefixtures("ids")
def test_merged_party_stays_inactive(directory: Directory) -> None:
    def revive(work: Work) -> None:
        work.get(Party, "B").active = True

    merge(directory, "B", into="A")
    with pytest.raises(Invalid) as refused:
        directory.write(revive)
    assert refused.value.errors == {"active": ["A party that was merged into another stays inactive"]}
