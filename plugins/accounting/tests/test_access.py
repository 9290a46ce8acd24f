"""Who may do what: bookkeepers prepare, accountants post and close, auditors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trastienda import Actor

if TYPE_CHECKING:
    from .conftest import Books

pytestmark = pytest.mark.database("sqlite")


WRITES = [
    *("create", "update", "delete", "post", "post-soft-closed", "reverse"),
    *("soft-close", "close", "reopen", "create-periods"),
]


@pytest.mark.parametrize(
    ("role", "on", "verbs"),
    [
        ("bookkeeper", "accounting.entry", ["create", "update", "delete"]),
        ("bookkeeper", "accounting.account", []),
        ("bookkeeper", "accounting.period", []),
        ("bookkeeper", "accounting.fiscal-year", []),
        ("bookkeeper", "contacts.party", ["create", "update"]),
        ("accountant", "accounting.entry", WRITES),
        ("accountant", "accounting.period", WRITES),
        ("auditor", "accounting.entry", []),
        ("auditor", "contacts.party", []),
    ],
)
def test_role_writes_what_is_its_own(books: Books, role: str, on: str, verbs: list[str]) -> None:
    assert [verb for verb in WRITES if books.site.permissions.of(someone(role), on, verb)] == verbs


@pytest.mark.parametrize("role", ["bookkeeper", "accountant", "auditor"])
def test_every_role_reads_the_books_and_their_reports(books: Books, role: str) -> None:
    asked = [("accounting.entry", "read"), ("contacts.party", "read"), ("accounting.trial-balance", "run")]
    assert all(books.site.permissions.of(someone(role), on, verb) for on, verb in asked)


def someone(role: str) -> Actor:
    return Actor(user=1, name="someone", roles=frozenset({f"accounting.{role}"}))
