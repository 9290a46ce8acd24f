"""An OpenID Connect provider on loopback, which keeps the rules until a test tells it to break one."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "trastienda", "the client's secret"


class Provider:
    """`person` are the claims about whoever signs in; `claims` and `token` may spoil what is sent of him. A
    forgetful one takes a code again."""

    def __init__(self) -> None:
        self.issuer = ""
        self.person: dict[str, Any] = {"sub": "s-1", "email": "ana@example.org", "email_verified": True}
        self.claims: dict[str, Any] = {}
        self.token: Callable[[Mapping[str, Any]], str] = self.signed
        self.description: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.asked: list[str] = []
        self.refusals: list[str] = []
        self.forgetful = False
        self._codes: dict[str, dict[str, str]] = {}
        self.rotate()

    def rotate(self) -> None:
        self.key = ECKey.generate_key("P-256", parameters={"kid": secrets.token_hex(4), "use": "sig", "alg": "ES256"})

    def signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.key.kid or ""}, dict(claims), self.key)

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        return getattr(self, f"answer_{request.path.strip('/').replace('/', '_').replace('-', '_').lstrip('.')}")(
            request)(environ, start)

    def answer_well_known_openid_configuration(self, _: Request) -> Response:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys",
                 "end_session_endpoint": "end"}  # fmt: skip
        found = {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}
        if self.userinfo is not None:
            found["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return _json({**found, **self.description})

    def answer_keys(self, _: Request) -> Response:
        return _json(KeySet([self.key]).as_dict(private=False))

    def answer_userinfo(self, _: Request) -> Response:
        return _json(self.userinfo)

    def answer_authorize(self, request: Request) -> Response:
        """Its user is signed in here already and agrees."""
        asked = request.args.to_dict()
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    def answer_token(self, request: Request) -> Response:
        """RFC 6749, 4.1.3 and RFC 7636, 4.6: each code once, for this client, address and verifier."""
        asked = self._codes.get(request.form.get("code", ""))
        if asked is not None and not self.forgetful:
            del self._codes[request.form["code"]]
        client = request.authorization
        challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form.get("code_verifier", "").encode()).digest())
        faults = {
            "code": asked is None,
            "client": client is None or (client.username, client.password) != (CLIENT, SECRET),
            "pkce": asked is not None and (asked.get("code_challenge_method") != "S256"
                                           or asked.get("code_challenge") != challenge.decode().rstrip("=")),
            "redirect_uri": asked is not None and asked["redirect_uri"] != request.form.get("redirect_uri"),
        }
        if any(faults.values()):
            self.refusals += [name for name, wrong in faults.items() if wrong]
            return _json({"error": "invalid_grant"}, 400)
        assert asked is not None
        moment = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": asked.get("nonce"), "iat": moment, "exp": moment + 300,
                  **self.person, **self.claims}
        return _json({"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": self.token(claims)})


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
