"""The job that makes a backup, and who may ask for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ....api.settings import INSTALLATION
from ....backup import make_backup
from ....jobs.declarations import LongJob
from ....jobs.running import RunningJob
from ....languages import lazy_gettext as _
from ....site import Site
from ..visit import Visit

FOLDER = "backups"
JOB = "web.back-up"
#: Those that are told of: copying the database, writing the archive.
STEPS = 2


def folder_of(site: Site) -> Path:
    return site.settings.data.absolute() / FOLDER


def may_back_up(visitor: Visit) -> bool:
    """An archive has every company's data: it takes a role that is held in all of them, not in one alone."""
    everywhere = replace(visitor.actor, roles=visitor.actor.roles - visitor.actor.local, local=frozenset())
    return bool(visitor.site.permissions.of(everywhere, INSTALLATION, "back-up"))


def back_up(job: RunningJob) -> str:
    """Writes the archive into the folder of backups; answers its name."""
    folder = folder_of(job.site)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"trastienda-{job.site.clock():%Y%m%dT%H%M%SZ}.zip"
    steps = 0

    def report(step: str) -> None:
        nonlocal steps
        job.progress(steps, STEPS, step)
        steps += 1

    make_backup(job.site, target, report=report)
    job.progress(STEPS, STEPS)
    return target.name


BACK_UP = LongJob(JOB, back_up, label=_("Make a backup"), attempts=2, priority="background")
