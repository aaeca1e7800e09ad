"""A worry becomes a risk, is judged, asked about, answered in public, and judged again by what people said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from risks.models import Consultation, ConsultationFinding, Risk, StakeholderGroup
from tests.journeys.conftest import follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TITLE = "Reporters located through location tags"
SAID = "Our members are found within hours of posting"
DID = "Location tags are off unless a person turns them on"
REASONS = (
    "The report of two associations and the log of the week say the same, and nothing speaks against it."
)
TODAY = datetime.now(UTC).date()
JUDGED = {
    "scale_rationale": "Detention and beatings were reported",
    "scope_rationale": "Some forty reporters in two regions",
    "irremediability_rationale": "Months in detention are not given back",
    "consulted": "Nobody yet; a consultation is planned",
    "evidence_title": "Letter of two associations",
    "evidence_says": "Eleven of their members were found within hours of posting",
}


def submit(tab: Page, name: str) -> None:
    follow(tab, tab.get_by_role("main").get_by_role("button", name=name, exact=True))


def fill(tab: Page, **given: str) -> None:
    for name, said in given.items():
        tab.locator(f"main [name={name}]").fill(said)


def record(tab: Page) -> None:
    """Send the one form of a page, which is not refused."""
    follow(tab, tab.locator("main form[method=post] button").last)
    assert tab.locator(".refusal, .errorlist").all_inner_texts() == []


def tick(tab: Page, name: str, value: Any) -> Locator:
    box = tab.locator(f"main input[name={name}][value='{value}']")
    box.check()
    return box


def judge(tab: Page, *, scale: int) -> None:
    for head, value in (("scale", scale), ("scope", 2), ("irremediability", 4)):
        tick(tab, head, value)
    tick(tab, "state_of_harm", "actual_unremedied")


def test_a_worry_goes_from_the_register_to_you_said_we_did(site: str, sign_in: Callable[..., Page]) -> None:
    ana = sign_in("ana")
    ana.get_by_role("navigation").first.get_by_role("link", name="Risks").click()
    ana.get_by_role("link", name="Record a risk").click()
    fill(
        ana,
        title=TITLE,
        summary="Posts carry the place where they were written.",
        affected_groups="Reporters",
    )
    tick(ana, "rights", "LIBERTY_SECURITY")
    submit(ana, "Record the risk")
    risk = Risk.objects.get(title=TITLE)
    expect(ana.get_by_role("heading", level=1)).to_have_text(TITLE)

    ana.get_by_role("link", name="Assess severity").click()
    judge(ana, scale=3)
    expect(ana.locator("#verdict")).to_contain_text("4 severe")
    fill(ana, **JUDGED)
    submit(ana, "Record the judgement")
    expect(ana.get_by_text("Recorded: Level 4")).to_be_visible()

    rita = sign_in("rita")
    rita.goto(f"{site}/desk/risks/{risk.pk}/")
    rita.get_by_role("link", name="Confirm the judgement").click()
    fill(rita, reasons=REASONS)
    submit(rita, "Confirm the judgement")
    risk.refresh_from_db()
    assert (risk.status, risk.level, risk.tier) == ("prioritised", 4, 1)

    consult(site, sign_in("enid"), rita, risk)
    answer(site, ana)
    close_the_loop(site, sign_in("enid"), rita)
    public = sign_in("noor", viewport={"width": 390, "height": 844})
    public.goto(f"{site}/consultations/")
    expect(public.get_by_text(SAID)).to_be_visible()
    expect(public.get_by_text(DID)).to_be_visible()
    assert public.evaluate("document.documentElement.scrollWidth") <= 390

    risk.refresh_from_db()
    assert risk.next_review == TODAY
    judge_again(site, ana, risk)


def consult(site: str, enid: Page, rita: Page, risk: Risk) -> None:
    """Plan with a colleague who checks, hold, and note what was said about the risk."""
    StakeholderGroup.objects.create(name="Associations of reporters", type="legitimate_representative")
    enid.goto(f"{site}/desk/consultations/new/")
    fill(enid, title="Being found after posting", question="What happens after you post?")
    enid.locator("main [name=purpose]").select_option("assess")
    enid.locator("main [name=method]").select_option("interview")
    enid.locator("main [name=risk_to_participants]").select_option("3")
    tick(enid, "risks", risk.pk)
    tick(enid, "asked", StakeholderGroup.objects.get(type="legitimate_representative").pk)
    tick(enid, "safeguards", "do_no_harm_assessment")
    enid.get_by_label("Rita, reviewer").check()
    record(enid)
    one = Consultation.objects.get(told_by_dossier=False)
    page = f"{site}/desk/consultations/{one.pk}/"

    rita.goto(f"{page}safeguards/")
    record(rita)
    enid.goto(f"{page}held/")
    day = (TODAY - timedelta(days=3)).isoformat()
    fill(
        enid,
        held_from=day,
        held_until=day,
        participants_n="24",
        limits="Only people with a phone were reached.",
    )
    for name in ("consent_recording", "consent_attribution", "consent_reuse"):
        enid.locator(f"main [name={name}]").select_option("given")
    record(enid)
    enid.goto(f"{page}findings/")
    fill(enid, you_said=SAID, theme="Location")
    enid.locator("main [name=priority]").select_option("1")
    record(enid)
    finding = ConsultationFinding.objects.get()
    enid.goto(f"{site}/desk/consultations/findings/{finding.pk}/tags/")
    tick(enid, "risks", risk.pk)
    record(enid)
    enid.goto(f"{page}summary/")
    fill(enid, summary="Posts give away where people are.")
    record(enid)
    rita.goto(f"{page}screening/")
    record(rita)
    enid.goto(page)
    submit(enid, "Close the summary")
    enid.goto(f"{page}agreed/")
    fill(enid, validated_how="Read aloud and corrected twice.", validated_on=TODAY.isoformat())
    record(enid)
    one.refresh_from_db()
    assert one.state == "validated_by_participants"


def answer(site: str, ana: Page) -> None:
    ana.goto(f"{site}/desk/consultations/findings/{ConsultationFinding.objects.get().pk}/answer/")
    ana.locator("main [name=response]").first.evaluate("element => element.tagName")
    if ana.locator("main select[name=response]").count():
        ana.locator("main select[name=response]").select_option("accepted")
    else:
        tick(ana, "response", "accepted")
    fill(ana, we_did=DID)
    record(ana)
    assert ConsultationFinding.objects.get().response == "accepted"


def close_the_loop(site: str, enid: Page, rita: Page) -> None:
    """Close the answers, have them screened, tell people, publish."""
    page = f"{site}/desk/consultations/{Consultation.objects.get(told_by_dossier=False).pk}/"
    enid.goto(page)
    submit(enid, "Close the answers")
    rita.goto(f"{page}screening/")
    record(rita)
    for button in ("Record that everybody was told", "Publish “you said, we did”"):
        enid.goto(page)
        submit(enid, button)
    assert Consultation.objects.get(told_by_dossier=False).published


def judge_again(site: str, ana: Page, risk: Risk) -> None:
    """The finding asks for a new judgement, and the new judgement names it."""
    finding = ConsultationFinding.objects.get()
    ana.goto(f"{site}/desk/risks/{risk.pk}/assess/")
    judge(ana, scale=4)
    tick(ana, "evidence", risk.evidence.get().pk)
    tick(ana, "consultations", finding.consultation_id)
    fill(ana, **{name: said for name, said in JUDGED.items() if not name.startswith("evidence")})
    fill(ana, what_changed="Those affected say that people are found within hours, sooner than we knew.")
    submit(ana, "Record the judgement")
    expect(ana.get_by_text("E4: a decision linked to a consultation lists the findings")).to_be_visible()
    tick(ana, "findings_considered", finding.pk)
    submit(ana, "Record the judgement")
    expect(ana.get_by_text("Recorded: Level 4")).to_be_visible()
    risk.refresh_from_db()
    assert risk.next_review == TODAY + timedelta(days=30)
