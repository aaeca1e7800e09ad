"""One cell of a list, edited where it stands: the same form and act as on the page of its address."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hrdd.governance.rules import NotAllowed


def in_a_row(request: HttpRequest) -> bool:
    """Whether a list asks for a cell of it, and not for a page."""
    return request.headers.get("HX-Request") == "true"


def row_cell(
    request: HttpRequest, form: forms.Form, *, act: Callable[..., object], cell: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer the cell with its form, or as it stands once it was saved or left.

    A refusal is part of the cell, so its status is 200: a list swaps nothing else in.

    Args:
        request: `leave` in the address asks for the cell as it stands.
        form: bound on POST.
        act: called with the cleaned data; its NotAllowed is shown above the form.
        cell: the template of the cell; it takes the focus where `fresh` is told.
        context: what the cell tells of the record.
    """
    saved = False
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
            saved = True
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    shown = saved or "leave" in request.GET
    told = {"may_edit": True, "fresh": True, "saved": saved, "form": None if shown else form}
    return render(request, cell, context | told)
