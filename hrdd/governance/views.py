"""The audit log, to be read."""

from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrdd.governance.access import first_page, person, requires
from hrdd.governance.models import AuditEvent
from hrdd.governance.queries import checked_links
from hrdd.governance.rules import Permission

PAGE_SIZE = 50


class SignIn(LoginView):
    """The sign-in page; it leads each person to the first page that opens for them."""

    def get_default_redirect_url(self) -> str:
        """Return where a person goes who was on the way to no page in particular."""
        return first_page(person(self.request))


@require_GET
@requires(Permission.READ_AUDIT)
def audit_list(request: HttpRequest) -> HttpResponse:
    """Every act, the latest first, with the check of each link on the page."""
    page = Paginator(AuditEvent.objects.all(), PAGE_SIZE).get_page(request.GET.get("page"))
    links = checked_links(list(page.object_list))
    broken = [link.event.pk for link in links if not link.intact]
    return render(request, "governance/audit_list.html", {"page_obj": page, "links": links, "broken": broken})
