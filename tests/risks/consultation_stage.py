"""People and a consultation, brought through its way by real requests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.screening import content_hash
from risks.models import Consultation, ConsultationFinding, Measure, Participant, Risk, StakeholderGroup

TODAY = datetime.now(tz=UTC).date()
REASONS = "It was weighed with those who said it, and another way protects the same people sooner."
SAFE = ["do_no_harm_assessment", "pseudonyms", "secure_channel", "data_minimised"]
PLACE, NOTES = "CanaryPlaceQzx", "CanaryNotesQzx"
PSEUDONYM, NAME, CONTACT = "CanaryPseudonymQzx", "CanaryNameQzx CanarySurnameQzx", "CanaryContactQzx"
SAID, SUMMARY, THEME = "CanarySaidQzx", "CanarySummaryQzx", "CanaryThemeQzx"
WAY = [
    "planned",
    "safeguards_checked",
    "held",
    "summarised",
    "validated_by_participants",
    "responded",
    "closed",
]


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


class Stage:
    """Emma organises, Rita of her team checks and screens, Ana answers from outside the team."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.emma, self.rita = person("emma", Role.ENGAGE), person("rita", Role.REVIEWER)
        self.ana, self.otto = person("ana", Role.ANALYST), person("otto", Role.ENGAGE)
        self.risk = Risk.objects.create(title="Arrests after posts", summary="x", opened_on=TODAY)
        self.measure = Measure.objects.create(
            risk=self.risk,
            kind="label",
            intrusion=1,
            target="posts",
            starts_on=TODAY + timedelta(days=1),
            starts_said="x",
            level_then=4,
            reviewed_on=TODAY,
            justified_on=TODAY,
        )
        self.group = StakeholderGroup.objects.create(name="Content moderators", type="content_moderator")

    def by(self, user: User) -> Client:
        self.client.force_login(user)
        return self.client

    def plan(self, **changes: Any) -> Any:
        return self.by(self.emma).post("/desk/consultations/new/", self.plan_given(**changes))

    def plan_given(self, **changes: Any) -> dict[str, Any]:
        given = {
            "title": "How posts lead to arrests",
            "purpose": "assess",
            "question": "What happens after a post is reported?",
            "method": "interview",
            "risks": [self.risk.pk],
            "asked": [self.group.pk],
            "risk_to_participants": "4",
            "safeguards": SAFE,
            "team": [self.rita.pk],
            "place": PLACE,
            "team_notes": NOTES,
        }
        return {name: said for name, said in (given | changes).items() if said is not None}

    @property
    def one(self) -> Consultation:
        return Consultation.objects.get(told_by_dossier=False)

    @property
    def at(self) -> str:
        return f"/desk/consultations/{self.one.pk}/"

    def check(self, by: User | None = None) -> Any:
        return self.by(by or self.rita).post(f"{self.at}safeguards/")

    def hold(self, **changes: Any) -> Any:
        given = {
            "held_from": TODAY - timedelta(days=40),
            "held_until": TODAY - timedelta(days=35),
            "participants_n": "63",
            "breakdown": "women: 3\nmen: 20\nnot said: 40",
            "consent_recording": "refused",
            "consent_attribution": "refused",
            "consent_reuse": "given",
            "limits": "Only people with a phone were reached.",
        }
        return self.by(self.emma).post(f"{self.at}held/", given | changes)

    def find(self, **changes: Any) -> Any:
        given = {"you_said": f"Reports are passed on. {SAID}", "theme": THEME, "priority": "1"}
        return self.by(self.emma).post(f"{self.at}findings/", given | changes)

    @property
    def finding(self) -> ConsultationFinding:
        return ConsultationFinding.objects.latest("pk")

    def summary(self, said: str = f"People are afraid. {SUMMARY}") -> Any:
        return self.by(self.emma).post(f"{self.at}summary/", {"summary": said})

    def screen(self, by: User | None = None, seen: str = "") -> Any:
        given = {"seen_hash": seen or content_hash(self.one)}
        return self.by(by or self.rita).post(f"{self.at}screening/", given)

    def step(self, name: str, by: User | None = None) -> Any:
        return self.by(by or self.emma).post(f"{self.at}steps/{name}/")

    def agree(self, **changes: Any) -> Any:
        given = {"validated_how": "Read aloud, corrected twice.", "validated_on": TODAY}
        return self.by(self.emma).post(f"{self.at}agreed/", given | changes)

    def answer(self, by: User | None = None, **changes: Any) -> Any:
        given = {"response": "accepted", "we_did": "Reports are no longer passed on."}
        return self.by(by or self.ana).post(
            f"/desk/consultations/findings/{self.finding.pk}/answer/", given | changes
        )

    def participant(self, **changes: Any) -> Any:
        given = {"pseudonym": PSEUDONYM, "name": NAME, "contact": CONTACT, "consent_attribution": "refused"}
        return self.by(self.emma).post(f"{self.at}participants/", given | changes)

    @property
    def somebody(self) -> Participant:
        return Participant.objects.latest("pk")

    def to(self, state: str, **plan: Any) -> Consultation:
        acts = [
            [lambda: self.plan(**plan)],
            [self.check],
            [self.hold, self.find, self.summary],
            [self.screen, lambda: self.step("summarise")],
            [self.agree],
            [self.answer, lambda: self.step("respond")],
            [lambda: self.step("tell"), lambda: self.step("close")],
        ]
        for part in acts[: WAY.index(state) + 1]:
            for act in part:
                answer = act()
                assert answer.status_code == 302, answer.content.decode()
        assert self.one.state == state
        return self.one


@pytest.fixture
def stage(db: None, client: Client) -> Stage:
    return Stage(client)
