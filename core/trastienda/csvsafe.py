"""CSV cells that a spreadsheet cannot take for formulas, and the way back.

A spreadsheet computes a cell of a CSV file that begins like a formula, whoever wrote it (OWASP, "CSV
injection"). A leading single quote makes it text again.
"""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def escape_formula(text: str) -> str:
    """Text with a single quote before it if it begins like a formula, or like a formula escaped before."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` was given: an exported file imports as it was."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text
