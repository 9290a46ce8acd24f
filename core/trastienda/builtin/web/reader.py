"""Values between machine and person: what doors speak (`"1234.50"`) as it is read and typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.numbers import NumberFormatError, parse_decimal

from ...entities.compiled import Kind, humanise
from ...entities.currencies import decimals_of
from ...languages import gettext as _
from ...languages import lazy_gettext
from ...reports.text import Language, language

MINUS = "\N{MINUS SIGN}"
SCALED = ("money", "quantity", "rate")


class Described(Protocol):
    """What a column of an entity and a parameter of a report have in common."""

    @property
    def kind(self) -> Kind: ...
    @property
    def options(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Reader:
    """A person's language; his company's time zone, currency and the currency's decimals."""

    speech: Language
    zone: ZoneInfo
    currency: str
    decimals: int

    # -- read
    def text(self, what: Described, value: Any) -> str:
        """A value as it is read; references are the caller's, since they have a link."""
        if value is None or value == "":
            return ""
        match what.kind:
            case "money":
                return self.figure(value, decimals=self.decimals)
            case "quantity" | "rate":
                return self.figure(value)
            case "date":
                return self.speech.day(date.fromisoformat(value))
            case "datetime":
                return self.moment(value)
            case "boolean":
                return _("Yes") if value else _("No")
            case "choice" | "state":
                return word(value)
            case "ref":
                return str(value.get("key") or value.get("label") or f"#{value['id']}")
        return str(value)

    def figure(self, value: str | Decimal, *, decimals: int = 0) -> str:
        """`-1234.5` as `−1.234,50`, if it is to have two decimals at least."""
        figure = Decimal(value)
        places = max(decimals, -int(figure.as_tuple().exponent))
        return self._marked(f"{figure:,.{places}f}").replace("-", MINUS)

    def moment(self, value: str) -> str:
        """From ISO 8601; without an offset it is UTC, as in the database."""
        return self.speech.moment(moment_of(value), self.zone)

    def _marked(self, figure: str) -> str:
        return figure.translate({ord(","): self.speech.group, ord("."): self.speech.decimal})

    # -- typed
    def typed(self, what: Described, value: Any) -> str:
        """What an input holds for a value; `taken` makes the same value of it."""
        if value is None:
            return ""
        match what.kind:
            case "money" | "quantity" | "rate":
                return self._marked(f"{Decimal(value):f}")
            case "boolean":
                return "true" if value else "false"
            case "datetime":
                return moment_of(value).astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")
            case "ref":
                return str(value.get("key") or f"#{value['id']}")
        return str(value)

    def taken(self, what: Described, text: str) -> Any:
        """A typed text as doors take it; one that makes no sense goes on as it is, to be refused there."""
        text = text.strip()
        match what.kind:
            case "money" | "quantity" | "rate":
                return self._exact(text)
            case "integer" | "bigint":
                return text.replace(self.speech.group, "") if self.speech.group != "-" else text
            case "boolean":
                return text == "true"
            case "datetime":
                return self._instant(text)
            case "ref" if text.startswith("#") and text[1:].isdecimal() and text.isascii() and len(text) < 20:
                return int(text[1:])
        return text

    def _exact(self, text: str) -> str:
        plain = text.replace(MINUS, "-").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        try:
            return f"{parse_decimal(plain, locale=self.speech.locale, strict=True):f}"
        except NumberFormatError:
            return text

    def _instant(self, text: str) -> str:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC).isoformat()
        except ValueError:
            return text


def moment_of(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def reader_for(locale: str, *, time_zone: str, currency: str) -> Reader:
    return Reader(language(locale), ZoneInfo(time_zone), currency, decimals_of(currency))


#: What a library says of a field, as a person would.
_PLAIN = {
    "Field may not be null.": lazy_gettext("Fill this in."),
    "Missing data for required field.": lazy_gettext("Fill this in."),
    "Not a decimal number.": lazy_gettext("This is not a number."),
    "Not a valid integer.": lazy_gettext("This is not a whole number."),
    "Not a valid date.": lazy_gettext("This is not a date."),
}


def plainly(message: str) -> str:
    """What is wrong with a field, in the reader's language."""
    return _(_PLAIN.get(message, message))


def word(value: str) -> str:
    """An option or a state as people say it."""
    return _(humanise(value))
