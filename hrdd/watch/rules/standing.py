"""How the installation stands, judged from facts: what makes a process unfit to serve, and what wants a look.

Figures are of reliability.md 4.1 and 4.4. Nothing here counts cases or people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TICK_LATE = timedelta(seconds=90)
CHECKPOINT_LATE = timedelta(minutes=45)  # three rounds of it
VERIFICATION_LATE = timedelta(days=2)
ANCHOR_LATE = 50  # checkpoints that wait for a place outside: half a day
BACKUP_LATE = timedelta(hours=26)  # a day, and two hours for a run that is late
MOST_SKEW = timedelta(seconds=2)
NEVER = "never"


# What somebody does about it.
REMEDY = {
    "database": "See the database's own log, its disk and its connections.",
    "roles": "As the owner of the tables: manage.py database_roles.",
    "migrations": "As the owner of the tables: manage.py migrate, then database_roles.",
    "queue": "Start Redis, or see its password. What was not rung is rung again within minutes.",
    "worker": "Restart worker and timetable. Nothing is lost: the rows wait.",
    "log": "See the worker's log: its key, and whether it grows out of what was signed before.",
    "anchors": "See whether the places of HRDD_ANCHORS can be reached.",
    "verification": "Run manage.py verify each night. Where it found something: keep all, call your security contact.",
    "backup": "Run manage.py backup each night, then backup_check: it says whether the backup would help.",
    "re-assessment": "The cycle's page names them; their measures were not judged.",
    "messages": "The page of webhooks tries them again.",
}


class State(StrEnum):
    """How one thing stands."""

    WELL = "ok"
    LATE = "late"  # somebody should look; pages are served all the same
    DOWN = "down"  # this process must not be asked


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, with a sentence on it."""

    name: str
    state: State
    said: str = ""

    @property
    def remedy(self) -> str:
        """Return what somebody does about it, where it does not stand well."""
        return REMEDY[self.name]

    @property
    def line(self) -> str:
        """Return it as one line of `/readyz`."""
        return f"{self.name} {self.state}{f': {self.said}' if self.said else ''}"


@dataclass(frozen=True)
class Work:
    """What the database tells of the work in the background."""

    tick: datetime | None
    backup: datetime | None
    checkpoint: datetime | None
    log_entries: int
    anchors_waiting: int
    verified: datetime | None
    intact: bool | None
    set_aside: int
    mails_waiting: int
    messages_waiting: int
    messages_given_up: int


def database(*, answers: bool, role_is_there: bool = True, skew: timedelta = timedelta()) -> Check:
    """Judge the database: it answers, in this process's role, and its clock is ours."""
    if not role_is_there:
        return Check(
            "database", State.DOWN, "the role of this surface is not there; run manage.py database_roles"
        )
    if not answers:
        return Check("database", State.DOWN)
    if abs(skew) > MOST_SKEW:
        said = f"its clock differs from ours by {abs(skew).total_seconds():.0f} s"
        return Check("database", State.DOWN, said)
    return Check("database", State.WELL)


def grants(wrong: int) -> Check:
    """Judge what the roles may do, by how many grants differ from the table."""
    if wrong:
        return Check("roles", State.DOWN, f"{wrong} grants differ; run manage.py database_roles")
    return Check("roles", State.WELL)


def migrations(waiting: int) -> Check:
    """Judge the tables, by how many migrations of this code were not run."""
    if waiting:
        return Check("migrations", State.DOWN, f"{waiting} wait; run manage.py migrate")
    return Check("migrations", State.WELL)


def queue(*, answers: bool) -> Check:
    """Judge the doorbell: what is not rung now is rung by the timetable, but the desk waits for it."""
    return Check("queue", State.WELL if answers else State.DOWN)


def work(found: Work, *, at: datetime) -> list[Check]:
    """Judge the work in the background; nothing of it stops a page from being served."""
    return [
        _since("worker", found.tick, TICK_LATE, "last tick", at=at),
        Check("log", State.WELL, "nothing published yet")
        if not found.log_entries
        else _since("log", found.checkpoint, CHECKPOINT_LATE, "last checkpoint", at=at),
        _counted("anchors", found.anchors_waiting, ANCHOR_LATE, "checkpoints wait for a place outside"),
        _verified(found, at=at),
        _since("backup", found.backup, BACKUP_LATE, "last one", at=at),
        _counted("re-assessment", found.set_aside, 0, "chunks set aside after three tries"),
        _counted("messages", found.messages_given_up, 0, "given up"),
    ]


def _since(name: str, when: datetime | None, late: timedelta, what: str, *, at: datetime) -> Check:
    if when is None:
        return Check(name, State.LATE, f"{what}: {NEVER}")
    age = max(at - when, timedelta())  # a tick that came while the page was asked for
    return Check(name, State.LATE if age > late else State.WELL, f"{what} {_words(age)} ago")


def _words(age: timedelta) -> str:
    seconds = age.total_seconds()
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _counted(name: str, many: int, most: int, what: str) -> Check:
    return Check(name, State.LATE if many > most else State.WELL, f"{many} {what}")


def _verified(found: Work, *, at: datetime) -> Check:
    if found.intact is False:
        return Check("verification", State.LATE, "the last one found a row that is not what was written")
    return _since("verification", found.verified, VERIFICATION_LATE, "last one", at=at)
