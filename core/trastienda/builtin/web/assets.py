"""The few files that a page needs, each under an address that changes with its content, compressed once.

Bootstrap's style sheet is served as its package ships it. Its script is not needed: pages use what HTML has.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Response, request

from ...errors import NotFound
from ...languages import gettext

_OWN = files(__package__) / "static"
_FILES: dict[str, tuple[Traversable, str]] = {
    "bootstrap.min.css": (
        files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css",
        "text/css",
    ),
    "trastienda.css": (_OWN / "trastienda.css", "text/css"),
    **{name: (_OWN / name, "text/javascript") for name in ("trastienda.js", "list.js", "form.js")},
    "mark.svg": (_OWN / "mark.svg", "image/svg+xml"),
}
_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*$", re.MULTILINE | re.DOTALL)
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    content: bytes
    packed: bytes
    mimetype: str
    digest: str


def bare(source: str) -> str:
    """Without indentation, blank lines and the lines that are comments for who reads the source.

    No text in these files runs over several lines, which an indentation could belong to.
    """
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// ")) + "\n"


@cache
def asset(name: str) -> Asset:
    """KeyError for a name that is not among them."""
    file, mimetype = _FILES[name]
    content = file.read_bytes()
    if mimetype in ("text/css", "text/javascript"):
        content = bare(content.decode()).encode()
    digest = blake2b(content, digest_size=6).hexdigest()
    return Asset(content, gzip.compress(content, mtime=0), mimetype, digest)


def asset_url(name: str) -> str:
    return f"/assets/{asset(name).digest}/{name}"


def serve_asset(digest: str, name: str) -> Response:
    """The file, whatever digest it was asked for by, but kept by browsers only under its own."""
    if name not in _FILES:
        raise NotFound(gettext("No file %(name)s", name=name))
    found = asset(name)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if packed else found.content, mimetype=found.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_A_YEAR if digest == found.digest else "no-cache"
    return response
