"""Every address by every kind of person, by real requests; an address that declares nobody fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Permission, Role
from hrdd.sealing import seal
from risks.models import (
    Consultation,
    ConsultationFinding,
    Cycle,
    ExitDecision,
    Involvement,
    LeverageAction,
    Measure,
    Participant,
    Partner,
    RegisterImport,
    Relationship,
    RelationshipRisk,
    ReviewTask,
    Risk,
    SalientList,
    StakeholderGroup,
)
from tests.cast import NOW, Cast
from transparency.actions import reports as actions
from transparency.models import Report

OPEN_TO_ALL = {
    *("home", "livez", "readyz", "login", "logout"),
    *("public-risks", "public-consultations", "public-reports", "public-report", "public-report-file"),
}
FEWEST_ADDRESSES, FEWEST_REQUESTS = 44, 2300
ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "public-report": lambda: {"period": "2021"},
    "public-report-file": lambda: {"period": "2021", "format": "pdf"},
    "report-detail": lambda: {"pk": Report.objects.get().pk},
    "report-step": lambda: {"pk": Report.objects.get().pk, "step": "thaw"},
    "report-preview": lambda: {"pk": Report.objects.get().pk, "format": "json"},
    "sign-off-decide": lambda: {"pk": SignOff.objects.get().pk},
    "review-task": lambda: {"pk": ReviewTask.objects.order_by("pk")[0].pk},
    "risk-detail": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "correct-risk": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "risk-import-template": lambda: {"extension": "csv"},
    "risk-import-preview": lambda: {"pk": RegisterImport.objects.get().pk},
    "risk-import-step": lambda: {"pk": RegisterImport.objects.get().pk, "step": "apply"},
    "publication": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "salient-list-detail": lambda: {"pk": SalientList.objects.get().pk},
    "assess-severity": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "propose-involvement": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "involvement-detail": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "challenge-involvement": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "stop-own-part": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "withdraw-involvement": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "measure-detail": lambda: {"pk": Measure.objects.order_by("pk")[0].pk},
    "note-signal": lambda: {"pk": Measure.objects.order_by("pk")[0].pk},
    "cycle-detail": lambda: {"pk": Cycle.objects.get().pk},
    "partner-detail": lambda: {"pk": Relationship.objects.get().pk},
    "tie-risk": lambda: {"pk": Relationship.objects.get().pk},
    "consider-exit": lambda: {"pk": Relationship.objects.get().pk},
    "log-leverage": lambda: {"pk": RelationshipRisk.objects.get().pk},
    "extend-time": lambda: {"pk": RelationshipRisk.objects.get().pk},
    "measure-effect": lambda: {"pk": LeverageAction.objects.get().pk},
    "exit-detail": lambda: {"pk": ExitDecision.objects.get().pk},
    "assess-exit": lambda: {"pk": ExitDecision.objects.get().pk},
    "propose-exit": lambda: {"pk": ExitDecision.objects.get().pk},
    "review-exit": lambda: {"pk": ExitDecision.objects.get().pk},
    "exit-step": lambda: {"pk": ExitDecision.objects.get().pk, "step": "resume"},
    "consultation-detail": lambda: {"pk": kept_consultation().pk},
    "consultation-plan-change": lambda: {"pk": kept_consultation().pk},
    "consultation-team": lambda: {"pk": kept_consultation().pk},
    "consultation-check": lambda: {"pk": kept_consultation().pk},
    "consultation-hold": lambda: {"pk": kept_consultation().pk},
    "consultation-summary": lambda: {"pk": kept_consultation().pk},
    "consultation-screen": lambda: {"pk": kept_consultation().pk},
    "consultation-validate": lambda: {"pk": kept_consultation().pk},
    "consultation-finding": lambda: {"pk": kept_consultation().pk},
    "participant-new": lambda: {"pk": kept_consultation().pk},
    "consultation-step": lambda: {"pk": kept_consultation().pk, "step": "tell"},
    "finding-amend": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "finding-tag": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "finding-answer": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "participant-contact": lambda: {"pk": Participant.objects.get().pk},
    "participant-step": lambda: {"pk": Participant.objects.get().pk, "step": "tell"},
    "stakeholder-change": lambda: {"pk": StakeholderGroup.objects.get().pk},
}


# For all but the engagement team these are not there; tests/risks/test_participants.py opens them.
TEAM_ONLY = {
    *("consultation-plan-change", "consultation-team", "consultation-check", "consultation-hold"),
    *("consultation-summary", "consultation-screen", "consultation-validate", "consultation-step"),
    *("consultation-finding", "finding-amend", "finding-tag", "finding-answer"),
    *("participant-new", "participant-contact", "participant-step"),
}


def kept_consultation() -> Consultation:
    return Consultation.objects.get(told_by_dossier=False)


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def permission_of(pattern: URLPattern) -> Permission | None:
    return getattr(pattern.callback, "permission", None)


@pytest.fixture
def everything(rendered: Report, cast: Cast) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    RegisterImport.objects.create(
        filename="risks.csv",
        digest="x",
        rows={"derived": [], "company": [], "judged": []},
        accepted=0,
        refused=1,
        uploaded_by=cast.ana,
        uploaded_at=NOW,
    )
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship, risk=Risk.objects.order_by("pk")[0], known_since=NOW.date(), how_known="x"
    )
    LeverageAction.objects.create(
        tied=tied,
        kind="direct_dialogue",
        rung=0,
        requested_change="x",
        started_on=NOW.date(),
        deadline=NOW.date(),
    )
    ExitDecision.objects.create(
        relationship=relationship, trigger="no_leverage", opened_by=cast.ana, opened_on=NOW.date()
    )
    SalientList.objects.create(drawn_on=NOW.date(), rows=[], content_hash="x", drawn_by=cast.ana)
    StakeholderGroup.objects.create(name="Moderators", type="content_moderator")
    consultation = Consultation.objects.create(title="x", organiser=cast.eve)
    ConsultationFinding.objects.create(
        consultation=consultation,
        you_said="x",
        theme="x",
        recorded_by=cast.eve,
        recorded_at=NOW,
        due=NOW.date(),
    )
    Participant.objects.create(consultation=consultation, pseudonym="x", sealed=seal({"name": "x"}))


def test_every_address_says_whom_it_is_for() -> None:
    undeclared = {one.name for one in addresses() if permission_of(one) is None} - OPEN_TO_ALL
    assert undeclared == set()


def test_each_address_opens_for_its_people_and_for_nobody_else(everything: None) -> None:
    people: dict[str, User | None] = {"anybody": None}
    people["sam"] = User.objects.create_user("sam", "x", display_name="Sam", roles=[])
    for role in Role:
        name = f"only-{role.lower()}"
        people[name] = User.objects.create_user(name, "x", display_name=name, roles=[role])
    wrong, seen, asked = [], set(), 0

    for pattern in addresses():
        assert pattern.name is not None
        arguments = ARGUMENTS[pattern.name]() if pattern.pattern.converters else {}
        address = reverse(pattern.name, kwargs=arguments)
        seen.add(address)
        for who, user in people.items():
            for method in ("get", "post", "put", "delete"):
                client = Client(raise_request_exception=False)
                if user is not None:
                    client.force_login(user)
                answer = getattr(client, method)(address)
                asked += 1
                if not as_expected(pattern, user, answer):
                    wrong.append((who, method, address, answer.status_code))

    assert wrong == []
    assert len(seen) >= FEWEST_ADDRESSES
    assert asked >= FEWEST_REQUESTS


def as_expected(pattern: URLPattern, user: User | None, answer: Any) -> bool:
    permission = permission_of(pattern)
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
    if answer.status_code == 405:
        return True
    if permission is None:
        return answer.status_code in {200, 302, 404} and not to_sign_in
    if user is None:
        return to_sign_in
    if not user.may(permission):
        return bool(answer.status_code == 403)
    if pattern.name in TEAM_ONLY:
        return bool(answer.status_code == 404)
    return answer.status_code in {200, 302, 400} and not to_sign_in
