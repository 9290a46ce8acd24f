"""Secrets that the server must read again: sealed in the database, with keys that are not in it."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from trastienda import Site, User
from trastienda.builtin.delivery.mail import Mail, send
from trastienda.builtin.delivery.webhooks import Webhook
from trastienda.builtin.identity import second_factor
from trastienda.builtin.identity.models import SecondFactor
from trastienda.cli import main
from trastienda.settings import SettingsFault, load_settings
from trastienda.settings.keys import new_sealing_key
from trastienda.storage.sealing import Unreadable
from trastienda.testing.fixtures import NewUser, Run
from trastienda.upgrade import all_models

Command = Callable[..., Result]


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts",)


@pytest.fixture
def ana(user: NewUser) -> User:
    return user("admin", name="ana")


@pytest.fixture
def seed(site: Site, ana: User) -> str:
    return second_factor.prepare(site, ana)


@pytest.fixture
def hook(client: FlaskClient) -> str:
    """A webhook's secret, as it was told once."""
    body = {"name": "shop", "url": "https://shop.example.org/hook", "events": "*"}
    made = client.post("/api/v1/delivery/webhooks", json=body)
    assert made.status_code == 201, made.text
    told = client.post("/api/v1/delivery/rotate-secret", json={"webhook": made.json["id"]},
                       headers={"Idempotency-Key": "once"})
    assert told.status_code == 200, told.text
    return str(told.json["secret"])


@pytest.fixture
def mailed(write: Run) -> str:
    """A link that waits to be mailed."""
    write(lambda work: send(work, to="ana@example.org", subject="A link", text="token=only-in-the-mail"))
    return "only-in-the-mail"


@pytest.fixture
def key_file(site: Site) -> Path:
    return site.settings.data / "encryption.key"


@pytest.fixture
def run(site: Site, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("TRASTIENDA_DATABASE", site.settings.database)
    monkeypatch.setenv("TRASTIENDA_DATA", str(site.settings.data))
    monkeypatch.setenv("TRASTIENDA_PLUGINS", "contacts")
    return lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)


def everything(site: Site) -> str:
    """Every column of every row, as a copy of the database has them."""
    found = []
    for model in all_models(site):
        found += [str(row) for row in site.database.execute_sql(f'SELECT * FROM "{model._meta.table_name}"').fetchall()]
    return "\n".join(found)


def test_a_copy_of_the_database_tells_none(site: Site, seed: str, hook: str, mailed: str) -> None:
    copy = everything(site)
    assert "shop.example.org" in copy
    assert [secret for secret in (seed, hook, hook.removeprefix("whsec_"), mailed) if secret in copy] == []


def test_the_server_reads_them_all(site: Site, ana: User, seed: str, hook: str, mailed: str) -> None:
    assert SecondFactor.get_by_id(ana.id).secret == seed
    assert Webhook.get().secret == hook
    assert mailed in Mail.get().text
    second_factor.confirm(site, ana, pyotp.TOTP(seed).now())


def test_a_repeated_request_gets_the_same_answer(client: FlaskClient, hook: str) -> None:
    again = client.post("/api/v1/delivery/rotate-secret", json={"webhook": Webhook.get().id},
                        headers={"Idempotency-Key": "once"})
    assert again.json["secret"] == hook


def test_the_key_is_made_once_for_its_owner_alone(site: Site, key_file: Path, seed: str, hook: str) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert len(key_file.read_text().split()) == 1
    assert key_file.read_text() not in everything(site)


def test_doctor_names_what_cannot_be_read_when_the_key_is_gone(
    run: Command, key_file: Path, seed: str, hook: str
) -> None:
    assert "All is well." in run("doctor").output
    kept = key_file.read_text()
    key_file.unlink()
    told = run("doctor")
    lines = sorted(re.findall(r"^secrets: (\d) of (\S+) cannot be read: it is missing; put back", told.output, re.M))
    assert lines == [("1", "core_answer.answer"), ("1", "delivery_webhook.secret"),
                     ("1", "identity_second_factor.secret")]
    assert not key_file.exists()
    key_file.write_text(new_sealing_key())
    key_file.chmod(0o600)
    assert "put the key that sealed them into" in run("doctor").output
    key_file.write_text(f"{key_file.read_text()}\n{kept}")
    assert "All is well." in run("doctor").output


def test_without_the_key_no_code_is_taken(site: Site, ana: User, seed: str, key_file: Path) -> None:
    key_file.unlink()
    with pytest.raises(Unreadable):
        second_factor.prove(site, ana.id, pyotp.TOTP(seed).now())


def test_a_rotated_key_seals_anew_while_the_server_runs(
    run: Command, site: Site, ana: User, seed: str, hook: str, key_file: Path
) -> None:
    before, former = everything(site), key_file.read_text()
    done = run("keys", "rotate")
    assert done.output == f"3 secrets sealed with a new key in {key_file}.\n"
    new = key_file.read_text().split()
    assert (len(new), new[1], SecondFactor.get_by_id(ana.id).secret) == (2, former, seed)
    assert re.findall("gAAAA[^']*", before) != re.findall("gAAAA[^']*", everything(site))
    assert run("keys", "rotate", "--forget").exit_code == 0
    (last,) = key_file.read_text().split()
    assert last not in (former, *new)
    assert (SecondFactor.get_by_id(ana.id).secret, Webhook.get().secret) == (seed, hook)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert run("doctor").output.endswith("All is well.\n")


def test_configured_keys_are_used_and_nothing_is_kept(
    run: Command, monkeypatch: pytest.MonkeyPatch, site: Site, ana: User, seed: str, key_file: Path
) -> None:
    former = key_file.read_text()
    key_file.unlink()
    new = run("keys", "new").output.strip()
    monkeypatch.setenv("TRASTIENDA_ENCRYPTION_KEYS", f"{new},{former}")
    assert run("keys", "rotate").output == "1 secret sealed with the first of encryption_keys.\n"
    assert run("keys", "rotate", "--forget").exit_code == 1
    monkeypatch.setenv("TRASTIENDA_ENCRYPTION_KEYS", new)
    assert run("doctor").output.endswith("All is well.\n")
    assert not key_file.exists()


def test_what_is_no_key_is_refused_without_being_told() -> None:
    with pytest.raises(SettingsFault) as told:
        load_settings({"TRASTIENDA_ENCRYPTION_KEYS": "my own words"})
    assert str(told.value) == "TRASTIENDA_ENCRYPTION_KEYS: not a key as `trastienda keys new` prints it"
