"""Whom one deals with: one row a person or company, whatever the parts it plays."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField, Node, TextField, fn

from trastienda import Child, ChoiceField, Fault, Record, Work
from trastienda import gettext as _

from .countries import is_country
from .tax_ids import is_tax_id


class Party(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(160, verbose_name="Name")
    is_company = BooleanField(default=True, verbose_name="Company", help_text="Not a natural person")
    country = CharField(2, default="", verbose_name="Country", help_text="Of the tax number; ISO 3166-1")
    tax_id = CharField(
        30,
        default="",
        index=True,
        verbose_name="Tax number",
        help_text="Checked by the country's own rule, where it is known",
    )
    email = CharField(254, default="", verbose_name="E-mail")
    phone = CharField(40, default="", verbose_name="Phone")
    website = CharField(254, default="", verbose_name="Website")
    language = CharField(5, default="", verbose_name="Language", help_text="Of letters to the party; ISO 639")
    notes = TextField(default="", verbose_name="Notes")
    active = BooleanField(default=True, verbose_name="Active")
    merged_into = ForeignKeyField(
        "self",
        null=True,
        on_delete="RESTRICT",
        backref="merged",
        verbose_name="Merged into",
        help_text="This was a duplicate; figures by party count it with that one",
    )

    class Meta:
        indexes = ((("company", "code"), True),)


class PartyRole(Child):
    party = ForeignKeyField(Party, on_delete="CASCADE")
    role = ChoiceField("customer", "supplier", "employee", verbose_name="Role")

    class Meta:
        indexes = ((("party", "role"), True),)


def plays(role: str) -> Node:
    """Whether a party has a role, as a condition on its row."""
    found = PartyRole.select(PartyRole.id).where((PartyRole.party == Party.id) & (PartyRole.role == role))
    return fn.EXISTS(found)


def party_faults(party: Party) -> Iterator[Fault]:
    if not party.code.strip():
        yield Fault(Party.code, _("A party needs a code"))
    if not party.name.strip():
        yield Fault(Party.name, _("A party needs a name"))
    if party.country and not is_country(party.country):
        yield Fault(Party.country, _("{code} is no country's two letters").format(code=party.country))
    elif party.tax_id and not is_tax_id(party.tax_id, country=party.country):
        text = _("{number} is not a valid tax number in {country}")
        yield Fault(Party.tax_id, text.format(number=party.tax_id, country=party.country))
    if party.email and not is_email(party.email):
        yield Fault(Party.email, _("{text} is not an e-mail address").format(text=party.email))
    if party.active and party.merged_into is not None:
        yield Fault(Party.active, _("A party that was merged into another stays inactive"))
    seen: set[str] = set()
    for line in party.lines_of(PartyRole):
        if line.role in seen:
            yield Fault(
                PartyRole.role, _("The role {role} is there already").format(role=line.role), line=line
            )
        seen.add(line.role)


def is_email(text: str) -> bool:
    """Something before one @, a domain after it, no blanks: whether mail arrives, only mail can tell."""
    name, at, domain = text.partition("@")
    return bool(name and at and domain.strip(".") and "@" not in domain) and not any(map(str.isspace, text))


def missing_party(work: Work, code: str) -> Party:
    """A party that a file names by its code alone, not added yet."""
    return Party(code=code, name=code)
