"""The Rabat worksheet: written by one assessor, confirmed by another, never changed (SD9; domain.md 4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.sealing import seal
from risks.actions.dilemmas import demand_free_of_target, locked, log
from risks.actions.screening import refuse_identifying
from risks.actions.sealed_reads import open_after_logging
from risks.models import Dilemma, RabatAssessment, RabatConfirmation
from risks.queries.method import method
from risks.rules.dilemma import ADVISED_IN
from risks.rules.rabat import Gates, Mode, Scores, threshold
from risks.rules.rabat_worksheet import FACTORS, Given, contradictions, valid_until


@transaction.atomic
def assess(
    dilemma: Dilemma,
    *,
    content_extract: str,
    language: str,
    translation_by: str,
    mode: str,
    gates: str,
    grounds: Sequence[str],
    harm_sought: Sequence[str],
    exceptions: Sequence[str],
    scores: Mapping[str, int | None],
    texts: Mapping[str, str],
    attests_competence: bool,
    by: User,
    at: datetime,
) -> RabatAssessment:
    """Keep one assessor's worksheet with the outcome that the threshold gives it now; a second one confirms it (SD9).

    Args:
        dilemma: until it is decided.
        content_extract: the words assessed; sealed before they reach the database.
        language, translation_by: in which they were said, and who translated them.
        mode: Article 20 itself, or its factors by analogy.
        gates: three letters y, n or ?, for advocacy, target group and incitement.
        grounds, harm_sought, exceptions: as in 4.1.
        scores: 0 to 3 by factor, None where not known.
        texts: why, by factor.
        attests_competence: the assessor knows the language and the local context.
        by, at: who, and now; the scores are as of this moment.

    Raises:
        NotAllowed: the role, a revenue target, the state, a factor without words, or what contradicts itself.
        RabatError: a score or a gate that cannot be read.
    """
    demand_free_of_target(dilemma.risk, by, Permission.ASSESS_INCITEMENT)
    held = locked(dilemma)
    if held.state not in ADVISED_IN:
        raise NotAllowed(
            "The Rabat worksheet is filled in before a decision. Open the dilemma again for review first."
        )
    read = Gates.parse(gates)
    unsaid = [one.label for one in FACTORS if not texts.get(one.name, "").strip()]
    if unsaid:
        raise NotAllowed(f"{', '.join(unsaid)}: say why in words; a score alone convinces nobody (method 6).")
    given = Given(Mode(mode), read, grounds, harm_sought, exceptions, scores["intent"], texts["intent"])
    if found := contradictions(given):
        raise NotAllowed(" ".join(found.values()))
    refuse_identifying({one.label: texts[one.name] for one in FACTORS})
    assessment = RabatAssessment.objects.create(
        dilemma=held,
        content_extract=seal({"content": content_extract}),
        language=language.strip(),
        translation_by=translation_by.strip(),
        mode=mode,
        gates="???" if gates == "?" else gates,
        grounds=list(grounds),
        harm_sought=list(harm_sought),
        exceptions=list(exceptions),
        **{one.name: scores[one.name] for one in FACTORS},
        texts={one.name: texts[one.name].strip() for one in FACTORS},
        outcome=threshold(read, Scores(**{one.name: scores[one.name] for one in FACTORS}), Mode(mode)),
        context_tags=list(held.risk.context_tags),
        assessed_by=by,
        assessed_at=at,
        valid_until=valid_until(
            at,
            context_tags=held.risk.context_tags,
            days=method().rabat_days,
            tense_days=method().rabat_tense_days,
        ),
    )
    _confirmed(assessment, agrees=True, dissent="", attests=attests_competence, by=by, at=at)
    log(held, "assessed incitement", by=by, at=at, assessment=assessment.pk, outcome=assessment.outcome)
    return assessment


@transaction.atomic
def confirm(
    assessment: RabatAssessment,
    *,
    agrees: bool,
    dissent: str,
    attests_competence: bool,
    by: User,
    at: datetime,
) -> RabatConfirmation:
    """Stand behind a worksheet as another assessor, or dissent; either is kept word by word (SD9, D4).

    Args:
        assessment: the worksheet.
        agrees: whether they reach the same outcome.
        dissent: what they see otherwise; needed to disagree.
        attests_competence: they know the language and the local context.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a revenue target, the same assessor, an expired worksheet, or a dissent without words.
    """
    demand_free_of_target(assessment.dilemma.risk, by, Permission.ASSESS_INCITEMENT)
    held = locked(assessment.dilemma)
    if held.state not in ADVISED_IN:
        raise NotAllowed("The dilemma was decided. A worksheet is confirmed before that.")
    if assessment.confirmations.filter(assessor=by).exists():
        raise NotAllowed(
            "SD9: two assessors, each once. You stand on record on this worksheet already; ask another."
        )
    if assessment.valid_until < at:
        raise NotAllowed(
            "This worksheet has expired: its scores are as of their moment. Assess again (method 6)."
        )
    if not agrees and not dissent.strip():
        raise NotAllowed("Dissent: say what you see otherwise; it is kept word by word (D4).")
    refuse_identifying({"Dissent": dissent})
    made = _confirmed(assessment, agrees=agrees, dissent=dissent, attests=attests_competence, by=by, at=at)
    log(
        held,
        "confirmed incitement" if agrees else "dissented on incitement",
        by=by,
        at=at,
        assessment=assessment.pk,
    )
    return made


def _confirmed(
    assessment: RabatAssessment, *, agrees: bool, dissent: str, attests: bool, by: User, at: datetime
) -> RabatConfirmation:
    return RabatConfirmation.objects.create(
        assessment=assessment,
        assessor=by,
        agrees=agrees,
        dissent=dissent,
        attests_competence=attests,
        confirmed_at=at,
    )


def open_extract(assessment: RabatAssessment, *, by: User, at: datetime) -> str:
    """Return the words that were assessed; the read is committed to the audit log before (domain.md 0.1, 0.4).

    Raises:
        NotAllowed: the role; the read cannot be logged, so nothing is shown; a key is missing.
    """
    by.demand(Permission.READ_RESTRICTED)
    opened = open_after_logging(
        assessment.content_extract,
        lambda: log(assessment.dilemma, "opened assessed words", by=by, at=at, assessment=assessment.pk),
    )
    return opened["content"]
