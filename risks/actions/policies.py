"""Policies and their versions: drafted, edited, submitted, decided on by somebody else (UNGP 16; domain.md 1.10)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, move, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import ROLE_PERMISSIONS, NotAllowed, Permission, canonical_hash
from risks.actions.policy_force import begin, called, check_not_overtaken, held_policy
from risks.models import Consultation, Policy, PolicyVersion
from risks.queries.partners import never_named
from risks.rules.policy import (
    EDITED_STATES,
    LANGUAGES,
    OPEN_STATES,
    SIGN_OFF_KIND,
    Clause,
    Text,
    VersionState,
    approved_as,
    check_shape,
    permission_to_approve,
    refusals_to_submit,
    steps_of,
)


@transaction.atomic
def record_policy(
    *, title: str, slug: str, kind: str, language: str, owner: User, by: User, at: datetime
) -> PolicyVersion:
    """Record a policy, and begin the draft of its first version.

    Args:
        title: how the desk calls it.
        slug: its public address; it stays.
        kind: one of PolicyKind; it stays, since it says who approves.
        language: of the first draft.
        owner: who answers for it.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, or an address that is taken.
    """
    by.demand(Permission.DRAFT_POLICY)
    try:
        with transaction.atomic():
            policy = Policy.objects.create(
                slug=slug, title=title, kind=kind, owner=owner, recorded_by=by, recorded_at=at
            )
    except IntegrityError:
        raise NotAllowed(
            f"Address: “{slug}” is another policy's. Choose one that says what this one is about."
        ) from None
    record_event(
        by=by.username, at=at, action="recorded policy", subject=f"policy {slug}", detail={"kind": kind}
    )
    return _begin_draft(policy, 1, language, after=None, by=by, at=at)


@transaction.atomic
def draft_version(
    policy: Policy, *, language: str, translation: bool, by: User, at: datetime
) -> PolicyVersion:
    """Begin the next version, or a translation of the version that is in force or in work.

    The draft begins with the text before it, or with the text to be translated.

    Args:
        policy: whose version.
        language: of the draft.
        translation: whether it says the same as a version that there is.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a version in work already, nothing to translate, or a language that there is.
    """
    by.demand(Permission.DRAFT_POLICY)
    policy = held_policy(policy.pk)
    versions = list(policy.versions.order_by("-number", "language"))
    standing = next((one.number for one in versions if one.state == VersionState.IN_FORCE), 0)
    in_work = [one for one in versions if one.state in OPEN_STATES and one.number > standing]
    number = in_work[0].number if in_work else standing
    if not translation:
        if in_work:
            raise NotAllowed(
                f"Version {number} is in work already. Finish it, or translate it; two texts at once would leave "
                "people unsure which one comes."
            )
        latest = [one for one in versions if one.state != VersionState.DRAFT] or versions
        like = next((one for one in latest if one.language == language), latest[0])
        return _begin_draft(policy, versions[0].number + 1, language, after=like, by=by, at=at)
    siblings = [one for one in versions if one.number == number]
    if not siblings:
        raise NotAllowed("No version is in force or in work, so there is nothing to translate.")
    if any(one.language == language for one in siblings):
        raise NotAllowed(f"Version {number} is there in {LANGUAGES[language]} already.")
    return _begin_draft(policy, number, language, after=siblings[0], by=by, at=at)


def _begin_draft(
    policy: Policy, number: int, language: str, *, after: PolicyVersion | None, by: User, at: datetime
) -> PolicyVersion:
    translated = after is not None and after.number == number
    version = PolicyVersion.objects.create(
        policy=policy,
        number=number,
        language=language,
        title=after.title if after else policy.title,
        clauses=after.clauses if after else [],
        what_changed=after.what_changed if after and translated else "",
        consulted=after.consulted if after and translated else "",
        experts=after.experts if after and translated else "",
        in_force_from=after.in_force_from if after and after.state in EDITED_STATES and translated else None,
        next_review=after.next_review if after and translated else None,
        authors=[by.username],
        drafted_by=by,
        drafted_at=at,
        changed_at=at,
    )
    record_event(by=by.username, at=at, action="drafted policy version", subject=called(version))
    return version


@transaction.atomic
def edit_version(
    version: PolicyVersion,
    *,
    title: str,
    clauses: Sequence[Clause],
    what_changed: str,
    consulted: str,
    consultations: Iterable[Consultation],
    experts: str,
    in_force_from: date | None,
    next_review: date | None,
    adopted_before: str,
    seen_hash: str,
    by: User,
    at: datetime,
) -> None:
    """Save a draft, finished or not; what was submitted is a draft again, and its sign-off is no longer asked for.

    Args:
        version: the draft.
        title, clauses, what_changed: the text, and what changed in it and why.
        consulted, consultations, experts: who was asked (UNGP 16(b)).
        in_force_from, next_review: its days, as far as they are known.
        adopted_before: how it was adopted, for a text that was in force before it was recorded here.
        seen_hash: the hash of the draft that was opened, so that nobody overwrites another's words.
        by, at: who, and now; whoever edits does not approve.

    Raises:
        NotAllowed: the role, an approved text, another's edit in between, or clauses that cannot be told apart.
    """
    by.demand(Permission.DRAFT_POLICY)
    check_shape(clauses)
    version = _held(version)
    if version.state not in EDITED_STATES:
        raise NotAllowed("An approved text stays as it is, since people rely on it. Draft the next version.")
    if seen_hash != content_hash(version):
        raise NotAllowed(
            "Somebody saved this draft since you opened it. What you typed is below; open the draft in another window "
            "and compare."
        )
    if version.state == VersionState.SUBMITTED:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=version.pk, at=at)
        _step(version, "reopen", by=by, at=at, content_hash="")
    version.consultations.set(consultations)
    version.title, version.what_changed, version.consulted = title, what_changed, consulted
    version.clauses = [{"number": one.number, "heading": one.heading, "text": one.text} for one in clauses]
    version.experts, version.adopted_before = experts, adopted_before
    version.in_force_from, version.next_review = in_force_from, next_review
    version.authors = sorted({*version.authors, by.username})
    version.changed_at = at
    version.save()
    record_event(by=by.username, at=at, action="saved policy draft", subject=called(version))


@transaction.atomic
def submit(version: PolicyVersion, *, by: User, at: datetime) -> SignOff:
    """Ask for approval: at the most senior level for a policy commitment (UNGP 16(a)).

    Raises:
        NotAllowed: the role, the state, a later version in force, or what is missing, all of it, in sentences.
    """
    by.demand(Permission.DRAFT_POLICY)
    version = _held(version)
    lacking = refusals_to_submit(text_of(version, today=at.date())) if version.state in EDITED_STATES else []
    if lacking:
        raise NotAllowed(" ".join(lacking))
    check_not_overtaken(version)
    digest = content_hash(version)
    _step(
        version, "submit", by=by, at=at, content_hash=digest, authors=sorted({*version.authors, by.username})
    )
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=version.pk,
        subject=str(version),
        step="approve",
        step_label="Approve a policy",
        permission=permission_to_approve(version.policy.kind),
        content_hash=digest,
        series=f"policy {version.policy_id}, {version.language}",
        parts=version.content(),
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> PolicyVersion:
    """Approve or refuse a version, by somebody who wrote none of it (SD1); a refused one is a draft again.

    A version whose day has come is in force at once.

    Raises:
        NotAllowed: a rule refuses, the text is no longer what was submitted, or somebody decided meanwhile.
    """
    version = _held(PolicyVersion(pk=sign_off.subject_id))
    if approve:
        _check_still_fit(version, sign_off, at=at)
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset(version.authors),
    )
    if not approve:
        _step(version, "refuse", by=by, at=at, content_hash="")
        return version
    as_whom = approved_as(by.roles_today, ROLE_PERMISSIONS, version.policy.kind)
    _step(version, "approve", by=by, at=at, approved_by=by, approved_at=at, approved_as=as_whom)
    if version.in_force_from is not None and version.in_force_from <= at.date():
        begin(version, by=by.username, at=at)
    return version


def _check_still_fit(version: PolicyVersion, sign_off: SignOff, *, at: datetime) -> None:
    if content_hash(version) != sign_off.content_hash:
        raise NotAllowed("The text is no longer what was submitted. It must be submitted again.")
    check_not_overtaken(version)
    lacking = refusals_to_submit(text_of(version, today=at.date()))
    if lacking:
        raise NotAllowed(
            f"It can no longer be approved as it is; refuse it, so that it can be mended. {lacking[0]}"
        )


def content_hash(version: PolicyVersion) -> str:
    """Return the SHA-256 of what is approved, and published (RFC 8785)."""
    return canonical_hash(version.content())


def text_of(version: PolicyVersion, *, today: date) -> Text:
    """Return what of a version decides whether it may be submitted."""
    return Text(
        kind=version.policy.kind,
        title=version.title,
        clauses=version.parts,
        what_changed=version.what_changed,
        consulted=version.consulted,
        experts=version.experts,
        in_force_from=version.in_force_from,
        next_review=version.next_review,
        adopted_before=version.adopted_before,
        today=today,
        never_named=tuple(never_named()),
    )


def _held(version: PolicyVersion) -> PolicyVersion:
    """Return the version as it stands, with its policy held until the end of the transaction."""
    found = PolicyVersion.objects.only("policy_id").get(pk=version.pk)
    held_policy(found.policy_id)
    return PolicyVersion.objects.select_related("policy").get(pk=version.pk)


def _step(version: PolicyVersion, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    step = steps_of(version.policy.kind)[name]
    move(version, step, by=by, at=at, called=called(version), changed_at=at, **changes)
