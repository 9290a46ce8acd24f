"""Numbers of persons in Spain, checked by their own rules."""

from stdnum.es import dni, nie


def is_personal_tax_id(number: str) -> bool:
    """A NIF of a Spaniard (DNI with its letter) or a NIE of a foreigner."""
    return bool(dni.is_valid(number) or nie.is_valid(number))


def is_social_security_number(number: str) -> bool:
    """Twelve digits: province, serial number, and both together modulo 97.

    A serial number below ten million counts with seven digits (TGSS, control de dígitos del NAF).
    """
    digits = "".join(char for char in number if char not in " -/")
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        return False
    province, serial, control = digits[:2], int(digits[2:10]), int(digits[10:])
    width = 7 if serial < 10_000_000 else 8
    return bool((int(province) * 10**width + serial) % 97 == control)
