"""One page for one form: what was typed stays, a refusal is a sentence, an act leads on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hrdd.governance.rules import NotAllowed


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    act: Callable[..., object],
    title: str,
    lead: str,
    button: str,
    back: str,
    done: str,
    template: str = "risks/form_page.html",
    then: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Show a form, or act on it.

    Args:
        form: bound on POST.
        act: called with the cleaned data; its NotAllowed is shown above the form.
        title, lead, button: what the page says.
        back: where to go afterwards, and where the link back leads.
        done: the sentence shown there.
        template: a page that shows the form in another frame.
        then: where to go afterwards, told by what the act returned; `back` where it is not given.
    """
    if request.method == "POST" and form.is_valid():
        try:
            made = act(**form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, done)
            return redirect(then(made) if then else back)
    context = {"form": form, "heading": title, "lead": lead, "button": button, "back": back}
    return render(request, template, context, status=400 if form.errors else 200)
