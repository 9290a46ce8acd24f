"""Purging: what stands in the way is named, what goes is gone, what stays is untouched."""

import peewee
import pytest

from trastienda import NotFound, Plugin, Refusal, Site, Work
from trastienda.isolation import PluginFailed
from trastienda.purge import PurgeBlocked, plan_purge, purge
from trastienda.security.audit import verify
from trastienda.storage.models import RoleAssignment
from trastienda.testing.fixtures import NewUser, Run
from trastienda.upgrade import unrun, upgrade
from trastienda_contacts import Address, Party

pytestmark = pytest.mark.plugins("contacts")


def test_plugin_that_nobody_needs_has_no_blocker(site: Site) -> None:
    assert plan_purge(site, "contacts").blockers == ()


@pytest.mark.plugins("accounting")
def test_whoever_needs_the_plugin_and_whatever_refers_to_its_tables_blocks(site: Site) -> None:
    with pytest.raises(PurgeBlocked) as refused:
        purge(site, "contacts")
    assert refused.value.blockers[0] == "accounting needs it: purge that first, or switch it off"
    assert (
        "accounting_posting.party_id refers to contacts_party: purge accounting first" in refused.value.blockers
    )


@pytest.mark.plugins("accounting")
def test_one_after_the_other_both_go(site: Site) -> None:
    purge(site, "accounting")
    left = [table for table in site.database.get_tables() if table.startswith("accounting_")]
    assert left == []


def test_purged_plugin_leaves_no_table_role_or_history_and_is_installed_anew(
    site: Site, write: Run, read: Run, user: NewUser
) -> None:
    ana = user("contacts.reader", "auditor")
    write(lambda work: work.add(Party(code="C1", name="One"), [Address(street="Mayor 1", city="Soria")]))
    gone = purge(site, "contacts")
    assert dict(gone.tables)["contacts_party"] == 1
    assert [table for table in site.database.get_tables() if table.startswith("contacts_")] == []
    roles = [each.role for each in RoleAssignment.select().where(RoleAssignment.user == ana.id)]
    assert roles == ["auditor"]
    assert [fault.plugin for fault in unrun(site)] == ["contacts"]
    upgrade(site, report=lambda title: None)
    assert list(unrun(site)) == []
    assert read(lambda work: work.find(Party, "C1")) is None
    write(lambda work: work.add(Party(code="C1", name="One again")))


def test_audit_survives_and_holds(site: Site, write: Run) -> None:
    write(lambda work: work.add(Party(code="C1", name="One")))
    purge(site, "contacts")
    checked, _, broken = verify(site.database)
    assert (checked > 0, broken) == (True, [])


def test_failed_purge_changes_nothing(site: Site, write: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(lambda work: work.add(Party(code="C1", name="One")))

    def fail(*_: object) -> None:
        raise peewee.OperationalError("lost")

    monkeypatch.setattr("trastienda.storage.purging.forget", fail)
    with pytest.raises(peewee.OperationalError):
        purge(site, "contacts")
    assert dict(plan_purge(site, "contacts").tables)["contacts_party"] == 1


def test_what_is_not_installed_or_the_cores_own_is_refused(site: Site) -> None:
    with pytest.raises(NotFound):
        plan_purge(site, "nothing")
    with pytest.raises(Refusal):
        plan_purge(site, "identity")


def test_plugin_says_for_each_company_what_must_stay(site: Site, write: Run) -> None:
    def blocks(work: Work, plugin: str) -> list[str]:
        kept = work.select(Party).count()
        return [f"{kept} parties are kept until 2030"] if plugin == "contacts" and kept else []

    guarded = Site.open(site.settings, extra=[Plugin("guard", blocks_purge=blocks)])
    assert plan_purge(guarded, "contacts").blockers == ()
    write(lambda work: work.add(Party(code="C1", name="One")))
    with pytest.raises(PurgeBlocked) as refused:
        purge(guarded, "contacts")
    assert refused.value.blockers == ("ACME: 1 parties are kept until 2030",)


def test_plugin_that_cannot_say_blocks(site: Site) -> None:
    broken = Plugin("guard", blocks_purge=lambda work, plugin: 7)  # type: ignore[arg-type,return-value]
    with pytest.raises(PluginFailed) as failed:
        purge(Site.open(site.settings, extra=[broken]), "contacts")
    assert failed.value.what == "purge_blockers"
