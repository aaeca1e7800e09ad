"""What the imports of all registers share: upload, template, preview, and applying by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from hrdd.celery import ring
from hrdd.governance.access import person
from hrdd.governance.rules import NotAllowed
from risks.actions import imports as actions
from risks.documents.tables import TYPES
from risks.forms.imports import FileImportForm
from risks.models import RegisterImport
from risks.rules.sheets import MOST_BYTES, csv_of, json_of, xlsx_of
from risks.tasks import apply_import

PAGE_SIZE = 50


@dataclass(frozen=True)
class ImportPages:
    """What the pages of one register's import say, and where they lead.

    `name` begins the names of their addresses; `noun` is one record; `register` is the page of the register.
    """

    reader: actions.Reader
    name: str
    noun: str
    heading: str
    register: str
    register_called: str
    record: str
    columns: Mapping[str, str]
    needed: Sequence[str]
    example: Mapping[str, str]
    ignored: str

    @property
    def preview(self) -> str:
        return f"{self.name}-preview"

    @property
    def template(self) -> str:
        return f"{self.name}-template"

    @property
    def step(self) -> str:
        return f"{self.name}-step"


def upload_page(request: HttpRequest, pages: ImportPages) -> HttpResponse:
    """Upload a file; it is read and judged, and nothing is written to the register."""
    form = FileImportForm(request.POST, request.FILES) if request.method == "POST" else FileImportForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(MOST_BYTES + 1)
            held = actions.read_import(
                pages.reader, filename=file.name, content=content, by=person(request), at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(pages.preview, held.pk)
    open_imports = RegisterImport.objects.filter(
        register=pages.reader.register,
        uploaded_by=person(request),
        state__in=[RegisterImport.State.PREVIEWED, RegisterImport.State.APPLYING],
    )
    context = {"form": form, "pages": pages, "open": open_imports.defer("rows")[:10]}
    return render(request, "risks/import_upload.html", context, status=400 if form.errors else 200)


def template_file(pages: ImportPages, extension: str) -> HttpResponse:
    """Return the file to start from, with one example that is refused on import."""
    columns, example = list(pages.columns), [pages.example[name] for name in pages.columns]
    plural = str(pages.reader.register)
    if extension == "csv":
        content = csv_of(columns, [example])
    elif extension == "xlsx":
        content = xlsx_of(columns, [example], columns=pages.columns, title=plural.capitalize())
    elif extension == "json":
        content = json_of(columns, [example])
    else:
        raise Http404
    answer = HttpResponse(content, content_type=TYPES[extension])
    answer.headers["Content-Disposition"] = f'attachment; filename="{plural}-template.{extension}"'
    return answer


def preview_page(request: HttpRequest, pages: ImportPages, pk: int) -> HttpResponse:
    """Each row of a file with its verdict."""
    held = _held(pages, pk)
    judged = held.rows["judged"]
    only = request.GET.get("only") if request.GET.get("only") in {"refused", "accepted"} else ""
    shown = [row for row in judged if not only or bool(row["problems"]) == (only == "refused")]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "held": held,
        "pages": pages,
        "page_obj": page,
        "only": only,
        "querystring": f"only={only}" if only else "",
        "is_open": held.state == RegisterImport.State.PREVIEWED,
        "applying": held.state == RegisterImport.State.APPLYING,
        "mine": held.uploaded_by_id == person(request).pk,
    }
    return render(request, "risks/import_preview.html", context)


def take_step(request: HttpRequest, pages: ImportPages, pk: int, step: str) -> HttpResponse:
    """Apply or discard an import."""
    held = _held(pages, pk)
    by, at = person(request), timezone.now()
    try:
        if step == "apply":
            actions.ask_import(pages.reader, held, by=by, at=at)
            ring(apply_import, held.pk)
        elif step == "discard":
            actions.discard_import(pages.reader, held, by=by, at=at)
            messages.info(request, "The file is discarded. Nothing was written.")
        else:
            raise Http404
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.preview, pk)


def _held(pages: ImportPages, pk: int) -> RegisterImport:
    wanted = RegisterImport.objects.select_related("uploaded_by")
    return get_object_or_404(wanted, pk=pk, register=pages.reader.register)
