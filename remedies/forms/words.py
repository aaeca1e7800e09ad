"""The words that a person who was harmed reads, ready for translation."""

from django.utils.translation import gettext_lazy as _

from remedies.rules.case import CaseState, CaseType, IdentityMode, Region
from remedies.rules.case_workflow import Finding, Refusal

TYPES = [
    (CaseType.SAFETY_THREAT, _("Somebody was threatened, attacked or is in danger")),
    (CaseType.HUMAN_RIGHTS_HARM, _("Somebody was hurt, hounded or treated with cruelty")),
    (CaseType.RETALIATION, _("Somebody is being punished for having complained or spoken out")),
    (CaseType.PRIVACY, _("Private data, messages or pictures were shared or misused")),
    (CaseType.DISCRIMINATION, _("Somebody was treated worse because of who they are")),
    (CaseType.MODERATION_DECISION_APPEAL, _("Something was removed, or an account was closed or limited")),
    (CaseType.NOTICE_NOT_ACTED_ON, _("Something harmful was reported, and nothing was done")),
    (CaseType.LABOUR_SUPPLY_CHAIN, _("Work: pay, safety, hours or abuse, here or at a supplier")),
    (CaseType.WHISTLEBLOWER, _("I work or worked here, and want to report wrongdoing")),
    (CaseType.ACCESSIBILITY, _("Somebody cannot use the service because of a disability")),
    (CaseType.POLICY_FEEDBACK, _("A rule or a function does harm and should change")),
    (CaseType.UNSORTED, _("Something else, or I am not sure")),
]
REGIONS = [
    (Region.UNSAID, _("I prefer not to say")),
    (Region.AFRICA_NORTH, _("North Africa")),
    (Region.AFRICA, _("Africa south of the Sahara")),
    (Region.AMERICA_NORTH, _("North America")),
    (Region.AMERICA_LATIN, _("Latin America and the Caribbean")),
    (Region.ASIA_CENTRAL, _("Central Asia")),
    (Region.ASIA_EAST, _("East Asia")),
    (Region.ASIA_SOUTH, _("South Asia")),
    (Region.ASIA_SOUTH_EAST, _("South-East Asia")),
    (Region.ASIA_WEST, _("West Asia and the Middle East")),
    (Region.EUROPE, _("Western, Northern or Southern Europe")),
    (Region.EUROPE_EAST, _("Eastern Europe")),
    (Region.OCEANIA, _("Oceania")),
]
IDENTITIES = [
    (IdentityMode.ANONYMOUS, _("Anonymous")),
    (IdentityMode.CONFIDENTIAL, _("Confidential")),
    (IdentityMode.OPEN, _("Open")),
]
IDENTITY_HINTS = {
    IdentityMode.ANONYMOUS: _("You do not say who you are. Our answers wait here, behind your receipt."),
    IdentityMode.CONFIDENTIAL: _(
        "Few people learn who you are. They tell nobody else without asking you first."
    ),
    IdentityMode.OPEN: _("The people involved may learn that it was you who wrote."),
}
STATES = {
    CaseState.RECEIVED: _("We received your message. Nobody has answered yet."),
    CaseState.ACKNOWLEDGED: _("Somebody has read your message."),
    CaseState.SCREENING: _("We are finding out whether we can act on it, and who should."),
    CaseState.ADMISSIBLE: _("We will look into it."),
    CaseState.INVESTIGATING: _("We are looking into it."),
    CaseState.FINDINGS_DRAFTED: _("We have looked into it and are writing down what we found."),
    CaseState.DECIDED: _("We have decided. Our answer tells you what, why, and how to appeal."),
    CaseState.REFERRED: _("Somebody else can help better. Our answer tells you who."),
    CaseState.INADMISSIBLE: _("We cannot act on it. Our answer tells you why, and how to appeal."),
    CaseState.REMEDY_PROPOSED: _("We have proposed how to make it good. We wait for what you think."),
    CaseState.REMEDY_AGREED: _("You and we agreed how to make it good."),
    CaseState.REMEDY_CONTESTED: _("You disagree with what we proposed. We are looking at it again."),
    CaseState.IN_DELIVERY: _("We are doing what we promised."),
    CaseState.DELIVERED: _("We did what we promised. Somebody else will check it."),
    CaseState.VERIFIED: _("We did what we promised, and somebody else checked it."),
    CaseState.APPEAL: _("Your appeal is with somebody who was not involved before."),
    CaseState.APPEAL_DECIDED: _("Your appeal was decided. Our answer tells you what and why."),
    CaseState.WITHDRAWN: _("You withdrew it. We do not act on it any more."),
    CaseState.CLOSED: _("It is closed. You can still write, and we can open it again."),
    CaseState.REOPENED: _("It is open again. We are looking at it."),
}
REFUSALS = {
    Refusal.NOT_OURS: _("We cannot act on it: it is not about us, or about anybody we work with."),
    Refusal.SAME_DECIDED: _("We cannot act on it: the same matter was decided already, and nothing is new."),
    Refusal.TOO_LATE: _("We cannot act on it: it came more than six months after you were told."),
    Refusal.NO_FACTS: _("We cannot act on it: we asked for what is missing, and heard nothing."),
    Refusal.NO_CONCERN: _("We cannot act on it: we could not find a concern in it."),
}
FINDINGS = {
    Finding.UPHELD: _("We decided: you are right."),
    Finding.PARTLY_UPHELD: _("We decided: you are right in part."),
    Finding.NOT_UPHELD: _("We decided: we do not agree with your concern."),
    Finding.UNABLE_TO_DETERMINE: _("We decided: we could not find out what happened."),
}
