"""Books in a PostgreSQL server, which is as durable as its own settings make it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from trastienda.testing.servers import PostgresServer

from .books import Books, make_books

TEMPLATE = "template"


@contextmanager
def postgres_books(url: str, folder: Path) -> Iterator[tuple[Books, Books]]:
    """The same books twice, in databases of their own that are dropped afterwards."""
    server = PostgresServer(url=url, prefix=f"bench-{os.getpid()}-")
    made: list[str] = []

    def clone(books: Books, name: str) -> Books:
        made.append(name)
        return replace(books, url=server.clone(template=TEMPLATE, name=name))

    try:
        folder.mkdir(parents=True)
        made.append(TEMPLATE)
        books = make_books(folder / "none", url=server.create(TEMPLATE))
        server.freeze(TEMPLATE)
        yield clone(books, "own"), clone(books, "bare")
    finally:
        for name in made:
            server.drop(name)
        server.close()
