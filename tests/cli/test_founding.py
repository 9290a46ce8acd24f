from collections.abc import Callable

import pytest
from click.testing import Result

from trastienda import Site

Run = Callable[..., Result]
Guests = Callable[[], list[tuple[str, str, int, str]]]
NEW = ("--name", "Another", "--password", "long enough")


def test_answers_to_a_plugins_questions_are_options_of_init(run: Run, guests: Guests) -> None:
    assert guests() == []
    assert "--host" in run("init", "--help").stdout
    assert run("init", "--company", "TWO", *NEW, "--host", "Bea").exit_code == 0
    exported = run("export", "guesthouse.guest", "-f", "fields=code,name", "--company", "TWO")
    assert exported.stdout.splitlines() == ["code,name", "HOST,Bea"]


def test_second_company_gets_no_second_administrator(run: Run) -> None:
    run("init", "--company", "TWO", *NEW, "--user", "bea")
    names = run("export", "identity.user", "-f", "fields=name", "--company", "TWO").stdout.splitlines()
    assert names == ["name", "admin"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--company", "ACME", *NEW), "There is a company ACME already\n"),
        (("--company", "TWO", *NEW, "--time-zone", "Mars"), "time_zone: There is no such time zone.\n"),
        (("--company", "TWO", *NEW, "--currency", "XXQ"), "currency: There is no such currency.\n"),
    ],
)
def test_company_that_cannot_be_made_is_explained(run: Run, options: tuple[str, ...], message: str) -> None:
    result = run("init", *options)
    assert (result.exit_code, result.stderr) == (1, message)


def test_init_without_a_terminal_wants_the_password_as_an_option(command: Run) -> None:
    result = command("init", "--company", "ACME", "--name", "Acme")
    assert result.exit_code == 2
    assert "There is no terminal to ask for a password on" in result.stderr


def test_short_password_leaves_nothing_behind(command: Run, database_url: str) -> None:
    acme = ("init", "--company", "ACME", "--name", "Acme", "--password")
    refused = command(*acme, "short", database=database_url)
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, "password: From 10 to 200 characters.")
    assert command(*acme, "long enough", database=database_url).exit_code == 0


def test_demo_makes_the_sample_company_and_finds_it_again(command: Run, database_url: str) -> None:
    for _ in range(2):
        result = command("demo", "--no-serve", "--data", "sample", database=database_url)
        assert (result.exit_code, result.stdout.splitlines()) == (0, [
            "Sign in as admin with the password trastienda",
            "With the same one, see what others see: auditor, porter"])
    exported = command("export", "guesthouse.guest", "-f", "fields=code", database=database_url)
    assert exported.stdout.splitlines() == ["code", "ANA", "BEA"]


def test_demo_keeps_away_from_other_companies(run: Run) -> None:
    result = run("demo", "--no-serve")
    assert (result.exit_code, result.stderr) == (
        1,
        "The database has other companies: name another directory with --data\n",
    )


def test_demo_that_fails_half_way_leaves_nothing(
    command: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(site: Site, name: str) -> object:
        raise KeyError(name)

    with monkeypatch.context() as broken:
        broken.setattr("trastienda.cli.founding.service", fail)
        with pytest.raises(KeyError):
            command("demo", "--no-serve", database=database_url)
    assert command("demo", "--no-serve", database=database_url).exit_code == 0
