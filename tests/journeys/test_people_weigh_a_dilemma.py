"""A dilemma is prepared, assessed by two, advised on, and decided by another; a measure is proposed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from risks.models import Dilemma, DilemmaOption, Measure, RabatAssessment, Risk
from tests.journeys.conftest import follow
from tests.risks.dilemma_stage import ADVICE, PUBLIC, REASONS, RULE, SAID, answers_for, asking, worksheet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def fill(tab: Page, given: dict[str, object]) -> None:
    """Fill in the fields of the one form, whatever kind each is."""
    for name, value in given.items():
        values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        field = tab.locator(f"main form[method=post] [name={name}]")
        kind = field.first.evaluate("element => element.type || ''")
        if kind.startswith("select"):
            field.select_option(values)
        elif kind == "radio" or (kind == "checkbox" and isinstance(value, list)):
            for one in values:
                tab.locator(f"main form[method=post] [name={name}][value='{one}']").check()
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(values[0])


def record(tab: Page, name: str) -> None:
    """Send the form, which is not refused."""
    follow(tab, tab.get_by_role("main").get_by_role("button", name=name, exact=True))
    assert tab.locator(".refusal, .errorlist").all_inner_texts() == []


def test_several_people_bring_a_dilemma_to_a_proposed_measure(
    site: str, sign_in: Callable[..., Page]
) -> None:
    risk = Risk.objects.order_by("pk")[0]
    ana = sign_in("ana", viewport={"width": 390, "height": 844})
    ana.goto(f"{site}/desk/dilemmas/new/?risk={risk.pk}")
    fill(ana, asking(rights_protected=["MINORITIES"]))
    record(ana, "Open the dilemma")
    dilemma = Dilemma.objects.get()
    page = f"{site}/desk/dilemmas/{dilemma.pk}/"

    for kind in ("no_action", "label", "reduce_reach"):
        ana.goto(f"{page}options/")
        fill(ana, {"kind": kind, "target": "The posts", "target_type": "item", "lasts_days": 30})
        for stake in dilemma.stakes.all():
            fill(ana, {f"level_{stake.pk}": "0", f"says_{stake.pk}": SAID})
        record(ana, "Record the option")
    for option in DilemmaOption.objects.exclude(kind="no_action"):
        ana.goto(f"{site}/desk/dilemmas/options/{option.pk}/test/")
        fill(ana, answers_for(option.kind))
        record(ana, "Record the test")

    ana.goto(f"{page}rabat/")
    fill(ana, worksheet("222221"))
    expect(ana.locator("#verdict")).to_contain_text("B: civil or administrative")
    record(ana, "Record the worksheet")
    rita = sign_in("rita")
    rita.goto(f"{site}/desk/dilemmas/rabat/{RabatAssessment.objects.get().pk}/")
    rita.get_by_role("link", name="Confirm or dissent").click()
    fill(rita, {"agrees": "yes"})
    record(rita, "Record it")
    ana.goto(page)
    assert ana.evaluate("document.documentElement.scrollWidth") <= 390
    ana.get_by_role("link", name="Close the analysis").click()
    record(ana, "Close the analysis")

    enid = sign_in("enid")
    enid.goto(page)
    enid.get_by_role("link", name="Advise", exact=True).click()
    fill(enid, {"text": ADVICE, "favours": DilemmaOption.objects.get(kind="label").pk})
    record(enid, "Record the advice")
    ana.goto(page)
    ana.get_by_role("link", name="Close the consultation").click()
    record(ana, "Close the consultation")

    dan = sign_in("dan")
    dan.goto(page)
    dan.get_by_role("link", name="Decide", exact=True).click()
    chosen = DilemmaOption.objects.get(kind="reduce_reach")
    given = {
        "reasons": REASONS,
        "public_reasons": PUBLIC,
        "policy_relied_on": RULE,
        "review_on": "2099-01-01",
    }
    fill(dan, given | {"option": [chosen.pk], "minority_view": ADVICE})
    record(dan, "Decide the dilemma")
    expect(dan.get_by_text("Minority view")).to_be_visible()
    measure = Measure.objects.get(dilemma=dilemma)
    assert (measure.state, measure.kind) == ("proposed", "reduce_reach")
    expect(dan.get_by_role("link", name=str(measure))).to_be_visible()
