"""The Flask application of a site: connection, identity, company and language of each request; errors at the edge."""
from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import orjson
import peewee
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from ..errors import BadQuery, Busy, NotSignedIn, TrastiendaError
from ..isolation import PluginFailed
from ..languages import LANGUAGES, gettext, speaking
from ..log import get_logger, request_context, request_id_of
from ..plugins import run_startup
from ..site import Site
from ..storage.fields import BIGINT_MAX
from . import audit, batch, changes, docs, entities, imports, jobs, metrics, privacy, reports, running, settings
from .context import identify
from .plugin_routes import add_plugin_routes

log = get_logger(__name__)
SAFE = {"GET", "HEAD", "OPTIONS"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                                "frame-ancestors 'none'; manifest-src 'self'"),
}


class _Json(JSONProvider):
    """orjson; decimals as text, so that no client makes floats of them."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        data = orjson.dumps(self._prepare_response_obj(args, kwargs), default=str)
        return Response(data, mimetype="application/json")


class _Application(Flask):
    """A plugin's hook around requests that wants to end the program ends its request."""

    def full_dispatch_request(self) -> Response:
        try:
            return super().full_dispatch_request()
        except SystemExit as error:
            return self.finalize_request(self.handle_user_exception(RuntimeError(f"exit {error}")),
                                         from_error_handler=True)


class _BigInt(IntegerConverter):
    """`<int:...>` in an address: what a column can hold; a greater number is the address of nothing."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = BIGINT_MAX,
                 signed: bool = False) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


def create_app(site: Site) -> Flask:
    """The WSGI application; opens no connection."""
    app = _Application("trastienda", static_folder=None)
    app.json = _Json(app)
    app.url_map.converters["int"] = _BigInt
    app.extensions["trastienda"] = site
    if site.settings.proxies:
        believed = site.settings.proxies
        # Flask's documentation wraps the method; for a type checker that replaces it.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=believed, x_proto=believed, x_host=0)  # type: ignore[method-assign]
    app.config.update(
        SECRET_KEY=site.settings.signing_key(), MAX_CONTENT_LENGTH=site.settings.max_upload_mb * 2**20,
        WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False,
        SESSION_COOKIE_NAME="trastienda_form", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.settings.secure_cookies)
    csrf = CSRFProtect(app)
    metrics.count_requests(app)

    @app.before_request
    def begin() -> None:
        g.stack = ExitStack()
        request_id = request_id_of(request.headers.get("X-Request-Id"))
        g.request_id = request_id
        g.stack.enter_context(request_context(request_id))
        if request.path in running.UNGUARDED or (request.endpoint or "").endswith("static"):
            return
        g.stack.enter_context(site.active(keep=True))
        g.stack.enter_context(speaking(request.accept_languages.best_match(LANGUAGES) or "en"))
        identify(site)
        if g.identity is not None and g.identity.user.language:
            g.stack.enter_context(speaking(g.identity.user.language))
        if request.method not in SAFE:
            _refuse_forgery(csrf)
        _refuse_nul()

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if (stack := g.pop("stack", None)) is not None:
            stack.close()

    _add_error_handlers(app, site)
    app.register_blueprint(entities.blueprint)
    app.register_blueprint(imports.blueprint)
    app.register_blueprint(reports.blueprint)
    app.register_blueprint(batch.blueprint)
    app.register_blueprint(settings.blueprint)
    app.register_blueprint(audit.blueprint)
    app.register_blueprint(privacy.blueprint)
    app.register_blueprint(jobs.blueprint)
    app.register_blueprint(changes.blueprint)
    app.register_blueprint(running.blueprint)
    app.register_blueprint(docs.blueprint)
    add_plugin_routes(app, site)
    run_startup(site.loaded, site)
    return app


def _refuse_forgery(csrf: CSRFProtect) -> None:
    """Whoever the browser vouches for shows the form's token as well, whatever else it adds to a request of itself."""
    if g.identity is None and request.path.startswith("/api/"):
        raise NotSignedIn(gettext("Sign in, or send a token"))
    if g.identity is None or g.identity.by_cookie:
        csrf.protect()


def _refuse_nul() -> None:
    """No text of any kind has a NUL in it, and PostgreSQL takes none: whoever sends one is told so, whatever it was
    meant for."""
    sent = [("", request.path), *request.args.items(multi=True)]
    if request.method not in SAFE:
        sent += [(name or "", text) for name, text in request.form.items(multi=True)]  # a part may lack its name
    for name, text in sent:
        if "\x00" in name or "\x00" in text:
            raise BadQuery(name.replace("\x00", ""), gettext("Control characters are not allowed."))


def _add_error_handlers(app: Flask, site: Site) -> None:
    def answer(error: Exception, *, status: int, title: str, detail: str, extra: dict[str, Any]) -> Any:
        if site.error_page is not None and (
                not request.path.startswith("/api/") or request.path.startswith("/api/docs")):
            g.problem = {"status": status, "title": title, "detail": detail, **extra}
            return site.error_page(error, status)
        return problem(status, title, detail, extra)

    @app.errorhandler(TrastiendaError)
    def refused(error: TrastiendaError) -> Any:
        if isinstance(error, PluginFailed):
            site.failures.note(error)
        return answer(error, status=error.status, title=error.title, detail=gettext(str(error)),
                      extra=error.members())

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Any:
        return answer(error, status=400, title="Form expired", detail=gettext(str(error.description)), extra={})

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return answer(error, status=error.code, title=error.name, detail=gettext(str(error.description or "")),
                      extra={})

    @app.errorhandler(peewee.OperationalError)
    def database_lost(error: peewee.OperationalError) -> Any:
        if not site.database.is_lost(error):
            return failed(error)
        log.error("the database is out of reach", error=str(error))
        return refused(Busy(gettext("The database cannot be reached at the moment; nothing was written")))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        log.exception("a request failed", path=request.path)
        return answer(error, status=500, title="Internal error",
                      detail=gettext("It has been logged under the request's id"),
                      extra={"request_id": g.get("request_id", "")})


def problem(status: int, title: str, detail: str, extra: dict[str, Any]) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    response = Response(orjson.dumps(body, default=str), status=status, mimetype="application/problem+json")
    if status == 503 or "wait" in extra:
        response.headers["Retry-After"] = str(extra.get("wait", 2))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


