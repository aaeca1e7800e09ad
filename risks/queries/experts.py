"""What is shared with outside experts: as the expert reads it, and as the desk oversees it (domain.md 0.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Consultation, Evidence, ExpertAccess, ExpertOpinion, Involvement, Risk
from risks.queries.consultations import seen_numbers
from risks.queries.register import standings
from risks.queries.story import HEADS
from risks.rules.consultation import Consent
from risks.rules.expert_extract import (
    ConsultationTold,
    Extract,
    FindingTold,
    HeadTold,
    PieceTold,
    RiskTold,
    extract_of_consultation,
    extract_of_risk,
)
from risks.rules.severity import BANDS

STILL_SCREENED = Q(consultation__isnull=True) | Q(consultation__screened_at__lte=F("granted_at"))


def outside_experts() -> QuerySet[User]:
    """Return the active people whose only role is EXPERT."""
    return User.objects.filter(is_active=True, roles=[str(Role.EXPERT)]).order_by("display_name", "username")


def open_to(user: User, *, on: date) -> QuerySet[ExpertAccess]:
    """Return what an expert may read on a day; its last day is still in time.

    A consultation that was put in question or screened anew since is not shared any more: what was taken out of it must
    not stay readable.
    """
    lasting = ExpertAccess.objects.filter(
        expert=user, revoked_at__isnull=True, starts_on__lte=on, until__gte=on
    )
    return lasting.filter(STILL_SCREENED).order_by("until", "pk")


@dataclass(frozen=True)
class Shared:
    """One share as the desk sees it: where it stands, and what the expert answered."""

    access: ExpertAccess
    state: str
    lasts: bool
    opinions: Sequence[ExpertOpinion]


def accesses_of(
    *, on: date, risk: Risk | None = None, consultation: Consultation | None = None
) -> list[Shared]:
    """Return the shares of one risk or one consultation, the newest first, in two queries.

    Args:
        on: the day for which it is said whether a share lasts.
        risk, consultation: the record.
    """
    found = (
        ExpertAccess.objects.filter(risk=risk, consultation=consultation)
        .select_related("expert", "granted_by", "revoked_by", "consultation")
        .prefetch_related("opinions")
    )
    return [_shared(one, on) for one in found]


def _shared(access: ExpertAccess, on: date) -> Shared:
    lasts = access.revoked_at is None and access.until >= on
    return Shared(access, _state(access, on), lasts, list(access.opinions.all()))


def _state(access: ExpertAccess, on: date) -> str:
    if access.revoked_at is not None:
        return "Revoked"
    if access.until < on:
        return "Ended"
    if not _still_screened(access):
        return "Lapsed: the consultation was put in question or screened anew"
    return "Open" if access.starts_on <= on else "Not begun yet"


def _still_screened(access: ExpertAccess) -> bool:
    of = access.consultation
    return of is None or (of.screened_at is not None and of.screened_at <= access.granted_at)


def public_evidence_of(risk: Risk) -> QuerySet[Evidence]:
    """Return the evidence of a risk that an expert may read."""
    return risk.evidence.filter(disclosure=Evidence.Disclosure.PUBLIC)


def extract_from_risk(risk: Risk, *, evidence: Sequence[Evidence]) -> Extract:
    """Return what an expert would read of a risk now.

    Args:
        risk: the risk.
        evidence: the public pieces to show.
    """
    held = risk.held
    findings = risk.involvements.filter(state__in=Involvement.STANDING).order_by("pk")
    heads = [
        HeadTold(name, getattr(held, head), getattr(held, f"{head}_rationale"))
        for name, head in (HEADS if held else ())
    ]
    pieces = [
        PieceTold(one.title, one.get_kind_display(), one.dated, one.says, one.reference) for one in evidence
    ]
    return extract_of_risk(
        RiskTold(
            title=risk.title,
            summary=risk.summary,
            rights=list(dict.fromkeys(risk.touches.values_list("right__title", flat=True))),
            groups=[str(one["group"]) for one in risk.affected_groups],
            places=standings([risk])[0].places,
            activity=risk.get_activity_display(),
            level=risk.level,
            band=BANDS[risk.level],
            incomplete=risk.incomplete,
            heads=heads,
            ties=list(dict.fromkeys(one.get_tie_display() for one in findings)),
            evidence=pieces,
        )
    )


def extract_from_consultation(consultation: Consultation) -> Extract:
    """Return what an expert would read of a screened consultation now; small numbers are not told (domain.md 8.5)."""
    _breakdown, people = seen_numbers(consultation)
    findings = [FindingTold(one.theme, one.you_said, one.is_quote) for one in consultation.findings.all()]
    return extract_of_consultation(
        ConsultationTold(
            title=consultation.title,
            purpose=consultation.get_purpose_display(),
            question=consultation.question,
            method=consultation.get_method_display(),
            state=consultation.get_state_display(),
            people=people,
            may_quote=consultation.consent_attribution == Consent.GIVEN,
            findings=findings,
        )
    )
