"""The bank's file says whom to pay what, and its sums meet."""

import xml.etree.ElementTree as Xml
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from importlib.resources import files

import pytest
from xmlschema import XMLSchema

from trastienda_hr.payroll.sepa import NAMESPACE, Transfer, credit_transfer

IBAN = "ES9121000418450200051332"


@pytest.mark.parametrize("bic", ["", "CAIXESBBXXX"])
def test_file_is_valid_by_the_schema_of_the_banks(bic: str) -> None:
    text = credit_transfer(
        [
            Transfer("R-1", "Ñandú & Söhne <SL>", IBAN, Decimal("1000.10")),
            Transfer("R" * 40, "N" * 90, IBAN, Decimal(5)),
        ],
        message="2026-06-1",
        made_at=datetime(2026, 6, 30, 12, tzinfo=UTC),
        pay_on=Date(2026, 6, 30),
        debtor="Acme" * 30,
        debtor_iban="ES91 2100 0418 4502 0005 1332",
        debtor_bic=bic,
    )
    schema = XMLSchema((files("sepaxml") / "schemas" / "pain.001.001.03.xsd").read_text())
    assert [error.reason for error in schema.iter_errors(text)] == []
    broken = text.replace("<ReqdExctnDt>2026-06-30", "<ReqdExctnDt>30/06/2026")
    assert not schema.is_valid(broken)


def test_file_carries_every_transfer_and_their_sum() -> None:
    text = credit_transfer(
        [
            Transfer("R-1", "A & B", "ES91 2100 0418 4502 0005 1332", Decimal("1000.10")),
            Transfer("R-2", "C", IBAN, Decimal(5)),
        ],
        message="R",
        made_at=datetime(2026, 6, 30, 12, tzinfo=UTC),
        pay_on=Date(2026, 6, 30),
        debtor="Acme",
        debtor_iban=IBAN,
    )
    root, names = Xml.fromstring(text), {"p": NAMESPACE}
    assert [each.text for each in root.iterfind(".//p:CtrlSum", names)] == ["1005.10", "1005.10"]
    assert [each.text for each in root.iterfind(".//p:CdtTrfTxInf/p:Amt/p:InstdAmt", names)] == ["1000.10", "5.00"]
    assert [each.text for each in root.iterfind(".//p:Cdtr/p:Nm", names)] == ["A & B", "C"]
    assert {each.text for each in root.iterfind(".//p:CdtrAcct/p:Id/p:IBAN", names)} == {IBAN}
