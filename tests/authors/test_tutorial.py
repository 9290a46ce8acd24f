"""Whoever follows the documentation to the letter arrives."""

import re
import socket
from pathlib import Path
from typing import Protocol

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "authors"
BLOCK = re.compile(r"(?:^`(?P<file>[\w./]+)`\n)?^ *```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
WAITING = 'until curl -sf http://127.0.0.1:8000/healthz > /dev/null; do sleep 0.1; done'


class Machine(Protocol):
    folder: Path

    def run(self, command: str, **variables: str) -> str: ...


def blocks(page: str) -> list[tuple[str, str, str]]:
    """(file or nothing, language, text) of each code block."""
    found = BLOCK.finditer((DOCS / page).read_text())
    return [(each["file"] or "", each["kind"], each["text"]) for each in found]


def test_tutorial_leads_from_an_empty_folder_to_the_running_plugin(machine: Machine) -> None:
    (machine.folder / "trastienda.toml").write_text('plugins = ["library"]\n')
    script = ["trap 'kill $(jobs -p)' EXIT"]
    for file, kind, text in blocks("tutorial.md"):
        if kind == "console":
            script += [line[2:] for line in text.splitlines() if line.startswith("$ ")]
            script += [WAITING] * ("serve" in text)
        else:
            assert file, f"a block of {kind} that no file's name precedes"
            path = machine.folder / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = [line.replace("pytest tests", "pytest -q -p no:cacheprovider --database sqlite tests") for line in script]
    machine.run("\n".join(script).replace(":8000", f":{port}"))


def test_tutorial_has_fewer_than_80_lines_of_ones_own() -> None:
    own = [text for file, kind, text in blocks("tutorial.md") if kind == "python" and file.startswith("trastienda_")]
    assert sum(bool(line.strip()) for text in own for line in text.splitlines()) < 80


def test_who_publishes_by_the_page_has_a_wheel_that_installs_and_leaves(machine: Machine) -> None:
    script = ["trastienda plugins new library", "cd trastienda-library"]
    script += ["echo 'plugins = [\"library\"]' > trastienda.toml"]
    for _, kind, text in blocks("publishing.md"):
        assert kind == "console"
        script += [line.strip()[2:] for line in text.splitlines() if line.strip().startswith("$ ")]
    machine.run("\n".join(script))


@pytest.mark.parametrize("page", ["extending.md", "meeting.md", "posting.md", "printing.md"])
def test_code_of_a_page_runs(page: str) -> None:
    for _, _, text in blocks(page):
        values: dict[str, object] = {"__name__": "trastienda_library.page"}
        exec(compile(text, page, "exec"), values)
        assert str(getattr(values["plugin"], "name", "")).startswith("library")


def test_tests_of_the_page_on_testing_pass(machine: Machine) -> None:
    for number, (_, _, text) in enumerate(blocks("testing.md")):
        (machine.folder / f"test_{number}.py").write_text(text)
    (machine.folder / "pytest.ini").write_text("[pytest]\ntrastienda_plugins = contacts\n")
    machine.run("pytest -q -p no:cacheprovider --database sqlite")
