"""Importing risks from a file, with a preview before anything is written."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hrdd.celery import ring
from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import risk_import as actions
from risks.forms.risk_import import RiskImportForm
from risks.models import RegisterImport
from risks.rules.risk_import import COLUMNS, EXAMPLE, NEEDED
from risks.rules.sheets import MOST_BYTES, csv_of, xlsx_of
from risks.tasks import apply_import

PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_RISK)
def risk_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is read and judged, and nothing is written to the register."""
    form = RiskImportForm(request.POST, request.FILES) if request.method == "POST" else RiskImportForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(MOST_BYTES + 1)
            held = actions.read_import(
                filename=file.name, content=content, by=person(request), at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("risk-import-preview", held.pk)
    open_imports = RegisterImport.objects.filter(
        uploaded_by=person(request),
        state__in=[RegisterImport.State.PREVIEWED, RegisterImport.State.APPLYING],
    )
    context = {"form": form, "columns": COLUMNS, "needed": NEEDED, "open": open_imports.defer("rows")[:10]}
    return render(request, "risks/risk_import_upload.html", context, status=400 if form.errors else 200)


@require_GET
@requires(Permission.RECORD_RISK)
def risk_import_template(request: HttpRequest, extension: str) -> HttpResponse:
    """The file to start from, with one example that is refused on import."""
    example = [EXAMPLE[name] for name in COLUMNS]
    if extension == "csv":
        answer = HttpResponse(csv_of(list(COLUMNS), [example]), content_type="text/csv; charset=utf-8")
    elif extension == "xlsx":
        answer = HttpResponse(xlsx_of(list(COLUMNS), [example], columns=COLUMNS), content_type=XLSX)
    else:
        raise Http404
    answer.headers["Content-Disposition"] = f'attachment; filename="risks-template.{extension}"'
    return answer


@require_GET
@requires(Permission.RECORD_RISK)
def risk_import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Each row of a file with its verdict."""
    held = get_object_or_404(RegisterImport.objects.select_related("uploaded_by"), pk=pk)
    judged = held.rows["judged"]
    only = request.GET.get("only") if request.GET.get("only") in {"refused", "accepted"} else ""
    shown = [row for row in judged if not only or bool(row["problems"]) == (only == "refused")]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "held": held,
        "page_obj": page,
        "only": only,
        "querystring": f"only={only}" if only else "",
        "is_open": held.state == RegisterImport.State.PREVIEWED,
        "applying": held.state == RegisterImport.State.APPLYING,
        "mine": held.uploaded_by_id == person(request).pk,
    }
    return render(request, "risks/risk_import_preview.html", context)


@require_POST
@requires(Permission.RECORD_RISK)
def risk_import_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Apply or discard an import."""
    held = get_object_or_404(RegisterImport, pk=pk)
    by, at = person(request), timezone.now()
    try:
        if step == "apply":
            actions.ask_import(held, by=by, at=at)
            ring(apply_import, held.pk)
        elif step == "discard":
            actions.discard_import(held, by=by, at=at)
            messages.info(request, "The file is discarded. Nothing was written.")
        else:
            raise Http404
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("risk-import-preview", pk)
