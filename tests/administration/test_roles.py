"""Roles made by administrators, what somebody may do and why, and that nobody gives more than he has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from trastienda import Company, Site, User
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.security.vocabulary import vocabulary
from trastienda.testing import sites
from trastienda.testing.fixtures import NewUser, Run, SignIn
from trastienda.testing.sites import bearer_client

ROLES, USERS = "/api/v1/identity/roles", "/api/v1/identity/users"
READER = {"name": "reader", "grants": [{"target": "contacts.*", "verbs": "read"}]}


@pytest.fixture
def trastienda_plugins() -> Sequence[str]:
    return ("contacts", "hr")


@pytest.fixture
def beta(write: Run) -> Company:
    return write(lambda work: work.add(Company(code="BETA", name="Beta")))


@pytest.fixture
def local(app: Flask, site: Site, write: Run, company: Company, beta: Company) -> FlaskClient:
    """An administrator of ACME alone."""
    made = write(lambda work: add_user(work, name="local", password=None, roles=["admin"], company=company))
    return bearer_client(app, site, made)


@pytest.fixture
def others(write: Run, beta: Company) -> dict[str, User]:
    def make(work: Any) -> dict[str, User]:
        there = add_user(work, name="there", password=None, roles=["admin"], company=beta)
        chief = add_user(work, name="chief", password=None, roles=["admin"])
        return {"there": there, "chief": chief}

    return write(make)


def user_in(app: Flask, site: Site, write: Run, *roles: str) -> FlaskClient:
    made = write(lambda work: add_user(work, name=f"u-{'-'.join(roles)}", password=None, roles=list(roles)))
    return bearer_client(app, site, made)


def errors(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, list((answer.json or {}).get("errors", {}))


# -- roles of one's own
def test_a_role_of_ones_own_grants_what_it_says(client: FlaskClient, app: Flask, site: Site, write: Run) -> None:
    made = client.post(ROLES, json=READER)
    assert made.status_code == 201, made.json
    reader = user_in(app, site, write, "reader")
    assert reader.get("/api/v1/contacts/parties").status_code == 200
    assert reader.post("/api/v1/contacts/parties", json={"code": "X", "name": "X"}).status_code == 403
    assert reader.get("/api/v1/hr/employees").status_code == 403


def test_a_changed_role_holds_at_once_in_every_process(
    client: FlaskClient, app: Flask, site: Site, write: Run
) -> None:
    made = client.post(ROLES, json=READER)
    reader = user_in(app, site, write, "reader")
    elsewhere = create_app(Site(site.settings, site.loaded, site.registry, site.database)).test_client()
    elsewhere.environ_base.update(reader.environ_base)
    assert [each.get("/api/v1/contacts/parties").status_code for each in (reader, elsewhere)] == [200, 200]
    url = f"{ROLES}/{made.json['id']}"
    grants = {"grants": [{"target": "hr.department", "verbs": "read"}]}
    assert client.patch(url, json=grants, headers={"If-Match": "*"}).status_code == 200
    for each in (elsewhere, reader):
        answers = [each.get(f"/api/v1/{path}").status_code for path in ("contacts/parties", "hr/departments")]
        assert answers == [403, 200]
    client.patch(url, json={"grants": []}, headers={"If-Match": "*"})
    assert reader.get("/api/v1/hr/departments").status_code == 403


def test_a_grant_may_reach_the_rows_that_a_shipped_role_reaches(
    client: FlaskClient, app: Flask, site: Site, write: Run
) -> None:
    grant = {"target": "hr.employee", "verbs": "read", "rows": "hr.self-service"}
    assert client.post(ROLES, json={"name": "own-file", "grants": [grant]}).status_code == 201
    mine = user_in(app, site, write, "own-file")
    client.post("/api/v1/hr/employees", json={"code": "E1", "name": "One", "starts_on": "2026-01-01"})
    assert len(client.get("/api/v1/hr/employees").json["items"]) == 1
    assert mine.get("/api/v1/hr/employees").json["items"] == []


@pytest.mark.parametrize(
    ("role", "field"),
    [
        ({"name": "admin"}, "name"),
        ({"name": "hr.officer"}, "name"),
        ({"name": "Bad Name"}, "name"),
        ({"name": "a1", "grants": [{"target": "nothing.here", "verbs": "read"}]}, "grants.0.target"),
        ({"name": "a1", "grants": [{"target": "contacts.party", "verbs": "fly"}]}, "grants.0.verbs"),
        ({"name": "a1", "grants": [{"target": "contacts.party", "verbs": "read", "rows": "hr.x"}]}, "grants.0.rows"),
        ({"name": "a1", "grants": [{"target": "contacts.party", "rows": "hr.self-service"}]}, "grants.0.rows"),
    ],
)
def test_a_role_that_means_nothing_is_refused(client: FlaskClient, role: dict[str, Any], field: str) -> None:
    assert errors(client.post(ROLES, json=role)) == (422, [field])


def test_a_role_in_use_cannot_be_deleted(client: FlaskClient, app: Flask, site: Site, write: Run) -> None:
    made = client.post(ROLES, json=READER)
    user_in(app, site, write, "reader")
    answer = client.delete(f"{ROLES}/{made.json['id']}", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json["detail"]) == (409, "There are users with this role")


# -- nobody gives what he has not
def test_nobody_defines_a_role_beyond_his_own(client: FlaskClient, app: Flask, site: Site, write: Run) -> None:
    client.post(ROLES, json={"name": "definer", "grants": [
        {"target": "identity.*", "verbs": "*"}, {"target": "contacts.*", "verbs": "read"}]})
    definer = user_in(app, site, write, "definer")
    assert definer.post(ROLES, json=READER).status_code == 201
    beyond = (("contacts.*", "*"), ("*", "read"), ("hr.employee", "read"), ("contacts.party", "read update"))
    for target, verbs in beyond:
        role = {"name": "more", "grants": [{"target": target, "verbs": verbs}]}
        assert errors(definer.post(ROLES, json=role)) == (422, ["grants.0.target"]), target
    own = definer.get(ROLES, query_string={"name": "definer"}).json["items"][0]
    raised = {"grants": [{"target": "*", "verbs": "*"}]}
    assert definer.patch(f"{ROLES}/{own['id']}", json=raised, headers={"If-Match": "*"}).status_code == 422


def test_nobody_gives_himself_or_others_more(client: FlaskClient, app: Flask, site: Site, write: Run) -> None:
    client.post(ROLES, json={"name": "users", "grants": [{"target": "identity.user", "verbs": "*"}]})
    keeper = user_in(app, site, write, "users")
    for name in ("u-users", "other"):
        if name == "other":
            keeper.post(USERS, json={"name": "other", "roles": [{"role": "users"}]})
        user = keeper.get(USERS, query_string={"name": name, "include": "roles"}).json["items"][0]
        more = {"roles": [*({"id": line["id"], "role": line["role"]} for line in user["roles"]), {"role": "admin"}]}
        answer = keeper.patch(f"{USERS}/{user['id']}", json=more, headers={"If-Match": "*"})
        assert errors(answer) == (422, ["roles.1.role"]), name


def test_nobody_acts_upon_a_user_who_has_more(
    client: FlaskClient, app: Flask, site: Site, write: Run, user: NewUser
) -> None:
    client.post(ROLES, json={"name": "users", "grants": [{"target": "identity.*", "verbs": "*"}]})
    keeper, chief = user_in(app, site, write, "users"), user("admin", name="chief")
    url = f"{USERS}/{chief.id}"
    for action, body in (("set-password", {"password": "long enough a word"}), ("disable", {})):
        assert keeper.post(f"{url}/actions/{action}", json=body).status_code == 403, action
    headers = {"If-Match": "*"}
    assert keeper.patch(url, json={"email": "mine@example.org"}, headers=headers).status_code == 422
    assert keeper.patch(url, json={"roles": []}, headers=headers).status_code == 422
    assert keeper.delete(url, headers=headers).status_code == 403
    token = write(lambda work: add_token(work, user=chief, name="robot"))
    assert token
    found = [each for each in client.get("/api/v1/identity/tokens").json["items"] if each["name"] == "robot"]
    assert keeper.post(f"/api/v1/identity/tokens/{found[0]['id']}/actions/revoke").status_code == 403


def test_a_tokens_scopes_limit_what_it_gives(app: Flask, site: Site, write: Run, user: NewUser) -> None:
    chief = user("admin", name="chief")
    secret = write(lambda work: add_token(work, user=chief, name="narrow", scopes="identity.*"))
    narrow = app.test_client()
    narrow.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert errors(narrow.post(USERS, json={"name": "new", "roles": [{"role": "admin"}]})) == (422, ["roles.0.role"])
    assert narrow.post(USERS, json={"name": "new"}).status_code == 201


# -- an administrator of one company
def test_an_administrator_of_one_company_sees_its_users_alone(local: FlaskClient, others: dict[str, User]) -> None:
    names = {each["name"] for each in local.get(USERS).json["items"]}
    assert names == {"local", "chief"}
    assert local.get(f"{USERS}/{others['there'].id}").status_code == 404
    assert [each["code"] for each in local.get("/api/v1/identity/companies").json["items"]] == ["ACME"]
    assert local.get(USERS, query_string={"q": "there", "count": "exact"}).json["count"] == 0
    assert "there" not in local.get(f"{USERS}/export").text


def test_he_gives_no_role_elsewhere_and_takes_over_nobody(local: FlaskClient, others: dict[str, User]) -> None:
    me = local.get(USERS, query_string={"name": "local", "include": "roles"}).json["items"][0]
    own = [{"id": line["id"], "role": line["role"], "in_company": "ACME"} for line in me["roles"]]
    url, headers = f"{USERS}/{me['id']}", {"If-Match": "*"}
    everywhere = local.patch(url, json={"roles": [*own, {"role": "admin"}]}, headers=headers)
    assert errors(everywhere) == (422, ["roles.1.role"])
    beta = local.patch(url, json={"roles": [*own, {"role": "admin", "in_company": "BETA"}]}, headers=headers)
    assert errors(beta) == (422, ["roles.1.in_company"])
    password = {"password": "long enough a word"}
    assert local.post(f"{USERS}/{others['chief'].id}/actions/set-password", json=password).status_code == 403
    assert local.post(f"{USERS}/{others['there'].id}/actions/set-password", json=password).status_code == 404
    here = {"name": "new", "roles": [{"role": "hr.officer", "in_company": "ACME"}]}
    assert local.post(USERS, json=here).status_code == 201
    assert local.post(USERS, json={"name": "new2", "roles": []}).status_code == 403
    assert local.post("/api/v1/identity/companies", json={"code": "MINE", "name": "Mine"}).status_code == 403


def test_a_company_of_others_is_as_one_that_is_not_there(local: FlaskClient, beta: Company) -> None:
    answers = [local.get(USERS, headers={"X-Company": code}) for code in ("BETA", "NOPE")]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json["detail"].replace("BETA", "NOPE") == answers[1].json["detail"]


def test_the_same_role_here_and_everywhere_are_not_taken_for_each_other(
    local: FlaskClient, client: FlaskClient, others: dict[str, User]
) -> None:
    for _ in range(2):
        assert len(client.get(USERS).json["items"]) == 4
        assert len(local.get(USERS).json["items"]) == 3


# -- what may he do, and why
def test_rights_say_why(client: FlaskClient, user: NewUser, site: Site) -> None:
    person = user("hr.self-service", "contacts.reader", name="person")
    told = client.get("/api/v1/identity/rights", query_string={"user": "person"}).json
    by = {(each["on"], each["verb"]): each for each in told["rights"]}
    assert by["contacts.party", "read"]["by"] == [{"role": "contacts.reader", "rows": ""}]
    assert by["hr.employee", "read"] == {
        "on": "hr.employee", "verb": "read", "all_rows": False,
        "by": [{"role": "hr.self-service", "rows": "own_record"}]}
    assert ("contacts.party", "update") not in by
    actor = site.actor(person, site.company("ACME"), via="tests")
    asked = {(on, verb) for on, verbs in vocabulary(site.registry).items() for verb in verbs}
    assert set(by) == {each for each in asked if site.permissions.of(actor, *each)}


def test_everybody_may_ask_about_himself_and_only_administrators_about_others(sign_in: SignIn, user: NewUser) -> None:
    user("admin", name="chief")
    employee = sign_in("hr.self-service")
    assert employee.get("/api/v1/identity/my-rights").json["roles"] == ["hr.self-service"]
    assert employee.get("/api/v1/identity/rights", query_string={"user": "chief"}).status_code == 403


def test_shipped_roles_are_told_and_can_be_copied(client: FlaskClient, browser_client: FlaskClient, site: Site) -> None:
    items = {each["name"]: each for each in client.get("/api/v1/identity/shipped-roles").json["items"]}
    assert {"admin", "auditor", "hr.officer", "hr.manager"} <= set(items)
    for name, role in items.items():
        if role["everyone"] or name == "admin":
            continue
        sent = {"copy": name, "name": f"my-{name.replace('.', '-')}"}
        answer = browser_client.post("/administration/roles", data=sent)
        assert answer.status_code == 303, (name, answer.text[answer.text.find("notice-refused"):][:1500])
    page = browser_client.get("/administration/roles").text
    assert "my-hr-manager" in page


def test_the_pages_answer_whom_they_are_for(sign_in: SignIn, user: NewUser) -> None:
    person = user("hr.self-service", name="person")
    admin, employee = sign_in("admin", browser=True), sign_in("hr.self-service", browser=True)
    for path in ("/administration/roles", f"/administration/rights?user={person.id}"):
        assert (admin.get(path).status_code, employee.get(path).status_code) == (200, 403), path
    page = admin.get(f"/administration/rights?user={person.id}").text
    assert "Own record" in page
    assert "See, export" in page
    assert "What each word allows" in page
    assert employee.get("/me/rights").status_code == 200


def test_roles_are_chosen_among_those_that_one_may_give(
    client: FlaskClient, browser_client: FlaskClient, app: Flask, site: Site, user: NewUser
) -> None:
    client.post("/api/v1/identity/roles", json={"name": "buyer", "label": "Buyer", "grants": [
        {"target": "contacts.party", "verbs": "read"}]})
    helper = {"name": "helpdesk", "grants": [{"target": "identity.*", "verbs": "*"},
                                             {"target": "contacts.*", "verbs": "read run export"}]}
    assert client.post("/api/v1/identity/roles", json=helper).status_code == 201
    ana = user("contacts.reader", name="ana")
    page = browser_client.get(f"/identity/users/{ana.id}").text
    (first, blank) = re.findall(r'<select[^>]*name="roles\.\d+\.role".*?</select>', page, re.S)[:2]
    assert re.findall(r'<option value="([^"]*)" selected', first) == ["contacts.reader"]
    offered = dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', blank))
    assert offered.keys() >= {"", "admin", "auditor", "contacts.manager", "buyer", "helpdesk"}
    assert (offered["buyer"], offered["contacts.reader"]) == ("Buyer (buyer)", "Contacts: reader (contacts.reader)")
    assert f'href="/administration/rights?user={ana.id}"' in page
    limited = sites.browser_client(app, site, user("helpdesk", name="helper"))
    page = limited.get(f"/identity/users/{ana.id}").text
    (blank,) = re.findall(r'<select[^>]*name="roles\.1\.role".*?</select>', page, re.S)
    assert {"contacts.reader", "buyer"} <= set(re.findall(r'<option value="([^"]*)"', blank))
    assert not {"admin", "contacts.manager"} & set(re.findall(r'<option value="([^"]*)"', blank))


def test_a_language_is_chosen_among_those_that_pages_speak(browser_client: FlaskClient, user: NewUser) -> None:
    page = browser_client.get(f"/identity/users/{user('contacts.reader').id}").text
    (field,) = re.findall(r'<select[^>]*name="language".*?</select>', page, re.S)
    offered = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', field)
    assert offered == [("", ""), ("en", "English"), ("es", "Español")]
