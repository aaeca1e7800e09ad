"""Invented cases of the demonstration, told and worked as people do: each step by its role, with an open vault."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from hrdd.demo import VAULT_PASSPHRASE
from hrdd.demo_measures import REVERSED, RUMOUR
from hrdd.governance.models import User
from remedies.actions import (
    assignment,
    case_links,
    case_steps,
    follow_up,
    identities,
    patterns,
    persons_word,
    reading,
    remedies,
    retention,
    vault,
)
from remedies.actions.intake import receive
from remedies.models import Case
from remedies.rules.case import CaseRole, CaseType, IdentityMode, Region
from remedies.rules.case_workflow import Automation, Finding, OnMeasure, Proceeding, Refusal
from remedies.rules.receipt import new_receipt
from remedies.rules.remedy import Part, RemedyKind, RoleTaken, RootCause, Scope
from remedies.rules.submission import Submission
from remedies.rules.wraps import KeyPair
from risks.models import Measure, Risk
from risks.models.measures import IN_FORCE

RECEIVED = "Thank you for writing. It has reached us, and a person reads it now."
ADMITTED = "We look into what you told us, and you read here what we find."
DANGER = "Invented for the demonstration. Two men asked at my door who runs the page of the tenants. I sleep elsewhere."
CLOSED_PAGE = (
    "Invented for the demonstration. You closed the page on which our seed library lends seeds. "
    "We lost three hundred members and a harvest day, and nobody told us why."
)
SHOP = "Invented for the demonstration. Riders who joined our union get no more orders from your partner."
INSIDE = (
    "Invented for the demonstration. Somebody who reads these messages told my manager that I had complained."
)
SUMMARY = (
    "A list of words for drugs took “seeds” for a sale. No person looked before the page was closed. "
    "The rule that was cited has an exception for plants and gardens."
)
UPHELD = (
    "The rule was applied to what it does not forbid, by a list that nobody had checked in your language."
)
OFFER = (
    "We open the page again with its members, say publicly that it broke no rule, and have people who know the "
    "language check the list before anything is closed by it."
)
RIDERS = "The partner shares out the orders. Your words and its logs agree in part; why some got none we could not see."
PHARMACY = (
    "Invented for the demonstration. I wrote that the wells are clean, with the reports of the laboratory. You took "
    "away my right to answer on my own page for two months, and the rumour stands there alone."
)
KEPT = "The page used the words of the rumour in forty posts. At the time nobody could tell which side it was on."
HEARD_ANEW = (
    "You wrote against the rumour, with proof. Quoting words in order to refute them breaks no rule, so the limit is "
    "undone and your page is as it was."
)
CLINIC = (
    "Invented for the demonstration. Your translation made our clinic's notice a threat. It was removed, a crowd came "
    "to the door, and two nurses were beaten."
)
SORRY = (
    "We are sorry. The notice is back, and the people who read your language read what is removed in it now."
)
WRONG_WORD = (
    "A machine translated one word wrongly; the removal rested on the translation, which nobody had checked."
)
ADVERT = "Invented for the demonstration. The cinema of my town shows advertisements that are too loud for my child."
NOT_OURS = "We run no cinemas and cannot change what they show. The consumer office of your region takes such words up."
MY_OWN = "Invented for the demonstration. My page was gone this morning, and I do not know why."
COURT = "A court of the region may ask what was told; what is here is kept until it has said that it needs nothing."
WHO = "Two pages have nearly the same name. Only the person can say which of the two was theirs before it is opened."


class Team(dict[str, User]):
    """The people by user name, each with the vault that they opened once for all that they do here."""

    def __init__(self, people: Mapping[str, User], *, at: datetime) -> None:
        super().__init__(people)
        self._at = at
        self._pairs: dict[str, KeyPair] = {}

    def pair(self, user: User) -> KeyPair:
        """Return the key pair of a person; opening a vault takes a while on purpose."""
        if user.username not in self._pairs:
            cookie = vault.open_vault(user, passphrase=VAULT_PASSPHRASE, at=self._at)
            self._pairs[user.username] = vault.pair_of(user, cookie=cookie, at=self._at)
        return self._pairs[user.username]


def record_cases(*, at: datetime) -> bool:
    """Tell and work the cases, once; return whether it was done now.

    Args:
        at: now; days are counted back from it.
    """
    if Case.objects.exists():
        return False
    people = Team({one.username: one for one in User.objects.all()}, at=at)
    _in_delivery(people, at=at)
    _on_appeal(people, at=at)
    _told(
        Submission(CaseType.SAFETY_THREAT, DANGER, "en", threat_to_life=True, region=Region.AMERICA_LATIN),
        at=at,
    )
    _told(Submission(CaseType.RETALIATION, INSIDE, "fr", about_handlers=True), at=at)
    _undone_on_appeal(people, at=at)
    _closed(people, at=at)
    _withdrawn(at=at)
    _not_ours(people, at=at)
    patterns.open_owed_reviews(at=at - timedelta(days=1))
    return True


def _in_delivery(people: Team, *, at: datetime) -> None:
    """Leave a case whose remedy is being delivered, and a request for who wrote that waits for a custodian."""
    case, receipt = _told(
        Submission(
            CaseType.MODERATION_DECISION_APPEAL,
            CLOSED_PAGE,
            "en",
            wish="Open it again, and tell our members that we did nothing wrong.",
            region=Region.AFRICA,
            identity_mode=IdentityMode.CONFIDENTIAL,
            contact="Invented: through the library, on market days.",
        ),
        at=at - timedelta(days=24),
    )
    _admitted(case, people, kind=CaseType.MODERATION_DECISION_APPEAL, severity=3, at=at - timedelta(days=22))
    _decided(case, people, finding=Finding.UPHELD, summary=SUMMARY, reasons=UPHELD, at=at - timedelta(days=8))
    dora = people["dora"]
    case_links.record_part(case, part=Part.CAUSED, role_taken=RoleTaken.NONE, by=dora, at=at)
    remedies.offer_remedy(
        case,
        kinds=[RemedyKind.RESTITUTION, RemedyKind.SATISFACTION_TRUTH, RemedyKind.GUARANTEE_OF_NON_REPETITION],
        scope=Scope.GROUP,
        due=at.date() + timedelta(days=20),
        text=OFFER,
        owner=people["ana"],
        area=RootCause.LANGUAGE_GAP,
        by=dora,
        pair=people.pair(dora),
        at=at - timedelta(days=5),
    )
    follow_up.answer_remedy(receipt, agrees=True, today=at.date() - timedelta(days=4))
    case.refresh_from_db()
    remedies.begin_delivery(case, by=dora, at=at - timedelta(days=3))
    remedies.deliver(
        case,
        remedy=str(case.remedies.get(kind=str(RemedyKind.SATISFACTION_TRUTH)).pk),
        evidence="The notice stands on the page and in the report of removed pages since this week.",
        by=dora,
        pair=people.pair(dora),
        at=at - timedelta(days=1),
    )
    identities.ask_for_identity(case, reasons=WHO, telling_endangers=False, by=people["ivan"], at=at)


def _on_appeal(people: Team, *, at: datetime) -> None:
    """Leave a case that waits for somebody new to hear its appeal, with a court case beside it."""
    case, _receipt = _told(
        Submission(CaseType.LABOUR_SUPPLY_CHAIN, SHOP, "en", on_behalf_of=True, region=Region.ASIA_SOUTH),
        at=at - timedelta(days=30),
    )
    _admitted(case, people, kind=CaseType.LABOUR_SUPPLY_CHAIN, severity=4, at=at - timedelta(days=28))
    case_links.note_proceeding(case, kind=Proceeding.COURT, by=people["ivan"], at=at - timedelta(days=20))
    measure = Measure.objects.filter(state__in=IN_FORCE, target__startswith="Posts that name").first()
    if measure is not None:
        case_links.link_measure(case, measure=measure.pk, by=people["ivan"], at=at)
    _decided(
        case, people, finding=Finding.PARTLY_UPHELD, summary=RIDERS, reasons=RIDERS, at=at - timedelta(days=9)
    )
    _appealed(case, people, at=at - timedelta(days=1))


def _undone_on_appeal(people: Team, *, at: datetime) -> None:
    """Leave an appeal that was decided for the person: the measure of the case is reversed by the next sweep."""
    kind = CaseType.MODERATION_DECISION_APPEAL
    case, _receipt = _told(
        Submission(kind, PHARMACY, "en", region=Region.ASIA_SOUTH), at=at - timedelta(days=40)
    )
    _admitted(case, people, kind=kind, severity=2, at=at - timedelta(days=38))
    measure = Measure.objects.filter(state__in=IN_FORCE, target=REVERSED).first()
    if measure is not None:
        case_links.link_measure(case, measure=measure.pk, by=people["ivan"], at=at - timedelta(days=37))
    _decided(
        case,
        people,
        finding=Finding.NOT_UPHELD,
        summary=KEPT,
        reasons=KEPT,
        drafted=at - timedelta(days=34),
        at=at - timedelta(days=18),
    )
    _appealed(case, people, at=at - timedelta(days=9))
    abel, when = people["abel"], at - timedelta(days=2)
    _read(case, people, abel, purpose="deciding", at=when)
    remedies.decide_appeal(
        case,
        finding=Finding.UPHELD,
        reasons=HEARD_ANEW,
        on_measure=OnMeasure.UNDONE if measure else OnMeasure.NONE,
        by=abel,
        pair=people.pair(abel),
        at=when,
    )


def _closed(people: Team, *, at: datetime) -> None:
    """Leave a case that went its whole way: upheld, made good, verified, closed with its lesson, and held."""
    kind = CaseType.MODERATION_DECISION_APPEAL
    case, receipt = _told(Submission(kind, CLINIC, "en", region=Region.AFRICA), at=at - timedelta(days=90))
    _admitted(case, people, kind=kind, severity=4, at=at - timedelta(days=88))
    _decided(
        case,
        people,
        finding=Finding.UPHELD,
        summary=WRONG_WORD,
        reasons=WRONG_WORD,
        at=at - timedelta(days=72),
    )
    ivan, dora = people["ivan"], people["dora"]
    case_links.record_part(
        case, part=Part.CAUSED, role_taken=RoleTaken.NONE, by=dora, at=at - timedelta(days=71)
    )
    remedies.offer_remedy(
        case,
        kinds=[RemedyKind.APOLOGY],
        scope=Scope.INDIVIDUAL,
        due=at.date() - timedelta(days=50),
        text=SORRY,
        by=dora,
        pair=people.pair(dora),
        at=at - timedelta(days=70),
    )
    follow_up.answer_remedy(receipt, agrees=True, today=at.date() - timedelta(days=66))
    case.refresh_from_db()
    remedies.begin_delivery(case, by=dora, at=at - timedelta(days=65))
    remedy = str(case.remedies.get().pk)
    remedies.deliver(
        case,
        remedy=remedy,
        evidence="The apology was sent in both languages, and the notice of the clinic is back with its date.",
        by=dora,
        pair=people.pair(dora),
        at=at - timedelta(days=60),
    )
    remedies.verify(
        case,
        remedy=remedy,
        how="The notice was opened from outside, and the clinic wrote back that it had received the apology.",
        by=ivan,
        pair=people.pair(ivan),
        at=at - timedelta(days=50),
    )
    risk = Risk.objects.filter(title=RUMOUR).first()
    case_steps.close(
        case,
        root_cause=RootCause.LANGUAGE_GAP,
        risk=risk.pk if risk else None,
        by=dora,
        at=at - timedelta(days=8),
    )
    hold = retention.ask_hold(case.pk, reasons=COURT, by=people["cleo"], at=at - timedelta(days=7))
    retention.place_hold(hold, by=people["milo"], at=at - timedelta(days=6))


def _withdrawn(*, at: datetime) -> None:
    """Leave a concern whose person took it back: the page had only been hidden by themselves."""
    _case, receipt = _told(
        Submission(CaseType.MODERATION_DECISION_APPEAL, MY_OWN, "en"), at=at - timedelta(days=4)
    )
    persons_word.withdraw(receipt, today=at.date() - timedelta(days=3))


def _not_ours(people: Team, *, at: datetime) -> None:
    """Leave a concern that was turned away for a reason of the closed list."""
    case, _receipt = _told(Submission(CaseType.HUMAN_RIGHTS_HARM, ADVERT, "en"), at=at - timedelta(days=6))
    grace, when = people["grace"], at - timedelta(days=5)
    pair = people.pair(grace)
    case_steps.acknowledge(case, text=RECEIVED, attested=True, by=grace, pair=pair, at=when)
    case_steps.begin_screening(case, by=grace, at=when)
    _read(case, people, grace, purpose="screening", at=when)
    case_steps.refuse(
        case, refusal=Refusal.NOT_OURS, informed_on=None, text=NOT_OURS, by=grace, pair=pair, at=when
    )


def _appealed(case: Case, people: Team, *, at: datetime) -> None:
    grace, abel = people["grace"], people["abel"]
    remedies.take_appeal(case, by=grace, at=at)
    assignment.assign(
        case, to=abel, role=CaseRole.APPEAL, by=grace, pair=people.pair(grace), attested=True, at=at
    )


def _told(submission: Submission, *, at: datetime) -> tuple[Case, str]:
    before = set(Case.objects.values_list("pk", flat=True))
    receipt = new_receipt()
    receive(submission, receipt=receipt, at=at)
    return Case.objects.exclude(pk__in=before).get(), receipt


def _admitted(case: Case, people: Team, *, kind: CaseType, severity: int, at: datetime) -> None:
    grace = people["grace"]
    pair = people.pair(grace)
    case_steps.acknowledge(case, text=RECEIVED, attested=True, by=grace, pair=pair, at=at)
    case_steps.begin_screening(case, by=grace, at=at)
    _read(case, people, grace, purpose="screening", at=at)
    case_steps.admit(case, kind=kind, severity=severity, text=ADMITTED, by=grace, pair=pair, at=at)
    for name, role in (("ivan", CaseRole.GRV_INV), ("dora", CaseRole.GRV_DEC)):
        assignment.assign(case, to=people[name], role=role, by=grace, pair=pair, attested=True, at=at)


def _decided(
    case: Case,
    people: Team,
    *,
    finding: Finding,
    summary: str,
    reasons: str,
    at: datetime,
    drafted: datetime | None = None,
) -> None:
    ivan, dora = people["ivan"], people["dora"]
    drafted = drafted or at
    case_steps.investigate(case, by=ivan, at=drafted)
    for user, purpose in ((ivan, "investigating"), (dora, "deciding")):
        _read(case, people, user, purpose=purpose, at=drafted)
    case_steps.draft_findings(
        case, finding=finding, summary=summary, by=ivan, pair=people.pair(ivan), at=drafted
    )
    case_steps.decide(
        case,
        finding=finding,
        automated=Automation.NOT_AUTOMATED,
        reasons=reasons,
        by=dora,
        pair=people.pair(dora),
        at=at,
    )


def _read(case: Case, people: Team, user: User, *, purpose: str, at: datetime) -> None:
    reading.read_narrative(case, by=user, pair=people.pair(user), purpose=purpose, request_id=uuid4(), at=at)
