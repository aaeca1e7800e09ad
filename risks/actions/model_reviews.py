"""The way of a business-model review: opened when a trigger fires, concluded, signed by the board, tracked, closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, move, record_event
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import LEAST_REASONS, NotAllowed, Permission, SignOffReasons, canonical_hash
from risks.actions.screening import refuse_endangering
from risks.models import ModelReview, Risk
from risks.queries.model_reviews import carries, fired_for, public_words
from risks.rules.model_review import (
    REVIEW_STEPS,
    SIGN_OFF_KIND,
    Concluding,
    ReviewState,
    missing_consultation,
    missing_evidence,
    missing_to_close,
    missing_to_conclude,
    missing_to_scope,
)
from risks.rules.words import Driver

SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)


@transaction.atomic
def open_review(*, driver: str, by: User, at: datetime) -> ModelReview:
    """Open the review of a driver; its triggers are computed from the records, never given (domain.md 1.11).

    Raises:
        NotAllowed: the role, an unknown driver, nothing that asks for a review, or one that is open already.
    """
    by.demand(Permission.REVIEW_MODEL)
    if driver not in set(Driver):
        raise NotAllowed("Driver: choose one from the list.")
    fired = fired_for(driver, on=at.date())
    if not fired:
        raise NotAllowed(
            "Nothing asks for a review of this driver: it was reviewed within a year, and no severe risks, grievances, "
            "changes of monetisation or outside findings have come since."
        )
    try:
        with transaction.atomic():
            review = ModelReview.objects.create(
                driver=driver, triggers=[str(one) for one in fired], opened_by=by, opened_on=at.date()
            )
    except IntegrityError:
        raise NotAllowed(
            "A review of this driver is open already. Go on with that one, or close it first."
        ) from None
    record_event(
        by=by.username,
        at=at,
        action="opened business-model review",
        subject=_called(review),
        detail={"driver": driver, "triggers": review.triggers},
    )
    return review


@transaction.atomic
def scope(
    review: ModelReview,
    *,
    scope: str,
    risks: Sequence[Risk],
    affected_groups: str,
    vulnerabilities: Sequence[str],
    revenue_share_pct: Decimal | None,
    by: User,
    at: datetime,
) -> None:
    """Say what is looked at: which risks, whom they affect. The share of revenue is kept for display, never weighed.

    Raises:
        NotAllowed: the role, the state, or what is missing.
    """
    by.demand(Permission.REVIEW_MODEL)
    _refuse(missing_to_scope(scope=scope, affected_groups=affected_groups, risks=len(risks)))
    if not carries(review.driver, risks):
        raise NotAllowed("GP18: each risk in scope is open and carries the driver of the review.")
    _move(
        review,
        "scope",
        by=by,
        at=at,
        scope=scope.strip(),
        affected_groups=affected_groups.strip(),
        vulnerabilities=list(vulnerabilities),
        revenue_share_pct=revenue_share_pct,
    )
    review.risks.set(risks)


@transaction.atomic
def record_evidence(
    review: ModelReview, *, evidence: str, internal_research: str, by: User, at: datetime
) -> None:
    """Record the evidence, the company's own research with it; after that people are consulted on it.

    Raises:
        NotAllowed: the role, the state, or what is missing.
    """
    by.demand(Permission.REVIEW_MODEL)
    _refuse(missing_evidence(evidence=evidence, internal_research=internal_research))
    _move(
        review,
        "evidence",
        by=by,
        at=at,
        evidence=evidence.strip(),
        internal_research=internal_research.strip(),
    )


@transaction.atomic
def record_consultation(
    review: ModelReview, *, consulted: str, why_not_consulted: str, by: User, at: datetime
) -> None:
    """Record which groups were heard, or why nobody could be (GP18(b)).

    Raises:
        NotAllowed: the role, the state, or neither of the two.
    """
    by.demand(Permission.REVIEW_MODEL)
    _refuse(missing_consultation(consulted=consulted, why_not=why_not_consulted))
    _move(
        review,
        "consult",
        by=by,
        at=at,
        consulted=consulted.strip(),
        why_not_consulted="" if consulted.strip() else why_not_consulted.strip(),
    )


@transaction.atomic
def conclude(
    review: ModelReview,
    *,
    conclusion: str,
    conclusion_reasons: str,
    user_misuse_only: bool,
    incentives_examined: str,
    design_alternatives: Sequence[str],
    metrics: Sequence[Mapping[str, str]],
    changes_made: str,
    trade_secret_reasons: str,
    by: User,
    at: datetime,
) -> SignOff:
    """Conclude a review and ask the board to sign it (B1; domain.md 1.11).

    Raises:
        NotAllowed: the role, the state, what is missing, or public words that lead to somebody (8.6).
    """
    by.demand(Permission.REVIEW_MODEL)
    given = Concluding(
        conclusion=conclusion,
        reasons=conclusion_reasons,
        user_misuse_only=user_misuse_only,
        incentives_examined=incentives_examined,
        alternatives=design_alternatives,
        metrics=metrics,
    )
    _refuse(missing_to_conclude(given, on=at.date()))
    review.changes_made, review.trade_secret_reasons = changes_made.strip(), trade_secret_reasons.strip()
    refuse_endangering(public_words(review))
    _move(
        review,
        "conclude",
        by=by,
        at=at,
        conclusion=conclusion,
        conclusion_reasons=conclusion_reasons.strip(),
        user_misuse_only=user_misuse_only,
        incentives_examined=incentives_examined.strip(),
        design_alternatives=list(design_alternatives),
        metrics=[dict(one) for one in metrics],
        changes_made=review.changes_made,
        trade_secret_reasons=review.trade_secret_reasons,
        concluded_by=by,
        concluded_on=at.date(),
    )
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=review.pk,
        subject=_called(review).capitalize(),
        step="sign",
        step_label=REVIEW_STEPS["sign"].label,
        permission=Permission.SIGN_MODEL_REVIEW,
        content_hash=content_hash(review),
        parts=signed_content(review),
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> ModelReview:
    """Sign a concluded review, or send it back with reasons: a board member who prepared none of it (SD1).

    Raises:
        NotAllowed: a rule refuses, the content changed, or somebody decided meanwhile.
    """
    review = ModelReview.objects.select_for_update().get(pk=sign_off.subject_id)
    if approve and content_hash(review) != sign_off.content_hash:
        raise NotAllowed(
            "The review changed since it was sent to the board. Send it back to be concluded again."
        )
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=review.pk)
    authors = frozenset(asked.values_list("asked_by__username", flat=True)) | {review.opened_by.username}
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=authors,
        least=SIGN_OFF_REASONS,
    )
    if approve:
        _move(review, "sign", by=by, at=at, signed_by=by, signed_on=at.date())
    else:
        _move(review, "refuse", by=by, at=at)
    return review


@transaction.atomic
def record_reading(
    review: ModelReview, *, metric: int, value: str, read_on: date, by: User, at: datetime
) -> None:
    """Record what a metric showed on a day; readings are added, never replaced (UNGP 20).

    Args:
        review: a review that is tracked.
        metric: which of its metrics, counted from 0.
        value, read_on: what was read, and when.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, a day still to come, or no such metric.
    """
    by.demand(Permission.REVIEW_MODEL)
    held = ModelReview.objects.select_for_update().get(pk=review.pk)
    if held.state != ReviewState.TRACKED:
        raise NotAllowed("Metrics are read once the board has signed, and until the review is closed.")
    if read_on > at.date():
        raise NotAllowed("Read on: this day is still to come.")
    if not 0 <= metric < len(held.metrics):
        raise NotAllowed("Metric: choose one from the list.")
    reading = {"value": value.strip(), "on": read_on.isoformat(), "by": by.username}
    held.metrics[metric]["readings"] = [*held.metrics[metric].get("readings", ()), reading]
    held.save(update_fields=["metrics"])
    record_event(
        by=by.username, at=at, action="read a metric", subject=_called(held), detail={"metric": metric}
    )


@transaction.atomic
def close(review: ModelReview, *, outcome: str, by: User, at: datetime) -> None:
    """Close a tracked review with what changed for people (UNGP 20).

    Raises:
        NotAllowed: the role, the state, a metric that was never read, or a short outcome.
    """
    by.demand(Permission.REVIEW_MODEL)
    held = ModelReview.objects.select_for_update().get(pk=review.pk)
    if held.state == ReviewState.TRACKED:
        _refuse(missing_to_close(metrics=held.metrics, outcome=outcome))
    _move(held, "close", by=by, at=at, outcome=outcome.strip(), closed_on=at.date())


def content_hash(review: ModelReview) -> str:
    """Return the SHA-256 of what the board signs."""
    return canonical_hash(signed_content(review))


def signed_content(review: ModelReview) -> dict[str, Any]:
    """Return what the board signs; readings come later and are no part of it."""
    named = (
        *(
            "driver",
            "triggers",
            "scope",
            "affected_groups",
            "vulnerabilities",
            "evidence",
            "internal_research",
        ),
        *("incentives_examined", "user_misuse_only", "consulted", "why_not_consulted", "design_alternatives"),
        *("conclusion", "conclusion_reasons", "changes_made", "trade_secret_reasons"),
    )
    content: dict[str, Any] = {name: getattr(review, name) for name in named}
    content["risks"] = sorted(review.risks.values_list("pk", flat=True))
    content["metrics"] = [
        {part: said for part, said in one.items() if part != "readings"} for one in review.metrics
    ]
    share = review.revenue_share_pct
    content["revenue_share_pct"] = f"{share:.2f}" if share is not None else None
    return content


def _refuse(lacking: Sequence[str]) -> None:
    if lacking:
        raise NotAllowed(" ".join(lacking))


def _move(review: ModelReview, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    move(review, REVIEW_STEPS[name], by=by, at=at, called=_called(review), **changes)


def _called(review: ModelReview) -> str:
    return f"business-model review {review.pk}"
