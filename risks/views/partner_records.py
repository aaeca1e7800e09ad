"""What stands beside a partner: whether it is crucial, who earns by it, lists and owners, sealed contacts."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import contacts
from risks.actions.crucial import judge_crucial, name_revenue_owners
from risks.actions.partner_notes import record_note
from risks.forms.partner_records import NOTE_FORMS, ContactForm
from risks.forms.partners import CrucialForm, RevenueOwnersForm
from risks.models import PartnerContact, PartnerNote, Relationship
from risks.views.form_page import form_page

NOTE_TITLES = {"sanctions": "A sanctions list", "ownership": "Who owns the partner"}


def _relationship(pk: int) -> Relationship:
    return get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)


@require_safe_or_post
@requires(Permission.DECIDE_EXIT)
def crucial_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Find whether a relationship is crucial."""
    one = _relationship(pk)
    initial = {
        "crucial": "yes" if one.crucial else "",
        "essential": one.crucial_essential,
        "no_alternative": one.crucial_no_alternative,
    }
    return form_page(
        request,
        CrucialForm(request.POST or None, initial=initial),
        act=partial(judge_crucial, one, by=person(request), at=timezone.now()),
        title=f"Is it crucial? {one.partner}",
        lead="Exit from a crucial relationship is harder, and must still be considered. It is looked at again each "
        "year (UNGP 19).",
        button="Record the finding",
        back=reverse("partner-detail", args=[pk]),
        done="The finding is recorded.",
    )


@require_safe_or_post
@requires(Permission.DECIDE_EXIT)
def revenue_owners(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who has a revenue target on a partner."""
    one = _relationship(pk)
    form = RevenueOwnersForm(
        request.POST or None,
        initial={"owners": list(one.revenue_owners.values_list("username", flat=True))},
    )
    return form_page(
        request,
        form,
        act=partial(name_revenue_owners, one, by=person(request), at=timezone.now()),
        title=f"Who earns by it: {one.partner}",
        lead="Whoever has a revenue target on a partner decides nothing about it (SD4).",
        button="Record who they are",
        back=reverse("partner-detail", args=[pk]),
        done="Recorded. They are left out of decisions about this partner.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def note_on_partner(request: HttpRequest, pk: int, kind: str, note: int | None = None) -> HttpResponse:
    """Record a list or an owner, or replace a note that was wrong or is out of date."""
    if kind not in NOTE_FORMS:
        raise Http404("No such note.")
    one = _relationship(pk)
    replaced = get_object_or_404(PartnerNote, pk=note, partner=one.partner_id, kind=kind) if note else None
    return form_page(
        request,
        NOTE_FORMS[kind](request.POST or None, note=replaced),
        act=partial(
            record_note, one.partner, kind=kind, replaces=replaced, by=person(request), at=timezone.now()
        ),
        title=f"{NOTE_TITLES[kind]}: {one.partner}",
        lead="What you write replaces the note as it stands; the former one stays on record."
        if replaced
        else "A dated note with its source. It is never edited; a later one replaces it.",
        button="Record the note",
        back=reverse("partner-detail", args=[pk]),
        done="The note is on record.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def record_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Record whom to reach at a partner."""
    one = _relationship(pk)
    return form_page(
        request,
        ContactForm(request.POST or None),
        act=partial(contacts.record_contact, one.partner, by=person(request), at=timezone.now()),
        title=f"Contact at {one.partner}",
        lead="Name, e-mail and telephone are sealed. Whoever opens them is written to the audit log.",
        button="Seal and record",
        back=reverse("partner-detail", args=[pk]),
        done="The contact is sealed and on record.",
    )


@never_cache
@require_POST
@requires(Permission.LOG_LEVERAGE)
def take_contact_step(request: HttpRequest, pk: int, contact: int, step: str) -> HttpResponse:
    """Open a contact, once the read is in the audit log, or erase it with all that is sealed."""
    one, by, at = _relationship(pk), person(request), timezone.now()
    sealed = get_object_or_404(PartnerContact, pk=contact, partner=one.partner_id)
    if step == "erase":
        contacts.erase_contact(sealed, by=by, at=at)
        messages.info(request, "The contact is erased, with all that was sealed.")
        return redirect("partner-detail", pk)
    if step != "open":
        raise Http404("No such step.")
    try:
        opened = contacts.open_contact(sealed, by=by, at=at)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("partner-detail", pk)
    context = {"relationship": one, "contact": sealed, "opened": opened}
    return render(request, "risks/partner_contact.html", context)
