"""OpenID Connect: the way to the provider and back (authorization code with PKCE), and whom it then vouches for.

It needs the extra `oidc`, whose libraries are imported where they are used: the core starts without them.
"""
from __future__ import annotations

import importlib.util
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...errors import NotSignedIn, TrastiendaError
from ...languages import gettext
from ...settings import SettingsFault

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from ...settings import Settings
    from ...site import Site
    from ...work import Work

CALLBACK = "/sign-in/provider/back"
SCOPE = "openid email profile"
#: Signatures by the provider's private key alone: nothing that knows only public things could have made them.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LIBRARIES = ("authlib", "joserfc", "requests")
#: Seconds: of waiting for an answer, by which clocks may differ, that a description is good for.
PATIENCE, LEEWAY, REMEMBERED = 10, 60, 3600
MOST_BYTES = 1 << 20


class ProviderUnavailable(TrastiendaError):
    """The provider cannot be reached, or does not answer as OpenID Connect demands."""

    status = 503
    title = "The provider does not answer"


@dataclass(frozen=True)
class Departure:
    """What the browser keeps while its user is at the provider: none of it is of use to anybody else."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Whom the provider vouches for; `email` is empty unless the provider has verified it."""

    issuer: str
    subject: str
    email: str
    name: str
    full_name: str


def faults(settings: Settings) -> list[str]:
    """What keeps the configured provider from being used."""
    if settings.oidc_issuer is None:
        return []
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    return [f"{', '.join(missing)}: not installed; pip install trastienda[oidc]"] if missing else []


def refuse_without_libraries(site: Site) -> None:
    """At start-up: the pages of administrators then say so, and the sign-in page has no button."""
    if found := faults(site.settings):
        raise SettingsFault(found)


def provider_answers(work: Work) -> list[str]:
    """For `doctor`."""
    settings = work.site.settings
    if settings.oidc_issuer is None or (found := faults(settings)):
        return [] if settings.oidc_issuer is None else found
    try:
        provider_of(settings).keys()
    except ProviderUnavailable as error:
        return [f"{settings.oidc_issuer}: {error}"]
    return []


def is_on(settings: Settings) -> bool:
    return settings.oidc_issuer is not None and not faults(settings)


# -- the provider
class Provider:
    """Its description and its keys, asked for once an hour, the keys also when it signs with a new one."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.known_at = time.monotonic()
        self.description = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if self.description.get("issuer") != issuer:
            raise ProviderUnavailable(gettext("The provider calls itself by another name than the settings do"))
        self._keys: KeySet | None = None

    def address(self, name: str) -> str:
        found = self.description.get(name)
        if not isinstance(found, str):
            raise ProviderUnavailable(gettext("The provider does not say where its %(what)s is", what=name))
        return found

    def keys(self, *, afresh: bool = False) -> KeySet:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if self._keys is None or afresh:
            found = _fetch(self.address("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]  # what is fetched is no key set: refused
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise ProviderUnavailable(gettext("The provider's keys cannot be read")) from error
        return self._keys


_providers: dict[str, Provider] = {}


def provider_of(settings: Settings) -> Provider:
    """Raises ProviderUnavailable."""
    assert settings.oidc_issuer is not None
    known = _providers.get(settings.oidc_issuer)
    if known is None or time.monotonic() - known.known_at > REMEMBERED:
        known = _providers[settings.oidc_issuer] = Provider(settings.oidc_issuer)
    return known


def _fetch(address: str, *, bearer: str = "") -> dict[str, Any]:
    """A JSON object; raises ProviderUnavailable."""
    import requests

    sent = {"Accept": "application/json", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
    try:
        with requests.get(address, headers=sent, timeout=PATIENCE, stream=True, allow_redirects=False) as answer:
            if answer.status_code != 200:
                raise ProviderUnavailable(gettext("The provider answered %(status)s", status=answer.status_code))
            body = answer.raw.read(MOST_BYTES, decode_content=True)
        found = json.loads(body)
    except (requests.RequestException, OSError, ValueError) as error:
        raise ProviderUnavailable(gettext("The provider cannot be reached")) from error
    if not isinstance(found, dict):
        raise ProviderUnavailable(gettext("The provider did not answer as it should"))
    return found


# -- there and back
def own_address(settings: Settings) -> str:
    """Where this server is for browsers, by its settings: what a request says of its host is not believed."""
    return settings.public_url or f"http://{settings.bind}"


def depart(settings: Settings) -> tuple[str, Departure]:
    """The address to send the browser to, and what it keeps meanwhile; raises ProviderUnavailable."""
    begun = Departure(*(secrets.token_urlsafe(32) for _ in range(3)))
    with _client(settings) as client:
        address, _ = client.create_authorization_url(
            provider_of(settings).address("authorization_endpoint"), state=begun.state, nonce=begun.nonce,
            code_verifier=begun.verifier)
    return str(address), begun


def arrive(settings: Settings, begun: Departure, answer: Mapping[str, str]) -> Person:
    """Whom the provider's answer (the parameters of the callback) vouches for.

    Raises NotSignedIn for an answer that isn't one to `begun`, or that proves nothing; ProviderUnavailable.
    """
    if not secrets.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise NotSignedIn(gettext("The sign-in was not begun in this browser, or too long ago: begin again"))
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise NotSignedIn(gettext("Somebody else than the provider answered"))
    if "error" in answer or not answer.get("code"):
        raise NotSignedIn(gettext("The provider did not let you in"))
    provider = provider_of(settings)
    tokens = _exchange(settings, provider, begun, answer["code"])
    claims = _proven(provider, str(tokens.get("id_token") or ""), client=settings.oidc_client_id or "",
                     nonce=begun.nonce)
    if "email" not in claims and "userinfo_endpoint" in provider.description and tokens.get("access_token"):
        told = _fetch(provider.address("userinfo_endpoint"), bearer=str(tokens["access_token"]))
        if told.get("sub") == claims["sub"]:
            claims = {**told, **claims}
    return _person(provider.issuer, claims)


def way_out(settings: Settings, back: str) -> str:
    """Where one signs out at the provider, if it has such a place; it then leads back to an address here."""
    try:
        found = provider_of(settings).description.get("end_session_endpoint") if is_on(settings) else None
    except ProviderUnavailable:
        return ""
    asked = urlencode({"client_id": settings.oidc_client_id, "post_logout_redirect_uri": own_address(settings) + back})
    return f"{found}{'&' if '?' in found else '?'}{asked}" if isinstance(found, str) else ""


def _client(settings: Settings) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.oidc_client_id, settings.oidc_client_secret, scope=SCOPE, code_challenge_method="S256",
        redirect_uri=own_address(settings) + CALLBACK, default_timeout=PATIENCE,
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none")


def _exchange(settings: Settings, provider: Provider, begun: Departure, code: str) -> Mapping[str, Any]:
    import requests
    from authlib.integrations.base_client import OAuthError

    try:
        with _client(settings) as client:
            found: Mapping[str, Any] = client.fetch_token(
                provider.address("token_endpoint"), grant_type="authorization_code", code=code,
                code_verifier=begun.verifier, allow_redirects=False)
    except OAuthError as error:
        raise NotSignedIn(gettext("The provider did not let you in")) from error
    except (requests.RequestException, OSError, ValueError) as error:
        raise ProviderUnavailable(gettext("The provider cannot be reached")) from error
    return found


# -- what it proves
def _proven(provider: Provider, token: str, *, client: str, nonce: str) -> dict[str, Any]:
    """The claims of an identity token (OpenID Connect Core, 3.1.3.7); raises NotSignedIn."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError

    try:
        try:
            found = jwt.decode(token, provider.keys(), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):  # signed by a key that it did not have when it was asked
            found = jwt.decode(token, provider.keys(afresh=True), algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY, iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": client}, nonce={"essential": True, "value": nonce},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True}).validate(found.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise NotSignedIn(gettext("What the provider sent proves nothing")) from error
    claims: dict[str, Any] = found.claims
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise NotSignedIn(gettext("What the provider sent proves nothing"))
    return claims


def _person(issuer: str, claims: Mapping[str, Any]) -> Person:
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise NotSignedIn(gettext("What the provider sent proves nothing"))
    verified = isinstance(email, str) and claims.get("email_verified") is True
    return Person(issuer, subject, email=str(email) if verified else "",
                  name=_text(claims.get("preferred_username")), full_name=_text(claims.get("name")))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and value.isprintable() else ""
