"""A dilemma as people bring it about over HTTP, for whoever needs one."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Dilemma, DilemmaOption, RabatAssessment, Risk
from risks.queries.dilemmas import content_hash
from risks.rules.ladder import LADDER
from risks.rules.rabat_worksheet import FACTORS, GATES
from risks.rules.three_part_test import QUESTIONS

REASONS = "It keeps people from harm with the least that works, and says how it is looked at again."
PUBLIC = "We limited how far these posts travel for a month, since lesser means had not kept people safe."
ADVICE = "The people we work with fear being silenced more than the posts. Limit them and leave them up."
RULE = "Community rules, section 3, threats and incitement"
SAID = "Said in words that another person can follow and check."
ROLES = {
    "ana": Role.ANALYST,
    "abe": Role.ANALYST,
    "rita": Role.REVIEWER,
    "enid": Role.ENGAGE,
    "dan": Role.DECIDER,
    "eve": Role.SENIOR,
    "pia": Role.PUBLISHER,
    "rex": Role.REDACTOR,
}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    return {
        name: User.objects.create_user(name, "x", display_name=name.capitalize(), roles=[role])
        for name, role in ROLES.items()
    }


@pytest.fixture
def risk(people: dict[str, User]) -> Risk:
    return Risk.objects.create(
        title="Posts call for attacks in a conflict",
        summary="Posts name a minority; attacks followed before.",
        opened_on=date(2026, 1, 1),
        level=4,
        countries=["MM"],
        context_tags=[],
    )


def asking(**changes: Any) -> dict[str, Any]:
    return {
        "question": "How far may posts about the other side travel in this conflict?",
        "kind": "hatred",
        "facts": "Posts by a movement describe a minority as a danger; attacks followed twice.",
        "urgency": "ordinary",
        "rights_protected": ["LIFE", "NON_DISCRIM"],
        "people_protected": "A minority in two regions",
        "rights_burdened": ["EXPRESSION"],
        "people_burdened": "Speakers of the movement\nTheir readers",
        "countries": ["MM"],
    } | changes


class Stage:
    """Acts by people over HTTP; each returns the answer."""

    def __init__(self, client: Client, people: dict[str, User], risk: Risk) -> None:
        self.client, self.people, self.risk = client, people, risk

    def post(self, who: str, address: str, given: dict[str, Any] | None = None) -> Any:
        self.client.force_login(self.people[who])
        return self.client.post(f"/desk/dilemmas/{address}", given or {})

    def get(self, who: str, address: str) -> Any:
        self.client.force_login(self.people[who])
        return self.client.get(f"/desk/dilemmas/{address}")

    def open(self, who: str = "ana", **changes: Any) -> Dilemma:
        answer = self.post(who, f"new/?risk={self.risk.pk}", asking(**changes))
        assert answer.status_code == 302, answer.content.decode()
        return Dilemma.objects.latest("pk")

    def option_given(self, dilemma: Dilemma, kind: str = "reduce_reach", **changes: Any) -> dict[str, Any]:
        given: dict[str, Any] = {
            "kind": kind,
            "target": "Posts of the movement about the minority",
            "target_type": "item",
            "lasts_days": 30,
        }
        for stake in dilemma.stakes.all():
            burdens = stake.side == "burdened" and kind != "no_action"
            given[f"level_{stake.pk}"] = "-1" if burdens else "1"
            given[f"says_{stake.pk}"] = f"{stake.right_id}: {SAID}"
        return given | changes

    def put(
        self, dilemma: Dilemma, kind: str = "reduce_reach", who: str = "ana", **changes: Any
    ) -> DilemmaOption:
        answer = self.post(who, f"{dilemma.pk}/options/", self.option_given(dilemma, kind, **changes))
        assert answer.status_code == 302, answer.content.decode()
        return DilemmaOption.objects.latest("pk")

    def test(self, option: DilemmaOption, who: str = "ana", **answers: str) -> Any:
        return self.post(who, f"options/{option.pk}/test/", answers_for(option.kind, **answers))

    def assess(self, dilemma: Dilemma, who: str = "ana", **changes: Any) -> RabatAssessment:
        answer = self.post(who, f"{dilemma.pk}/rabat/", worksheet() | changes)
        assert answer.status_code == 302, answer.content.decode()
        return RabatAssessment.objects.latest("pk")

    def confirm(self, assessment: RabatAssessment, who: str = "rita", **changes: Any) -> Any:
        given = {"agrees": "yes", "attests_competence": "on"} | changes
        return self.post(who, f"rabat/{assessment.pk}/confirmation/", given)

    def step(self, dilemma: Dilemma, step: str, who: str = "ana", **given: Any) -> Any:
        return self.post(who, f"{dilemma.pk}/steps/{step}/", {"go": "1"} | given)

    def advise(self, dilemma: Dilemma, who: str = "enid", **changes: Any) -> Any:
        return self.post(who, f"{dilemma.pk}/advice/", {"text": ADVICE} | changes)

    def weighed(self, **changes: Any) -> tuple[Dilemma, DilemmaOption, DilemmaOption]:
        """Return a dilemma with two options tested and a worksheet confirmed, ready to be analysed."""
        dilemma = self.open(**changes)
        nothing, reach = self.put(dilemma, "no_action"), self.put(dilemma)
        assert self.test(reach).status_code == 302
        assert self.confirm(self.assess(dilemma)).status_code == 302
        return dilemma, nothing, reach

    def ready(self, **changes: Any) -> tuple[Dilemma, DilemmaOption, DilemmaOption]:
        """Return a dilemma that waits for its decision."""
        dilemma, nothing, reach = self.weighed(**changes)
        assert self.step(dilemma, "analyse").status_code == 302
        assert self.advise(dilemma).status_code == 302
        assert self.step(dilemma, "consult").status_code == 302
        return dilemma, nothing, reach

    def decide(self, dilemma: Dilemma, option: DilemmaOption, who: str = "dan", **changes: Any) -> Any:
        given = {
            "option": option.pk,
            "reasons": REASONS,
            "public_reasons": PUBLIC,
            "policy_relied_on": RULE,
            "review_on": (timezone.now().date() + timedelta(days=60)).isoformat(),
            "seen_hash": content_hash(dilemma),
        }
        return self.post(who, f"{dilemma.pk}/decision/", given | changes)

    def interim(self, dilemma: Dilemma, option: DilemmaOption, who: str = "dan", **changes: Any) -> Any:
        given = {
            "option": option.pk,
            "reasons": REASONS,
            "policy_relied_on": RULE,
            "seen_hash": content_hash(dilemma),
        }
        return self.post(who, f"{dilemma.pk}/interim/", given | changes)


@pytest.fixture
def stage(client: Client, people: dict[str, User], risk: Risk) -> Stage:
    return Stage(client, people, risk)


def answers_for(kind: str, **answers: str) -> dict[str, Any]:
    """Return the form of a three-part test that passes, with some answers changed."""
    given: dict[str, Any] = {"rights_burdened": ["EXPRESSION"], "aims": ["rights_of_others"]}
    for question in QUESTIONS:
        given[question.code] = answers.get(question.code, "yes")
        given[f"{question.code}_text"] = SAID
    for code, rung in LADDER.items():
        if rung.intrusion < LADDER[kind].intrusion:
            given[f"not_{code}"] = "insufficient"
    return given


def worksheet(scores: str = "222222", *, gates: str = "yyy", mode: str = "art20") -> dict[str, Any]:
    """Return the form of a worksheet."""
    given: dict[str, Any] = {
        "content_extract": "They are vermin, drive them out",
        "language": "Burmese",
        "mode": mode,
        "grounds": ["religious"] if gates[0] == "y" else [],
        "harm_sought": ["violence"] if gates[2] == "y" else [],
        "attests_competence": "on",
    }
    given |= {f"gate_{name}": letter for name, letter in zip(GATES, gates, strict=True)}
    given |= dict(zip((one.name for one in FACTORS), scores, strict=True))
    return given | {f"{one.name}_text": SAID for one in FACTORS}
