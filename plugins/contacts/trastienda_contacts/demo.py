"""Invented firms for the demo company: names from word lists, numbers with true check digits."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from stdnum import iban
from stdnum.es import ccc, cif

from trastienda import Child, Work

from .addresses import Address
from .bank_accounts import BankAccount
from .parties import Party, PartyRole

CUSTOMER_TRADES = (
    "Papelería",
    "Librería",
    "Copistería",
    "Academia",
    "Gestoría",
    "Imprenta",
    "Estudio",
    "Juguetería",
)
SUPPLIER_TRADES = ("Papelera", "Manufacturas", "Distribuciones", "Cartonajes", "Plásticos", "Suministros")
FIRST_WORDS = ("Puerta", "Fuente", "Torre", "Ribera", "Plaza", "Faro", "Molino", "Puente", "Encina", "Arco")
SECOND_WORDS = (
    "Azul",
    "del Norte",
    "Alta",
    "de la Vega",
    "Nueva",
    "del Mar",
    "Vieja",
    "del Sur",
    "Real",
    "Clara",
)
STREETS = (
    "Calle Mayor",
    "Calle del Sol",
    "Avenida de la Constitución",
    "Calle Nueva",
    "Plaza del Mercado",
    "Calle de la Estación",
    "Camino Viejo",
    "Ronda de Poniente",
)


class Town(NamedTuple):
    city: str
    region: str
    postal_prefix: str


TOWNS = (
    Town("Madrid", "Madrid", "28"),
    Town("Getafe", "Madrid", "28"),
    Town("Toledo", "Toledo", "45"),
    Town("Valencia", "Valencia", "46"),
    Town("Zaragoza", "Zaragoza", "50"),
    Town("Sevilla", "Sevilla", "41"),
    Town("Burgos", "Burgos", "09"),
    Town("Murcia", "Murcia", "30"),
    Town("Bilbao", "Bizkaia", "48"),
)


def make_demo_parties(work: Work) -> None:
    """40 customers and 14 suppliers of a wholesaler; the same ones every time."""
    random = Random(2015)
    customers = _names(random, CUSTOMER_TRADES, count=40)
    suppliers = _names(random, SUPPLIER_TRADES, count=14)
    firms = [
        demo_company(random, code=f"C{number:04}", name=name, role="customer")
        for number, name in enumerate(customers, start=1)
    ]
    firms += [
        demo_company(random, code=f"S{number:04}", name=name, role="supplier")
        for number, name in enumerate(suppliers, start=1)
    ]
    work.add_all(firms)


def _names(random: Random, trades: Sequence[str], *, count: int) -> list[str]:
    names = [f"{first} {second}" for first in FIRST_WORDS for second in SECOND_WORDS]
    return [f"{random.choice(trades)} {name}, S.L." for name in random.sample(names, count)]


def demo_company(random: Random, *, code: str, name: str, role: str) -> tuple[Party, list[Child]]:
    """A Spanish firm with its role, an address and a bank account, not yet added."""
    town = random.choice(TOWNS)
    address = Address(
        kind="main",
        street=f"{random.choice(STREETS)}, {random.randint(1, 90)}",
        city=town.city,
        postal_code=f"{town.postal_prefix}{random.randint(1, 60):03}",
        region=town.region,
        country="ES",
    )
    party = Party(
        code=code,
        name=name,
        country="ES",
        tax_id=company_tax_id(random),
        language="es",
        email=f"{code.lower()}@example.com",
        phone=f"9{random.randint(10_000_000, 89_999_999)}",
    )
    return party, [PartyRole(role=role), address, BankAccount(iban=spanish_iban(random))]


def company_tax_id(random: Random) -> str:
    """A NIF of a limited company (letter B), its control digit computed."""
    number = f"B{random.randint(1_000_000, 9_999_999)}"
    control: str = cif.calc_check_digits(number)[0]
    return number + control


def spanish_iban(random: Random) -> str:
    """An account at a bank that does not exist (entity 9990), all check digits computed."""
    office, account = f"{random.randint(1, 9999):04}", f"{random.randint(1, 9_999_999_999):010}"
    bban = f"9990{office}00{account}"
    bban = f"9990{office}{ccc.calc_check_digits(bban)}{account}"
    return f"ES{iban.calc_check_digits('ES00' + bban)}{bban}"
