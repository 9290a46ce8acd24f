"""What a user offers as he is: by buttons, by the description, and by a refusal that names the field."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

PATH = "/api/v1/identity/users/{id}/actions/"


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="_action" value="([\w-]+)"', page))


def test_a_user_is_disabled_or_enabled_as_he_is(
    client: FlaskClient, browser_client: FlaskClient
) -> None:
    made = client.post("/api/v1/identity/users", json={"name": "bo", "email": "bo@example.com"}).json["id"]
    at, page = f"/api/v1/identity/users/{made}/actions/", f"/identity/users/{made}"
    assert buttons(browser_client.get(page).text) == {"disable", "invite", "reset-second-factor"}
    again = client.post(f"{at}enable")
    assert (again.status_code, again.json["detail"], list(again.json["errors"])) == (
        409, "Enable is not possible for user bo (Active: Yes)", ["active"])
    assert client.post(f"{at}disable").status_code == 200
    assert buttons(browser_client.get(page).text) == {"enable", "reset-second-factor"}
    many = client.post("/api/v1/identity/users/actions/disable", json={"ids": [made]}).json["results"]
    assert [(each["ok"], each["status"]) for each in many] == [(False, 409)]


def test_a_selection_offers_what_is_for_one_of_the_list_at_least(
    client: FlaskClient, browser_client: FlaskClient
) -> None:
    made = client.post("/api/v1/identity/users", json={"name": "bo"}).json["id"]
    assert client.post(f"/api/v1/identity/users/{made}/actions/disable").status_code == 200
    active, disabled, both = (buttons(browser_client.get(f"/identity/users?{query}").text)
                              for query in ("active=true", "active=false", "fields=name"))
    assert (both - active, both - disabled) == ({"enable"}, {"disable"})


def test_the_description_says_what_an_action_is_for(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    said = {name: paths[f"{PATH}{name}"]["post"]["description"] for name in ("disable", "invite")}
    assert said == {"disable": "Possible when `active` is true.",
                    "invite": "Possible when `active` is true and `email` is filled in."}
