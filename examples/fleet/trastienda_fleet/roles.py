"""Who may do what."""

from trastienda import Grant, Role

roles = [
    Role("fleet.manager", [Grant("fleet.*"), Grant("contacts.party", ["read", "update", "fleet.renew"])],
         label="Fleet: manager"),
    Role("fleet.driver", [Grant("fleet.vehicle", ["read"]), Grant("fleet.trip", ["read", "create"])],
         label="Fleet: driver"),
]  # fmt: skip
