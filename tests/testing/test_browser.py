"""The browser that trastienda.testing hands out."""
import pytest
from playwright.sync_api import Browser

USES_BROWSER = "def test_page(browser): assert browser.version"


def test_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>Back office</title>")
    assert page.title() == "Back office"
    page.close()


@pytest.mark.parametrize(("ci", "outcome"), [("", {"skipped": 1}), ("true", {"errors": 1})])
def test_missing_browser_skips_its_tests_unless_in_ci(
    ci: str, outcome: dict[str, int], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRASTIENDA_CHROMIUM", "/nowhere/chromium")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(USES_BROWSER)
    result = pytester.runpytest_subprocess("-p", "trastienda.testing")
    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(["browser: its tests are skipped, no Chromium: apt-get install chromium,*"])
