"""A list of the desk as a file: whole, and on the audit log, before its first byte leaves."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from typing import IO

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from risks.actions.register import note_export
from risks.documents import lists
from risks.documents.tables import TYPES
from risks.forms.consultations import ConsultationFilter
from risks.forms.dilemmas import DilemmaFilter
from risks.forms.measures import MeasureFilter
from risks.forms.statements import StatementFilter
from risks.queries.consultations import listed as listed_consultations
from risks.queries.dilemmas import listed_dilemmas
from risks.queries.measures import listed_measures
from risks.queries.statements import listed_statements

IN_MEMORY = 2**20


def as_file(
    form: str, *, name: str, on: date, write: Callable[[IO[bytes]], int], note: Callable[[int], None]
) -> FileResponse:
    """Return a list as a file.

    Args:
        form: csv, xlsx or json.
        name: of the list, with which the name of the file begins.
        on: today, with which it ends.
        write: writes the file, and returns how many rows it has.
        note: puts them on the audit log.

    Raises:
        Http404: there is no such form.
    """
    if form not in TYPES:
        raise Http404
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the answer closes it
    with transaction.atomic():
        note(write(file))
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{on:%Y-%m-%d}.{form}", content_type=TYPES[form]
    )


def _list_file(
    request: HttpRequest, form: str, of: lists.ListFile, rows: lists.Rows, chosen: Mapping[str, str]
) -> FileResponse:
    by, now = person(request), timezone.now()
    filters = {filtered: str(value) for filtered, value in chosen.items()}
    return as_file(
        form,
        name=of.name,
        on=now.date(),
        write=lambda out: lists.write_list(of, rows, form=form, out=out),
        note=lambda many: note_export(form=form, rows=many, filters=filters, by=by, at=now, of=of.name),
    )


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # a file streams, so it is no HttpResponse to the types
def measure_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # the address calls it so
    """The filtered measures as a file."""
    chosen = MeasureFilter(request.GET).chosen()
    return _list_file(request, format, lists.MEASURES, lists.of_measures(listed_measures(**chosen)), chosen)


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # as above
def dilemma_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # as above
    """The filtered dilemmas as a file."""
    chosen, now = DilemmaFilter(request.GET).chosen(), timezone.now()
    rows = lists.of_dilemmas(listed_dilemmas(at=now, **chosen), at=now)
    return _list_file(request, format, lists.DILEMMAS, rows, chosen)


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # as above
def consultation_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # as above
    """The filtered consultations as a file."""
    chosen, on = ConsultationFilter(request.GET).chosen(), timezone.now().date()
    found = listed_consultations(person(request), on=on, **chosen)
    return _list_file(request, format, lists.CONSULTATIONS, lists.of_consultations(found, on=on), chosen)


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # as above
def statement_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # as above
    """The filtered statements of reasons as a file."""
    form = StatementFilter(request.GET)
    rows = lists.of_statements(listed_statements(**form.filters()))
    return _list_file(request, format, lists.STATEMENTS, rows, form.chosen())
