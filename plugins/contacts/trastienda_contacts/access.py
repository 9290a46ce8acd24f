"""Roles that come with the plugin."""

from trastienda import Grant, Role

roles = [
    Role("contacts.manager", [Grant("contacts.*")], label="Contacts: manager"),
    Role("contacts.reader", [Grant("contacts.*", ("read", "run", "export"))], label="Contacts: reader"),
]
