"""Typst in a process of its own.

Typst keeps what it has laid out for its next ten documents, some 70 MB for each thousand rows, which a
server's process would hold for good. A child gives it back, takes no lock with it from a fork, and may fail
alone. It runs this file as a script, which therefore imports nothing of the package.
"""
from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

_MOST_SECONDS = 120


class TypesettingFailed(RuntimeError):
    """Typst refused the document, or took longer than two minutes; the message is its own."""


def typeset(template: Path, data: bytes, *, made_at: datetime, tagged: bool) -> bytes:
    """The PDF of a template that reads the JSON text `sys.inputs.data`; nothing in it is taken for markup.

    `made_at`, with a time zone, is the PDF's date: the same input gives the same bytes. `tagged` adds the
    structure that screen readers use, at some 1 KB a table row.
    """
    arguments = [str(template), str(int(made_at.timestamp())), "tagged" if tagged else "plain"]
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__, *arguments],
            input=data, capture_output=True, timeout=_MOST_SECONDS, check=True,
        )
    except subprocess.CalledProcessError as error:
        raise TypesettingFailed(error.stderr.decode(errors="replace").strip()) from error
    except subprocess.TimeoutExpired as error:
        raise TypesettingFailed(f"no document after {_MOST_SECONDS} seconds") from error
    return done.stdout


def _compile(template: str, timestamp: str, tagged: str) -> None:
    """Standard input to standard output; in Typst's own fonts, and the system's for letters they lack."""
    import typst

    document = typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        timestamp=int(timestamp),
        pdf_tags=tagged == "tagged",
    )
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    _compile(*sys.argv[1:])
