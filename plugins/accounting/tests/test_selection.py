from hypothesis import given
from hypothesis import strategies as st

from trastienda_accounting.reports.selection import selected, selection_text

CODES = ["100", "4-1", "430", "4300", "431", "439", "4390", "44", "572"]


def test_nothing_said_takes_all() -> None:
    assert selected(CODES, "") == CODES


def test_code_takes_that_account_alone() -> None:
    assert selected(CODES, "430") == ["430"]


def test_star_takes_what_begins_alike() -> None:
    assert selected(CODES, "430*") == ["430", "4300"]


def test_range_takes_both_ends_and_what_is_below_the_last() -> None:
    assert selected(CODES, "430-439") == ["430", "4300", "431", "439", "4390"]


def test_code_with_a_hyphen_is_itself() -> None:
    assert selected(CODES, "4-1") == ["4-1"]


def test_several_are_divided_by_commas() -> None:
    assert selected(CODES, "572, 44,9*") == ["44", "572"]


def test_codes_that_begin_alike_are_written_as_one() -> None:
    assert selection_text(["430", "4300", "431", "439", "4390", "572"], among=CODES) == "43*,572"


codes = st.text("0123", min_size=1, max_size=4)


@given(st.sets(codes, max_size=30), st.data())
def test_written_selection_takes_exactly_its_codes(known: set[str], data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set()
    if wanted:
        assert selected(known, selection_text(wanted, among=known)) == sorted(wanted)
