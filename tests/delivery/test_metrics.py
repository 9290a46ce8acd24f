"""`/metrics`: to a scraper that may, over all server processes."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from trastienda import Job, Plugin
from trastienda.api.app import create_app
from trastienda.testing.serving import served
from trastienda.testing.sites import SYSTEM

from ..jobs.conftest import Clock, OpenSite, acme

LAZY = Plugin("chores", jobs=[Job("chores.rest", lambda work: None)])


def test_the_queue_is_counted(open_site: OpenSite) -> None:
    site = open_site(LAZY)
    clock = Clock(site)
    site.write(SYSTEM, acme(site), lambda work: [work.enqueue("chores.rest") for _ in range(3)])
    clock.pass_(seconds=90)
    text = create_app(site).test_client().get("/metrics").get_data(as_text=True)
    assert 'trastienda_jobs{state="queued"} 3.0' in text
    assert "trastienda_jobs_due 3.0" in text
    assert "trastienda_jobs_lag_seconds 90.0" in text


@pytest.mark.database("sqlite")
def test_requests_are_counted_by_their_route(open_site: OpenSite) -> None:
    client = create_app(open_site(LAZY)).test_client()
    for number in range(3):
        client.get(f"/api/v1/delivery/jobs/{number}")
    client.get("/no/such/page")
    text = client.get("/metrics").get_data(as_text=True)
    route = 'method="GET",route="/api/v1/<plugin>/<path>/<int:identity>"'
    assert f'trastienda_http_requests_total{{{route},status="401"}} 3.0' in text
    assert f"trastienda_http_request_seconds_count{{{route}}} 3.0" in text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("address", "header"), [
    ("192.0.2.7", None), ("127.0.0.1", "X-Forwarded-For"), ("127.0.0.1", "Forwarded"), ("", None)])
def test_without_a_token_only_this_host_is_answered(open_site: OpenSite, address: str, header: str | None) -> None:
    client = create_app(open_site(LAZY)).test_client()
    headers = {header: "127.0.0.1"} if header else {}
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert (answer.status_code, answer.json["title"]) == (403, "Not allowed")


@pytest.mark.database("sqlite")
def test_with_a_token_only_who_has_it_is_answered(open_site: OpenSite) -> None:
    client = create_app(open_site(LAZY, TRASTIENDA_METRICS_TOKEN="t" * 32)).test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer ñ"}):
        assert client.get("/metrics", environ_base=far, headers=wrong).status_code == 403
    good = {"Authorization": f"Bearer {'t' * 32}"}
    assert client.get("/metrics", environ_base=far, headers=good).status_code == 200


@pytest.mark.database("sqlite")
def test_all_processes_of_a_server_are_counted_together(url: str, tmp_path: Path) -> None:
    settings = {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_PLUGINS": "identity"}
    with served("serve", "--bind", "127.0.0.1:0", "--workers", "2", settings=settings) as server:
        for _ in range(20):
            assert server.call("GET", "/healthz")[0] == 200
        time.sleep(0.5)
        with urlopen(f"{server.address}/metrics") as answer:
            text = answer.read().decode()
    counted = re.findall(r'trastienda_http_requests_total\{method="GET",route="/healthz",status="200"\} (\S+)', text)
    assert [float(each) for each in counted] == [20.0]
