from hypothesis import settings

# A shared machine may pause in the midst of an example; CI's profile, where set, stays the base.
settings.register_profile("trastienda", deadline=None)
settings.load_profile("trastienda")
