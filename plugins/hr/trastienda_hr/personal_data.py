"""What is known of an employee's person and bank account: for those alone who must know it."""

from collections.abc import Iterator

from peewee import CharField, DateField, ForeignKeyField, TextField
from stdnum import bic, iban

from trastienda import Fault, Record
from trastienda import gettext as _

from .employees import Employee
from .spanish_ids import is_personal_tax_id, is_social_security_number


class PersonalData(Record):
    employee = ForeignKeyField(Employee, unique=True, on_delete="CASCADE", verbose_name="Employee")
    country = CharField(2, default="ES", verbose_name="Country", help_text="Of the numbers; ISO 3166-1")
    tax_id = CharField(30, default="", verbose_name="Tax number", help_text="In Spain the NIF or NIE")
    social_security_number = CharField(20, default="", verbose_name="Social security number")
    iban = CharField(42, default="", verbose_name="IBAN", help_text="Where the salary is paid to")
    bic = CharField(11, default="", verbose_name="BIC")
    birth_date = DateField(null=True, verbose_name="Date of birth")
    address = TextField(default="", verbose_name="Address")
    private_email = CharField(254, default="", verbose_name="Private e-mail")
    private_phone = CharField(40, default="", verbose_name="Private phone")
    emergency_contact = CharField(160, default="", verbose_name="In an emergency")

    employee_id: int


def personal_data_faults(data: PersonalData) -> Iterator[Fault]:
    if data.country == "ES":
        if data.tax_id and not is_personal_tax_id(data.tax_id):
            text = _("{number} is neither a NIF nor a NIE of a person")
            yield Fault(PersonalData.tax_id, text.format(number=data.tax_id))
        if data.social_security_number and not is_social_security_number(data.social_security_number):
            text = _("{number} is not a social security number")
            yield Fault(PersonalData.social_security_number, text.format(number=data.social_security_number))
    if data.iban and not iban.is_valid(data.iban):
        yield Fault(PersonalData.iban, _("{iban} is not a valid IBAN").format(iban=data.iban))
    if data.bic and not bic.is_valid(data.bic):
        yield Fault(PersonalData.bic, _("{bic} is not a valid BIC").format(bic=data.bic))
