"""Forms by Flask's client: what is typed, what is stored, what is said where."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")


def typed(*lines: tuple[str, str, str], **fields: str) -> dict[str, str]:
    """A form of an entry: lines as (account, debit, credit), as a reader types them."""
    form = {"reference": "F-1", "date": "2026-03-01", "memo": "", **fields}
    for index, (account, debit, credit) in enumerate(lines):
        form |= {f"lines.{index}.id": "", f"lines.{index}.account": account, f"lines.{index}.note": "",
                 f"lines.{index}.debit": debit, f"lines.{index}.credit": credit}  # fmt: skip
    return form


BALANCED = (("430000", "1,210.00", ""), ("700000", "", "1,210.00"))


def stored_form(desk: Desk, client: FlaskClient, identity: int, **changes: str) -> dict[str, str]:
    """The form of a stored entry as its page holds it, with changes."""
    page = client.get(f"/books/entries/{identity}").text
    form: dict[str, str] = {}
    for part in page[page.index("data-record") : page.index("<template")].split("<input")[1:]:
        tag = part[: part.index(">")]
        name, value = tag.split('name="')[1].split('"')[0], tag.split('value="')[1].split('"')[0]
        form[name] = value
    form["memo"] = desk.stored(identity).memo
    return {**{name: value for name, value in form.items() if name != "csrf_token"}, **changes}


def errors(page: str) -> dict[str, str]:
    """What is said at fields, by the id of the control."""
    import re

    found = re.findall(r'<p class="error" id="([^"]+)-error">(.*?)</p>', page, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", said).split()) for name, said in found}


# -- making
def test_an_entry_is_made_with_its_lines(desk: Desk, client: FlaskClient) -> None:
    answer = send(client, "/books/entries/new", typed(*BALANCED, memo="A memo"))
    assert (answer.status_code, answer.location) == (303, "/books/entries/1")
    assert (desk.stored(1).memo, desk.stored(1).date) == ("A memo", date(2026, 3, 1))
    assert desk.lines(1) == [
        ("430000", "", Decimal("1210"), Decimal(0)),
        ("700000", "", Decimal(0), Decimal("1210")),
    ]
    assert "Saved." in client.get(answer.location).text


def test_figures_are_typed_in_the_readers_notation(desk: Desk) -> None:
    form = typed(("430000", "1.210,50", ""), ("700000", "", "1210,5"))
    assert send(desk.client(language="es"), "/books/entries/new", form).status_code == 303
    assert [line[2] + line[3] for line in desk.lines(1)] == [Decimal("1210.5"), Decimal("1210.5")]


def test_blank_lines_are_left_out(desk: Desk, client: FlaskClient) -> None:
    send(client, "/books/entries/new", typed(("", "", ""), *BALANCED, ("", "", "")))
    assert len(desk.lines(1)) == 2


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(desk: Desk, client: FlaskClient) -> None:
    form = typed(("430000", "12,345x", ""), ("999", "", "5.00"), reference="", date="2026-02-30")
    answer = send(client, "/books/entries/new", form)
    assert answer.status_code == 422
    assert errors(answer.text) == {
        "f-reference": "Must not be empty.",
        "f-date": "There is no such day.",
        "f-lines-0-debit": "This is not a number.",
    }
    assert 'value="12,345x"' in answer.text
    assert desk.site.active
    assert texts(answer.text, r"<li><a href=\"#f-lines-0-debit\">(.*?)</a>") == [
        "Postings, line 1, Debit: This is not a number."
    ]


def test_an_unknown_key_is_said_at_its_line(client: FlaskClient) -> None:
    answer = send(client, "/books/entries/new", typed(("430000", "5.00", ""), ("999", "", "5.00")))
    assert errors(answer.text) == {"f-lines-1-account": "There is no account 999."}


def test_lines_that_do_not_meet_are_refused_at_the_grid(client: FlaskClient) -> None:
    answer = send(client, "/books/entries/new", typed(("430000", "5.00", ""), ("700000", "", "4.00")))
    assert texts(answer.text, r'<li><a href="#g-lines">(.*?)</a>') == ["Postings: Debit and credit differ by 1.00"]
    assert texts(answer.text, r"<output data-difference>(.*?)</output>") == ["1.00"]


def test_a_key_that_is_taken_is_said_at_its_field(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    answer = send(client, "/books/entries/new", typed(*BALANCED))
    assert errors(answer.text) == {"f-reference": "There is one with this value already."}


def test_without_a_script_a_button_adds_lines_and_keeps_what_was_typed(desk: Desk, client: FlaskClient) -> None:
    page = send(client, "/books/entries/new", {**typed(*BALANCED, memo="Kept"), "_add_lines": "lines"}).text
    assert [f'name="lines.{index}.account"' in page for index in range(6)] == [True] * 5 + [False]
    assert "Kept</textarea>" in page
    assert client.get("/books/entries/1").status_code == 404


def test_a_copy_starts_from_the_record_with_new_lines(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    page = client.get(f"/books/entries/new?copy={identity}").text
    assert 'value="F-1"' in page
    assert texts(page, r'name="lines\.0\.id" value="(.*?)"') == [""]


def test_an_address_fills_in_fields(client: FlaskClient) -> None:
    page = client.get("/books/accounts/new?code=570000").text
    assert 'name="code"' in page
    assert 'value="570000"' in page
    assert texts(page, r'<option value="(?:asset)" selected>(.*?)</option>') == ["Asset"]


def test_a_new_record_begins_with_what_its_plugin_says(desk: Desk, client: FlaskClient) -> None:
    page = client.get("/books/entries/new").text
    assert texts(page, r'<input[^>]*name="date"[^>]*value="(.*?)"') == [desk.write(lambda work: work.today).isoformat()]
    page = client.get("/books/entries/new?date=2026-02-01").text
    assert texts(page, r'<input[^>]*name="date"[^>]*value="(.*?)"') == ["2026-02-01"]


# -- changing
def test_lines_keep_their_identity_and_an_emptied_one_goes(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    form = stored_form(desk, client, identity)
    first = form["lines.0.id"]
    form |= {"lines.0.debit": "70.00", "lines.1.account": "", "lines.1.credit": "",
             "lines.2.id": "", "lines.2.account": "477000", "lines.2.credit": "70.00"}  # fmt: skip
    assert send(client, f"/books/entries/{identity}", form).status_code == 303
    assert desk.lines(identity) == [
        ("430000", "", Decimal(70), Decimal(0)),
        ("477000", "", Decimal(0), Decimal(70)),
    ]
    assert f'name="lines.0.id" value="{first}"' in client.get(f"/books/entries/{identity}").text


def test_a_figure_that_is_cleared_becomes_nought(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    form = stored_form(desk, client, identity)
    form |= {"lines.0.debit": "", "lines.0.credit": "100", "lines.1.debit": "100", "lines.1.credit": ""}
    send(client, f"/books/entries/{identity}", form)
    assert [(debit, credit) for _, _, debit, credit in desk.lines(identity)] == [(0, 100), (100, 0)]


def test_saving_without_a_change_writes_nothing(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    send(client, f"/books/entries/{identity}", stored_form(desk, client, identity))
    assert desk.stored(identity).version == 1
    assert client.get(f"/books/entries/{identity}").text.count("<b>") == 1


def test_a_button_saves_the_form_and_acts_in_one_go(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    form = stored_form(desk, client, identity, memo="Changed first", _action="post", _confirmed="1")
    answer = send(client, f"/books/entries/{identity}", form, follow=True)
    assert (desk.stored(identity).memo, desk.stored(identity).state) == ("Changed first", "posted")
    assert "Post: done." in answer.text


def test_an_action_that_is_refused_saves_nothing(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1", on=date(2025, 1, 1))
    form = stored_form(desk, client, identity, memo="Changed first", _action="post", _confirmed="1")
    answer = send(client, f"/books/entries/{identity}", form)
    assert (answer.status_code, desk.stored(identity).memo) == (409, "Memo of F-1")
    assert texts(answer.text, r"data-summary.*?<li>(.*?)</li>") == ["The year is closed"]
    assert "Changed first</textarea>" in answer.text


def test_without_a_script_a_page_asks_before_it_acts(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    form = stored_form(desk, client, identity, memo="Typed", _action="post")
    page = send(client, f"/books/entries/{identity}", form).text
    assert "Voucher F-1, post: are you sure?" in page
    assert 'name="memo" value="Typed"' in page
    assert desk.stored(identity).state == "draft"


def test_a_settled_record_is_shown_without_inputs(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    send(
        client,
        f"/books/entries/{identity}",
        {"_action": "post", "_confirmed": "1", "_version": "1", **stored_form(desk, client, identity)},
    )
    page = client.get(f"/books/entries/{identity}").text
    sheet = page[page.index('class="sheet"') : page.index("<aside")]
    assert "<input" not in sheet
    assert "This record is settled" in page
    assert texts(sheet, r'<td class="[^"]*line-ref[^"]*"[^>]*>(.*?)</td>') == [
        "430000 Trade receivables",
        "700000 Sales",
    ]


def test_an_action_asks_for_its_parameters_and_says_what_is_wrong_with_them(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    send(
        client,
        f"/books/entries/{identity}",
        stored_form(desk, client, identity, _action="post", _confirmed="1"),
    )
    address = f"/books/entries/{identity}/actions/reverse"
    assert f'href="{address}"' in client.get(f"/books/entries/{identity}").text
    assert errors(send(client, address, {"reason": ""}).text) == {"f-reason": "Fill this in."}
    assert "Give a better reason" in send(client, address, {"reason": "no"}).text
    send(client, address, {"reason": "posted twice", "_version": "2"})
    assert desk.stored(identity).state == "reversed"


def test_an_action_is_not_offered_in_another_state(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    assert client.get(f"/books/entries/{identity}/actions/reverse").status_code == 404


# -- two people, one record
def test_a_stale_form_leads_to_a_choice_field_by_field(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    mine = stored_form(desk, client, identity, memo="My memo", date="2026-04-01")
    theirs = stored_form(desk, client, identity, memo="Their memo", reference="F-1b")
    send(client, f"/books/entries/{identity}", theirs)
    answer = send(client, f"/books/entries/{identity}", mine)
    assert answer.status_code == 412
    assert "Somebody saved this record before you" in answer.text
    assert texts(answer.text, r"<legend>(Reference|Date|Memo|Postings)</legend>") == [
        "Reference",
        "Date",
        "Memo",
    ]
    mine_offered = re.findall(r'name="_pick\.(\w+)" value="mine" checked', answer.text)
    assert mine_offered == ["date", "memo"]  # the reference was changed by them alone
    picks = {
        "_pick.reference": "theirs",
        "_pick.date": "mine",
        "_pick.memo": "mine",
        "_resolve": "1",
        "_version": "2",
    }
    send(client, f"/books/entries/{identity}", {**mine, **picks})
    entry = desk.stored(identity)
    assert (entry.reference, entry.date, entry.memo) == ("F-1b", date(2026, 4, 1), "My memo")


def test_their_lines_can_be_kept(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    mine = stored_form(desk, client, identity, **{"lines.0.debit": "5.00", "lines.1.credit": "5.00"})
    theirs = stored_form(desk, client, identity, **{"lines.0.debit": "7.00", "lines.1.credit": "7.00"})
    send(client, f"/books/entries/{identity}", theirs)
    page = send(client, f"/books/entries/{identity}", mine).text
    assert texts(page, r'<span class="pick-value">(.*?)</span></label>') == [
        "430000 · 5.00 700000 · 5.00",
        "430000 · 7.00 700000 · 7.00",
    ]
    send(
        client,
        f"/books/entries/{identity}",
        {**mine, "_pick.lines": "theirs", "_resolve": "1", "_version": "2"},
    )
    assert [line[2] + line[3] for line in desk.lines(identity)] == [7, 7]


def test_what_only_they_touched_is_offered_as_theirs_lines_and_references_too(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    mine = stored_form(desk, client, identity, memo="My memo")
    accounts = {"lines.0.account": "572000", "lines.0.note": "theirs"}
    send(client, f"/books/entries/{identity}", stored_form(desk, client, identity, **accounts))
    page = send(client, f"/books/entries/{identity}", mine).text
    assert re.findall(r'name="_pick\.(\w+)" value="(\w+)" checked', page) == [("memo", "mine"), ("lines", "theirs")]
    page = send(client, f"/books/entries/{identity}", {**mine, "lines.0.debit": "5.00"}).text
    assert re.findall(r'name="_pick\.lines" value="(\w+)" checked', page) == ["mine"]


# -- deleting
def test_a_record_is_deleted_after_a_question(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    assert "Delete Voucher F-1?" in client.get(f"/books/entries/{identity}/delete").text
    page = send(client, f"/books/entries/{identity}/delete", {"_version": "1"}, follow=True).text
    assert "Voucher F-1 is deleted." in page
    assert client.get(f"/books/entries/{identity}").status_code == 404


def test_what_is_referred_to_is_not_deleted(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    answer = send(client, "/books/accounts/1/delete", {"_version": "1"})
    assert answer.status_code == 409
    assert "is referred to by" in answer.text


# -- what happened
def test_what_people_type_is_never_taken_for_markup(desk: Desk, client: FlaskClient) -> None:
    evil = "<script>x</script>\"'"
    send(client, "/books/accounts/new", {"code": "<b>1", "name": evil, "kind": "asset"})
    send(client, "/books/entries/new", typed(("<b>1", "5", ""), ("700000", "", "5"), reference="<i>2", memo=evil))
    assert desk.stored(1).memo == evil
    for path in (
        "/books/accounts",
        "/books/accounts/5",
        "/books/entries",
        "/books/entries/1",
        "/books/entries/1/delete",
        "/books/entries?q=<b>",
        "/books/entries?reference=<b>",
        "/reports/books.trial-balance",
        "/books/postings",
    ):
        page = client.get(path).text
        assert [tag for tag in ("<b>1", "<i>2", "<script>x", '<b>"') if tag in page] == [], path


def test_the_history_says_who_changed_what(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    send(client, f"/books/entries/{identity}", stored_form(
        desk, client, identity, memo="New", **{"lines.0.account": "572000"}))  # fmt: skip
    page = client.get(f"/books/entries/{identity}").text
    history: Any = page[page.index('<ol class="history">') : page.index("</ol>", page.index('<ol class="history">'))]
    assert texts(history, r"<b>(.*?)</b>") == ["Changed", "Created"]
    assert texts(history, r"<dd>(.*?)</dd>") == ["Memo of F-1 → New", "430000 · 100.00 → 572000 · 100.00"]


def test_related_lists_are_offered_where_there_is_anything(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    assert 'href="/books/postings?account.id=1"' in client.get("/books/accounts/1").text
    assert "/books/postings?account.id" not in client.get("/books/accounts/2").text
