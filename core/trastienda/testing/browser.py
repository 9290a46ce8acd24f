"""Fixture: a real browser, Debian's Chromium unless TRASTIENDA_CHROMIUM names another."""
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

ALONE = (
    "--no-sandbox",  # root, as in a container, may not use it
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
MISSING = "no Chromium: apt-get install chromium, or set TRASTIENDA_CHROMIUM=/path/to/chromium"


def find_chromium() -> str | None:
    return shutil.which(os.environ.get("TRASTIENDA_CHROMIUM", "chromium"))


def pytest_report_header() -> str:
    return f"browser: {find_chromium() or f'its tests are skipped, {MISSING}'}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """With an empty profile of its own. Where there is none its tests are skipped, but fail if CI is set."""
    executable = find_chromium()
    if executable is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ALONE)
        yield chromium
        chromium.close()
