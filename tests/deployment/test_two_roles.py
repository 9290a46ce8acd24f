"""The two roles of PostgreSQL that the documentation sets up: the server's own cannot take the triggers away."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import peewee
import psycopg
import pytest

from trastienda import Company, Site
from trastienda.builtin.identity.administration import add_user
from trastienda.settings import load_settings
from trastienda.testing.sites import SYSTEM
from trastienda.upgrade import upgrade

DEPLOYMENT = Path(__file__).parents[2] / "docs" / "integrators" / "deployment.md"

pytestmark = pytest.mark.database("postgresql")


@dataclass(frozen=True)
class Roles:
    runtime: str
    owner: str


@pytest.fixture
def roles(database_url: str) -> Iterator[Roles]:
    """Made by the very statements of the documentation, with names of this test's own."""
    block = re.search(r"```sql\n(.*?)```", DEPLOYMENT.read_text(), re.DOTALL)
    assert block is not None
    name = f"office{secrets.token_hex(4)}"
    statements = [each.replace("trastienda", name) for each in re.sub(r"\\c .*", "", block[1]).split(";")]
    with psycopg.connect(database_url, autocommit=True) as cluster:
        for statement in statements[:3]:
            cluster.execute(statement)
    address = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(address, autocommit=True) as inside:
        for statement in statements[3:-1]:
            inside.execute(statement)
    yield Roles(*(re.sub("//[^@]*@", f"//{role}@", address) for role in (name, f"{name}_owner")))
    with psycopg.connect(database_url, autocommit=True) as cluster:
        for statement in (f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}", f"DROP ROLE {name}_owner"):
            cluster.execute(statement)


def test_the_server_works_as_a_role_that_cannot_drop_a_trigger(roles: Roles, tmp_path: Path) -> None:
    site = Site.open(load_settings({
        "TRASTIENDA_DATABASE": roles.runtime, "TRASTIENDA_DATABASE_OWNER": roles.owner,
        "TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_PLUGINS": "contacts"}))
    upgrade(site, report=lambda title: None)
    try:
        with site.active():
            site.write(SYSTEM, Company(), lambda work: work.add(Company(code="ACME", name="Acme", currency="EUR")))
            site.write(SYSTEM, site.company("ACME"), lambda work: add_user(work, name="ana", password=None, roles=[]))
            for forbidden in ("DROP TABLE core_audit_seal", "ALTER TABLE core_audit_seal DISABLE TRIGGER ALL",
                              "TRUNCATE core_audit_record"):
                with pytest.raises(peewee.ProgrammingError, match=r"must be owner|permission denied"):
                    site.database.execute_sql(forbidden)
    finally:
        site.database.close_all()
