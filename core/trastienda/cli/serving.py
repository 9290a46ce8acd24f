"""`trastienda serve`: gunicorn in this process, each worker with threads."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from ..api.app import create_app
from ..api.metrics import FOLDER
from ..log import configure_logging
from ..site import Site
from ..upgrade import is_new
from .context import Context, disconnect
from .working import stop, supervise

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.config import Config

#: A worker that shows no sign of life for so long is replaced.
WORKER_TIMEOUT_SECONDS = 120
#: What requests that are under way get to finish after a stop.
GRACEFUL_TIMEOUT_SECONDS = 30


class RootLogger(Logger):
    """Leaves gunicorn's own lines to the root logger, so that they are JSON like all others."""

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


class Server(BaseApplication):
    """Checked in this process; made in each worker, after the fork, where connections may be opened."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.supervisor = supervise(site) if site.settings.worker and not site.settings.safe_mode else 0
        self.counts = tempfile.mkdtemp(prefix="trastienda-metrics-")
        os.environ[FOLDER] = self.counts
        super().__init__()

    def load_config(self) -> None:
        settings = self.site.settings
        options: dict[str, Any] = {
            "bind": settings.bind,
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "timeout": WORKER_TIMEOUT_SECONDS,
            "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
            "proc_name": "trastienda",
            "logger_class": RootLogger,
            "control_socket_disable": True,
            "when_ready": self.announce,
            "on_exit": self.end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.site)

    def announce(self, arbiter: Arbiter) -> None:
        """The address on standard output, as soon as it is listened on."""
        for listener in arbiter.LISTENERS:
            click.echo(f"Trastienda is at {listener}")

    def end(self, arbiter: Arbiter) -> None:
        shutil.rmtree(self.counts, ignore_errors=True)
        if self.supervisor:
            stop(self.supervisor)


def serve_site(site: Site) -> None:
    """Until a signal ends it: SIGTERM lets requests finish, SIGINT doesn't wait; never returns."""
    site.settings.signing_key()  # made or missed here, not by each worker
    configure_logging(site.settings.log_level)
    site.failures.share(site.settings.data / "failures")
    disconnect(site)  # a connection must not be shared by what is forked next
    Server(site).run()


@click.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen [default: the setting bind]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes [default: the setting workers]")
@click.pass_obj
def serve(context: Context, bind: str | None, workers: int | None) -> None:
    """Serve the REST API and the web pages, until a signal ends it.

    On an empty database with the web pages it serves the first run alone, and prints the code that unlocks it.
    """
    context.override(bind=bind, workers=workers)
    site = context.site()
    first_run = site.registry.services.get("web.first-run/1")
    if first_run is not None and is_new(site):
        click.echo(f"The database is empty. The code of its first run is {first_run(site)}")
        serve_site(site)
    serve_site(context.ready_site())
