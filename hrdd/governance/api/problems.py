"""Which problem (RFC 9457) a refusal is: of which kind, by which provision, about which field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from hrdd.governance.api.fields import BadParameter
from hrdd.governance.rules import NotAllowed, RoleMayNot
from hrdd.problems import CONTENT_TYPE, OF_STATUS, Problem, told

# How our sentences name what they rest on: at the start ("SD5: severity is …") or in brackets ("… (UNGP 21(c)).").
# “Method 9.1” is a section of docs/method.md, where a number or a way is our own.
PROVISION = (
    r"(?:"
    r"(?:UNGP|DSA|ICCPR|ICESCR|UDHR|OECD|GDPR|WB Dir) \d+(?:\(\d+\))?(?:\([a-z]\))?"
    r"|[Mm]ethod \d+[a-z]?(?:\.\d+)?"
    r"|(?:SD|[A-Z])\d+"
    r")"
)
PROVISIONS = rf"{PROVISION}(?:[,;] {PROVISION})*"
AT_START = re.compile(rf"({PROVISIONS}): ")
IN_BRACKETS = re.compile(rf"\(({PROVISIONS})\)")
LABEL = re.compile(r"([A-Z][A-Za-z -]{1,60}): (.+)", re.DOTALL)


class ManyRefused(NotAllowed):
    """An act on many records was refused as a whole; `errors` points at each record that a rule refused."""

    def __init__(self, sentence: str, errors: list[dict[str, str]]) -> None:
        super().__init__(sentence)
        self.errors = errors


def told_as_problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an error as a problem: a rule's refusal is a conflict, told in the rule's own sentence.

    Returns:
        Nothing for what is our own mistake: it stays an error, is logged and answered by `hrdd.faults`.
    """
    if isinstance(exc, RoleMayNot):
        return _answer(Problem.NOT_ALLOWED, str(exc), provision=provision_of(str(exc)))
    if isinstance(exc, ManyRefused):
        return _answer(Problem.REFUSED_BY_A_RULE, str(exc), errors=exc.errors)
    if isinstance(exc, NotAllowed):
        said = str(exc)
        errors = _about_a_field(said, context.get("request"))
        return _answer(Problem.REFUSED_BY_A_RULE, said, provision=provision_of(said), errors=errors)
    if isinstance(exc, ValueError) and type(exc).__module__.startswith("risks.rules"):
        return _answer(Problem.BAD_INPUT, str(exc), errors=_about_a_field(str(exc), context.get("request")))
    if isinstance(exc, RecursionError):
        return _answer(Problem.BAD_INPUT, "What was sent is nested too deeply.")
    if isinstance(exc, Http404):
        return _answer(Problem.NOT_FOUND, "There is nothing here for you.")
    if isinstance(exc, PermissionDenied):
        return _answer(Problem.NOT_ALLOWED, str(exc) or "Your role may not.")
    return _of_the_framework(exc, exception_handler(exc, dict(context)))


def provision_of(sentence: str) -> str:
    """Return the provision that a refusal names, or nothing."""
    found = AT_START.match(sentence) or IN_BRACKETS.search(sentence)
    return found.group(1) if found else ""


def errors_in(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Yield what the framework found wrong as pointers (RFC 6901) into what was sent, each with a sentence."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = str(name) == "non_field_errors"
            yield from errors_in(inner, pointer if whole else f"{pointer}/{_escaped(str(name))}")
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        for place, inner in enumerate(detail):
            yield from errors_in(inner, f"{pointer}/{place}")
    elif isinstance(detail, list):
        for one in detail:
            yield {"pointer": pointer, "detail": str(one)}
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _about_a_field(sentence: str, request: Request | None) -> list[dict[str, str]]:
    """Return the field that a rule's sentence begins with, where it was sent: `Known since: this day …`."""
    found = LABEL.match(sentence)
    if found is None or request is None:
        return []
    try:
        data = request.data
    except (exceptions.APIException, RecursionError):  # refused before it was read
        return []
    if not isinstance(data, Mapping):
        return []
    name = found.group(1).lower().replace(" ", "_").replace("-", "_")
    return [{"pointer": f"#/{name}", "detail": found.group(2)}] if name in data else []


def _of_the_framework(exc: Exception, answer: Response | None) -> Response | None:
    """Tell what the framework refused as a problem; what it does not know stays an error."""
    if answer is None or not isinstance(exc, exceptions.APIException):
        return answer
    problem = OF_STATUS.get(answer.status_code, Problem.BAD_INPUT)
    if isinstance(exc, exceptions.ValidationError):
        errors = list(errors_in(exc.detail))
        if isinstance(exc, BadParameter):
            errors = [{"parameter": exc.parameter, "detail": one["detail"]} for one in errors]
        said = told(problem, problem.value.remedy, errors=errors)
    else:
        said = told(problem, str(exc.detail))
    answer.data, answer.content_type = said, CONTENT_TYPE
    return answer


def _answer(problem: Problem, detail: str, **more: Any) -> Response:
    said = told(problem, detail, **more)
    return Response(said, status=problem.value.status, content_type=CONTENT_TYPE)
