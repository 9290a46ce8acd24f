"""What the fleet knows of a party: its licence and the vehicle that it likes to drive."""

from collections.abc import Iterator
from datetime import date

from peewee import BooleanField, CharField, DateField, ForeignKeyField

from trastienda import Action, Extra, Fault, Refusal, Work
from trastienda import gettext as _
from trastienda_contacts import Party

from .vehicles import Vehicle


class DriverCard(Extra):
    party = ForeignKeyField(Party, primary_key=True, on_delete="CASCADE")
    licence = CharField(20, default="", verbose_name="Driving licence")
    licence_until = DateField(null=True, verbose_name="Licence valid until")
    preferred_vehicle = ForeignKeyField(Vehicle, null=True, on_delete="SET NULL", verbose_name="Preferred vehicle")
    own_car = BooleanField(default=False, verbose_name="Drives his own car")


#: Whether a licence is known; whether it is still valid is a question of a day.
has_licence = DriverCard.licence != ""


def driver_faults(card: DriverCard) -> Iterator[Fault]:
    if card.licence and card.party.is_company:
        yield Fault(DriverCard.licence, _("A company has no driving licence"))
    if card.licence_until and not card.licence:
        yield Fault(DriverCard.licence_until, _("Which licence is valid until then?"))


def renew(work: Work, party: Party, *, until: date) -> None:
    card = party.extra_of(DriverCard)
    if card.licence_until and until <= card.licence_until:
        raise Refusal(_("The licence is valid until {day} already").format(day=card.licence_until.isoformat()))
    card.licence_until = until


driver_actions = [Action("renew", renew, label="Renew the licence")]
