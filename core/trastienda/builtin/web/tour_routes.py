"""Going through the guided tour: where this browser is in it, and leaving it."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from . import addresses
from .blueprint import TOUR, go, keep, local, visit, web
from .tour import place_of, steps_of

LEFT = "left"


@web.post("/tour", endpoint="tour")
def go_to_step() -> AnyResponse:
    """`step` is the number to go to, from 1; anything else leaves the tour where one is."""
    visitor, wanted = visit(), request.form.get("step", "")
    steps = steps_of(visitor)
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:3]) <= len(steps):
        response = go(place_of(visitor, steps[int(wanted) - 1]))
        keep(response, TOUR, wanted, visitor.site)
        return response
    response = go(local(request.form.get("next", addresses.HOME)))
    keep(response, TOUR, LEFT, visitor.site)
    return response
