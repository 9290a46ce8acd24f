"""How long the law keeps a party's data because of the books."""

from datetime import date as Date

from peewee import fn

from trastienda import Retention, Work, lazy_gettext
from trastienda_contacts import Party

from .entries import Posting

#: Código de Comercio, article 30: books, correspondence and vouchers, six years from the last entry in them.
YEARS = 6


def books_of(work: Work, party: Party) -> Date | None:
    """Six years from the year of the party's last posting; nothing for whoever has none."""
    last = work.select(Posting, fn.MAX(Posting.date)).where(Posting.party == party.id).scalar()
    return Date(last.year + YEARS, 12, 31) if last is not None else None


retentions = [Retention("contacts.party", books_of, law=lazy_gettext("Commercial code, article 30: six years"))]
