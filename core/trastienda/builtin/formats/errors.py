"""What a format cannot take."""
from ...errors import TrastiendaError
from ...languages import gettext


class TooManyRows(TrastiendaError):
    """More rows than a format holds; CSV and JSON have no such limit."""

    title = "Too many rows"

    def __init__(self, *, format_name: str, most: int) -> None:
        super().__init__(gettext("%(format)s takes %(most)s rows at most: narrow the report down, or ask for CSV",
                                 format=format_name, most=most))
        self.extra = {"most": most}
