"""Which kinds of files may be attached, and how their content begins: what a sender says of it is not believed.

The signatures are those of the formats' own specifications. What a browser would run (HTML, SVG, scripts) is no kind
at all here; text is only ever handed out to be saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Looks: TypeAlias = Callable[[bytes], bool]

#: As much of a file as its kind is told from.
HEAD = 4096
LONGEST_NAME = 150
_TEXT_FORBIDDEN = bytes(set(range(32)) - {9, 10, 12, 13, 27})
#: Controls, what turns the direction of writing round, and what a file system or a header takes for itself.
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:"|?*]')


@dataclass(frozen=True)
class FileType:
    mimetype: str
    looks: Looks


def _begins(*signatures: bytes) -> Looks:
    return lambda head: head.startswith(signatures)


def _text(head: bytes) -> bool:
    """No control characters but those of text; UTF-16 with its mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not head.translate(None, delete=bytes(set(range(256)) - set(_TEXT_FORBIDDEN))) and not _binary(head)


def _binary(head: bytes) -> bool:
    return any(each.looks(head) for each in _BINARY)


_ZIP = _begins(b"PK\x03\x04")
_OLE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OPEN = "application/vnd.oasis.opendocument"
_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", _begins(b"%PDF-")),
    "png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    "gif": FileType("image/gif", _begins(b"GIF87a", b"GIF89a")),
    "webp": FileType("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    "tif": FileType("image/tiff", _begins(b"II*\x00", b"MM\x00*")),
    "tiff": FileType("image/tiff", _begins(b"II*\x00", b"MM\x00*")),
    "heic": FileType("image/heic", lambda head: head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1")),
    "docx": FileType(f"{_OFFICE}.wordprocessingml.document", _ZIP),
    "xlsx": FileType(f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    "pptx": FileType(f"{_OFFICE}.presentationml.presentation", _ZIP),
    "odt": FileType(f"{_OPEN}.text", _ZIP),
    "ods": FileType(f"{_OPEN}.spreadsheet", _ZIP),
    "odp": FileType(f"{_OPEN}.presentation", _ZIP),
    "doc": FileType("application/msword", _OLE),
    "xls": FileType("application/vnd.ms-excel", _OLE),
    "ppt": FileType("application/vnd.ms-powerpoint", _OLE),
    "msg": FileType("application/vnd.ms-outlook", _OLE),
    "zip": FileType("application/zip", _ZIP),
    "txt": FileType("text/plain", _text),
    "csv": FileType("text/csv", _text),
    "md": FileType("text/markdown", _text),
    "json": FileType("application/json", _text),
    "xml": FileType("application/xml", _text),
    "xsig": FileType("application/xml", _text),
    "eml": FileType("message/rfc822", _text),
    "ics": FileType("text/calendar", _text),
    "vcf": FileType("text/vcard", _text),
}
_BINARY = tuple(each for each in TYPES.values() if each.looks is not _text)


def clean_name(name: str) -> str:
    """The last part of a path, of either system, without what is no part of a name; empty if nothing is left."""
    last = _UNFIT.sub("", name[-4096:].replace("\\", "/").rpartition("/")[2]).strip(". ")
    if len(last) <= LONGEST_NAME:
        return last
    stem, dot, ending = last.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if len(ending) < 20 else ""


def type_of(name: str, head: bytes) -> FileType | None:
    """The kind that the name's ending says, if the content looks like it."""
    found = TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None
    return found if found is not None and found.looks(head) else None
