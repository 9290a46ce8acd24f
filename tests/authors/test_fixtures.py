"""What trastienda.testing gives the tests of a plugin."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from trastienda import Company, Site, User
from trastienda.testing.fixtures import NewUser, Run, SignIn
from trastienda_contacts import Party

pytestmark = pytest.mark.plugins("contacts")


def test_site_has_the_plugins_asked_for_and_a_company(site: Site, company: Company) -> None:
    installed = [each.name for each in site.loaded.plugins if each.status == "on" and not each.bundled]
    assert (installed, company.code) == (["contacts"], "ACME")


@pytest.mark.plugins("accounting")
def test_plugins_that_are_needed_are_on_too(site: Site) -> None:
    installed = [each.name for each in site.loaded.plugins if each.status == "on" and not each.bundled]
    assert installed == ["contacts", "accounting"]


class TestOverridden:
    @pytest.fixture
    def trastienda_plugins(self) -> Sequence[str]:
        return ()

    def test_fixture_may_choose_none(self, site: Site) -> None:
        assert [each.name for each in site.loaded.plugins if each.status == "on" and not each.bundled] == []


def test_write_and_read_are_of_one_database(write: Run, read: Run) -> None:
    write(lambda work: work.add(Party(code="C1", name="Customer")))
    assert read(lambda work: work.get(Party, "C1").name) == "Customer"


def test_each_test_begins_without_records(read: Run) -> None:
    assert read(lambda work: work.find(Party, "C1")) is None


def test_user_has_the_roles_that_it_was_made_with(site: Site, company: Company, user: NewUser) -> None:
    made: User = user("contacts.reader", name="ana")
    assert site.actor(made, company, via="api").roles == frozenset({"contacts.reader"})


def test_client_has_all_rights(client: FlaskClient) -> None:
    assert client.post("/api/v1/contacts/parties", json={"code": "C1", "name": "Customer"}).status_code == 201


def test_sign_in_takes_the_rights_of_its_roles_alone(sign_in: SignIn) -> None:
    reader = sign_in("contacts.reader")
    assert reader.get("/api/v1/contacts/parties").status_code == 200
    assert reader.post("/api/v1/contacts/parties", json={"code": "C1", "name": "Customer"}).status_code == 403


def test_browser_client_sees_pages_and_may_send_forms(browser_client: FlaskClient) -> None:
    assert browser_client.get("/contacts/parties").status_code == 200
    made = browser_client.post("/api/v1/contacts/parties", json={"code": "C1", "name": "Customer"})
    assert made.status_code == 201


def test_browser_client_without_its_form_token_is_refused(browser_client: FlaskClient) -> None:
    del browser_client.environ_base["HTTP_X_CSRFTOKEN"]
    made = browser_client.post("/api/v1/contacts/parties", json={"code": "C1", "name": "Customer"})
    assert made.status_code == 400


def test_frozen_day_is_the_day_of_every_work(frozen: Callable[[date], datetime], read: Run) -> None:
    frozen(date(2025, 2, 28))
    assert read(lambda work: work.today) == date(2025, 2, 28)
