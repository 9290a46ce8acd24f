"""A company with books, served by the real program, whose database can be taken away from under it."""

import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest

from trastienda import Company, Site
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.security.audit import verify
from trastienda.testing import postgres, sites
from trastienda.testing.serving import Server, served

PLUGINS = ("contacts", "accounting")
API = "/api/v1/accounting"


@dataclass
class Office:
    """A running server, and the bookkeepers who use it; `posted` are the entries whose posting was acknowledged."""

    server: Server
    token: str
    data: Path
    url: str
    posted: list[int] = field(default_factory=list)
    refusals: list[tuple[int, object]] = field(default_factory=list)

    def call(self, method: str, path: str, body: object = None, *, key: str = "") -> tuple[int, dict[str, object]]:
        return self.server.call(method, path, body, token=self.token, headers={"Idempotency-Key": key} if key else {})

    def insist(self, path: str, body: object, *, over: threading.Event) -> dict[str, object] | None:
        """Repeat a request under one key until it is answered, as a client that wants to be sure does."""
        key = uuid.uuid4().hex
        while True:
            try:
                status, answer = self.call("POST", path, body, key=key)
            except (OSError, ValueError, HTTPException) as error:  # it broke, perhaps in the midst of the answer
                status, answer = 0, {"detail": repr(error)}
            if status in (200, 201):
                return answer
            self.refusals.append((status, answer.get("detail")))
            assert status in (0, 409, 503), (answer, self.server.log.read_text()[-4000:])
            if over.wait(0.05):
                return None

    def post_entries(self, over: threading.Event) -> None:
        """One after the other, until it is over."""
        while not over.is_set():
            lines = [{"account": "572", "debit": "1.00"}, {"account": "700", "credit": "1.00"}]
            entry = self.insist(f"{API}/entries", {"date": "2026-06-10", "journal": "GEN", "lines": lines}, over=over)
            if entry is not None and self.insist(f"{API}/entries/{entry['id']}/actions/post", {}, over=over):
                self.posted.append(int(str(entry["id"])))

    @contextmanager
    def at_work(self, clients: int) -> Iterator[None]:
        """While these clients post entries."""
        over = threading.Event()
        with ThreadPoolExecutor(clients) as pool:
            at_work = [pool.submit(self.post_entries, over) for _ in range(clients)]
            try:
                yield
            finally:
                over.set()
                for each in at_work:
                    each.result()

    def wait_for_postings(self, more: int) -> None:
        """Until so many more were acknowledged."""
        wanted, patience = len(self.posted) + more, threading.Event()
        for _ in range(600):
            if len(self.posted) >= wanted:
                return
            patience.wait(0.05)
        told = f"{self.refusals[-5:]} {self.server.log.read_text()[-3000:]}"
        raise AssertionError(f"only {more - wanted + len(self.posted)} postings in half a minute: {told}")

    def check(self) -> None:
        """What was acknowledged is there, whole and once; the numbers have no gap; sums and audit chain are right."""
        with sites.open_site(self.url, self.data, PLUGINS) as site:
            rows = list(site.database.execute_sql(
                "SELECT e.id, e.number, sum(p.debit), sum(p.credit), count(*) FROM accounting_journal_entry e "
                "JOIN accounting_posting p ON p.entry_id = e.id WHERE e.state = 'posted' GROUP BY e.id, e.number "
                "ORDER BY e.number"))
            assert set(self.posted) <= {row[0] for row in rows}
            assert len(set(self.posted)) == len(self.posted)
            assert {row[2:] for row in rows} == {(10_000, 10_000, 2)}
            assert [row[1] for row in rows] == [f"GEN/2026/{number:06}" for number in range(1, len(rows) + 1)]
            (drafts,) = site.database.execute_sql(
                "SELECT count(*) FROM accounting_journal_entry e WHERE state = 'draft' AND NOT EXISTS "
                "(SELECT 1 FROM accounting_posting p WHERE p.entry_id = e.id)").fetchone()
            assert drafts == 0, "an entry without its lines"
            assert verify(site.database)[2] == []
            sums = site.database.execute_sql("SELECT sum(debit), sum(credit) FROM accounting_day_balance").fetchone()
            assert tuple(map(int, sums)) == (10_000 * len(rows),) * 2


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of a short path, since a socket's is limited; PostgreSQL's own user may look into it."""
    made = Path(tempfile.mkdtemp(prefix="trastienda-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def postgres_folder(folder: Path) -> Iterator[Path]:
    """Of a PostgreSQL server that can be killed and started again."""
    with psycopg.connect(postgres.server_url(folder, durable=True), autocommit=True) as connection:
        connection.execute("CREATE DATABASE office")
    yield folder
    postgres.server_url(folder)
    postgres.stop_server(folder)


@pytest.fixture
def open_office() -> Iterator[Callable[[str, Path], Office]]:
    """``open_office(url, data)``: found the company there and serve it with two workers."""
    with ExitStack() as open_ones:

        def make(url: str, data: Path) -> Office:
            sites.found_company(url, data, PLUGINS)
            with sites.open_site(url, data, PLUGINS) as site:
                token = _admin_token(site)
            server = open_ones.enter_context(served("serve", "--bind", "127.0.0.1:0", "--workers", "2", settings={
                "TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": ",".join(PLUGINS)}))
            office = Office(server, token, data, url)
            for path, body in (
                ("journals", {"code": "GEN", "name": "General"}),
                ("fiscal-years", {"code": "2026", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}),
                ("accounts", {"code": "572", "name": "Bank", "kind": "asset"}),
                ("accounts", {"code": "700", "name": "Sales", "kind": "income"}),
            ):
                status, answer = office.call("POST", f"{API}/{path}", body)
                assert status == 201, answer
            return office

        yield make


def _admin_token(site: Site) -> str:
    company: Company = site.company(sites.COMPANY)
    user = site.write(sites.SYSTEM, company, lambda work: add_user(work, name="ana", password=None, roles=["admin"]))
    return site.write(sites.SYSTEM, company, lambda work: add_token(work, user=user, name="tests"))


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database that stays whole when its processes are killed: SQLite's or PostgreSQL's."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    directory = request.getfixturevalue("postgres_folder")
    return postgres.server_url(directory).replace("/postgres?", "/office?")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mounting needs root."""
    for item in items:
        if "small_disk" in getattr(item, "fixturenames", ()) and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="only root may mount a small disk"))
