import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from trastienda.settings import SettingsFault, describe_settings, environment_variables, load_settings
from trastienda.settings.keys import KeyUnavailable


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(environ: dict[str, str], **arguments: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        load_settings(environ, **arguments)
    return caught.value.problems


def test_without_file_or_environment_the_database_is_a_file_in_the_data_directory(empty_folder: Path) -> None:
    settings = load_settings({})
    assert settings.data == empty_folder / "trastienda-data"
    assert settings.database == f"sqlite:///{empty_folder}/trastienda-data/trastienda.db"
    assert set(settings.sources.values()) == {"default"}


def test_loading_settings_writes_nothing(empty_folder: Path) -> None:
    load_settings({})
    assert list(empty_folder.iterdir()) == []


def test_file_is_overruled_by_environment_and_that_by_command_line(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text('workers = 3\nthreads = 5\nbind = "0.0.0.0:80"\n')
    settings = load_settings(
        {"TRASTIENDA_THREADS": "6", "TRASTIENDA_BIND": "[::1]:81"}, overrides={"bind": "localhost:82"}
    )
    assert (settings.workers, settings.threads, settings.host, settings.port) == (3, 6, "localhost", 82)
    assert [settings.sources[name] for name in ("workers", "threads", "bind", "data")] == [
        "file",
        "environment",
        "command line",
        "default",
    ]


def test_named_file_comes_before_the_variable_and_that_before_the_working_directory(
    empty_folder: Path,
) -> None:
    for workers, name in enumerate(("trastienda.toml", "variable.toml", "named.toml"), start=1):
        (empty_folder / name).write_text(f"workers = {workers}\n")
    variable = {"TRASTIENDA_CONFIG": "variable.toml"}
    assert load_settings({}).workers == 1
    assert load_settings(variable).workers == 2
    assert load_settings(variable, file=Path("named.toml")).workers == 3


def test_empty_variable_counts_as_none() -> None:
    assert load_settings({"TRASTIENDA_PLUGINS": "", "TRASTIENDA_CONFIG": ""}).plugins is None


def test_plugins_are_a_list_in_the_file_and_comma_separated_in_the_environment(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text('plugins = ["contacts", "hr"]\n')
    assert load_settings({}).plugins == ("contacts", "hr")
    assert load_settings({"TRASTIENDA_PLUGINS": "hr, contacts,hr"}).plugins == ("hr", "contacts")


def test_no_plugins_in_the_file_is_none_of_them(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text("plugins = []\n")
    assert load_settings({}).plugins == ()


def test_cookies_are_secure_where_the_public_address_is_https() -> None:
    https = {"TRASTIENDA_PUBLIC_URL": "https://office.example.com/"}
    assert load_settings(https).public_url == "https://office.example.com"
    assert load_settings(https).secure_cookies is True
    assert load_settings({**https, "TRASTIENDA_SECURE_COOKIES": "off"}).secure_cookies is False
    assert load_settings({"TRASTIENDA_PUBLIC_URL": "http://office"}).secure_cookies is False


def test_unknown_names_are_refused_with_their_nearest(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text('databse = "sqlite:///x.db"\n[database_owners]\nx = 1\n')
    assert problems({"TRASTIENDA_CONFG": "x", "TRASTIENDA_WOKERS": "2"}, overrides={"treads": 1}) == (
        "trastienda.toml, databse: unknown setting; the nearest is database",
        "trastienda.toml, database_owners: unknown setting; the nearest is database_owner",
        "TRASTIENDA_CONFG: unknown setting; the nearest is TRASTIENDA_CONFIG",
        "TRASTIENDA_WOKERS: unknown setting; the nearest is TRASTIENDA_WORKERS",
        "--treads: unknown setting; the nearest is threads",
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "DATABASE",
            "mysql://host/name",
            "neither sqlite:///path.db nor postgresql://user:password@host/name",
        ),
        ("DATABASE", "sqlite:///", "neither sqlite:///path.db nor postgresql://user:password@host/name"),
        ("DATABASE", "sqlite://x.db", "neither sqlite:///path.db nor postgresql://user:password@host/name"),
        ("SECRET_KEY", "short", "shorter than 32 characters"),
        ("PLUGINS", "hr,,contacts", "['hr', '', 'contacts'] is not a list of names"),
        ("BIND", "8000", "'8000' is not HOST:PORT, as in 127.0.0.1:8000 or [::1]:8000"),
        ("BIND", "::1:8000", "'::1:8000' is not HOST:PORT, as in 127.0.0.1:8000 or [::1]:8000"),
        ("BIND", "localhost:65536", "'localhost:65536' is not HOST:PORT, as in 127.0.0.1:8000 or [::1]:8000"),
        ("WORKERS", "0", "0 is not a whole number from 1 to 64"),
        ("WORKERS", "2.0", "'2.0' is not a whole number from 1 to 64"),
        ("WORKERS", "²", "'²' is not a whole number from 1 to 64"),
        (
            "PUBLIC_URL",
            "office.example.com",
            "'office.example.com' is not an address like https://office.example.com",
        ),
        ("LOG_LEVEL", "loud", "'loud' is none of debug, info, warning, error"),
        ("SAFE_MODE", "perhaps", "'perhaps' is neither true nor false"),
    ],
)
def test_variable_of_the_wrong_kind_is_refused(name: str, text: str, message: str) -> None:
    assert problems({f"TRASTIENDA_{name}": text}) == (f"TRASTIENDA_{name}: {message}",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('workers = "2"', "workers: '2' is not a whole number from 1 to 64"),
        ("workers = true", "workers: True is not a whole number from 1 to 64"),
        ('safe_mode = "true"', "safe_mode: 'true' is neither true nor false"),
        ("safe_mode = 1", "safe_mode: 1 is neither true nor false"),
        ('plugins = "hr"', "plugins: 'hr' is not a list of names"),
        ("plugins = [1]", "plugins: [1] is not a list of names"),
        ("data = 1", "data: 1 is not a directory's path"),
        ("bind = 8000", "bind: 8000 is not text"),
        ("log_level = 1", "log_level: 1 is none of debug, info, warning, error"),
    ],
)
def test_value_of_the_wrong_type_in_the_file_is_refused(empty_folder: Path, line: str, message: str) -> None:
    (empty_folder / "trastienda.toml").write_text(line)
    assert problems({}) == (f"trastienda.toml, {message}",)


def test_everything_wrong_is_said_at_once(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text("workers = 0\nnothing = 1\n")
    assert len(problems({"TRASTIENDA_BIND": "x", "TRASTIENDA_THREADS": "x"}, overrides={"data": ""})) == 5


def test_named_file_that_is_missing_is_refused() -> None:
    assert problems({}, file=Path("missing.toml")) == ("missing.toml: No such file or directory",)


def test_file_that_is_no_toml_is_refused_with_its_line(empty_folder: Path) -> None:
    (empty_folder / "trastienda.toml").write_text("workers = 1\nbind 2\n")
    assert problems({}) == (
        "trastienda.toml: Expected '=' after a key in a key/value pair (at line 2, column 6)",
    )


def test_description_names_every_setting_and_masks_secrets() -> None:
    settings = load_settings(
        {
            "TRASTIENDA_DATABASE": "postgresql://ana:hunter2@db:5432/office",
            "TRASTIENDA_SECRET_KEY": "k" * 32,
            "TRASTIENDA_PLUGINS": "hr,contacts",
        }
    )
    described = {each.name: each for each in describe_settings(settings)}
    assert [f"TRASTIENDA_{name.upper()}" for name in described] == environment_variables()[1:]
    assert all(each.kind and each.help for each in described.values())
    assert (described["database"].value, described["database"].source) == (
        "postgresql://ana:***@db:5432/office",
        "environment",
    )
    assert (described["secret_key"].value, described["secret_key"].default) == ("***", "")
    assert described["plugins"].value == "hr, contacts"
    assert (described["workers"].value, described["workers"].default, described["workers"].source) == (
        "2",
        "2",
        "default",
    )
    assert described["safe_mode"].value == "false"


def test_secret_key_does_not_show_in_a_representation() -> None:
    assert "k" * 32 not in repr(load_settings({"TRASTIENDA_SECRET_KEY": "k" * 32}))


def test_configured_key_signs_and_nothing_is_kept(empty_folder: Path) -> None:
    assert load_settings({"TRASTIENDA_SECRET_KEY": "k" * 32}).signing_key() == "k" * 32
    assert list(empty_folder.iterdir()) == []


def test_key_is_made_once_for_its_owner_alone() -> None:
    settings = load_settings({})
    key = settings.signing_key()
    assert len(key) == 64
    assert settings.signing_key() == key
    assert stat.S_IMODE((settings.data / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in settings.data.iterdir()] == ["secret.key"]


def test_first_starts_at_once_agree_on_one_key() -> None:
    settings = load_settings({})
    keys: list[str] = []
    ready = threading.Barrier(8)

    def start() -> None:
        ready.wait()
        keys.append(settings.signing_key())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_key_that_others_can_read_is_refused() -> None:
    settings = load_settings({})
    settings.signing_key()
    (settings.data / "secret.key").chmod(0o640)
    with pytest.raises(KeyUnavailable, match="can be read by others: chmod 600 "):
        settings.signing_key()


def test_empty_key_is_refused() -> None:
    settings = load_settings({})
    settings.signing_key()
    (settings.data / "secret.key").write_text("")
    with pytest.raises(KeyUnavailable, match="is empty"):
        settings.signing_key()


def test_data_directory_that_cannot_be_made_is_refused(empty_folder: Path) -> None:
    (empty_folder / "trastienda-data").write_text("a file")
    with pytest.raises(
        KeyUnavailable, match="trastienda-data: File exists; set TRASTIENDA_SECRET_KEY instead"
    ):
        load_settings({}).signing_key()
