"""The kinds of value that a setting takes: `check` a typed one, `read` text. Both raise ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

T = TypeVar("T")
IpNetwork: TypeAlias = "IPv4Network | IPv6Network"

_SWITCH_WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
_KEY_CHARACTERS = 32


@dataclass(frozen=True)
class Kind(Generic[T]):
    """`name` is for people; `check` takes what TOML or Python give, `read` what a variable holds."""

    name: str
    check: Callable[[object], T]
    read: Callable[[str], T]


def split_bind(bind: str) -> tuple[str, int]:
    """The host, without the brackets of an IPv6 address, and the port."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def whole(least: int, most: int) -> Kind[int]:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{value!r} is not a whole number from {least} to {most}")
        return value

    def read(text: str) -> int:
        return check(int(text) if re.fullmatch(r"[0-9]{1,18}", text) else text)

    return Kind(f"whole number, {least} to {most}", check, read)


def choice(*words: str) -> Kind[str]:
    def check(value: object) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return str(value)

    return Kind(" or ".join(words), check, lambda text: check(text.lower()))


def _text(name: str, check_text: Callable[[str], T]) -> Kind[T]:
    def check(value: object) -> T:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not text")
        return check_text(value)

    return Kind(name, check, check_text)


def _database(text: str) -> str:
    scheme, _, rest = text.partition(":")
    sqlite = scheme == "sqlite" and re.match(r"///[^/].*|////[^/].*", rest)
    if not sqlite and not (scheme in ("postgresql", "postgres") and rest.startswith("//")):
        raise ValueError("neither sqlite:///path.db nor postgresql://user:password@host/name")
    return text


def _bind(text: str) -> str:
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\s\[\]/]+):[0-9]{1,5}", text) or split_bind(text)[1] > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT, as in 127.0.0.1:8000 or [::1]:8000")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not an address like https://office.example.com")
    return text.rstrip("/")


def _issuer(text: str) -> str:
    """Kept letter by letter: a provider's own name is compared with it."""
    parts = urlsplit(_url(text) and text)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(f"{text!r} is not an https address")
    return text


def _store(text: str) -> str:
    if not re.match(r"[a-z0-9+.-]+://[^/]", text):
        raise ValueError(f"{text!r} is not an address like s3://bucket/folder")
    return text.rstrip("/")


def _secret(text: str) -> str:
    if len(text) < _KEY_CHARACTERS:
        raise ValueError(f"shorter than {_KEY_CHARACTERS} characters")
    return text


def _folder(value: object) -> Path:
    if not isinstance(value, (str, Path)) or not str(value):
        raise ValueError(f"{value!r} is not a directory's path")
    return Path(value).expanduser()


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) and each for each in value):
        raise ValueError(f"{value!r} is not a list of names")
    return tuple(dict.fromkeys(value))


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _read_switch(text: str) -> bool:
    return _switch(_SWITCH_WORDS.get(text.lower(), text))


def _read_names(text: str) -> tuple[str, ...]:
    return _names([part.strip() for part in text.split(",")])


def _word(text: str) -> str:
    if not text or not text.isprintable() or text != text.strip():
        raise ValueError(f"{text!r} is not one word or line of text")
    return text


def _sender(text: str) -> str:
    name, address = parseaddr(_word(text))
    user, _, host = address.rpartition("@")
    if not user or not host or text not in (address, f"{name} <{address}>", f'"{name}" <{address}>'):
        raise ValueError(f"{text!r} is not a sender like Office <office@example.com>")
    return text


DATABASE = _text("database address", _database)
BIND = _text("HOST:PORT", _bind)
URL = _text("address", _url)
STORE = _text("address", _store)
ISSUER = _text("https address", _issuer)
SECRET = _text("secret", _secret)


def _networks(value: object) -> tuple[IpNetwork, ...]:
    return tuple(ip_network(each) for each in _names(value))


def _read_networks(text: str) -> tuple[IpNetwork, ...]:
    return _networks([part.strip() for part in text.split(",")])


def _sealing_keys(value: object) -> tuple[str, ...]:
    names = _names(value)
    for each in names:
        try:
            Fernet(each)
        except ValueError as error:
            raise ValueError("not a key as `trastienda keys new` prints it") from error
    return names


SEALING_KEYS: Kind[tuple[str, ...]] = Kind(
    "list of keys", _sealing_keys, lambda text: _sealing_keys([part.strip() for part in text.split(",")])
)
NETWORKS: Kind[tuple[IpNetwork, ...]] = Kind("list of networks", _networks, _read_networks)
WORD = _text("text", _word)
SENDER = _text("sender", _sender)
FOLDER: Kind[Path] = Kind("directory", _folder, _folder)
NAMES: Kind[tuple[str, ...]] = Kind("list of names", _names, _read_names)
SWITCH: Kind[bool] = Kind("true or false", _switch, _read_switch)
