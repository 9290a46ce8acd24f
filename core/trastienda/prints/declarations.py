"""What a plugin may say about its papers: a document of a record, as typed values without any markup."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Generic, TypeAlias, TypeVar

from ..entities.settings_forms import setting
from ..languages import lazy_gettext
from ..reports.panels import Rows
from ..reports.table import ColumnType
from ..storage.models import SharedRecord

if TYPE_CHECKING:
    from ..work import Work

R = TypeVar("R", bound=SharedRecord)


@dataclass(frozen=True)
class Field:
    """A value with its name; without a name, a line of text. An empty one is left out.

    `kind` is that of a report's column; by default what the value's own type says, a Decimal being money.
    """

    label: str
    value: Decimal | int | date | datetime | str | None
    _: KW_ONLY
    kind: ColumnType | None = None


@dataclass(frozen=True)
class Block:
    """Fields under a heading. Blocks that follow each other stand side by side."""

    title: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Totals:
    """Fields at the right margin, the last one emphasised: what it all comes to."""

    fields: Sequence[Field]


@dataclass(frozen=True)
class Note:
    """A paragraph, or several with line breaks between."""

    text: str
    _: KW_ONLY
    title: str = ""


@dataclass(frozen=True)
class Barcode:
    """As EAN-13 where the text is one, its check digit included, else as Code 128; in letters where neither can."""

    text: str
    _: KW_ONLY
    label: str = ""


@dataclass(frozen=True)
class Signatures:
    """Room to sign for each, side by side."""

    labels: Sequence[str]


PrintPart: TypeAlias = "Block | Rows | Totals | Note | Barcode | Signatures"


@dataclass(frozen=True)
class Document:
    """A paper under the company's letterhead; `number` stands with the title."""

    title: str
    parts: Sequence[PrintPart]
    _: KW_ONLY
    number: str = ""


@dataclass(frozen=True)
class Print(Generic[R]):
    """A document of each record of an entity, one's own or another plugin's.

    `build(work, record)` returns it, or several that each begin a page. It reads in a snapshot of its own, on
    trust, for somebody who may do `permission` (by default read) with the record; columns of the record that he
    may not see are empty. Labels are said in the reader's language.
    """

    name: str
    entity: str
    build: Callable[Concatenate[Work, R, ...], Document | Sequence[Document]]
    _: KW_ONLY
    label: str = ""
    permission: str = "read"


AnyPrint: TypeAlias = "Print[Any]"


@dataclass(frozen=True)
class Letterhead:
    """What stands on every page of a company's papers; a company's setting. Empty lines are left out.

    `logo` names a picture of the company by its digest.
    """

    name: str = setting("", label=lazy_gettext("Legal name"), help=lazy_gettext("Empty: the company's"))
    tax_id: str = setting("", label=lazy_gettext("Tax number"))
    street: str = setting("", label=lazy_gettext("Street"))
    city: str = setting("", label=lazy_gettext("Postal code and city"))
    country: str = setting("", label=lazy_gettext("Country"))
    contact: str = setting("", label=lazy_gettext("Telephone, e-mail"))
    registry: Annotated[str, "longtext"] = setting(
        "", label=lazy_gettext("Registry"),
        help=lazy_gettext("Where the company is registered; stands at the foot of every page"))
    footer: Annotated[str, "longtext"] = setting("", label=lazy_gettext("Foot of the page"),
                                                 help=lazy_gettext("At most four lines"))
    logo: str = setting("", label=lazy_gettext("Logo"), help=lazy_gettext("The digest of a picture that was sent"))
