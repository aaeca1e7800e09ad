"""Who joins, moves and leaves: each by a named person, with its reason, on record (domain.md 0.2)."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from hrdd.accounts.actions.delegations import end_delegations_of
from hrdd.accounts.actions.sessions import end_sessions_of
from hrdd.accounts.actions.tokens import revoke_tokens_of
from hrdd.accounts.actions.tries import open_again
from hrdd.accounts.models import Invitation, OrganisationAccount, Passkey, RecoveryCode, RoleChange, Totp
from hrdd.accounts.rules.people import INVITED_FOR, Cause, demand_roles, demand_why
from hrdd.accounts.rules.proofs import hash_of_code
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role
from hrdd.tongues import ENGLISH

NOT_GOOD = (
    "This link is not good any more: it was used, withdrawn, or is older than three days. "
    "Ask whoever sent it for a new one."
)


@transaction.atomic
def invite(
    *,
    username: str,
    display_name: str,
    roles: Iterable[str],
    why: str,
    by: User,
    at: datetime,
    language: str = ENGLISH,
) -> tuple[Invitation, str]:
    """Invite somebody new, with the roles they will have and the language in which they are written to.

    Returns:
        The invitation, and the secret of its link, which is kept nowhere.

    Raises:
        NotAllowed: by a person who manages nobody, for a name that is taken, or roles that do not go together.
    """
    by.demand(Permission.MANAGE_PEOPLE)
    wanted = demand_roles(roles)
    return _new_invitation(
        username=username,
        display_name=display_name,
        roles=wanted,
        language=language,
        why=why,
        by=by,
        at=at,
    )


@transaction.atomic
def invite_first(*, username: str, display_name: str, at: datetime) -> tuple[Invitation, str]:
    """Invite the first technical operator of an installation, from the shell of its machine.

    Raises:
        NotAllowed: there is one already.
    """
    if User.objects.filter(roles__contains=[str(Role.SYSADMIN)], is_active=True).exists():
        raise NotAllowed("There is a technical operator already: they invite the others at /desk/people/.")
    return _new_invitation(
        username=username,
        display_name=display_name,
        roles=frozenset({Role.SYSADMIN}),
        language=ENGLISH,
        why="The first technical operator of this installation.",
        by=None,
        at=at,
    )


def _new_invitation(
    *,
    username: str,
    display_name: str,
    roles: frozenset[Role],
    language: str,
    why: str,
    by: User | None,
    at: datetime,
) -> tuple[Invitation, str]:
    if not roles:
        raise NotAllowed("Choose at least one role.")
    if User.objects.filter(username__iexact=username.strip()).exists():
        raise NotAllowed("This name signs in somebody already. Choose another.")
    secret = secrets.token_hex(32)
    invitation = Invitation.objects.create(
        code_hash=hash_of_code(secret),
        username=username.strip(),
        display_name=display_name.strip(),
        roles=sorted(str(one) for one in roles),
        language=language,
        why=demand_why(why),
        asked_by=by,
        asked_at=at,
        expires_at=at + INVITED_FOR,
    )
    record_event(
        by=by.username if by else "SYSTEM (shell)",
        at=at,
        action="invited",
        subject=invitation.username,
        detail={"roles": invitation.roles, "why": invitation.why},
    )
    return invitation, secret


@transaction.atomic
def ask_renewal(user: User, *, why: str, by: User, at: datetime) -> Invitation:
    """Ask that somebody who lost every way in gets a new one; a second person confirms and hands out the link.

    Raises:
        NotAllowed: by a person who manages nobody, or for oneself.
    """
    by.demand(Permission.MANAGE_PEOPLE)
    if by.pk == user.pk or not user.is_active:
        raise NotAllowed("Another technical operator asks for this, and only for an account that is open.")
    Invitation.objects.filter(renews=user, accepted_at__isnull=True).update(withdrawn_at=at)
    asked = Invitation.objects.create(
        username=user.username,
        display_name=user.display_name,
        roles=user.roles,
        language=user.language,
        renews=user,
        why=demand_why(why),
        asked_by=by,
        asked_at=at,
    )
    record_event(
        by=by.username,
        at=at,
        action="asked for a new way in",
        subject=user.username,
        detail={"why": asked.why},
    )
    return asked


@transaction.atomic
def confirm_renewal(invitation: Invitation, *, by: User, at: datetime) -> str:
    """Confirm that somebody gets a new way in, after having spoken with them.

    Returns:
        The secret of the link, for this person to hand over.

    Raises:
        NotAllowed: by whoever asked, by its person, or by somebody who may neither manage nor review people.
    """
    if not (by.may(Permission.MANAGE_PEOPLE) or by.may(Permission.REVIEW_ACCESS)):
        raise NotAllowed("Your role may not confirm this.")
    if by.pk in (invitation.asked_by_id, invitation.renews_id):
        raise NotAllowed("SD1: a second person confirms this, neither who asked nor whose account it is.")
    secret = secrets.token_hex(32)
    open_ones = Invitation.objects.filter(
        pk=invitation.pk, renews__isnull=False, confirmed_by__isnull=True, withdrawn_at__isnull=True
    )
    confirmed = open_ones.update(
        code_hash=hash_of_code(secret),
        confirmed_by=by,
        expires_at=at + INVITED_FOR,
    )
    if not confirmed:
        raise NotAllowed("This was confirmed or withdrawn in the meantime.")
    record_event(by=by.username, at=at, action="confirmed a new way in", subject=invitation.username)
    return secret


def invitation_of(secret: str, *, at: datetime) -> Invitation:
    """Return the invitation of a link.

    Raises:
        NotAllowed: it is not good any more.
    """
    found = Invitation.objects.filter(
        code_hash=hash_of_code(secret),
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
    )
    invitation = found.select_related("renews", "asked_by", "confirmed_by").first()
    if invitation is None or (invitation.renews and not invitation.renews.is_active):
        raise NotAllowed(NOT_GOOD)
    return invitation


@transaction.atomic
def accept(secret: str, *, password: str, at: datetime) -> User:
    """Open the account of an invitation with its first factor, or open a lost one anew with nothing of before.

    Raises:
        NotAllowed: the link is not good any more, or the roles do not go together any more.
    """
    invitation = invitation_of(secret, at=at)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(accepted_at=at)
    if not taken:
        raise NotAllowed(NOT_GOOD)
    user = (
        _renewed(invitation, password, at=at) if invitation.renews else _joined(invitation, password, at=at)
    )
    record_event(by=user.username, at=at, action="accepted an invitation", subject=user.username)
    return user


def _joined(invitation: Invitation, password: str, *, at: datetime) -> User:
    roles = demand_roles(invitation.roles)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.username,
                password,
                display_name=invitation.display_name,
                roles=sorted(roles),
                language=invitation.language,
            )
    except IntegrityError:
        raise NotAllowed("This name was taken in the meantime. Ask for a new invitation.") from None
    RoleChange.objects.create(
        user=user,
        before=[],
        after=user.roles,
        cause=Cause.JOINED,
        why=invitation.why,
        by=invitation.asked_by,
        at=at,
    )
    return user


def _renewed(invitation: Invitation, password: str, *, at: datetime) -> User:
    user = invitation.renews
    assert user is not None  # noqa: S101  # the caller looked
    forget_factors(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions_of(user, by=user.username, at=at)
    revoke_tokens_of(user, by=user.username, at=at)
    return user


def set_language(user: User, language: str) -> None:
    """Set in which language somebody is written to.

    Args:
        user: who chooses, for themselves.
        language: of `hrdd.tongues.languages`; the database refuses another.
    """
    user.language = language
    user.save(update_fields=["language"])


def forget_factors(user: User) -> None:
    """Forget every way of a person to prove who they are but the password, and what was tried in vain."""
    for kept in (Passkey, Totp, RecoveryCode, OrganisationAccount):
        kept._default_manager.filter(user=user).delete()
    open_again(user)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Withdraw an invitation that nobody accepted.

    Raises:
        NotAllowed: by a person who manages nobody, or it was accepted.
    """
    by.demand(Permission.MANAGE_PEOPLE)
    still = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if not still.update(withdrawn_at=at):
        raise NotAllowed("It was accepted or withdrawn in the meantime.")
    record_event(by=by.username, at=at, action="withdrew an invitation", subject=invitation.username)


@transaction.atomic
def change_roles(user: User, *, roles: Iterable[str], why: str, by: User, at: datetime) -> RoleChange:
    """Give and take roles; the person signs in anew.

    Raises:
        NotAllowed: for oneself, without a reason, or roles that do not go together (SD10).
    """
    by.demand(Permission.MANAGE_PEOPLE)
    return put_roles(user, roles=roles, cause=Cause.MOVED, why=why, by=by, at=at)


def put_roles(
    user: User, *, roles: Iterable[str], cause: Cause, why: str, by: User, at: datetime
) -> RoleChange:
    """Write somebody's roles; whoever calls demanded the permission and holds the transaction.

    Raises:
        NotAllowed: for oneself, without a reason, unchanged, or roles that do not go together (SD10).
    """
    if by.pk == user.pk:
        raise NotAllowed("Nobody changes their own roles. Ask another person who manages people.")
    wanted, reason = demand_roles(roles), demand_why(why)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active and wanted:
        raise NotAllowed("This person has left. Invite them anew, under a new name.")
    before = sorted(locked.roles)
    after = sorted(str(one) for one in wanted)
    if before == after:
        raise NotAllowed("These are the roles they have already.")
    held = [Role(one["role"]) for one in locked.delegated]
    demand_roles([*after, *(str(one) for one in held)])
    User.objects.filter(pk=user.pk).update(roles=after)
    user.roles = after
    for lost in set(before) - set(after):
        end_delegations_of(user, role=lost, by=by, at=at)
    end_sessions_of(user, by=by.username, at=at)
    change = RoleChange.objects.create(
        user=user, before=before, after=after, cause=cause, why=reason, by=by, at=at
    )
    record_event(
        by=by.username,
        at=at,
        action="changed roles",
        subject=user.username,
        detail={"before": before, "after": after, "why": reason},
    )
    return change


@transaction.atomic
def leave(user: User, *, why: str, by: User, at: datetime) -> None:
    """Close the account of somebody who leaves; it stays by name, for the record.

    Raises:
        NotAllowed: by a person who manages nobody, for oneself, or without a reason.
    """
    by.demand(Permission.MANAGE_PEOPLE)
    if not user.is_active:
        raise NotAllowed("This account is closed already.")
    if user.roles:
        put_roles(user, roles=(), cause=Cause.LEFT, why=why, by=by, at=at)
    elif by.pk == user.pk:
        raise NotAllowed("Nobody closes their own account. Ask another person who manages people.")
    end_delegations_of(user, by=by, at=at)
    forget_factors(user)
    user.set_unusable_password()
    user.is_active = False
    user.save(update_fields=["password", "is_active"])
    end_sessions_of(user, by=by.username, at=at)
    Invitation.objects.filter(renews=user, accepted_at__isnull=True).update(withdrawn_at=at)
    record_event(
        by=by.username, at=at, action="closed an account", subject=user.username, detail={"why": why.strip()}
    )
