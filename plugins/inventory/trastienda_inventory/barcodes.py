"""Barcodes of retail goods: GTIN-8, 12, 13 and 14 with the check digit of the GS1 General Specifications, 7.9."""


def is_gtin(text: str) -> bool:
    """
    >>> is_gtin("4006381333931"), is_gtin("4006381333932")
    (True, False)
    """
    if not (text.isascii() and text.isdigit()) or len(text) not in (8, 12, 13, 14):
        return False
    return check_digit(text[:-1]) == text[-1]


def check_digit(digits: str) -> str:
    """The last digit of a GTIN, from those before it: weights 3 and 1 from the right.

    >>> check_digit("400638133393")
    '1'
    """
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)
