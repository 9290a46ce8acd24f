"""The command line: `trastienda`. One module a family of commands; each parses, calls and prints."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
