"""Pictures on papers: PNG or JPEG, small, and looked into before they are kept."""
from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from ..errors import Invalid
from ..languages import gettext
from ..storage.pictures import Picture
from ..storage.rows import fetch

if TYPE_CHECKING:
    from ..entities.values import Upload
    from ..work import Work

MOST_BYTES = 256 * 1024
MOST_PIXELS = 3000
_PNG = b"\x89PNG\r\n\x1a\n"
#: Start of frame: the markers of JPEG that carry a size.
_FRAMES = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})


@dataclass(frozen=True)
class Logo:
    """A picture that was looked into; its sides are in pixels."""

    kind: Literal["png", "jpg"]
    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def read_logo(content: bytes) -> Logo:
    """Raises Invalid, by the name `file`, for what is no PNG or JPEG, or is too large. It is not decoded here."""
    if len(content) > MOST_BYTES:
        raise Invalid({"file": [gettext("At most %(most)s KB.", most=MOST_BYTES // 1024)]})
    kind: Literal["png", "jpg"] = "png" if content.startswith(_PNG) else "jpg"
    size = _png_size(content) if kind == "png" else _jpeg_size(content)
    if size is None:
        raise Invalid({"file": [gettext("Not a PNG or JPEG picture.")]})
    if not all(1 <= side <= MOST_PIXELS for side in size):
        raise Invalid({"file": [gettext("At most %(most)s pixels a side.", most=MOST_PIXELS)]})
    return Logo(kind, content, *size)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < 33 or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5:at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int(struct.unpack(">H", content[at + 2:at + 4])[0])
    return None


def uploaded(file: Upload) -> Logo:
    return read_logo(file.stream.read(MOST_BYTES + 1))


def keep(work: Work, logo: Logo) -> str:
    """Store it in the company, once; its digest, by which it is named."""
    if stored(work, logo.digest) is None:
        work.execute(Picture.insert(company=work.company.id, digest=logo.digest, content=logo.content))
    return logo.digest


def stored(work: Work, digest: str) -> Logo | None:
    """A picture of the work's company."""
    found = fetch(work.site.database, Picture, '"company_id" = ? AND "digest" = ?', [work.company.id, digest])
    return read_logo(bytes(found[0].content)) if found else None
