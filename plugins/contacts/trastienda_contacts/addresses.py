"""Where a party is, and where its goods and invoices go."""

from collections.abc import Iterator

from peewee import CharField, ForeignKeyField

from trastienda import Child, ChoiceField, Fault
from trastienda import gettext as _

from .countries import is_country
from .parties import Party


class Address(Child):
    party = ForeignKeyField(Party, on_delete="CASCADE")
    kind = ChoiceField("main", "invoices", "deliveries", "other", default="main", verbose_name="Kind")
    street = CharField(200, default="", verbose_name="Street", help_text="With number, floor and door")
    postal_code = CharField(16, default="", verbose_name="Postal code")
    city = CharField(80, default="", verbose_name="City")
    region = CharField(80, default="", verbose_name="Region")
    country = CharField(2, default="", verbose_name="Country", help_text="ISO 3166-1")


def address_faults(party: Party) -> Iterator[Fault]:
    for address in party.lines_of(Address):
        if address.country and not is_country(address.country):
            text = _("{code} is no country's two letters").format(code=address.country)
            yield Fault(Address.country, text, line=address)
        if not (address.street or address.city or address.postal_code):
            yield Fault(Address.street, _("An address says a street, a postal code or a city"), line=address)
