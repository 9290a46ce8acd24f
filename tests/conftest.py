from hypothesis import settings
from playwright.sync_api import expect

# A shared machine may pause in the midst of an example; CI's profile, where set, stays the base.
settings.register_profile("trastienda", deadline=None)
settings.load_profile("trastienda")

# Milliseconds. So may a browser: what is waited for may take as long as a machine with other things to do needs.
expect.set_options(timeout=30_000)
