"""What a person is told where something under us fails: whether it was kept, and what to do (reliability.md 4.4).

Every act is one transaction, so whatever did not end well left nothing behind. Pages for concerns say it in their own
way (remedies/access.py); the pages here need neither the database nor a session.
"""

import sys
from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from hrdd.problems import Problem, is_of_the_api, problem_answer

AGAIN_SECONDS = 30
OURS = "Something failed here, and what you sent was not kept. The mistake is ours."


@dataclass(frozen=True)
class Fault:
    """A kind of failure of the database, by the first characters of what PostgreSQL calls it."""

    codes: tuple[str, ...]
    heading: str
    sentence: str


FAULTS = (
    Fault(
        ("25006",),
        "Nothing can be recorded at this moment.",
        "The database can be read and not written, as while a copy takes over or an operator holds it still. What you "
        "sent was not kept; what stood before stands. Go back, keep your text, and try again in a few minutes.",
    ),
    Fault(
        ("53100", "53200", "58030"),
        "There is no room to record this.",
        "The database has run out of disk or memory. What you sent was not kept; what stood before stands. Go back, "
        "keep your text, and tell whoever runs this installation.",
    ),
    Fault(
        ("57014", "55P03", "40001", "40P01"),
        "That took too long.",
        "The database did not get to it in time and gave it up whole: what you sent was not kept. Try again; a list "
        "with fewer filters or words is faster.",
    ),
    Fault(
        ("42501",),
        "This installation is not set up completely.",
        "The database refuses what this page is for. What you sent was not kept. Tell whoever runs this installation: "
        "a role or a grant is missing, which one says /readyz.",
    ),
    Fault(
        ("08", "57P", "53300"),
        "The database cannot be reached.",
        "What you sent was not kept. Go back, keep your text, and try again in a minute.",
    ),
)
GONE = FAULTS[-1]


def fault_of(error: BaseException | None) -> Fault | None:
    """Return what failed under us, or nothing where the mistake is ours."""
    if not isinstance(error, Error):
        return None
    code = str(getattr(error.__cause__, "pgcode", None) or "")
    if not code:  # it said nothing any more
        return GONE if isinstance(error, OperationalError | InterfaceError) else None
    return next((one for one in FAULTS if code.startswith(one.codes)), None)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed: 503 where something under us did, 500 where the mistake is ours."""
    fault = fault_of(sys.exc_info()[1])
    if fault is None:
        return problem_answer(Problem.FAILURE, OURS) if is_of_the_api(request) else server_error(request)
    if is_of_the_api(request):
        answer: HttpResponse = problem_answer(Problem.UNAVAILABLE, fault.sentence, title=fault.heading)
    else:
        answer = HttpResponse(render_to_string("503.html", {"fault": fault}), status=503)
    answer.headers["Retry-After"] = str(AGAIN_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer
