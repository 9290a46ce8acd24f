"""What plugins answer; all faults together; start-up."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pluggy
import pytest

from trastienda import hookspecs
from trastienda.faults import Fault, StartupFaults
from trastienda.isolation import Failures
from trastienda.plugin import Plugin, hookimpl
from trastienda.plugins import RESERVED, collect, load_plugins, run_startup
from trastienda.plugins.answers import CLASSES, ITEMS
from trastienda.settings import load_settings

Install = Callable[..., None]
Faults = Callable[..., list[tuple[str, str, str]]]
Hooks = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    ("hook", "answer", "cause", "cure"),
    [
        ("register_reports", "None", "answers None, not a list", "return a list"),
        ("register_reports", "'abc'", "answers a str, not a list", "return a list"),
        ("register_reports", "iter(())", "answers a tuple_iterator, not a list", "return a list"),
        ("register_reports", "[{}]", "answers a dict as item 1", "it takes Report"),
        ("register_entities", "[1]", "answers an int as item 1",
         "it takes Entity or Extension or LiveExtensions or Tally or Retention or Numbering"),
        ("register_tables", "[int]", "answers the class int as item 1", "it takes a subclass of Row"),
        (
            "register_settings",
            "[int]",
            "answers the class int as item 1",
            "it takes a dataclass whose fields all have defaults, or a MailTemplate",
        ),
        ("register_checks", "[Check]", "answers the class Check as item 1", "it takes Check"),
        ("register_checks", "[Check('a', len), None]", "answers None as item 2", "it takes Check"),
    ],
)
def test_answer_of_the_wrong_type(
    install: Install, hook: str, answer: str, cause: str, cure: str, faults: Faults, hooks_module: Hooks
) -> None:
    install("hr", **hooks_module(f"from trastienda.plugin import Check\n@hookimpl\ndef {hook}(): return {answer}"))
    assert faults() == [("hr 0.1.0", f"hr:hooks's {hook} {cause}", cure)]


def test_field_of_the_plugin_object_of_the_wrong_type(install: Install, faults: Faults) -> None:
    install("hr", "from trastienda.plugin import Plugin\nplugin = Plugin('hr', reports=[1], setup=2)")
    assert faults() == [
        ("hr 0.1.0", "hr's register_reports answers an int as item 1", "it takes Report"),
        ("hr 0.1.0", "hr's register_setup answers an int as item 1", "it takes Setup"),
    ]


@pytest.mark.parametrize("error", ["1 / 0", "raise SystemExit"])
def test_hook_that_raises(
    install: Install, site_packages: Path, error: str, faults: Faults, hooks_module: Hooks
) -> None:
    install("hr", **hooks_module(f"@hookimpl\ndef register_checks():\n    {error}"))
    raised = "ZeroDivisionError: division by zero" if error == "1 / 0" else "SystemExit"
    assert faults() == [
        (
            "hr 0.1.0",
            f"hr:hooks's register_checks fails: {site_packages}/trastienda_hr/hooks.py:4 in register_checks: {raised}",
            "mend that line",
        )
    ]


def test_every_hook_of_lists_says_what_it_takes() -> None:
    hooks = {name for name in vars(hookspecs) if name.startswith("register_")}
    assert hooks == set(ITEMS) | set(CLASSES)


def test_answers_come_in_the_order_of_requirements_whatever_a_hook_asks_for(
    install: Install, hooks_module: Hooks
) -> None:
    code = "from trastienda.plugin import Check\n@hookimpl({})\ndef register_checks(): return [Check({!r}, len)]"
    install("hr", **hooks_module(code.format("trylast=True", "days")), requires=["trastienda-zoo"])
    zoo = hooks_module(code.format("tryfirst=True", "cages"))
    install("zoo", **{**zoo, "code": zoo["code"].replace("hr", "zoo")})
    loaded = load_plugins(load_settings({}))
    assert [plugin for plugin, _ in loaded.answers["register_checks"]] == ["zoo", "hr"]
    assert [plugin for plugin, _ in collect(loaded.manager, "register_checks")] == ["zoo", "hr"]


def test_ten_faults_of_ten_kinds_are_reported_in_one_start(install: Install) -> None:
    install("b_missing", requires=["acme-nothing"])
    install("c_version", requires=["trastienda>=3"])
    install("d_circle", requires=["trastienda-e-circle"])
    install("e_circle", requires=["trastienda-d-circle"], distribution="trastienda-e-circle")
    install("f_import", "1 / 0")
    install("g_twice")
    install("g_twice", distribution="zz-twice")
    install("serve")
    install("i_none", "plugin = None")
    for name, hook in {
        "j_unknown": "@hookimpl\ndef register_report(): ...",
        "k_argument": "@hookimpl\ndef startup(sit=1): ...",
        "l_undecorated": "def startup(site): ...",
        "m_answer": "@hookimpl\ndef register_checks(): return [1]",
    }.items():
        install(
            name,
            f"import trastienda\nfrom . import hooks\nplugin = trastienda.Plugin({name!r}, hooks=hooks)",
            modules={"hooks": f"from trastienda.plugin import hookimpl\n{hook}"},
        )
    with pytest.raises(StartupFaults) as caught:
        load_plugins(load_settings({"TRASTIENDA_PLUGINS": ""}))
    accused = [fault.plugin.partition(" ")[0] for fault in caught.value.faults]
    assert sorted(accused) == [
        "b_missing",
        "c_version",
        "d_circle",
        "f_import",
        "g_twice",
        "i_none",
        "j_unknown",
        "k_argument",
        "l_undecorated",
        "m_answer",
        "serve",
    ]
    assert str(caught.value).count("\n  cure: ") == 11


def test_fault_is_a_block_with_plugin_cause_and_cure() -> None:
    one = Fault("hr 1.2.0", "needs contacts>=0.1: not installed", "pip install trastienda-contacts")
    assert str(StartupFaults([one, one, Fault("web 1", "b", "c")])) == (
        "hr 1.2.0: needs contacts>=0.1: not installed\n  cure: pip install trastienda-contacts\n\nweb 1: b\n  cure: c"
    )


def test_startup_that_raises_is_noted_with_its_plugin_and_stops_no_other(site_packages: Path) -> None:
    called: list[object] = []

    def fail(site: object) -> None:
        raise SystemExit(1)

    hooks = SimpleNamespace(startup=hookimpl(lambda: called.append("without an argument")))
    loaded = load_plugins(
        load_settings({}),
        extra=[Plugin("bad", on_startup=fail), Plugin("good", on_startup=called.append, hooks=hooks)],
    )
    site: Any = SimpleNamespace(failures=Failures())
    run_startup(loaded, site)
    assert called == [site, "without an argument"]
    assert {plugin: each.message for plugin, each in site.failures.by_plugin().items()} == {
        "bad": "startup: SystemExit: 1"
    }


def test_answers_cannot_be_changed(site_packages: Path) -> None:
    loaded = load_plugins(load_settings({}))
    assert type(loaded.answers) is MappingProxyType
    assert isinstance(loaded.manager, pluggy.PluginManager)


def test_reserved_names_are_names() -> None:
    assert all(name.isidentifier() for name in RESERVED)
