"""A plugin whose job hires somebody, in a while."""

import time

from trastienda import Job, Plugin, User, Work


def hire(work: Work, *, name: str) -> None:
    work.add(User(name=name))
    work.flush()
    time.sleep(0.05)


plugin = Plugin("chores", jobs=[Job("chores.hire", hire)])
