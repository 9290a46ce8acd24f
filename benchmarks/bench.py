"""What every figure is measured with: a folder on a real disk, and how many rounds and rows."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from .books import Books, make_books


@dataclass(frozen=True)
class Bench:
    """`scale` divides the numbers of rows and of requests, for a quick look. `postgres` is a server's URL."""

    folder: Path
    rounds: int
    scale: int = 1
    postgres: str | None = None
    _filled: dict[int, Books] = field(default_factory=dict)

    def books(self, name: str) -> Books:
        """New ones, without entries."""
        path = self.folder / name / "books.db"
        path.parent.mkdir(parents=True)
        return make_books(path)

    def filled(self, postings: int) -> Books:
        """With so many postings, for figures that only read; made once in a run."""
        if postings not in self._filled:
            self.tell(f"making {postings:,} postings")
            self._filled[postings] = self.books(f"filled-{postings}")
            self._filled[postings].fill(postings)
        return self._filled[postings]

    def rows(self, number: int) -> int:
        return max(number // self.scale, 2)

    def tell(self, text: str) -> None:
        print(f"  {text} ...", file=sys.stderr, flush=True)
