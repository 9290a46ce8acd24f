import json
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def ana(run: Run) -> None:
    assert run("user", "add", "ana", "--role", "auditor", "--password", "long enough").exit_code == 0


@pytest.fixture
def user(run: Run) -> Callable[[str], dict[str, object]]:
    """user("ana"): as an export shows it, `roles` as (role, company)."""

    def read(name: str) -> dict[str, object]:
        exported = run("export", "identity.user", "--format", "jsonl", "-f", f"name={name}")
        found = dict(json.loads(exported.stdout))
        companies = [(each["role"], each["in_company"] and each["in_company"]["key"]) for each in found["roles"]]
        return {**found, "roles": companies}

    return read


def test_user_is_added_with_roles_in_all_companies_or_in_one(
    run: Run, ana: None, user: Callable[[str], dict[str, object]]
) -> None:
    run(
        "user",
        "add",
        "bea",
        "--role",
        "admin",
        "--company",
        "ACME",
        "--email",
        "bea@example.com",
        "--password",
        "long enough",
    )
    assert (user("ana")["roles"], user("ana")["email"]) == ([("auditor", None)], "")
    assert (user("bea")["roles"], user("bea")["email"]) == ([("admin", "ACME")], "bea@example.com")


def test_role_is_given_once_and_taken_away(run: Run, ana: None, user: Callable[[str], dict[str, object]]) -> None:
    for _ in range(2):
        assert run("user", "role", "ana", "admin", "--company", "ACME").exit_code == 0
    assert user("ana")["roles"] == [("auditor", None), ("admin", "ACME")]
    assert run("user", "role", "ana", "auditor", "--remove").exit_code == 0
    assert user("ana")["roles"] == [("admin", "ACME")]


def test_disabled_user_can_be_enabled_again(run: Run, ana: None, user: Callable[[str], dict[str, object]]) -> None:
    run("user", "disable", "ana")
    assert user("ana")["active"] is False
    run("user", "enable", "ana")
    assert user("ana")["active"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("user", "add", "ana", "--password", "long enough"), "name: There is one with this value already."),
        (
            ("user", "add", "bea", "--role", "boss", "--password", "long enough"),
            "roles: There is no role boss.",
        ),
        (("user", "add", "bea", "--password", "short"), "password: From 10 to 200 characters."),
        (("user", "password", "ana", "--set", "short"), "password: From 10 to 200 characters."),
        (("user", "password", "bea", "--set", "long enough"), "No user bea"),
        (("user", "disable", "bea"), "No user bea"),
        (("user", "role", "ana", "admin", "--company", "ZZZ"), "No company ZZZ"),
        (("user", "role", "ana", "admin", "--remove"), "ana does not hold the role admin there"),
        (("user", "role", "ana", "boss"), "No role boss; there are admin, auditor"),
        (("token", "create", "--user", "bea"), "No user bea"),
    ],
)
def test_refusal_is_explained(run: Run, ana: None, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{message}\n")


def test_password_is_asked_for_on_a_terminal_alone(run: Run) -> None:
    result = run("user", "add", "bea")
    assert result.exit_code == 2
    assert "There is no terminal to ask for a password on" in result.stderr


def test_token_is_all_that_is_printed_and_nowhere_kept(run: Run, ana: None) -> None:
    result = run("token", "create", "--user", "ana", "--name", "till", "--scopes", "guesthouse.*")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("tt_")
    assert len(result.stdout.split()) == 1
    kept = run("export", "identity.token", "--format", "jsonl").stdout
    assert '"name":"till"' in kept
    assert result.stdout.strip() not in kept


def test_changes_of_users_are_audited_as_the_installations(run: Run, ana: None) -> None:
    before = int(run("audit", "verify").stdout.split()[0])
    run("user", "password", "ana", "--set", "even longer")
    assert int(run("audit", "verify").stdout.split()[0]) == before + 1
