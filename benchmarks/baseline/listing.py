"""A list page: one SELECT by the standard library's sqlite3, dumped by orjson. Anybody may ask."""

import os
import threading
from pathlib import Path

import orjson
from flask import Flask, Response

from ..books import connect

app = Flask(__name__)
DATABASE = Path(os.environ["BENCH_DATABASE"])
SELECTS = [line for line in Path(os.environ["BENCH_SELECTS"]).read_text().splitlines() if line]
kept = threading.local()


@app.get("/list/<int:number>")
def page(number: int) -> Response:
    """What the numbered SELECT finds."""
    if not hasattr(kept, "connection"):
        kept.connection = connect(DATABASE)
    cursor = kept.connection.execute(SELECTS[number])
    names = [column[0] for column in cursor.description]
    items = [dict(zip(names, row, strict=True)) for row in cursor]
    return Response(orjson.dumps({"items": items}), mimetype="application/json")
