"""Barcodes as pictures: EAN-13 and Code 128."""
from __future__ import annotations

import re
from itertools import groupby

from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13

QUIET_MODULES = 10
HEIGHT = 40
_EAN_13 = re.compile(r"[0-9]{13}")
_CODE_128 = re.compile(r"[\x20-\x7e]{1,80}")


def barcode_svg(text: str) -> tuple[str, int] | None:
    """An SVG without any text, and its width in modules; None for what no barcode can say."""
    if _EAN_13.fullmatch(text) and EuropeanArticleNumber13(text).get_fullcode() == text:
        modules = EuropeanArticleNumber13(text).build()[0]
    elif _CODE_128.fullmatch(text):
        modules = Code128(text).build()[0]
    else:
        return None
    bars, at = [], QUIET_MODULES
    for dark, run in groupby(modules, key=lambda module: module != "0"):
        width = len(list(run))
        if dark:
            bars.append(f"M{at} 0h{width}v{HEIGHT}h-{width}z")
        at += width
    width = at + QUIET_MODULES
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
            f'shape-rendering="crispEdges"><path d="{"".join(bars)}"/></svg>', width)
