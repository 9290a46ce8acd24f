"""`trastienda worker`: does jobs, sends mail, keeps schedules; and its supervision by `trastienda serve`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import click

from ..errors import SafeMode
from ..jobs.schedules import keep_schedules
from ..jobs.worker import GRACE, Worker, run_due, sweep
from ..log import configure_logging, get_logger
from ..site import Site
from .context import Context, disconnect

log = get_logger(__name__)

#: Seconds between looks at the parent and the child, and the longest wait before a worker that fell is replaced.
LOOK = 0.5
LONGEST_PAUSE = 30.0


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and end")
@click.pass_obj
def worker(context: Context, once: bool) -> None:
    """Do jobs, send mail and keep schedules, until a signal ends it. `serve` runs one unless told not to."""
    site = context.ready_site()
    if site.settings.safe_mode:
        raise SafeMode("The worker does nothing in safe mode")
    configure_logging(site.settings.log_level)
    if once:
        with site.active():
            sweep(site)
            keep_schedules(site)
            count = run_due(site)
        click.echo(f"{count} {'job' if count == 1 else 'jobs'} done or tried.")
        return
    disconnect(site)
    click.echo("The worker is ready")
    work(site, alive=lambda: True)


def work(site: Site, *, alive: Callable[[], bool]) -> None:
    """Until a signal comes or `alive` says no; a job that does not end in time is taken up again by another worker."""
    made = Worker(site, alive=alive)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, made.stop)
    if not made.run():
        log.warning("jobs were left to their leases")
        os._exit(0)


def supervise(site: Site) -> int:
    """Keep exactly one worker running for this process, until it ends; the supervisor's process id.

    To be called while there is one thread and no connection: both processes are forks of this one.
    """
    parent = os.getpid()
    supervisor = os.fork()
    if supervisor:
        return supervisor
    try:
        _Supervisor(site, parent).run()
    finally:
        os._exit(0)


def stop(supervisor: int) -> None:
    """Have the worker end what it is at."""
    deadline = time.monotonic() + GRACE + 5
    try:
        os.kill(supervisor, signal.SIGTERM)
        while time.monotonic() < deadline and os.waitpid(supervisor, os.WNOHANG)[0] == 0:
            time.sleep(0.05)
    except (ChildProcessError, ProcessLookupError):
        return


class _Supervisor:
    def __init__(self, site: Site, parent: int) -> None:
        self.site = site
        self.parent = parent
        self.child = 0
        self.stopping = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        pause = LOOK
        while self._wanted():
            began = time.monotonic()
            self.child = self._start()
            status = self._wait()
            if not self._wanted():
                return
            pause = LOOK if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            log.error("the worker ended and is replaced", status=status, seconds=pause)
            time.sleep(pause)

    def _wanted(self) -> bool:
        return not self.stopping and os.getppid() == self.parent

    def _start(self) -> int:
        supervisor = os.getpid()
        child = os.fork()
        if child:
            return child
        try:
            work(self.site, alive=lambda: os.getppid() == supervisor)
        except BaseException:
            log.exception("the worker fell")
            os._exit(1)
        os._exit(0)

    def _wait(self) -> int:
        while True:
            ended, status = os.waitpid(self.child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            if os.getppid() != self.parent:
                self._stop()
            time.sleep(LOOK / 5 if self.stopping else LOOK)

    def _stop(self, *_: object) -> None:
        self.stopping = True
        if self.child:
            try:
                os.kill(self.child, signal.SIGTERM)
            except ProcessLookupError:
                return
