"""The content of a report: what the record says of a period, as plain values (domain.md 8.1, 8.6).

Only what is listed here leaves. Targets of measures, who imposed them, and whoever speaks in a signal do not.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext_noop as marked

from risks.models import (
    Cycle,
    Finding,
    Involvement,
    Measure,
    PolicyVersion,
    Reassessment,
    RecordEntry,
    Risk,
    RiskRight,
)
from risks.models.measures import NEVER_STOOD
from risks.queries.desk import explanations
from risks.queries.gaps import record_gaps
from risks.queries.salience import Ranked, salient_risks
from risks.rules.policy import KINDS, PUBLIC_STATES, PolicyKind
from risks.rules.proportionality import RULES_VERSION
from risks.rules.severity import BANDS
from transparency.models import Report
from transparency.rules.periods import period_label, period_name
from transparency.rules.told_figures import IN_FORCE

FORMAT = "hrdd-report-2"
NOTHING = "Nothing to decide"
DEMONSTRATION_NOTICE = (
    "Demonstration. Drawn from the public record to show the software; no finding of the organisation "
    "that runs it."
)

# What is only proposed, or was refused or superseded, is no word of the company.
PUBLIC_TIES = (Involvement.State.CLAIMED, Involvement.State.FOUND)


def report_content(report: Report, *, at: datetime) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return what the record has for a report: published salient risks as they stood on the period's last day.

    Args:
        report: its title, edition and period.
        at: now; the moment the figures are frozen.

    Returns:
        the content without what people wrote and without figures of people; and the keys of its risks, in order.
    """
    begin, end = report.period_from, report.period_to
    cycle = _cycle(begin, end)
    ranked = _ranked(cycle, on=end)
    risks = [one.risk for one in ranked]
    measures = [measure for risk in risks for measure in risk.measures.all() if measure.starts_on <= end]
    told = [_told(one, cycle, begin=begin, end=end, at=at) for one in ranked]
    content = {
        "format": FORMAT,
        "organisation": settings.ORGANISATION,
        "notice": DEMONSTRATION_NOTICE if settings.DEMONSTRATION else "",
        "title": report.title,
        "edition": report.edition,
        "period": {
            "name": period_name(begin, end),
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "label": period_label(begin, end),
        },
        "as_of": end.isoformat(),
        "frozen_at": at.isoformat(timespec="seconds"),
        "rules_version": RULES_VERSION,
        "policies": policies_in_force(on=end),
        "figures": _figures(measures, told, begin=begin, end=end),
        "risks": told,
        "reassessments": _reassessments(cycle, risks),
    }
    return content, tuple(risk.pk for risk in risks)


def indexed_facts(report: Report) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return of a draft only what its index asks of the record, in a constant number of queries.

    Returns:
        policies and risks as `report_content` has them, each risk without what the index does not ask; and the keys
        of the risks, in order.
    """
    begin, end = report.period_from, report.period_to
    cycle = _cycle(begin, end)
    ranked = _ranked(cycle, on=end)
    risks = [{"title": one.risk.title, **_done(one.risk, cycle, begin=begin, end=end)} for one in ranked]
    return {"policies": policies_in_force(on=end), "risks": risks}, tuple(one.risk.pk for one in ranked)


def risks_of(report: Report) -> list[Risk]:
    """Return the salient risks of which a draft speaks, in order."""
    found = salient_risks(Risk.objects.filter(published=True), on=report.period_to)
    return [one.risk for one in found]


def _cycle(begin: date, end: date) -> Cycle | None:
    return Cycle.objects.full().filter(as_of__range=(begin, end), finished_at__isnull=False).first()


def policies_in_force(*, on: date) -> list[dict[str, Any]]:
    """Return the policies whose text stood on a day, with the public address of that text; once for all languages."""
    stood = PolicyVersion.objects.filter(state__in=PUBLIC_STATES, in_force_on__lte=on).exclude(
        ended_on__lte=on
    )
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in stood.select_related("policy").order_by("policy__title", "number", "pk"):
        found.setdefault(
            (one.policy.slug, one.number),
            {
                "title": one.title,
                "kind": KINDS[one.policy.kind],
                "commitment": one.policy.kind == PolicyKind.COMMITMENT,
                "version": one.number,
                "in_force_on": one.in_force_on.isoformat() if one.in_force_on else "",
                "consulted": one.consulted,
                "address": f"/policies/{one.policy.slug}/{one.number}/",
            },
        )
    return list(found.values())


def _ranked(cycle: Cycle | None, *, on: date) -> list[Ranked]:
    findings = Finding.objects.filter(cycle=cycle).select_related("cycle")
    decisions = Reassessment.objects.filter(decided_at__date__lte=on)
    measures = (
        Measure.objects.exclude(state__in=NEVER_STOOD)
        .select_related("policy_version")
        .prefetch_related(Prefetch("findings", findings), Prefetch("reassessments", decisions))
    )
    risks = Risk.objects.filter(published=True).prefetch_related(
        Prefetch("measures", measures),
        Prefetch("touches", RiskRight.objects.select_related("right")),
        "involvements",
        "record",
        "assessments",
        "consultations",
    )
    return salient_risks(risks, on=on)


def _figures(
    measures: list[Measure], told: list[dict[str, Any]], *, begin: date, end: date
) -> list[dict[str, Any]]:
    """Count what stands in this report item by item, and nothing else: any reader can count it too (8.5)."""
    measures = [measure for measure in measures if _is_told(measure, begin=begin, end=end)]
    began = [measure for measure in measures if measure.starts_on >= begin]
    ended = [measure for measure in measures if measure.ended_on and begin <= measure.ended_on <= end]
    standing = [measure for measure in measures if measure.stands(end)]
    decided = [
        decision
        for measure in measures
        for decision in measure.reassessments.all()
        if decision.decided_at.date() >= begin
    ]
    rows = (
        ("salient_risks", "Salient risks", len(told), "published, as of the last day"),
        (
            "severe_risks",
            "of them severe or critical",
            sum(risk["severity"]["level"] >= 4 for risk in told),
            "level 4 or 5; a head that is not known counts as 4",
        ),
        ("measures_begun", "Measures begun", len(began), "in the period"),
        (
            "measures_ended",
            "Measures ended",
            len(ended),
            "in the period: lifted, replaced, expired or reversed",
        ),
        ("measures_standing", "Measures in force", len(standing), "on the last day"),
        ("decisions", marked("Re-assessments decided by people"), len(decided), "in the period"),
        (
            "consultations",
            marked("Consultations"),
            sum(len(risk["consultations"]) for risk in told),
            "up to the last day",
        ),
        (
            "gaps",
            marked("Gaps named"),
            sum(len(risk["gaps"]) for risk in told),
            "what went wrong or was not done",
        ),
    )
    return [{"code": code, "label": label, "value": value, "note": note} for code, label, value, note in rows]


def _told(ranked: Ranked, cycle: Cycle | None, *, begin: date, end: date, at: datetime) -> dict[str, Any]:
    risk, held = ranked.risk, ranked.assessment
    record = [entry for entry in risk.record.all() if entry.when_first is None or entry.when_first <= end]
    kinds = RecordEntry.Kind
    return {
        "title": risk.title,
        "summary": risk.summary,
        "countries": list(risk.countries),
        "severity": {
            "level": held.level,
            "band": BANDS[held.level],
            "incomplete": held.incomplete,
            "reason": held.reason,
        },
        "rights": _rights(risk),
        "involvement": [
            {
                "label": one.get_tie_display() if one.tie else one.said,
                "standing": "finding" if one.state == Involvement.State.FOUND else "claim",
                "argued_by": one.argued_by,
                "reasoning": one.reasoning,
            }
            for one in risk.involvements.filter(state__in=PUBLIC_TIES)
        ],
        **_done(risk, cycle, begin=begin, end=end),
        "proceedings": [
            {"when": entry.when_said, "mechanism": entry.what, "outcome": entry.detail.get("outcome", "")}
            for entry in record
            if entry.kind == kinds.PROCEEDING
        ],
        "gaps": [{"code": gap.code, "message": gap.message} for gap in record_gaps(risk, at=at)],
        "sources": list(risk.sources),
    }


def _done(risk: Risk, cycle: Cycle | None, *, begin: date, end: date) -> dict[str, Any]:
    """Return the measures and the consultations of a risk as they are told."""
    return {
        "measures": [
            _measure(measure, cycle, end=end)
            for measure in risk.measures.all()
            if _is_told(measure, begin=begin, end=end)
        ],
        "consultations": [
            {
                "when": one.dates_said or (f"{one.held_from:%Y}" if one.held_from else ""),
                "with": one.title,
                "form": one.method_said or one.get_method_display(),
            }
            for one in risk.consultations.all()
            if (one.told_by_dossier or one.published) and (one.held_from is None or one.held_from <= end)
        ],
    }


def _is_told(measure: Measure, *, begin: date, end: date) -> bool:
    return measure.starts_on <= end and (measure.ended_on is None or measure.ended_on >= begin)


def _rights(risk: Risk) -> list[dict[str, Any]]:
    """Return what the record says of rights, each saying once with the catalogue rights that it touches."""
    said: dict[tuple[str, str], list[dict[str, str]]] = {}
    for touch in risk.touches.all():
        right = {"code": touch.right.code, "title": touch.right.title}
        said.setdefault((touch.said, touch.how), []).append(right)
    return [{"said": words, "how": how, "rights": rights} for (words, how), rights in said.items()]


def _measure(measure: Measure, cycle: Cycle | None, *, end: date) -> dict[str, Any]:
    finding = next(iter(measure.findings.all()), None)
    return {
        "kind": measure.get_kind_display(),
        "from": measure.starts_said,
        "until": measure.ends_said,
        "rule": measure.rule_told,
        "state": IN_FORCE if measure.stands(end) else measure.get_state_display(),
        "finding": finding.get_finding_display() if finding else _nothing_found(measure, cycle),
        "reasons": [why.sentence for why in explanations(finding)] if finding else [],
        "decisions": [
            {"on": one.decided_at.date().isoformat(), "outcome": one.get_outcome_display()}
            for one in measure.reassessments.all()
        ],
    }


def _nothing_found(measure: Measure, cycle: Cycle | None) -> str:
    """A measure in order has no finding; one that the cycle did not cover was not re-assessed."""
    return NOTHING if cycle and measure.stands(cycle.as_of) else ""


def _reassessments(cycle: Cycle | None, risks: list[Risk]) -> dict[str, Any] | None:
    if cycle is None:
        return None
    shown = [measure for risk in risks for measure in risk.measures.all()]
    judged = sum(bool(measure.findings.all()) or measure.stands(cycle.as_of) for measure in shown)
    found = Counter(finding.get_finding_display() for measure in shown for finding in measure.findings.all())
    return {
        "as_of": cycle.as_of.isoformat(),
        "assessed": judged,
        "by_finding": [{"finding": name, "count": count} for name, count in sorted(found.items())]
        + [{"finding": NOTHING, "count": judged - found.total()}],
    }
