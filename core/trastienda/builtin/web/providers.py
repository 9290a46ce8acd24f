"""What the sign-in page says of the OpenID Connect provider that the settings name."""

from __future__ import annotations

from ...languages import gettext as _
from ...site import Site
from ..identity import oidc
from . import addresses
from .administration import places
from .views.parts import Link

#: Kept in the session by whoever came in from there.
FROM_PROVIDER = "from_provider"


def way_in(site: Site, wanted: str) -> Link | None:
    """The button of the sign-in page."""
    if not oidc.is_on(site.settings):
        return None
    kept = [("next", wanted)] if wanted else []
    label = _("Sign in with %(provider)s", provider=site.settings.oidc_label)
    return Link(label, addresses.with_query(places.PROVIDER, kept))


def way_out_of(site: Site) -> Link | None:
    """For whoever has just left: the provider's own sign-out."""
    address = oidc.way_out(site.settings, addresses.SIGN_IN)
    return Link(_("Sign out of %(provider)s as well", provider=site.settings.oidc_label), address) if address else None
