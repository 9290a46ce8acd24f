"""Serve a bare application as `trastienda serve` serves its own: `python -m benchmarks.baseline NAME ...`."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from gunicorn.app.base import BaseApplication

APPLICATIONS = ("hello", "listing", "moving", "posting")


class BareServer(BaseApplication):
    """One worker; all else as in trastienda.cli.serving."""

    def __init__(self, name: str, bind: str) -> None:
        self.name = name
        self.bind = bind
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.bind,
            "workers": 1,
            "threads": 4,
            "worker_class": "gthread",
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return importlib.import_module(f"benchmarks.baseline.{self.name}").app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline")
    parser.add_argument("name", choices=APPLICATIONS)
    parser.add_argument("--bind", required=True)
    arguments = parser.parse_args()
    BareServer(arguments.name, arguments.bind).run()


if __name__ == "__main__":
    main()
