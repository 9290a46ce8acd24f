"""Roles that come with the plugin: clerks move goods, managers keep products and places as well."""

from trastienda import Grant, Role

READ = ("read", "run", "export")

roles = [
    Role(
        "inventory.manager",
        [Grant("inventory.*"), Grant("contacts.party", (*READ, "comment"))],
        label="Warehouse manager",
    ),
    Role(
        "inventory.clerk",
        [
            Grant("inventory.*", (*READ, "comment")),
            Grant("inventory.move", ("create", "update", "delete", "reserve", "unreserve", "do", "cancel", "import")),
            Grant("inventory.picking", ("create", "update", "delete", "reserve", "do", "cancel")),
            Grant("inventory.count", ("create", "update", "start", "cancel", "import")),
            Grant("inventory.lot", ("create", "update")),
            Grant("contacts.party", (*READ, "comment")),
        ],
        label="Warehouse clerk",
    ),
]
