"""What the record counts for the indicators that stand here; those of one register are counted there (domain.md 9)."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Q, Subquery

from hrdd.governance.models import AuditEvent
from hrdd.oversight.models import Escalation
from hrdd.oversight.queries.escalations import P1, PLANS
from hrdd.oversight.queries.records import (
    latest_incentives,
    latest_trainings,
    meetings_of_board,
    resources,
    severe_countries,
)
from hrdd.oversight.rules import indicators as rules
from hrdd.oversight.rules.indicators import Value
from remedies.models import Case
from remedies.queries.alarms import retaliation_counts
from remedies.rules.effectiveness import CRITERIA, quarter_of, twelve_months_to
from risks.models import Measure, MitigationPlan, ReviewTask, Risk, SeverityAssessment
from risks.models.measures import NEVER_STOOD
from risks.queries.gaps import gap_counts
from risks.queries.method import method
from risks.rules.countries import country_names
from risks.rules.standing import REMEDIED
from transparency.models import Report
from transparency.queries.releases import SHOWN, latest_complaints
from transparency.rules.workflows import State

DRIFT_DAYS, YEAR = 90, timedelta(days=365)
INTRUSIVE = 4
REFUSED_TO_A_JOB = "refused to a job"


def p1_clock(at: datetime) -> Value:
    """Return K2: a risk is in time when a plan was approved within its days from the day on which it became P1."""
    first = (
        MitigationPlan.objects.filter(risk=OuterRef("pk"), kind__in=PLANS, decided_at__isnull=False)
        .exclude(state__in=[MitigationPlan.State.PROPOSED, MitigationPlan.State.REFUSED])
        .order_by()
        .values("risk")
        .annotate(at=Min("decided_at"))
        .values("at")
    )
    days = timedelta(days=method().plan_days[P1])
    risks = Risk.objects.filter(tier=P1, tier_since__isnull=False).annotate(planned=Subquery(first))
    found = risks.aggregate(
        in_time=Count("pk", filter=Q(planned__lte=F("tier_since") + days)),
        asked=Count("pk", filter=Q(planned__isnull=False) | Q(tier_since__lt=at - days)),
    )
    return rules.p1_clock(found["in_time"], found["asked"])


def severity_drift(on: date) -> Value:
    """Return K3 from judgements that supersede another, by the day from which they hold."""
    begin = on - timedelta(days=DRIFT_DAYS)
    spans = {
        "now": Q(holds_from__gt=begin, holds_from__lte=on),
        "before": Q(holds_from__gt=begin - timedelta(days=DRIFT_DAYS), holds_from__lte=begin),
    }
    moves = {
        "rose": Q(level__gt=F("supersedes__level")),
        "fell": Q(level__lt=F("supersedes__level")),
    }
    found = SeverityAssessment.objects.order_by().aggregate(
        **{
            f"{move}_{span}": Count("pk", filter=q & when)
            for move, q in moves.items()
            for span, when in spans.items()
        }
    )
    return rules.severity_drift(
        (found["rose_now"], found["fell_now"]), (found["rose_before"], found["fell_before"])
    )


def evidence_quality(at: datetime) -> Value:
    """Return K5, by the condition of the gap AFFECTED_NOT_HEARD."""
    severe = Risk.objects.filter(tier__lt=REMEDIED, level__gte=4, held__isnull=False)
    unheard = gap_counts(severe, at=at, codes=["AFFECTED_NOT_HEARD"])
    whole = severe.count()
    return rules.evidence_quality(whole - sum(one.count for one in unheard), whole)


def on_time(at: datetime) -> Value:
    """Return K6: tasks of a year that were closed by their day, of those closed or past it, by class."""
    due = ReviewTask.objects.filter(Q(closed_at__isnull=False) | Q(due_at__lt=at), due_at__gt=at - YEAR)
    rows = (
        due.order_by()
        .values_list("measure__intrusion")
        .annotate(part=Count("pk", filter=Q(closed_at__lte=F("due_at"))), whole=Count("pk"))
    )
    return rules.on_time({intrusion: (part, whole) for intrusion, part, whole in rows})


def automation_guard(at: datetime) -> Value:
    """Return K11: measures of class I4 or I5 that a machine decided alone and that stood; refusals of a year."""
    refused = AuditEvent.objects.filter(action=REFUSED_TO_A_JOB, at__gt=at - YEAR).count()
    alone = Measure.objects.filter(automated_decision=Measure.Automation.FULLY, intrusion__gte=INTRUSIVE)
    return rules.automation_guard(alone.exclude(state__in=NEVER_STOOD).count(), refused)


def lights() -> list[dict[str, str]]:
    """Return the eight lights as they were last published, with their names; empty before a publication (K18)."""
    published = latest_complaints()
    if published is None:
        return []
    return [
        {"letter": one["letter"], "name": CRITERIA[one["letter"]], "light": one["light"]}
        for one in published.get("criteria") or ()
    ]


def of_complaints() -> list[Value]:
    """Return K15, K16, K18 and K20 from what was published last: the board reads the same release as the public."""
    published = latest_complaints() or {}
    told = {
        one["code"]: (one["said"], one["light"])
        for criterion in published.get("criteria") or ()
        for one in criterion["indicators"]
    }
    shown = {one["name"]: one["light"] for one in lights()}
    return [
        rules.of_complaints("K15", told, {"c1": "acknowledged", "c2": "decided"}),
        rules.of_complaints("K16", told, {"f3": "delivered", "f4": "confirmed"}),
        rules.trust(shown),
        rules.of_complaints("K20", told, {"g1": "linked"}),
    ]


def retaliation(on: date) -> Value:
    """Return K17; small numbers are not told, on the board either (8.5)."""
    found = retaliation_counts(today=on)
    return rules.retaliation(found.open, found.untriaged, found.confirmed, method().smallest_group)


def language_equity(on: date) -> Value:
    """Return K21 for the year to the last full quarter, so that it moves once a quarter and not with each case."""
    begin, end = twelve_months_to(quarter_of(on)[0] - timedelta(days=1))
    decided = Case.objects.filter(decided_on__range=(begin, end)).order_by()
    days: defaultdict[str, list[float]] = defaultdict(list)
    for language, received, decided_on in decided.values_list("language", "received_week", "decided_on"):
        if decided_on is not None:
            days[language].append(float((decided_on - received).days))
    return rules.language_equity(days)


def people_per_user() -> Value:
    """Return K22."""
    found = resources()
    names = country_names()
    severe = [one for one in found if one.severe]
    falling = [
        f"{names.get(one.now.country, one.now.country)}, {one.now.language}" for one in severe if one.falling
    ]
    counted = {one.now.country for one in found}
    uncounted = sorted(names[one] for one in severe_countries() - counted if one in names)
    return rules.resources(len(severe), falling, uncounted[:5], counted=len(found))


def leadership(at: datetime) -> Value:
    """Return K23."""
    held = list(meetings_of_board().order_by("held_on").values_list("held_on", "rights_items"))
    year = Escalation.objects.filter(Q(answered_at__isnull=False) | Q(due_at__lt=at), due_at__gt=at - YEAR)
    found = year.aggregate(part=Count("pk", filter=Q(answered_at__lte=F("due_at"))), whole=Count("pk"))
    return rules.leadership(
        [day for day, items in held if items],
        held[0][0] if held else None,
        on=at.date(),
        answered=found["part"],
        due=found["whole"],
    )


def reporting(on: date) -> Value:
    """Return K24 from the reports that anybody may read."""
    found = Report.objects.aggregate(
        corrected=Count("pk", filter=Q(state=State.CORRECTED)),
    )
    last = Report.objects.filter(state__in=SHOWN).order_by("-period_to", "-edition").first()
    told = last.parsed_content.get("redactions", []) if last else []
    return rules.reporting(
        last.period_to if last else None,
        on=on,
        corrected=found["corrected"],
        redacted=[(one["label"], one["count"]) for one in told],
    )


def pay_and_training() -> Value:
    """Return K26."""
    offices, trainings = latest_incentives(), latest_trainings()
    return rules.pay_and_training(
        sum(one.linked_to_rights_kpi for one in offices),
        len(offices),
        sum(one.done_n for one in trainings),
        sum(one.due_n for one in trainings),
    )
