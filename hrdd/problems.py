"""How the API tells that something went wrong: problem details of RFC 9457, each of a kind that stands here.

Whatever answers under /api/ says it this way, also where no view was reached: a missing page, a failure, a refusal
before sign-in. `type` leads to the page of the API, which tells what to do about each kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.defaults import bad_request, page_not_found

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: the number of its answer, what it is called, and what whoever asked does about it."""

    status: int
    title: str
    remedy: str


class Problem(Enum):
    """Every kind of problem that the API tells."""

    BAD_INPUT = Kind(400, "Bad input", "Mend what is named under `errors`, and send it again.")
    NO_SUCH_TOKEN = Kind(
        401, "No such token", "It is unknown, ended or past its day. Make another at your account."
    )
    NOT_ALLOWED = Kind(
        403, "Not allowed", "Your role, your token or your sign-in may not. Sending it again is no use."
    )
    NOT_FOUND = Kind(404, "Not found", "It is not there, or not there for you.")
    NO_SUCH_METHOD = Kind(405, "Method not allowed", "`Allow` names the methods of this address.")
    NOT_ACCEPTABLE = Kind(406, "Not acceptable", "Ask for application/json.")
    REFUSED_BY_A_RULE = Kind(
        409,
        "Refused by a rule",
        "`detail` says why, `provision` which rule. What is asked of you stands in `detail`.",
    )
    CHANGED_MEANWHILE = Kind(
        412,
        "Changed meanwhile",
        "Read the record again, decide whether your change still fits, and send its new ETag.",
    )
    UNSUPPORTED_MEDIA_TYPE = Kind(415, "Unsupported media type", "Send application/json.")
    KEY_SPENT = Kind(
        422,
        "Key spent on something else",
        "One Idempotency-Key is for one request. Use a new one for a new request.",
    )
    SAY_WHICH = Kind(428, "Say which version", "Send the ETag that you read as `If-Match`.")
    TOO_MANY = Kind(429, "Too many requests", "Wait as many seconds as `Retry-After` says.")
    FAILURE = Kind(500, "It failed", "The mistake is ours. Tell whoever runs this the number of the answer.")
    UNAVAILABLE = Kind(503, "Unavailable", "Nothing was kept. Try again after `Retry-After` seconds.")

    @property
    def anchor(self) -> str:
        """Return the last part of its `type`."""
        return self.name.lower().replace("_", "-")


OF_STATUS: Mapping[int, Problem] = {one.value.status: one for one in Problem}


def told(
    problem: Problem,
    detail: str,
    *,
    title: str = "",
    provision: str = "",
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return a problem as RFC 9457 writes it.

    Args:
        problem: its kind.
        detail: a sentence for whoever asked.
        title: where a kind has several, such as the faults under us.
        provision: the rule that refused, as the sentence names it: `SD5`, `UNGP 19`, `Method 9.1`.
        errors: what is wrong with which part of what was sent: `pointer` (RFC 6901, as a fragment), or
            `parameter` of the address, and `detail`.
    """
    kind = problem.value
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}/api/docs/#{problem.anchor}",
        "title": title or kind.title,
        "status": kind.status,
        "detail": detail,
    }
    return body | ({"provision": provision} if provision else {}) | ({"errors": errors} if errors else {})


def problem_answer(problem: Problem, detail: str, *, title: str = "") -> JsonResponse:
    """Answer a problem where no view of the API was reached."""
    return JsonResponse(
        told(problem, detail, title=title), status=problem.value.status, content_type=CONTENT_TYPE
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an address that leads nowhere."""
    if not is_of_the_api(request):
        return page_not_found(request, exception)
    return problem_answer(Problem.NOT_FOUND, "No such address. /api/schema/ names all.")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that no view was given."""
    if not is_of_the_api(request):
        return bad_request(request, exception)
    return problem_answer(Problem.BAD_INPUT, "This request cannot be read.")


def is_of_the_api(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path_info.startswith("/api/")
