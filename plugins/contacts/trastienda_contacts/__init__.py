"""Parties: customers, suppliers, employees and everybody else one deals with."""

from trastienda import Action, Computed, Entity, Lines, Personal, Plugin, Section, Setup

from .access import roles
from .addresses import Address, address_faults
from .bank_accounts import BankAccount, bank_account_faults
from .demo import demo_company, make_demo_parties
from .merging import bring_back, merge, party_and_merged
from .parties import Party, PartyRole, missing_party, party_faults, plays

__all__ = [
    "Address",
    "BankAccount",
    "Party",
    "PartyRole",
    "demo_company",
    "party_and_merged",
    "plugin",
]

plugin = Plugin(
    "contacts",
    label="Contacts",
    description="Parties: customers, suppliers, employees, their addresses, tax numbers and bank accounts",
    entities=[
        Entity(
            "contacts.party",
            Party,
            key=Party.code,
            archive=Party.active,
            title=Party.name,
            begins={Party.country: lambda work: work.company.country},
            label="Party",
            plural="Parties",
            path="parties",
            columns=[
                Party.code,
                Party.name,
                Party.tax_id,
                Party.country,
                Party.email,
                Party.phone,
                "is_customer",
                "is_supplier",
                Party.active,
            ],
            sections=[
                Section("Identity", [Party.code, Party.name, Party.is_company, Party.tax_id, Party.country]),
                Section("Contact", [Party.email, Party.phone, Party.website, Party.language]),
                Section("Other", [Party.active, Party.merged_into, Party.notes]),
            ],
            search=[Party.code, Party.name, Party.tax_id, Party.email],
            order=[Party.code],
            lines=[
                Lines(PartyRole.party, name="roles", label="Roles"),
                Lines(Address.party, name="addresses", label="Addresses"),
                Lines(BankAccount.party, name="bank_accounts", label="Bank accounts"),
            ],
            computed=[
                Computed("is_customer", plays("customer"), like=Party.active, label="Customer"),
                Computed("is_supplier", plays("supplier"), like=Party.active, label="Supplier"),
                Computed("is_employee", plays("employee"), like=Party.active, label="Employee"),
            ],
            rules=[party_faults, address_faults, bank_account_faults],
            readonly=[Party.merged_into],
            personal=Personal(
                [Party.name, Party.tax_id, Party.email, Party.phone, Party.website, Party.notes],
                lines=["addresses", "bank_accounts"],
            ),
            create_missing=missing_party,
            actions=[
                Action("merge", merge, label="Merge", confirm=True, when={Party.merged_into: None}),
                Action("bring-back", bring_back, label="Bring back", permission="update",
                       when={Party.active: False, Party.merged_into: None}),
            ],
        ),
    ],
    roles=roles,
    setup=Setup(demo=make_demo_parties),
)
