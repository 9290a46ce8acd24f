"""Hook functions that would not do what they say; hooks of plugins' own; glue."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trastienda.plugins import load_plugins
from trastienda.settings import load_settings

Install = Callable[..., None]
Faults = Callable[..., list[tuple[str, str, str]]]
Hooks = Callable[[str], dict[str, Any]]

HOOKS = "trastienda_hr.hooks"


@pytest.mark.parametrize(
    ("code", "cause", "cure"),
    [
        (
            "@hookimpl\ndef register_report(): return []",
            f"{HOOKS}.register_report implements an unknown hook 'register_report'",
            "did you mean 'register_reports'? Another plugin's hook belongs into a glue module",
        ),
        (
            "@hookimpl(optionalhook=True)\ndef startups(site): pass",
            f"{HOOKS}.startups implements an unknown hook 'startups'",
            "did you mean 'startup'? Another plugin's hook belongs into a glue module",
        ),
        (
            "@hookimpl(specname='register_form')\ndef forms(): return []",
            f"{HOOKS}.forms implements an unknown hook 'register_form'",
            "did you mean 'register_formats'? Another plugin's hook belongs into a glue module",
        ),
        (
            "@hookimpl\ndef authenticate(requst, site): pass",
            f"{HOOKS}.authenticate: authenticate has no argument 'requst'",
            "did you mean 'request'?",
        ),
        (
            "@hookimpl\ndef authenticate(request, sites=None): pass",
            f"{HOOKS}.authenticate: authenticate has no argument 'sites'",
            "did you mean 'site'?",
        ),
        (
            "@hookimpl\ndef authenticate(request, site=None): pass",
            f"{HOOKS}.authenticate: the argument 'site' has a default, and so is never filled",
            "take the default away",
        ),
        (
            "@hookimpl\ndef authenticate(request, *, site): pass",
            f"{HOOKS}.authenticate: the argument site is never filled",
            "take plain arguments: authenticate(request, site)",
        ),
        (
            "@hookimpl\ndef startup(site, **rest): pass",
            f"{HOOKS}.startup: the argument **rest is never filled",
            "take plain arguments: startup(site)",
        ),
        (
            "@hookimpl\ndef register_reports(site): return []",
            f"{HOOKS}.register_reports: register_reports has no argument 'site'",
            "take it away",
        ),
        (
            "def register_reports(): return []",
            f"{HOOKS}.register_reports has a hook's name, but is not decorated",
            "decorate it with @hookimpl, or give it another name",
        ),
        (
            "@hookimpl(wrapper=True)\ndef register_reports(): return (yield)",
            f"{HOOKS}.register_reports wraps register_reports, which nobody calls as a whole",
            "take wrapper=True away",
        ),
        (
            "@hookimpl(wrapper=True)\ndef authenticate(request): return 1",
            "pluggy refuses hr:hooks: Plugin 'hr:hooks' for hook 'authenticate'",
            "mend its hook functions",
        ),
    ],
)
def test_hook_function_that_would_not_do_what_it_says(
    install: Install, code: str, cause: str, cure: str, faults: Faults, hooks_module: Hooks
) -> None:
    install("hr", **hooks_module(code))
    assert faults() == [("hr 0.1.0", cause, cure)]


def test_hook_function_beside_the_plugin_object(install: Install, faults: Faults) -> None:
    install(
        "hr",
        """
        from trastienda.plugin import Plugin, hookimpl
        def startup(site): ...
        def authenticate(request, site): ...
        @hookimpl
        def on_start(site): ...
        plugin = Plugin("hr", on_startup=startup)
        """,
    )
    assert faults() == [
        (
            "hr 0.1.0",
            f"trastienda_hr.{name} is a hook function that nobody finds there",
            "move it to a module of its own, given as Plugin(hooks=that_module)",
        )
        for name in ("authenticate", "on_start")
    ]


def test_plugin_class_that_forgets_the_marker(install: Install, faults: Faults) -> None:
    install(
        "hr",
        """
        from trastienda.plugin import Plugin
        class People(Plugin):
            def register_reports(self): return []
        plugin = People("hr")
        """,
    )
    assert faults() == [
        (
            "hr 0.1.0",
            "People.register_reports has a hook's name, but is not decorated",
            "decorate it with @hookimpl, or give it another name",
        )
    ]


def test_hook_functions_of_a_module_answer_beside_the_plugin_object(install: Install, hooks_module: Hooks) -> None:
    install(
        "hr",
        **hooks_module("""
        from trastienda.plugin import Check
        @hookimpl
        def register_checks(): return [Check("days", len)]
        """),
    )
    answers = load_plugins(load_settings({})).answers
    assert [(plugin, check.name) for plugin, check in answers["register_checks"]] == [("hr", "days")]


OWN_SPECS = {
    "code": """
        from trastienda.plugin import Plugin
        from . import specs
        plugin = Plugin("hr", hookspecs=specs)
        """,
    "modules": {
        "specs": """
        import pluggy
        @pluggy.HookspecMarker("trastienda")
        def hr_payslip_lines(payslip): ...
        """
    },
}


def test_plugin_asks_others_by_a_hook_of_its_own(install: Install) -> None:
    install("hr", **OWN_SPECS)
    install(
        "zoo",
        "from trastienda.plugin import Plugin\nfrom . import hooks\nplugin = Plugin('zoo', hooks=hooks)",
        modules={
            "hooks": "from trastienda.plugin import hookimpl\n@hookimpl\ndef hr_payslip_lines(payslip): "
            "return [payslip]"
        },
        requires=["trastienda-hr"],
    )
    manager = load_plugins(load_settings({})).manager
    assert manager.hook.hr_payslip_lines(payslip=7) == [[7]]


def test_misspelt_argument_of_another_plugins_hook(install: Install, faults: Faults) -> None:
    install("hr", **OWN_SPECS)
    install(
        "zoo",
        "from trastienda.plugin import Plugin\nfrom . import hooks\nplugin = Plugin('zoo', hooks=hooks)",
        modules={"hooks": "from trastienda.plugin import hookimpl\n@hookimpl\ndef hr_payslip_lines(slip): ..."},
    )
    assert faults() == [
        (
            "zoo 0.1.0",
            "trastienda_zoo.hooks.hr_payslip_lines: hr_payslip_lines has no argument 'slip'",
            "did you mean 'payslip'?",
        )
    ]


def test_specifications_that_cannot_be_told_from_others(install: Install, faults: Faults) -> None:
    spec = "import pluggy\n@pluggy.HookspecMarker('trastienda')\ndef {}(): ...\n"
    code = "from trastienda.plugin import Plugin\nfrom . import specs\nplugin = Plugin({!r}, hookspecs=specs)"
    install("a", code.format("a"), modules={"specs": spec.format("a_b_lines")})
    install("a_b", code.format("a_b"), modules={"specs": spec.format("a_b_lines")})
    install("c", code.format("c"), modules={"specs": spec.format("lines")})
    install("d", code.format("d"), modules={"specs": "def d_lines(): ..."})
    assert faults() == [
        ("a_b 0.1.0", "its hook specification a_b_lines is somebody else's already", "rename it"),
        ("c 0.1.0", "its hook specification lines does not begin with c_", "name it c_lines"),
        ("d 0.1.0", "no hook specification in trastienda_d.specs", "mark it with @hookspec"),
    ]


def with_glue(glue: str) -> dict[str, Any]:
    return {
        "code": "from trastienda.plugin import Plugin\n"
        "plugin = Plugin('fleet', when={'hr': 'trastienda_fleet.with_hr'})\n",
        "modules": {"with_hr": "from trastienda.plugin import Check, Plugin, hookimpl\n" + glue},
    }


def test_glue_is_loaded_while_both_sides_are_on(install: Install) -> None:
    install("fleet", **with_glue("plugin = Plugin('fleet+hr', checks=[Check('a', len)])"))
    install("hr")
    loaded = load_plugins(load_settings({}))
    assert [plugin for plugin, _ in loaded.answers["register_checks"]] == ["fleet+hr"]
    assert [(each.name, each.glue) for each in loaded.plugins] == [("fleet", ("hr",)), ("hr", ())]


def test_glue_is_not_imported_while_the_other_side_is_off(install: Install, faults: Faults) -> None:
    install("fleet", **with_glue("1 / 0"))
    install("hr")
    assert faults(plugins="fleet") == []


@pytest.mark.parametrize(
    ("glue", "cause", "cure"),
    [
        (
            "1 / 0",
            "cannot import trastienda_fleet.with_hr: {folder}/trastienda_fleet/with_hr.py:2 in <module>: "
            "ZeroDivisionError: division by zero",
            "mend that line, or pip install another version of trastienda-fleet",
        ),
        (
            "plugin = 1",
            "trastienda_fleet.with_hr:plugin is an int, not a Plugin",
            "write plugin = Plugin(...) in trastienda_fleet.with_hr",
        ),
        (
            "plugin = Plugin('fleet')",
            "the plugin in trastienda_fleet.with_hr is named 'fleet'",
            "name it 'fleet+hr'",
        ),
        (
            "plugin = Plugin('fleet+hr', checks=[1])",
            "fleet+hr's register_checks answers an int as item 1",
            "it takes Check",
        ),
    ],
)
def test_faulty_glue(install: Install, site_packages: Path, glue: str, cause: str, cure: str, faults: Faults) -> None:
    install("fleet", **with_glue(glue))
    install("hr")
    assert faults() == [("fleet 0.1.0", cause.format(folder=site_packages), cure)]


def test_glue_to_a_version_that_the_extra_excludes(install: Install, faults: Faults) -> None:
    install("fleet", **with_glue("1 / 0"), requires=['trastienda-hr<1,>=0.1; extra == "hr"'])
    install("hr", version="2.0")
    assert faults() == [
        (
            "fleet 0.1.0",
            "needs trastienda-hr<1,>=0.1: 2.0 is installed",
            'pip install "trastienda-hr<1,>=0.1", or a version of trastienda-fleet that fits',
        )
    ]
