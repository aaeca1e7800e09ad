"""The record of the real cases, one re-assessment of 2021, and the people of a report."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import pytest
from django.core.management import call_command

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import CASE_ROLES, Role
from risks.actions.proportionality import assess_chunk, finish_cycle, plan_cycle
from risks.actions.publications import publish_risk
from risks.models import Risk
from tests.dossiers.test_import_dossier import CASES
from transparency.actions import reports as actions
from transparency.actions.coverage import answer_from_the_record_alone
from transparency.actions.sufficiency import judge_sufficiency
from transparency.documents import pdf
from transparency.models import Report
from transparency.rules.sufficiency import CRITERIA, SAFE

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
# As many as one person may hold at once (hrdd.governance.rules.demand_together).
MANY_ROLES = tuple(sorted(frozenset(Role) - CASE_ROLES - {Role.AUDITOR, Role.EXPERT}))


@dataclass(frozen=True)
class Cast:
    """Who prepares, clears, approves, and an analyst who does none of it."""

    pia: User
    rex: User
    eve: User
    ana: User


@pytest.fixture(autouse=True, scope="session")
def _one_rendering() -> Iterator[None]:
    """Render each page once a session: the same page gives the same bytes, which one test proves without this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render_pdf", cache(pdf.render_pdf))
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    def person(name: str, *roles: Role) -> User:
        return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))

    return Cast(
        pia=person("pia", Role.PUBLISHER),
        rex=person("rex", Role.REDACTOR),
        eve=person("eve", Role.SENIOR),
        ana=person("ana", Role.ANALYST),
    )


@pytest.fixture
def record(db: None) -> None:
    """The real cases, published by somebody who has left since, and re-assessed once."""
    call_command("load_rights", stdout=io.StringIO())
    call_command("import_dossier", *map(str, CASES), stdout=io.StringIO())
    publisher = User.objects.create_user("petra", "x", display_name="Petra", roles=[Role.PUBLISHER])
    for risk in Risk.objects.all():
        publish_risk(risk, by=publisher, at=NOW)
    User.objects.filter(pk=publisher.pk).update(is_active=False)
    cycle = plan_cycle(as_of=date(2021, 2, 1), at=NOW)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=NOW)
    assert finish_cycle(cycle, at=NOW)


@pytest.fixture
def draft(cast: Cast) -> Report:
    return actions.draft_report(
        title="Human rights report 2021", begin=date(2021, 1, 1), end=date(2021, 12, 31), by=cast.pia, at=NOW
    )


def freeze(report: Report, by: User, *, at: datetime = NOW) -> None:
    """Say of what the record does not answer that it does not, and freeze the figures."""
    answer_from_the_record_alone(report, by=by, at=at)
    actions.freeze_figures(report, by=by, at=at)


@pytest.fixture
def frozen(record: None, draft: Report, cast: Cast) -> Report:
    freeze(draft, cast.pia)
    return draft


@pytest.fixture
def rendered(frozen: Report) -> Report:
    actions.render_documents(frozen, at=NOW)
    return frozen


def sign(report: Report, by: User, *, approve: bool = True, reasons: str = "") -> Report:
    """Decide on the sign-off that is open for a report."""
    asked = SignOff.objects.get(subject_id=report.pk, decided_at__isnull=True)
    return actions.decide(
        asked, by=by, at=NOW, approve=approve, reasons=reasons, seen_hash=asked.content_hash
    )


def judge(report: Report, cast: Cast, *, at: datetime = NOW) -> None:
    """Say of a frozen content that it suffices on each criterion; its safety is the safety officer's to judge."""
    for one in CRITERIA:
        by = cast.rex if one.code == SAFE else cast.pia
        judge_sufficiency(
            report,
            criterion=one.code,
            suffices=True,
            reasons="We read it together, and it does.",
            by=by,
            at=at,
        )


def publish(report: Report, cast: Cast) -> None:
    """Take a frozen report through its two signatures and its judgements to the public."""
    actions.render_documents(report, at=NOW)
    actions.ask_clearance(report, by=cast.pia, at=NOW)
    sign(report, cast.rex)
    sign(report, cast.eve)
    report.refresh_from_db()
    judge(report, cast)
    actions.publish_report(report, by=cast.pia, at=NOW)


@pytest.fixture
def published(rendered: Report, cast: Cast) -> Report:
    publish(rendered, cast)
    return rendered
