"""Roles that come with the plugin: bookkeepers prepare, accountants post and close, auditors read."""

from trastienda import Grant, Role

READ = ("read", "run", "export")

roles = [
    Role("accounting.accountant", [Grant("accounting.*"), Grant("contacts.*")], label="Accountant"),
    Role(
        "accounting.bookkeeper",
        [
            Grant("accounting.*", (*READ, "comment")),
            Grant("accounting.entry", ("create", "update", "delete", "import")),
            Grant("contacts.party", ("read", "create", "update")),
        ],
        label="Bookkeeper",
    ),
    Role(
        "accounting.auditor",
        [Grant("accounting.*", READ), Grant("contacts.*", READ)],
        label="Auditor of the books",
    ),
]
