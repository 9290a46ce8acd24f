import pytest

from trastienda_contacts.countries import is_country
from trastienda_contacts.parties import is_email
from trastienda_contacts.tax_ids import is_tax_id


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("A28015865", "ES"),  # a company
        ("ES A-28015865", "ES"),
        ("12345678Z", "ES"),  # a person
        ("X1234567L", "ES"),  # a foreigner
        ("DE136695976", "DE"),
        ("PT501964843", "PT"),
        ("anything", "AQ"),
        ("anything", ""),
    ],
)
def test_number_is_taken_where_its_country_has_nothing_against_it(number: str, country: str) -> None:
    assert is_tax_id(number, country=country)


@pytest.mark.parametrize(
    ("number", "country"),
    [("A28015866", "ES"), ("12345678A", "ES"), ("DE136695978", "DE"), ("DE136695976", "ES"), ("", "ES")],
)
def test_number_with_a_wrong_control_digit_or_form_is_not(number: str, country: str) -> None:
    assert not is_tax_id(number, country=country)


@pytest.mark.parametrize(
    ("code", "known"), [("ES", True), ("es", False), ("ZZ", False), ("EU", False), ("", False)]
)
def test_countries_are_those_of_iso_3166(code: str, known: bool) -> None:
    assert is_country(code) is known


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("a@example.com", True),
        ("a@b@c", False),
        ("@example.com", False),
        ("a b@example.com", False),
        ("a@.", False),
    ],
)
def test_mail_addresses_have_a_name_and_a_domain(text: str, valid: bool) -> None:
    assert is_email(text) is valid
