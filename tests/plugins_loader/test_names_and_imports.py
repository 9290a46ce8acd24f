"""Plugins that are not who they say, or cannot be imported."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from trastienda.plugin import Plugin

PLAIN = "from trastienda.plugin import Plugin\nplugin = Plugin({name!r})\n"
Install = Callable[..., None]
Faults = Callable[..., list[tuple[str, str, str]]]
Status = Callable[..., dict[str, str]]


def test_two_distributions_with_one_plugin_name(install: Install, faults: Faults) -> None:
    install("hr")
    install("hr", distribution="zz-hr", version="7")
    assert faults() == [("hr 7", "trastienda-hr and zz-hr both have a plugin of this name", "pip uninstall zz-hr")]


def test_plugin_given_directly_under_an_installed_name(install: Install, faults: Faults) -> None:
    install("hr")
    assert faults(extra=[Plugin("hr")]) == [
        ("hr 0.1.0", "another of this name was given directly", "give that one another name")
    ]


def test_setting_names_a_plugin_that_is_not_installed(install: Install, faults: Faults) -> None:
    install("accounting")
    assert faults(plugins="acounting,stock_taking") == [
        (
            "acounting",
            "is named by the setting plugins, but not installed",
            "did you mean 'accounting'? Else pip install trastienda-acounting",
        ),
        (
            "stock_taking",
            "is named by the setting plugins, but not installed",
            "pip install trastienda-stock-taking",
        ),
    ]


def test_name_that_would_stand_in_the_way_of_the_core(install: Install, faults: Faults) -> None:
    install("serve")
    assert faults() == [
        (
            "serve 0.1.0",
            "the name 'serve' means something else to the core",
            "uninstall trastienda-serve, or give its plugin another name",
        )
    ]


def test_name_that_is_no_name(install: Install, faults: Faults) -> None:
    install("Human")
    assert faults() == [
        (
            "Human 0.1.0",
            "'Human' is no plugin's name",
            "name the entry point with small letters, digits and underscores",
        )
    ]


def test_entry_point_and_plugin_of_different_names(install: Install, faults: Faults) -> None:
    install("hr", PLAIN.format(name="human"))
    assert faults() == [("hr 0.1.0", "the entry point is named 'hr', its Plugin 'human'", "give both one name")]


@pytest.mark.parametrize(
    ("code", "cause", "cure"),
    [
        (
            "import trastienda_hr.part",
            "{folder}/trastienda_hr/part.py:2 in f: KeyError: 'a'",
            "mend that line, or pip install another version of trastienda-hr",
        ),
        (
            "import nowhere.at_all",
            "{folder}/trastienda_hr/__init__.py:1 in <module>: ModuleNotFoundError: No module named 'nowhere'",
            "install what provides nowhere, or pip install --force-reinstall trastienda-hr",
        ),
        (
            "x = (",
            "{folder}/trastienda_hr/__init__.py:1: SyntaxError: '(' was never closed",
            "mend that line, or pip install another version of trastienda-hr",
        ),
        (
            "raise SystemExit(3)",
            "{folder}/trastienda_hr/__init__.py:1 in <module>: SystemExit: 3",
            "mend that line, or pip install another version of trastienda-hr",
        ),
    ],
)
def test_import_error_is_told_with_its_last_frame(
    install: Install, site_packages: Path, code: str, cause: str, cure: str, faults: Faults
) -> None:
    install("hr", code, modules={"part": "def f():\n    return {}['a']\nf()\n"})
    assert faults() == [("hr 0.1.0", f"cannot import trastienda_hr: {cause.format(folder=site_packages)}", cure)]


def test_module_that_is_missing_altogether(faults: Faults, write_metadata: Install) -> None:
    write_metadata("acme-fleet", "0.1", (), {"trastienda.plugins": "fleet = acme_fleet:plugin"})
    ((plugin, cause, cure),) = faults()
    assert (plugin, cause.rpartition(": ")[2]) == ("fleet 0.1", "No module named 'acme_fleet'")
    assert cure == "install what provides acme_fleet, or pip install --force-reinstall acme-fleet"


def test_entry_point_that_names_no_plugin(install: Install, faults: Faults) -> None:
    install("hr", "plugin = {}")
    install("crm", "plug = 1")
    assert faults() == [
        (
            "crm 0.1.0",
            "trastienda_crm:plugin is None, not a Plugin",
            "write plugin = Plugin(...) in trastienda_crm",
        ),
        (
            "hr 0.1.0",
            "trastienda_hr:plugin is a dict, not a Plugin",
            "write plugin = Plugin(...) in trastienda_hr",
        ),
    ]


def test_whoever_needs_a_plugin_that_cannot_be_imported_is_not_blamed(
    install: Install, faults: Faults, status: Status
) -> None:
    install("contacts", "1 / 0")
    install("hr", "import trastienda_contacts", requires=["trastienda-contacts"])
    install("payroll", "import trastienda_hr", requires=["trastienda-hr"])
    assert [plugin for plugin, _, _ in faults()] == ["contacts 0.1.0"]
    assert status() == {"contacts": "faulty", "hr": "faulty", "payroll": "faulty"}
    assert "trastienda_payroll" not in sys.modules
