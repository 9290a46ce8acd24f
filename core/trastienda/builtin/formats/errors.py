"""What a format cannot take."""
from ...errors import TrastiendaError


class TooManyRows(TrastiendaError):
    """More rows than a format holds; CSV and JSON have no such limit."""

    title = "Too many rows"

    def __init__(self, *, format_name: str, most: int) -> None:
        super().__init__(f"{format_name} takes {most} rows at most: narrow the report down, or ask for CSV")
        self.extra = {"most": most}
