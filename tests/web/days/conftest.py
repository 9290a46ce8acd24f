"""The sample company, served, and somebody who works in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from trastienda.api.app import create_app
from trastienda.testing.sites import open_site

from .stage import PLUGINS, WAYS, Day, Stage, Start, Way, build_demo, pictures_of, set_clock, watch

Prepare = Callable[[str, Callable[[str], object]], str]


@pytest.fixture
def way() -> Way:
    """The first, for a test that isn't done in each."""
    return WAYS[0]


@pytest.fixture
def stage(prepared_database: Prepare, tmp_path: Path) -> Iterator[Stage]:
    url = prepared_database("the sample company", lambda url: build_demo(url, tmp_path))
    with open_site(url, tmp_path, PLUGINS) as site:
        set_clock(site)
        app = create_app(site)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Stage(site, app, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def start(stage: Stage, browser: Browser, way: Way, request: pytest.FixtureRequest) -> Iterator[Start]:
    """See `stage.Start`. All that was wrong with the pages comes at the end of the day, at once."""
    wrong: list[str] = []
    days: list[Day] = []

    def begin(name: str, /, *roles: str) -> Day:
        if roles:
            stage.user(name, *roles)
        context = browser.new_context(
            base_url=stage.address, viewport={"width": way.width, "height": 900}, locale=way.language,
            color_scheme="dark" if way.theme == "dark" else "light", reduced_motion="reduce")  # fmt: skip
        page = context.new_page()
        watch(page, stage.address, wrong)
        context.on("page", lambda opened: opened is page or watch(opened, stage.address, wrong))
        test = request.node.originalname.removeprefix("test_").replace("_", "-")
        number = f"-{len(days) + 1}" if days else ""
        days.append(Day(stage, page, way, pictures_of(f"{test}-{way}{number}")))
        days[-1].sign_in(name)
        return days[-1]

    yield begin
    for day in days:
        day.page.screenshot(path=day.folder / "end.png")
        day.page.context.close()
    wrong += [f"{where}: {fault}" for day in days for where, found in day.faults.items() for fault in found]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
