"""The server's settings: defaults, then a TOML file, then TRASTIENDA_* variables, then the command line."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from ..errors import TrastiendaError
from . import kinds
from .keys import kept_key, kept_sealing_keys
from .kinds import Kind

Source: TypeAlias = Literal["default", "file", "environment", "command line"]

PREFIX = "TRASTIENDA_"
CONFIG = "TRASTIENDA_CONFIG"
#: The file's name, and what `trastienda.testing` is told.
NO_SETTINGS = (CONFIG, "TRASTIENDA_TEST_")
DEFAULT_FILE = Path("trastienda.toml")


class SettingsFault(TrastiendaError):
    """Settings that cannot be taken: every one of them, each with where it was found."""

    status = 500
    title = "Bad settings"

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def _about(kind: Kind[Any], text: str) -> dict[str, Any]:
    return {"kind": kind, "help": text}


@dataclass(frozen=True)
class Settings:
    """Read once at start-up. `sources` says where each value comes from; make it with `load_settings`."""

    database: str = field(
        default="",
        metadata=_about(
            kinds.DATABASE,
            "sqlite:///path.db or postgresql://user:password@host/name; by default trastienda.db "
            "in the data directory",
        ),
    )
    database_owner: str | None = field(
        default=None,
        metadata=_about(kinds.DATABASE, "The same database, as the role that migrate, restore and purge use"),
    )
    data: Path = field(
        default=Path("trastienda-data"),
        metadata=_about(kinds.FOLDER, "Directory for whatever is kept beside the database"),
    )
    postgres_programs: Path | None = field(
        default=None,
        metadata=_about(kinds.FOLDER, "Directory of pg_dump and pg_restore, where they are not found without it"),
    )
    secret_key: str | None = field(
        default=None,
        repr=False,
        metadata=_about(
            kinds.SECRET, "Signs sessions, 32 characters or more; by default kept in the data directory"
        ),
    )
    encryption_keys: tuple[str, ...] | None = field(
        default=None,
        repr=False,
        metadata=_about(
            kinds.SEALING_KEYS,
            "Seal secrets in the database, the first for new ones, as `trastienda keys new` prints them; "
            "by default kept in the data directory",
        ),
    )
    plugins: tuple[str, ...] | None = field(
        default=None,
        metadata=_about(
            kinds.NAMES, "The plugins that are on, beside the bundled ones; by default all that are installed"
        ),
    )
    bind: str = field(default="127.0.0.1:8000", metadata=_about(kinds.BIND, "HOST:PORT to listen on"))
    workers: int = field(default=2, metadata=_about(kinds.whole(1, 64), "Server processes"))
    threads: int = field(
        default=4, metadata=_about(kinds.whole(1, 64), "Requests that each process serves at a time")
    )
    public_url: str | None = field(
        default=None,
        metadata=_about(
            kinds.URL, "The address that browsers use, where it is not the one that is listened on"
        ),
    )
    proxies: int = field(
        default=0,
        metadata=_about(
            kinds.whole(0, 5), "Reverse proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed"
        ),
    )
    log_level: str = field(
        default="info",
        metadata=_about(kinds.choice("debug", "info", "warning", "error"), "The least that is logged"),
    )
    safe_mode: bool = field(
        default=False, metadata=_about(kinds.SWITCH, "The bundled plugins alone, read-only, for administrators")
    )
    session_idle_minutes: int = field(
        default=60,
        metadata=_about(kinds.whole(1, 525_600), "A sign-in ends when it was not used for so long"),
    )
    session_absolute_minutes: int = field(
        default=720, metadata=_about(kinds.whole(1, 525_600), "A sign-in ends after so long, used or not")
    )
    secure_cookies: bool = field(
        default=False,
        metadata=_about(kinds.SWITCH, "Send cookies over HTTPS only; by default where public_url is https"),
    )
    oidc_issuer: str | None = field(
        default=None,
        metadata=_about(
            kinds.ISSUER, "The OpenID Connect provider at which people may sign in, as it names itself; none without it"
        ),
    )
    oidc_client_id: str | None = field(
        default=None, metadata=_about(kinds.WORD, "The name by which the provider knows this server")
    )
    oidc_client_secret: str | None = field(
        default=None, repr=False, metadata=_about(kinds.WORD, "The secret that goes with it; none for a public client")
    )
    oidc_label: str = field(
        default="OpenID Connect", metadata=_about(kinds.WORD, "What the button on the sign-in page calls the provider")
    )
    oidc_link: str = field(
        default="subject",
        metadata=_about(
            kinds.choice("subject", "email"),
            "Who comes from the provider for the first time is the user to whom an administrator linked the "
            "provider's subject, or also the one who has the verified e-mail address",
        ),
    )
    oidc_create_role: str | None = field(
        default=None,
        metadata=_about(kinds.WORD, "The role of users made when somebody unknown comes; without it nobody is made"),
    )
    oidc_create_company: str | None = field(
        default=None, metadata=_about(kinds.WORD, "The code of the company in which they get it; by default the first")
    )
    oidc_trusts_second_factor: bool = field(
        default=False,
        metadata=_about(kinds.SWITCH, "The provider asks for a second factor itself: this server does not ask again"),
    )
    max_upload_mb: int = field(
        default=20, metadata=_about(kinds.whole(1, 10_000), "The largest body of a request, in megabytes")
    )
    file_store: str | None = field(
        default=None,
        metadata=_about(
            kinds.STORE, "Where attached files lie, such as s3://bucket/folder; by default in the data directory"
        ),
    )
    worker: bool = field(
        default=True,
        metadata=_about(kinds.SWITCH, "Let `serve` run the worker as well, which does jobs and sends mail"),
    )
    job_threads: int = field(
        default=2, metadata=_about(kinds.whole(1, 32), "Jobs that the worker does at a time")
    )
    job_lease_seconds: int = field(
        default=60,
        metadata=_about(kinds.whole(2, 3600), "A job whose worker vanished is taken up again after so long"),
    )
    mail_host: str | None = field(
        default=None, metadata=_about(kinds.WORD, "The server that mail is handed to; without it none is sent")
    )
    mail_port: int = field(default=587, metadata=_about(kinds.whole(1, 65535), "Its port"))
    mail_security: str = field(
        default="starttls",
        metadata=_about(
            kinds.choice("starttls", "tls", "none"), "How the connection is encrypted; never less than that"
        ),
    )
    mail_ca_file: Path | None = field(
        default=None,
        metadata=_about(kinds.FOLDER, "Certificates to trust instead of the system's, for a server of one's own"),
    )
    mail_user: str | None = field(
        default=None, metadata=_about(kinds.WORD, "The name to sign in with, where the server wants one")
    )
    mail_password: str | None = field(
        default=None, repr=False, metadata=_about(kinds.WORD, "The password that goes with it")
    )
    mail_from: str | None = field(
        default=None, metadata=_about(kinds.SENDER, "The sender of all mail, as in Office <office@example.com>")
    )
    webhook_networks: tuple[kinds.IpNetwork, ...] = field(
        default=(),
        metadata=_about(
            kinds.NETWORKS, "Networks that webhooks may reach although they are not public, as in 10.1.0.0/16"
        ),
    )
    metrics_token: str | None = field(
        default=None,
        repr=False,
        metadata=_about(kinds.SECRET, "What a scraper of /metrics sends; without one it must be on this host"),
    )
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)

    @property
    def files(self) -> Path:
        """Where what is attached to records lies, each file named by the digest of what it holds."""
        return self.data / "files"

    @property
    def host(self) -> str:
        return kinds.split_bind(self.bind)[0]

    @property
    def port(self) -> int:
        return kinds.split_bind(self.bind)[1]

    def signing_key(self) -> str:
        """The configured secret key, else the one in the data directory, which is made at first use."""
        return self.secret_key or kept_key(self.data)

    def sealing_keys(self, make: bool) -> tuple[str, ...]:
        """The configured ones, else those in the data directory, where `make` puts one if there is none."""
        return self.encryption_keys or kept_sealing_keys(self.data, make=make)


@dataclass(frozen=True)
class SettingInfo:
    """A setting for people. Secrets, and the passwords in addresses, are masked in `value` and `default`."""

    name: str
    kind: str
    help: str
    default: str
    value: str
    source: Source


_OPTIONS = {each.name: each for each in fields(Settings) if "kind" in each.metadata}


def load_settings(
    environ: Mapping[str, str],
    file: Path | None = None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> Settings:
    """Raises SettingsFault with all that is wrong.

    `file` comes before TRASTIENDA_CONFIG, and that before ./trastienda.toml, which may be missing. An empty
    variable counts as none. `overrides` are the command line's. Relative paths are relative to the working
    directory.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for name, value, where, source in _given(environ, file, overrides, problems):
        if name not in _OPTIONS:
            problems.append(f"{where}: unknown setting; the nearest is {_nearest(name, source)}")
            continue
        kind: Kind[Any] = _OPTIONS[name].metadata["kind"]
        try:
            values[name] = kind.read(value) if source == "environment" else kind.check(value)
            sources[name] = source
        except ValueError as error:
            problems.append(f"{where}: {error}")
    if "oidc_issuer" in values and "oidc_client_id" not in values:
        problems.append("oidc_issuer is set: set oidc_client_id as well")
    if problems:
        raise SettingsFault(problems)
    return _complete(values, {name: sources.get(name, "default") for name in _OPTIONS})


def describe_settings(settings: Settings) -> list[SettingInfo]:
    """In the order of their declaration."""
    return [
        SettingInfo(
            name,
            option.metadata["kind"].name,
            option.metadata["help"],
            _shown(option.default, secret=not option.repr),
            _shown(getattr(settings, name), secret=not option.repr),
            settings.sources.get(name, "default"),
        )
        for name, option in _OPTIONS.items()
    ]


def _given(
    environ: Mapping[str, str], file: Path | None, overrides: Mapping[str, object], problems: list[str]
) -> Iterator[tuple[str, Any, str, Source]]:
    """(name, value, place to complain about, source), the ones that win last."""
    path = file or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    for name, value in _read_file(path, problems).items():
        yield name, value, f"{path or DEFAULT_FILE}, {name}", "file"
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and not variable.startswith(NO_SETTINGS) and text:
            yield variable.removeprefix(PREFIX).lower(), text, variable, "environment"
    for name, value in overrides.items():
        yield name, value, f"--{name.replace('_', '-')}", "command line"


def _read_file(path: Path | None, problems: list[str]) -> dict[str, Any]:
    if path is None and not DEFAULT_FILE.exists():
        return {}
    path = path or DEFAULT_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{path}: {error.strerror}")
    except ValueError as error:
        problems.append(f"{path}: {error}")
    return {}


def _nearest(name: str, source: Source) -> str:
    if source == "environment":
        name, known = PREFIX + name.upper(), environment_variables()
    else:
        known = list(_OPTIONS)
    return str(difflib.get_close_matches(name, known, n=1, cutoff=0)[0])


def _complete(values: dict[str, Any], sources: dict[str, Source]) -> Settings:
    """With the defaults that depend on other settings."""
    values["data"] = values.get("data", _OPTIONS["data"].default).absolute()
    values.setdefault("database", f"sqlite:///{values['data'] / 'trastienda.db'}")
    values.setdefault("secure_cookies", str(values.get("public_url")).startswith("https:"))
    return Settings(**values, sources=MappingProxyType(sources))


def _shown(value: object, *, secret: bool) -> str:
    if value is None or value == "":
        return ""
    if secret:
        return "***"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return _without_password(str(value))


def _without_password(text: str) -> str:
    parts = urlsplit(text)
    if not parts.password:
        return text
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}"))


def environment_variables() -> list[str]:
    """All that are understood."""
    return [CONFIG, *(PREFIX + name.upper() for name in _OPTIONS)]
