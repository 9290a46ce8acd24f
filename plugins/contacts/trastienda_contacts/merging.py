"""Duplicates are merged without touching what was posted in their name.

The duplicate stays, inactive, and says which party it was merged into. Figures by party count both together
(`party_and_merged`); no row of anybody else is rewritten.
"""

from peewee import fn
from stdnum import iban

from trastienda import Ref, Refusal, Work
from trastienda import gettext as _

from .addresses import Address
from .bank_accounts import BankAccount
from .parties import Party, PartyRole


class MergeRefused(Refusal):
    def __init__(self, party: Party, into: Party, why: str) -> None:
        super().__init__(why)
        self.party = party
        self.into = into


def merge(work: Work, party: Party, *, into: Ref[Party]) -> None:
    """Retire a duplicate in favour of `into`, which gets the roles, addresses and bank accounts it lacks."""
    target = work.lock(work.get(Party, into))
    if target.id == party.id:
        raise MergeRefused(party, target, _("A party cannot be merged into itself"))
    if target.merged_into is not None:
        text = _("{code} was itself merged into another party").format(code=target.code)
        raise MergeRefused(party, target, text)
    _complete(target, party)
    work.save(target)
    for earlier in list(work.select(Party).where(Party.merged_into == party.id)):
        earlier = work.lock(earlier)
        earlier.merged_into = target
        work.save(earlier)
    party.merged_into = target
    party.active = False


def bring_back(work: Work, party: Party) -> None:
    """As of any archived record; what was merged stays put aside."""
    party.active = True


def _complete(target: Party, duplicate: Party) -> None:
    roles = target.lines_of(PartyRole)
    known_roles = {line.role for line in roles}
    roles.extend(
        PartyRole(role=line.role) for line in duplicate.lines_of(PartyRole) if line.role not in known_roles
    )

    accounts = target.lines_of(BankAccount)
    known_ibans = {iban.compact(line.iban) for line in accounts}
    accounts.extend(
        BankAccount(iban=line.iban, bic=line.bic, holder=line.holder)
        for line in duplicate.lines_of(BankAccount)
        if iban.compact(line.iban) not in known_ibans
    )

    addresses = target.lines_of(Address)
    known_places = {_place(line) for line in addresses}
    addresses.extend(
        Address(
            kind=line.kind,
            street=line.street,
            postal_code=line.postal_code,
            city=line.city,
            region=line.region,
            country=line.country,
        )
        for line in duplicate.lines_of(Address)
        if _place(line) not in known_places
    )


def _place(address: Address) -> tuple[str, ...]:
    parts = (address.street, address.postal_code, address.city, address.country)
    return tuple(" ".join(part.casefold().split()) for part in parts)


def party_and_merged(work: Work, party: int) -> list[int]:
    """The ids whose figures are one party's: those merged into the same one, and that one itself."""
    survivor = fn.COALESCE(Party.merged_into, Party.id)
    root = work.select(Party, survivor.alias("root")).where(Party.id == party)
    members = work.select(Party, Party.id).where(survivor == root).order_by(Party.id)
    return [number for (number,) in work.rows(members)]
