"""What people do with the register: plans, a finding on involvement, a lower judgement, changes, reviews of the model.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from hrdd.demo_measures import DRIVERS, RUMOUR
from hrdd.demo_work import TITLE, asked_about, sign
from hrdd.governance.models import User
from risks.actions import (
    changes,
    imports,
    involvement,
    lowering,
    model_reviews,
    plans,
    policies,
    register,
    salience,
    salient_list,
)
from risks.actions.evidence import record_evidence
from risks.actions.publications import publish_risk
from risks.actions.risk_import import READER
from risks.actions.salience import Judging
from risks.models import Change, MitigationPlan, ModelReview, Policy, Risk
from risks.queries.register_bulk import assignment_plan
from risks.rules.policy import SIGN_OFF_KIND as POLICY
from risks.rules.policy import PolicyKind
from risks.rules.risk_import import COLUMNS, EXAMPLE

CHANGE = "Demonstration: replies from strangers are open by default in six countries"
SHUT = "Demonstration: groups of up to ten thousand people in two more regions"
GATED = "Demonstration: the list of what people near you read moves to the first page"
AGREED = "It answers what the people affected asked for, by a day, and somebody owns it who has the means."
WEIGHED = "The evidence bears each answer; the teams concerned were heard, and nothing was said against it."
ADDED = "A suspension says on which day it ends."
METRIC = {"name": "Reach of the rumour", "baseline": "9", "target": "3", "unit": "per cent"}


@transaction.atomic
def record_register(*, at: datetime) -> bool:
    """Record it, once; return whether it was recorded now.

    Args:
        at: now; days are counted from it.
    """
    if MitigationPlan.objects.filter(risk__title=RUMOUR).exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    rumour, week = (Risk.objects.get(title=title) for title in (RUMOUR, TITLE))
    _managed(rumour, people, at=at)
    _plans(week, people, at=at)
    _found(rumour, people, at=at)
    _lower(rumour, people["ana"], at=at)
    _changes(rumour, people, at=at)
    _model_reviews(rumour, people, at=at)
    _lists(rumour, people, at=at)
    _policies(people, at=at)
    return True


def _managed(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Bring the rumour from its judgement to a risk that is managed, with a plan that stands and was tested."""
    ana, dan, rita = (people[name] for name in ("ana", "dan", "rita"))
    salience.take_step(rumour, "confirm", reasons=WEIGHED, by=rita, at=at - timedelta(days=58))
    publish_risk(rumour, by=people["pia"], at=at - timedelta(days=57))
    plan = plans.propose_plan(
        rumour,
        kind="mitigation",
        actions="Fund the health workers to answer the rumour by voice, in the language in which it spreads.",
        target="Families who left come back, and say that they sleep in their houses.",
        owner=ana,
        due=(at + timedelta(days=30)).date(),
        by=ana,
        at=at - timedelta(days=50),
    )
    plans.decide_plan(plan, approve=True, reasons=AGREED, by=dan, at=at - timedelta(days=49))
    plans.record_test(
        plan,
        works=True,
        test_result="Nine of eleven families are back; the health workers asked them in person, twice.",
        by=rita,
        at=at - timedelta(days=7),
    )


def _plans(week: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a plan that waits for a decision, one that stands, and one that ended."""
    ana, dan = people["ana"], people["dan"]
    for kind, what in (
        ("mitigation", "A team that reads reports naming a person within one hour, at night as well."),
        ("interim", "Call the two coordinators each evening until the vote, and move whoever is named."),
        ("remediation", "Pay for the doors and windows of the four houses, through the association."),
    ):
        plan = plans.propose_plan(
            week,
            kind=kind,
            actions=what,
            target="Poll workers say that they are told in time and know whom to call.",
            owner=ana,
            due=(at + timedelta(days=20)).date(),
            by=ana,
            at=at,
        )
        if kind != "mitigation":
            plans.decide_plan(plan, approve=True, reasons=AGREED, by=dan, at=at)
        if kind == "remediation":
            plans.end_plan(
                plan,
                reasons="The association was paid from another fund; ours goes to what comes after the vote.",
                by=dan,
                at=at,
            )


def _found(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a finding that the company contributed, which anybody may challenge and whose part can be stopped."""
    ana, dan = people["ana"], people["dan"]
    seen = rumour.evidence.first()
    proposal = involvement.propose_involvement(
        rumour,
        answers={"alone": "no", "facilitates": "yes", "incentivises": "no", "adds": "no", "linked": "yes"},
        factors={
            "foreseeable": {"answer": "yes", "text": "The same rumour had spread two years before."},
            "substantial": {
                "answer": "yes",
                "text": "Half of the voice messages were passed on by our suggestions.",
            },
            "enabled": {"answer": "yes", "text": "Groups could be joined by a link without limit."},
            "encouraged": {"answer": "no", "text": "Nobody was paid or praised for it."},
            "mitigation_quality": {
                "answer": "unknown",
                "text": "The limit came late; what it stopped is being counted.",
            },
        },
        mode="act",
        omission_kinds=(),
        knew_since=(at - timedelta(days=60)).date(),
        relationship=None,
        product="Group messages",
        evidence=[seen] if seen else [],
        reasoning=WEIGHED,
        counsel_heard="Counsel was heard and asked for no other words.",
        by=ana,
        at=at - timedelta(days=30),
    )
    asked = asked_about("involvement", proposal.pk)
    sign(asked, involvement.decide_proposal, reasons=WEIGHED, by=dan, at=at - timedelta(days=28))


def _lower(rumour: Risk, ana: User, *, at: datetime) -> None:
    """Leave a lower judgement that waits for a senior."""
    new = record_evidence(
        rumour,
        title="Second count of the health workers",
        kind="document",
        says="Nobody was attacked for four weeks; two families still sleep elsewhere.",
        outside_company=True,
        by=ana,
        at=at,
    )
    lowering.propose_lowering(
        rumour,
        Judging(
            scale=3,
            scope=1,
            irremediability=3,
            scale_rationale="Two families are still afraid; nobody was attacked for four weeks.",
            scope_rationale="Two families, of about 400 people who were threatened.",
            irremediability_rationale="They can come back once the owner of the next house is spoken to.",
            state_of_harm="actual_unremedied",
            likelihood=None,
            likelihood_unknown=False,
            consulted="The health workers, who asked each family.",
            evidence=(new,),
            scope_people=9,
            what_changed="The count of this week shows that nine of eleven families are back and were left in peace.",
        ),
        by=ana,
        at=at,
    )


def _changes(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a change that may pass the gate, two that a severe risk shuts, one of them with an exception asked."""
    ana, paul = people["ana"], people["paul"]
    week = Risk.objects.get(title=TITLE)
    for title, risk in ((CHANGE, rumour), (GATED, week), (SHUT, week)):
        changes.propose(
            title=title,
            kind="feature_change",
            about="Invented for the demonstration. It is to be on for everybody from the first of the month.",
            products=[],
            countries=["KE"],
            planned_on=(at + timedelta(days=25)).date(),
            risks=[risk],
            no_risk_reasons="",
            by=ana,
            at=at,
        )
    withdrawn = changes.propose(
        title="Demonstration: an assistant answers reports of users by itself",
        kind="feature_change",
        about="Invented for the demonstration. It would have answered in eleven languages.",
        products=[],
        countries=[],
        planned_on=None,
        risks=[rumour],
        no_risk_reasons="",
        by=paul,
        at=at - timedelta(days=9),
    )
    changes.withdraw(
        withdrawn,
        reasons="Reviewers showed that it comforts people who are in danger instead of passing them on.",
        by=paul,
        at=at - timedelta(days=8),
    )
    gated = Change.objects.get(title=GATED)
    changes.ask_exception(
        gated,
        reasons="Reporters in two districts asked for it before the vote, and the plan of the risk is on its way.",
        by=paul,
        at=at,
    )


def _model_reviews(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a review of the business model at each point of its way, the furthest one signed by the board."""
    for number, driver in enumerate(DRIVERS):
        review = model_reviews.open_review(driver=driver, by=people["ana"], at=at - timedelta(days=20))
        for step in REVIEWED[:number]:
            step(review, rumour, people, at - timedelta(days=15))
            review.refresh_from_db()


def _scoped(review: ModelReview, rumour: Risk, people: Mapping[str, User], at: datetime) -> None:
    model_reviews.scope(
        review,
        scope="What is suggested to whom, and what it is paid for, since the spring.",
        risks=[rumour],
        affected_groups="Families of one community; people who live by what they post",
        vulnerabilities=[],
        revenue_share_pct=None,
        by=people["ana"],
        at=at,
    )


def _evidenced(review: ModelReview, _rumour: Risk, people: Mapping[str, User], at: datetime) -> None:
    model_reviews.record_evidence(
        review,
        evidence="The report of the health workers, and what left the suggestions when they were paused.",
        internal_research="Two experiments of our own: without suggestions the rumour reached a third of the people.",
        by=people["ana"],
        at=at,
    )


def _consulted(review: ModelReview, _rumour: Risk, people: Mapping[str, User], at: datetime) -> None:
    model_reviews.record_consultation(
        review,
        consulted="Health workers of six villages and two associations; they ask for a pause at the first sign.",
        why_not_consulted="",
        by=people["ana"],
        at=at,
    )


def _signed(review: ModelReview, _rumour: Risk, people: Mapping[str, User], at: datetime) -> None:
    model_reviews.conclude(
        review,
        conclusion="change_design",
        conclusion_reasons="Suggestions pass on what enrages faster than anybody answers; our own research shows it.",
        user_misuse_only=False,
        incentives_examined="",
        design_alternatives=["Chronological order in fragile places", "A limit on passing on"],
        metrics=[METRIC | {"due": str((at + timedelta(days=200)).date())}],
        changes_made="Suggestions pause where a rumour endangers people.",
        trade_secret_reasons="",
        by=people["ana"],
        at=at,
    )
    sign(
        asked_about("model_review", review.pk), model_reviews.decide, reasons=WEIGHED, by=people["bob"], at=at
    )
    review.refresh_from_db()
    model_reviews.record_reading(review, metric=0, value="6", read_on=at.date(), by=people["ana"], at=at)


REVIEWED = (_scoped, _evidenced, _consulted, _signed)


def _lists(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a saved view, an assignment that can be undone, a file that waits to be applied, and a salient list."""
    ana, eve = people["ana"], people["eve"]
    register.save_view(name="Gravest first", shared=True, querystring="level=5", by=ana, at=at)
    chosen, to = Risk.objects.filter(pk=rumour.pk), people["dan"]
    register.assign_risks(chosen, to=to, seen=assignment_plan(chosen, to).digest, by=ana, at=at)
    row = [EXAMPLE[name] for name in COLUMNS]
    imports.read_import(
        READER,
        filename="risks of the autumn (invented).csv",
        content="\n".join(",".join(f'"{cell}"' for cell in line) for line in (list(COLUMNS), row)).encode(),
        by=ana,
        at=at,
    )
    salient_list.draw_salient_list(by=eve, at=at)


def _policies(people: Mapping[str, User], *, at: datetime) -> None:
    """Leave the next version of the commitment in work, and one of the rules that is approved without a day."""
    for policy in Policy.objects.order_by("pk"):
        begun = policies.draft_version(policy, language="en", translation=False, by=people["ana"], at=at)
        if policy.kind == PolicyKind.COMMITMENT:
            continue
        policies.edit_version(
            begun,
            title=begun.title,
            clauses=[*begun.parts[:-1], replace(begun.parts[-1], text=f"{begun.parts[-1].text} {ADDED}")],
            what_changed="Whoever is suspended now reads on which day it ends.",
            consulted="People who were suspended in the last year, through the form for appeals.",
            consultations=[],
            experts="",
            in_force_from=None,
            next_review=at.date() + timedelta(days=380),
            adopted_before="",
            seen_hash=policies.content_hash(begun),
            by=people["ana"],
            at=at,
        )
        begun.refresh_from_db()
        policies.submit(begun, by=people["ana"], at=at)
        sign(asked_about(POLICY, begun.pk), policies.decide, reasons=AGREED, by=people["dan"], at=at)
