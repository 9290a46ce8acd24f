"""Posting an entry: Flask and peewee, a token, one transaction.

It writes each row that Trastienda writes, of the same size, as trusting as can be: what is looked up is what the
rows need, nothing is checked, and the audit's digests are random text.
"""

import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

import orjson
from flask import Flask, Response, request
from peewee import EXCLUDED
from werkzeug.exceptions import Unauthorized

from .tables import (
    Account,
    AuditRecord,
    AuditSeal,
    Counter,
    DayBalance,
    Entry,
    Journal,
    Period,
    PeriodBalance,
    Posting,
    Token,
    transaction,
)

COMPANY = 1
#: Accounts, debits and credits, as they are stored.
Lines: TypeAlias = list[dict[str, int]]
app = Flask(__name__)


@app.post("/drafts")
def create_draft() -> Response:
    given = asked()
    with transaction():
        entry, _, changes = insert_draft(given)
        seal(entry, action="create", changes=changes)
    return answer({"id": entry})


@app.post("/drafts/<int:entry>/post")
def post_draft(entry: int) -> Response:
    asked()
    with transaction():
        (on,) = Entry.select(Entry.date).where(Entry.id == entry).tuples().first()
        sums = Posting.select(Posting.account_id, Posting.debit, Posting.credit)
        number, changes = post(entry, on, list(sums.where(Posting.entry_id == entry).dicts().iterator()))
        seal(entry, action="post", changes=changes)
    return answer({"id": entry, "number": number})


@app.post("/entries")
def create_and_post() -> Response:
    given = asked()
    with transaction():
        entry, lines, changes = insert_draft(given)
        number, posted = post(entry, given["date"], lines)
        seal(entry, action="post", changes={**changes, **posted})
    return answer({"id": entry, "number": number})


def asked() -> Any:
    """The request's body, if its token is known."""
    secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
    digest = sha256(secret.encode()).hexdigest()
    if Token.select(Token.user_id).where(Token.digest == digest, ~Token.revoked).tuples().first() is None:
        raise Unauthorized
    return orjson.loads(request.get_data())


def answer(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


def insert_draft(given: dict[str, Any]) -> tuple[int, Lines, dict[str, Any]]:
    """The entry's id, what its lines move, and what the audit says of it."""
    codes = [line["account"] for line in given["lines"]]
    found = Account.select(Account.code, Account.id).where(Account.company_id == COMPANY, Account.code.in_(codes))
    accounts = dict(found.tuples().iterator())
    (journal,) = Journal.select(Journal.id).where(Journal.code == given["journal"]).tuples().first()
    values = {name: given[name] for name in ("reference", "date", "description")}
    search_text = f"{given['reference']} {given['description']}".lower()
    amount = sum(scaled(line.get("debit", "0")) for line in given["lines"])
    entry = Entry.insert(
        company_id=COMPANY,
        version=1,
        search_text=search_text,
        journal_id=journal,
        amount=amount,
        state="draft",
        **values,
    ).execute()
    lines: Lines = [
        {
            "account_id": accounts[line["account"]],
            "debit": scaled(line.get("debit", "0")),
            "credit": scaled(line.get("credit", "0")),
        }
        for line in given["lines"]
    ]
    same = {"company_id": COMPANY, "entry_id": entry, "date": given["date"], "description": ""}
    Posting.insert_many([{**same, **line} for line in lines]).execute()
    changes = {name: [None, value] for name, value in values.items()}
    return entry, lines, changes | {f"lines.{at}": [None, line] for at, line in enumerate(lines)}


def post(entry: int, on: str, lines: Lines) -> tuple[str, dict[str, Any]]:
    """The entry's number, and what the audit says of it."""
    period, year = (
        Period.select(Period.id, Period.fiscal_year_id)
        .where(Period.company_id == COMPANY, Period.starts_on <= on, Period.ends_on >= on)
        .tuples()
        .first()
    )
    for model, name, value in ((DayBalance, "date", on), (PeriodBalance, "period_id", period)):
        model.insert_many([{"company_id": COMPANY, name: value, **line} for line in lines]).on_conflict(
            conflict_target=[model.company_id, model.account_id, getattr(model, name)],
            update={model.debit: model.debit + EXCLUDED.debit, model.credit: model.credit + EXCLUDED.credit},
        ).execute()
    number = f"GEN/{year}/{next_number(year):06}"
    Entry.update(state="posted", number=number, version=2).where(Entry.id == entry).execute()
    return number, {"state": ["draft", "posted"], "number": [None, number]}


def next_number(year: int) -> int:
    counter = Counter.insert(company_id=COMPANY, series=f"accounting.entry/1/{year}", value=1)
    raised = counter.on_conflict(
        conflict_target=[Counter.company_id, Counter.series], update={Counter.value: Counter.value + 1}
    )
    ((taken,),) = raised.returning(Counter.value).tuples().execute()
    return int(taken)


def seal(entry: int, *, action: str, changes: dict[str, Any]) -> None:
    """The audit's row and its seal."""
    batch, at = secrets.token_hex(16), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    AuditRecord.insert(
        batch=batch,
        chain=COMPANY,
        at=at,
        user=1,
        actor="bench",
        via="api",
        entity="accounting.entry",
        record=entry,
        action=action,
        changes=orjson.dumps(changes).decode(),
        salts=secrets.token_bytes(16 * len(changes)),
        digest=secrets.token_hex(32),
    ).execute()
    last = (
        AuditSeal.select(AuditSeal.number)
        .where(AuditSeal.chain == COMPANY)
        .order_by(AuditSeal.number.desc())
        .limit(1)
        .tuples()
        .first()
    )
    AuditSeal.insert(
        chain=COMPANY,
        number=last[0] + 1 if last else 1,
        batch=batch,
        at=at,
        rows=1,
        content=secrets.token_hex(32),
        digest=secrets.token_hex(32),
    ).execute()


def scaled(amount: str) -> int:
    """Text with two decimals as ten-thousandths."""
    return round(float(amount) * 100) * 100


@app.get("/healthz")
def alive() -> str:
    return "ok"
