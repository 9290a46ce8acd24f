"""The bank's file of a run: a SEPA credit transfer, pain.001.001.03, in the payslips' net amounts."""

import xml.etree.ElementTree as Xml
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime as Moment
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

from flask import Response, send_file
from peewee import JOIN, ForeignKeyField, TextField
from stdnum import bic, iban

from trastienda import Company, NotFound, Refusal, Row, SettingsForm, Work, lazy_gettext, setting
from trastienda import gettext as _

from ..employees import Employee
from ..personal_data import PersonalData
from .payslips import PayrollRun, Payslip

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"


@dataclass(frozen=True)
class PayrollBank:
    """The account that salaries are paid from."""

    name: str = setting("", label=lazy_gettext("Account holder"), help=lazy_gettext("Empty: the company's name"))
    iban: str = setting("", label=lazy_gettext("IBAN"))
    bic: str = setting("", label=lazy_gettext("BIC"))


def account_is_valid(bank: PayrollBank) -> Iterator[tuple[str, str]]:
    """The check digits of ISO 13616, the form of ISO 9362."""
    if bank.iban and not iban.is_valid(bank.iban):
        yield "iban", _("Not a valid IBAN.")
    if bank.bic and not bic.is_valid(bank.bic):
        yield "bic", _("Not a valid BIC.")


PAYROLL_BANK = SettingsForm(
    PayrollBank,
    label=lazy_gettext("Account that salaries are paid from"),
    help=lazy_gettext("It is the debtor's account in the bank's file of a payroll run."),
    rules=[account_is_valid],
)


class PaymentFile(Row):
    """What was sent to the bank for a run, as it was."""

    run = ForeignKeyField(PayrollRun, primary_key=True, on_delete="RESTRICT")
    company = ForeignKeyField(Company, on_delete="RESTRICT")
    text = TextField()


class Transfer(NamedTuple):
    reference: str
    name: str
    iban: str
    amount: Decimal


class PaymentRefused(Refusal):
    def __init__(self, why: str) -> None:
        super().__init__(why)


def pay_file(work: Work, run: PayrollRun) -> None:
    """Make and keep the file; refused while anybody's account, or the company's own, is missing."""
    query = (
        work.select(Payslip, Payslip.id, Employee.code, Employee.name, PersonalData.iban, Payslip.net)
        .join(Employee, on=Payslip.employee == Employee.id)
        .join(PersonalData, JOIN.LEFT_OUTER, on=PersonalData.employee == Employee.id)
        .where((Payslip.run == run.id) & (Payslip.net > 0))
        .order_by(Payslip.id)
    )
    rows = list(work.rows(query))
    missing = [code for _id, code, _name, account, _net in rows if not account]
    if missing:
        text = _("No bank account is known of {codes}")
        raise PaymentRefused(text.format(codes=", ".join(missing[:20])))
    bank = work.settings(PayrollBank)
    if not iban.is_valid(bank.iban):
        raise PaymentRefused(_("The account that salaries are paid from is not set"))
    transfers = [Transfer(f"{run.code}-{number}", name, account, net) for number, _c, name, account, net in rows]
    assert run.pay_on is not None
    text = credit_transfer(
        transfers,
        message=f"{run.code}-{run.id}"[:35],
        made_at=work.now,
        pay_on=run.pay_on,
        debtor=bank.name or work.company.name,
        debtor_iban=bank.iban,
        debtor_bic=bank.bic,
        currency=work.company.currency,
    )
    work.execute(PaymentFile.insert(run=run.id, company=work.company.id, text=text))


def credit_transfer(
    transfers: Sequence[Transfer],
    *,
    message: str,
    made_at: Moment,
    pay_on: Date,
    debtor: str,
    debtor_iban: str,
    debtor_bic: str = "",
    currency: str = "EUR",
) -> str:
    """ISO 20022 XML: one batch, category SALA; names are cut to the 70 characters that banks take."""
    count, amount = str(len(transfers)), f"{sum((each.amount for each in transfers), Decimal(0)):.2f}"
    document = Xml.Element("Document", xmlns=NAMESPACE)
    root = Xml.SubElement(document, "CstmrCdtTrfInitn")
    header = Xml.SubElement(root, "GrpHdr")
    _put(header, "MsgId", message)
    _put(header, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _put(header, "NbOfTxs", count)
    _put(header, "CtrlSum", amount)
    _put(header, "InitgPty/Nm", debtor[:70])
    batch = Xml.SubElement(root, "PmtInf")
    _put(batch, "PmtInfId", message)
    _put(batch, "PmtMtd", "TRF")
    _put(batch, "BtchBookg", "true")
    _put(batch, "NbOfTxs", count)
    _put(batch, "CtrlSum", amount)
    kind = Xml.SubElement(batch, "PmtTpInf")
    _put(kind, "SvcLvl/Cd", "SEPA")
    _put(kind, "CtgyPurp/Cd", "SALA")
    _put(batch, "ReqdExctnDt", pay_on.isoformat())
    _put(batch, "Dbtr/Nm", debtor[:70])
    _put(batch, "DbtrAcct/Id/IBAN", iban.compact(debtor_iban))
    _put(batch, "DbtrAgt/FinInstnId/BIC" if debtor_bic else "DbtrAgt/FinInstnId/Othr/Id", debtor_bic or "NOTPROVIDED")
    _put(batch, "ChrgBr", "SLEV")
    for each in transfers:
        transfer = Xml.SubElement(batch, "CdtTrfTxInf")
        _put(transfer, "PmtId/EndToEndId", each.reference[:35])
        _put(transfer, "Amt/InstdAmt", f"{each.amount:.2f}").set("Ccy", currency)
        _put(transfer, "Cdtr/Nm", each.name[:70])
        _put(transfer, "CdtrAcct/Id/IBAN", iban.compact(each.iban))
    Xml.indent(document)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(document, encoding="unicode") + "\n"


def masked(account: str) -> str:
    """As papers show it: the country and the last four."""
    compact = iban.compact(account)
    return f"{compact[:2]} •••• {compact[-4:]}"


def _put(parent: Xml.Element, path: str, text: str) -> Xml.Element:
    for name in path.split("/"):
        parent = Xml.SubElement(parent, name)
    parent.text = text
    return parent


def download(work: Work, *, run: str) -> Response:
    """The file of a run, by the run's code."""
    found = work.get(PayrollRun, run)
    kept = work.select(PaymentFile).where(PaymentFile.run == found.id).first()
    if kept is None:
        raise NotFound(_("{run} has not been paid").format(run=run))
    return send_file(BytesIO(kept.text.encode()), "application/xml", as_attachment=True,
                     download_name=f"sepa-{found.code}.xml")
