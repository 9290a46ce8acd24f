"""How trastienda.testing behaves where it was not asked for."""
import pytest


def test_without_the_extra_other_projects_are_left_alone(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(sitecustomize="import sys; sys.modules['playwright'] = None")
    pytester.makepyfile("def test_nothing(): pass")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    alone = pytester.runpytest_subprocess("-p", "trastienda.testing")
    alone.assert_outcomes(passed=1)
    alone.stdout.no_fnmatch_line("browser:*")
    refused = pytester.runpytest_subprocess("-p", "trastienda.testing", "--database=sqlite")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
