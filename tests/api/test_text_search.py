"""A search for text disregards accents and case, alike on both databases."""

from __future__ import annotations

from typing import Any

NAMES = {"A1": "Peña Ñandú", "A2": "CAMIÓN de agua", "A3": "Pingüino", "A4": "İstanbul", "A5": "100% de_l"}


def test_words_are_found_however_they_are_written(api: Any) -> None:
    for code, name in NAMES.items():
        api.account(code, name=name)

    def found(**query: str) -> list[str]:
        return [each["code"] for each in api.get("toy/accounts", sort="code", **query).json["items"]]

    for text, codes in (("ñandú", ["A1"]), ("NANDU", ["A1"]), ("ÑANDÚ", ["A1"]), ("camion", ["A2"]), ("Camión", ["A2"]),
                        ("PINGÜI", ["A3"]), ("pingui", ["A3"]), ("istan", ["A4"]), ("İSTAN", ["A4"]),
                        ("100%", ["A5"]), ("e_l", ["A5"]), ("%", ["A5"]), ("nada", [])):  # fmt: skip
        assert found(q=text) == codes, text
        assert found(name__contains=text) == codes, text
    assert found(name__startswith="PENA") == ["A1"]
    assert found(name__startswith="nandu") == []
