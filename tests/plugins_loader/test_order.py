"""Which plugins are on, in which order, and what they lack."""

import sys
from collections.abc import Callable

from trastienda.plugin import Plugin
from trastienda.plugins import load_plugins
from trastienda.settings import load_settings

Install = Callable[..., None]
Faults = Callable[..., list[tuple[str, str, str]]]
Status = Callable[..., dict[str, str]]


def test_plugins_come_in_the_order_of_their_requirements_then_of_their_names(install: Install) -> None:
    install("payroll", requires=["trastienda-hr", "trastienda-accounting"])
    install("hr", requires=["trastienda-zoo"])
    install("accounting")
    install("zoo")
    loaded = load_plugins(load_settings({}))
    assert [each.name for each in loaded.plugins] == ["accounting", "zoo", "hr", "payroll"]
    assert loaded.plugins[3].requires == ("accounting", "hr")


def test_bundled_plugins_come_first(install: Install) -> None:
    install("accounting")
    install("web", group="trastienda.builtin", distribution="trastienda-more")
    assert [(each.name, each.bundled) for each in load_plugins(load_settings({})).plugins] == [
        ("web", True),
        ("accounting", False),
    ]


def test_loaded_plugin_is_described(install: Install) -> None:
    install("hr", version="1.2.0")
    (hr,) = load_plugins(load_settings({})).plugins
    assert (hr.name, hr.version, hr.distribution, hr.module, hr.bundled, hr.status, hr.requires, hr.glue) == (
        "hr",
        "1.2.0",
        "trastienda-hr",
        "trastienda_hr",
        False,
        "on",
        (),
        (),
    )
    assert hr.plugin == Plugin("hr")


def test_plugin_that_the_setting_leaves_out_is_not_imported(install: Install, status: Status) -> None:
    install("accounting")
    install("hr", "raise SystemExit(3)")
    assert status(plugins="accounting") == {"accounting": "on", "hr": "off"}
    assert "trastienda_hr" not in sys.modules


def test_safe_mode_is_the_bundled_plugins_alone_whatever_is_wrong_with_the_others(
    install: Install, faults: Faults, status: Status
) -> None:
    install("web", group="trastienda.builtin", distribution="trastienda-more")
    install("hr", "raise RuntimeError", requires=["trastienda-contacts", "~~~"])
    install("hr", "raise RuntimeError", distribution="second-hr")
    assert faults(safe_mode="1", plugins="hr,nothing") == []
    assert status(safe_mode="1", plugins="hr,nothing") == {"web": "on", "hr": "off"}


def test_plugin_given_directly_needs_no_distribution_and_comes_last(install: Install) -> None:
    install("hr")
    loaded = load_plugins(load_settings({}), extra=[Plugin("a_trial")])
    assert [(each.name, each.distribution, each.status) for each in loaded.plugins] == [
        ("hr", "trastienda-hr", "on"),
        ("a_trial", "", "on"),
    ]


def test_requirement_of_another_platform_or_of_an_extra_is_not_needed(install: Install, faults: Faults) -> None:
    install("hr", requires=['nowhere; sys_platform == "win32"', 'trastienda-contacts>=9; extra == "contacts"'])
    assert faults() == []


def test_requirement_that_is_not_installed(install: Install, faults: Faults) -> None:
    install("hr", version="1.2.0", requires=["trastienda-contacts<1,>=0.1", "acme-calendar"])
    assert faults() == [
        (
            "hr 1.2.0",
            "needs trastienda-contacts<1,>=0.1: not installed",
            'pip install "trastienda-contacts<1,>=0.1"',
        ),
        ("hr 1.2.0", "needs acme-calendar: not installed", "pip install acme-calendar"),
    ]


def test_requirement_that_is_not_on(install: Install, faults: Faults) -> None:
    install("contacts")
    install("hr", requires=["trastienda-contacts>=0.1"])
    assert faults(plugins="hr") == [
        (
            "hr 0.1.0",
            "needs trastienda-contacts>=0.1: installed, but contacts is not on",
            "add contacts to the setting plugins, or take hr out",
        )
    ]


def test_version_of_a_plugin_out_of_range(install: Install, faults: Faults) -> None:
    install("contacts", version="2.0")
    install("hr", requires=["trastienda-contacts<1,>=0.1"])
    assert faults() == [
        (
            "hr 0.1.0",
            "needs trastienda-contacts<1,>=0.1: 2.0 is installed",
            'pip install "trastienda-contacts<1,>=0.1", or a version of trastienda-hr that fits',
        )
    ]


def test_version_of_the_core_out_of_range(install: Install, faults: Faults) -> None:
    install("hr", requires=["trastienda>=3"])
    assert faults() == [
        (
            "hr 0.1.0",
            "needs trastienda>=3: 0.1.0 is installed",
            'pip install "trastienda>=3", or a version of trastienda-hr that fits',
        )
    ]


def test_preliminary_version_satisfies_a_requirement(install: Install, faults: Faults) -> None:
    install("contacts", version="0.2.dev3")
    install("hr", requires=["trastienda-contacts>=0.1"])
    assert faults() == []


def test_requirements_in_a_circle_and_whoever_needs_one_of_them(
    install: Install, faults: Faults, status: Status
) -> None:
    install("a", requires=["trastienda-b"])
    install("b", requires=["trastienda-c"])
    install("c", requires=["trastienda-a"])
    install("d", requires=["trastienda-e"])
    install("e", requires=["trastienda-d"])
    install("f", requires=["trastienda-a"])
    install("g")
    assert [(plugin, cure) for plugin, _, cure in faults()] == [
        ("a 0.1.0", "the authors must break it; pip uninstall one of them"),
        ("d 0.1.0", "the authors must break it; pip uninstall one of them"),
    ]
    assert {cause.partition(":")[0] for _, cause, _ in faults()} == {"needs itself in a circle"}
    assert status() == {**dict.fromkeys("abcdef", "faulty"), "g": "on"}


def test_requirement_that_makes_no_sense(install: Install, faults: Faults) -> None:
    install("hr", requires=["trastienda >>> 1"])
    assert faults() == [
        (
            "hr 0.1.0",
            "its metadata has the requirement 'trastienda >>> 1', which makes no sense",
            "pip install --force-reinstall trastienda-hr, or tell its author",
        )
    ]
