"""What the API never does: tell who was consulted, answer a stranger, or break on nonsense."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from hrdd import api
from hrdd.governance.models import User
from risks.models import Consultation, ConsultationFinding, Risk
from tests.cast import MANY_ROLES
from tests.risks.consultation_stage import REASONS, SAFE, TODAY, Stage, person, stage
from tests.risks.test_participants import ALWAYS, UNTIL_SCREENED, leaks, outsiders

__all__ = ["stage"]

FEWEST_OPENED = 500
WORDS = "canaryplace"


def addresses(stage: Stage) -> Iterator[tuple[URLPattern, str]]:
    """Yield every address of the API, for what is on the stage."""
    kept = {"risk": stage.risk.pk, "finding": stage.finding.pk, "stakeholder": stage.group.pk}
    for pattern in api.router.urls:
        assert pattern.name
        wanted = pattern.pattern.converters
        subject = pattern.name.split("-")[1]
        given: dict[str, Any] = {"pk": kept.get(subject, stage.one.pk)} if "pk" in wanted else {}
        if subject == "right" and given:
            given = {"pk": "PRIVACY"}
        yield pattern, reverse(pattern.name, kwargs=given | ({"step": "tell"} if "step" in wanted else {}))


def searched(stage: Stage) -> list[tuple[str, str]]:
    """Return every address with its search; one record is not searched."""
    search = f"?q={WORDS}&type=content_moderator&mine=yes&overdue=yes"
    return [(address, "" if pattern.pattern.converters else search) for pattern, address in addresses(stage)]


def writes_of(pattern: URLPattern) -> list[str]:
    """Return the methods that an address offers to write by; the cube asks for those that it does not offer."""
    return [one for one in ("post", "put", "patch") if one in pattern.callback.actions]  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", ["held", "responded"])
def test_no_address_tells_anybody_outside_the_team(stage: Stage, state: str) -> None:
    stage.to(state)
    stage.participant()
    stage.by(stage.emma).post(
        f"/desk/consultations/findings/{stage.finding.pk}/tags/", {"risks": [stage.risk.pk]}
    )
    canaries = (*ALWAYS, *UNTIL_SCREENED) if state == "held" else ALWAYS

    found, met = leaks(searched(stage), outsiders(each=True), canaries)

    assert found == []
    assert met[200] > FEWEST_OPENED
    assert set(met) <= {200, 403, 404, 405}


def test_the_crawl_would_find_a_leak_and_the_team_is_told_no_participant_either(stage: Stage) -> None:
    stage.to("held")
    stage.participant()

    found, _met = leaks(searched(stage), [stage.emma, stage.rita], (*ALWAYS, *UNTIL_SCREENED))

    told = {one for _user, _address, one in found}
    assert set(UNTIL_SCREENED) <= told
    assert not told.intersection(ALWAYS)


def test_whoever_is_not_signed_in_reads_and_writes_nothing(stage: Stage) -> None:
    stage.to("held")
    client = Client()

    for _pattern, address in addresses(stage):
        for method in ("get", "post", "put", "patch", "delete"):
            answer = getattr(client, method)(address, {}, content_type="application/json")
            assert answer.status_code == 403, address
            assert answer.headers["Content-Type"] == "application/problem+json"


NONSENSE = [
    "[]",
    '"x"',
    "null",
    "{",
    "1" * 5000,
    "[" * 100_000,
    '{"a": NaN}',
    *(f'{{"title": {value}}}' for value in ('"\\u0000"', '"\\ud800"', "[[]]", "1e400", "true")),
]
VALUES = [
    "\0",
    "\ud800",
    [[]],
    {},
    {"x": []},
    [None],
    10**30,
    -1,
    True,
    None,
    1.5,
    "x" * 6000,
    ["\0"],
    [10**30],
]


@pytest.mark.parametrize("body", NONSENSE)
def test_a_body_of_nonsense_is_refused_and_breaks_nothing(stage: Stage, body: str) -> None:
    stage.to("held")
    before = list(Risk.objects.values()), list(Consultation.objects.values())
    client = Client(raise_request_exception=False)
    client.force_login(person("all", *MANY_ROLES))

    for pattern, address in addresses(stage):
        for method in writes_of(pattern):
            answer = getattr(client, method)(address, body, "application/json", headers={"if-match": "*"})
            assert answer.status_code in {400, 403, 404, 405, 409}, (address, answer.content[:300])

    assert (list(Risk.objects.values()), list(Consultation.objects.values())) == before


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_no_value_of_the_wrong_type_breaks_anything(stage: Stage, value: Any) -> None:
    stage.to("held")
    client = Client(raise_request_exception=False)
    client.force_login(stage.emma)
    User.objects.filter(pk=stage.emma.pk).update(roles=[str(role) for role in MANY_ROLES])
    names = [
        *("title", "summary", "rights", "affected_groups", "products", "owner", "context_until", "team"),
        *("scale", "scope", "evidence", "consultations", "reasons", "answers", "factors", "relationship"),
        *("omission_kinds", "mode", "knew_since", "name", "type", "countries", "driver", "metrics", "risks"),
        *("groups", "breakdown", "participants_n", "held_from", "querystring", "seen_hash", "likelihood"),
        *("scope_group_share", "revenue_share_pct", "design_alternatives", "vulnerabilities", "due", "kind"),
    ]
    given = dict.fromkeys(names, value)

    for pattern, address in addresses(stage):
        for method in writes_of(pattern):
            answer = getattr(client, method)(address, given, "application/json", headers={"if-match": "*"})
            assert answer.status_code < 500, (address, answer.content[:300])


def plan_of(stage: Stage, **changes: Any) -> dict[str, Any]:
    return {
        "title": "How posts lead to arrests",
        "purpose": "assess",
        "question": "What happens?",
        "method": "interview",
        "risks": [stage.risk.pk],
        "groups": [stage.group.pk],
        "risk_to_participants": 4,
        "safeguards": SAFE,
        "team": ["rita"],
        "place": "A safe place",
    } | changes


def send(stage: Stage, by: User, address: str, given: Any = None, method: str = "post") -> Any:
    return getattr(stage.by(by), method)(
        f"/api/v1/{address}", given or {}, "application/json", headers={"if-match": "*"}
    )


def test_a_consultation_goes_its_whole_way_by_the_api(stage: Stage) -> None:
    assert send(stage, stage.ana, "consultations/", plan_of(stage)).status_code == 403
    lacking = send(stage, stage.emma, "consultations/", plan_of(stage, risks=[]))
    assert (lacking.status_code, lacking.json()["detail"][:12]) == (409, "Link it to a")
    assert not Consultation.objects.exists()
    made = send(stage, stage.emma, "consultations/", plan_of(stage))
    assert made.status_code == 201, made.json()
    assert "A safe place" not in made.content.decode()
    at = f"consultations/{stage.one.pk}/"
    held = {
        "held_from": TODAY,
        "participants_n": 63,
        "breakdown": [{"group": "women", "count": 3}],
        "limits": "x",
    }
    held |= {f"consent_{kind}": "refused" for kind in ("recording", "attribution", "reuse")}
    too_early = send(stage, stage.emma, f"{at}held/", held)
    assert (too_early.status_code, stage.one.state) == (409, "planned")
    assert send(stage, stage.emma, at, plan_of(stage, title="Of posts"), "put").status_code == 200
    assert send(stage, stage.emma, f"{at}safeguards/").status_code == 409  # E1: the organiser
    assert send(stage, stage.rita, f"{at}safeguards/").status_code == 200
    assert send(stage, stage.emma, f"{at}held/", held).status_code == 200
    said = {"you_said": "Reports are passed on.", "theme": "x", "priority": 1}
    assert send(stage, stage.emma, f"{at}findings/", said).status_code == 201
    finding = f"consultation-findings/{stage.finding.pk}/"
    assert send(stage, stage.ana, finding, method="get").status_code == 404
    assert send(stage, stage.emma, finding, said | {"theme": "y"}, "put").json()["theme"] == "y"
    assert send(stage, stage.emma, f"{finding}tags/", {"risks": [stage.risk.pk]}).status_code == 200
    assert (
        send(stage, stage.emma, f"{at}summary/", {"summary": "Write to a.b@example.org"}).status_code == 409
    )
    assert send(stage, stage.emma, f"{at}summary/", {"summary": "People are afraid."}).status_code == 200
    assert send(stage, stage.emma, f"{at}steps/summarise/").status_code == 409
    text = stage.by(stage.rita).get(f"/api/v1/{at}screening/").json()
    assert send(stage, stage.rita, f"{at}screening/", {"seen_hash": "x"}).status_code == 409
    assert send(stage, stage.rita, f"{at}screening/", {"seen_hash": text["content_hash"]}).status_code == 200
    assert send(stage, stage.emma, f"{at}steps/summarise/").status_code == 200
    agreed = {"validated_how": "Read aloud.", "validated_on": TODAY}
    assert send(stage, stage.emma, f"{at}agreed/", agreed).status_code == 200
    answer = {"response": "not_accepted", "reasons": "short"}
    assert send(stage, stage.ana, f"{finding}answer/", answer).status_code == 409
    assert ConsultationFinding.objects.get().response == ""
    assert send(stage, stage.ana, f"{finding}answer/", answer | {"reasons": REASONS}).status_code == 200
    states = [send(stage, stage.emma, f"{at}steps/{step}/") for step in ("respond", "tell", "close")]
    assert [one.status_code for one in states] == [200, 200, 200]
    assert states[-1].json()["consultation"]["state"] == "closed"


@pytest.mark.parametrize(
    "act", ["safeguards", "held", "summary", "screening", "agreed", "findings", "steps/tell"]
)
def test_a_step_of_another_team_is_not_there(stage: Stage, act: str) -> None:
    stage.to("held")
    before = Consultation.objects.values().get()
    User.objects.filter(pk=stage.otto.pk).update(roles=["ENGAGE", "REVIEWER"])

    answer = send(stage, User.objects.get(username="otto"), f"consultations/{stage.one.pk}/{act}/")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is nothing here for you.")
    assert Consultation.objects.values().get() == before
