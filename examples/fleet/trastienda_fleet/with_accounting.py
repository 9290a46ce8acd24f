"""Loaded while accounting is on: fuel that is booked is posted, in the same transaction."""

from dataclasses import dataclass

from trastienda import InTransaction, Plugin, Work, entered
from trastienda_accounting import credit, debit, default_account

from .refuelling import Refuelling


@dataclass(frozen=True)
class FuelPosting:
    """Where fuel is posted; empty accounts are the defaults of the company's chart."""

    journal: str = "COM"
    expense: str = ""
    payable: str = ""


def post_fuel(work: Work, refuelling: Refuelling) -> None:
    """Cost of the vehicle to whoever sold the fuel; what costs nothing is not posted."""
    if not refuelling.cost:
        return
    to = work.settings(FuelPosting)
    expense = to.expense or default_account(work, "utilities").code
    payable = to.payable or default_account(work, "payable").code
    text, supplier = refuelling.vehicle.plate, refuelling.supplier.code if refuelling.supplier else None
    work.service("ledger.post/1")(
        work,
        source=f"fleet.refuelling/{refuelling.id}",
        journal=to.journal,
        date=refuelling.date,
        description=text,
        lines=[debit(expense, refuelling.cost, description=text),
               credit(payable, refuelling.cost, party=supplier, description=text)],
    )  # fmt: skip


plugin = Plugin(
    "fleet+accounting",
    uses=["ledger.post/1"],
    settings=[FuelPosting],
    subscribers=[InTransaction(entered(Refuelling, "booked"), post_fuel)],
)
