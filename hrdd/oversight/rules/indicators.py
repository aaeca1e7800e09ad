"""K1 to K26: what each counts, by which formula, past which line it is red (domain.md 9). No score sums them up.

Each function takes counts and gives a value. Where the record cannot give it, the value says what is missing and is
neither red nor green. Good news on fewer than ten says “few data”.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hrdd.oversight.rules.meetings import quarter_before, quarters_without
from risks.rules.suppression import median

QUERY_VERSION = "hrdd-board-1"
FEW = 10
CASE_OFF, CASE_FEW, CASE_UNKNOWN = "off target", "few data", "not recorded"
REPORT_EVERY_DAYS, REPORT_WITHIN_DAYS = 366, 183
NOT_PUBLISHED = (
    "No figures of complaints were published yet. They leave with a report, and the board reads what left."
)


@dataclass(frozen=True)
class Definition:
    """What an indicator is, in words that do not change from one release to the next; `line` in percent, of shares."""

    code: str
    group: str
    title: str
    definition: str
    formula: str
    red: str
    line: int | None = None


@dataclass(frozen=True)
class Value:
    """What an indicator was at one moment."""

    code: str
    said: str
    number: float | None = None
    detail: str = ""
    red: bool = False
    few_data: bool = False
    missing: str = ""


RISKS, MEASURES, PARTNERS, PEOPLE, HOUSE = (
    "Risks to people",
    "Measures",
    "Partners",
    "People who complained or were consulted",
    "How we govern ourselves",
)
KPIS: tuple[Definition, ...] = (
    Definition(
        "K1",
        RISKS,
        "Open severe risks",
        "Risks of level 4 or 5 that are not closed.",
        "count of open risks of level 4 or 5",
        "any without an owner",
    ),
    Definition(
        "K2",
        RISKS,
        "P1 clock",
        "Risks to be acted on first that had an approved plan in 7 days; those still in time are left out.",
        "P1 with a plan in time / P1 planned or past their time",
        "under 95 %",
        95,
    ),
    Definition(
        "K3",
        RISKS,
        "Severity drift",
        "Judgements that raised a level, less those that lowered one, in the last 90 days.",
        "rose - fell, 90 days; and the 90 days before",
        "a net rise in both periods",
    ),
    Definition(
        "K4",
        RISKS,
        "Assessments are fresh",
        "Open risks judged within the cycle of their tier.",
        "risks within their cycle / all open",
        "under 90 %",
        90,
    ),
    Definition(
        "K5",
        RISKS,
        "Affected people were heard",
        "Severe open risks whose judgement rests on what people affected said, or who speaks for them.",
        "level 4 or 5 with input of affected people / all of level 4 or 5",
        "under 80 %",
        80,
    ),
    Definition(
        "K6",
        MEASURES,
        "Re-assessed on time",
        "Re-assessments of twelve months decided by their day, of those decided or past it; by class.",
        "decided in time / due",
        "under 90 %; of classes I4 and I5 under 98 %",
        90,
    ),
    Definition(
        "K7",
        MEASURES,
        "Intrusive and overdue",
        "Suspensions, bans, terminations and withdrawals whose re-assessment is past its deadline.",
        "count of I4 and I5 overdue; age of the oldest",
        "any for 7 days",
    ),
    Definition(
        "K8",
        MEASURES,
        "Out of proportion",
        "Measures in force that are stronger than the severity supports, or weaker than the least expected.",
        "count of open findings above the ceiling or below the response expected",
        "any for 72 hours",
    ),
    Definition(
        "K9",
        MEASURES,
        "Reversed after a look",
        "Measures eased or lifted after a review or an appeal, of those decided on.",
        "(lifted + eased) / reviewed",
        "twice as high in one language as in another",
    ),
    Definition(
        "K10",
        MEASURES,
        "Necessity proven",
        "Measures in force, from reduced reach upwards, with every question of the three-part test answered.",
        "complete three-part tests / measures in force from I2",
        "under 100 %",
        100,
    ),
    Definition(
        "K11",
        MEASURES,
        "No machine suspends or bans",
        "Suspensions, bans and what is graver that a machine decided alone, and what was refused to a job.",
        "count of I4 and I5 decided fully by a machine; count of refusals of jobs",
        "any",
    ),
    Definition(
        "K12",
        PARTNERS,
        "Leverage had an effect",
        "Leverage on clocks past half time that stopped the abuse or brought the risk to its target.",
        "actions with an effect of 3 or 4 / actions past half-time",
        "under 30 %",
        30,
    ),
    Definition(
        "K13",
        PARTNERS,
        "Time to change has passed",
        "Harms tied to a partner, past the time to see change, with no exit considered.",
        "count",
        "any",
    ),
    Definition(
        "K14",
        PARTNERS,
        "Exits were assessed first",
        "Exits decided on an exit impact assessment completed before, of all exits.",
        "exits with a completed assessment / exits",
        "under 100 %",
        100,
    ),
    Definition(
        "K15",
        PEOPLE,
        "Complaints are answered in time",
        "Acknowledged in 7 days, and decided in 3 months, as last published.",
        "the first two indicators of predictable, UNGP 31(c)",
        "under 98 % and under 90 %",
    ),
    Definition(
        "K16",
        PEOPLE,
        "Remedy arrives",
        "Remedies delivered by the day agreed, and confirmed by the person, as last published.",
        "the last two indicators of rights-compatible, UNGP 31(f)",
        "under 90 %",
    ),
    Definition(
        "K17",
        PEOPLE,
        "Punished for speaking",
        "Reports of retaliation that are open, and those confirmed. Fewer than ten are never told.",
        "count open; count confirmed",
        "any open for 48 hours that nobody took up",
    ),
    Definition(
        "K18",
        PEOPLE,
        "Trust",
        "The eight criteria of UN Guiding Principle 31, each with its own light, as last published. Never an average.",
        "eight lights",
        "any off target",
    ),
    Definition(
        "K19",
        PEOPLE,
        "Loop closed",
        "Findings of consultations answered within 60 days, of those answered or overdue.",
        "answered in time / answered or overdue",
        "under 90 %",
        90,
    ),
    Definition(
        "K20",
        PEOPLE,
        "Learning",
        "Complaints upheld and closed that are linked to a risk, as last published.",
        "the first indicator of learning, UNGP 31(g)",
        "under 100 %",
    ),
    Definition(
        "K21",
        PEOPLE,
        "Same speed in every language",
        "Longest median time to a decision in a language against all, in the year to the last full quarter.",
        "longest median of a language / median of all, in days",
        "over 1.5",
    ),
    Definition(
        "K22",
        HOUSE,
        "People who know language and place",
        "Moderators and rights staff per million users, where an open risk is of level 4 or 5.",
        "staff x 1,000,000 / users, against the count before",
        "a fall in a country with a risk of level 4 or 5",
    ),
    Definition(
        "K23",
        HOUSE,
        "Leadership looks and answers",
        "Quarters in which the board had an item on rights; what was raised with leadership and answered in time.",
        "meetings with an item on rights in each ended quarter; answered in time / answered or overdue",
        "a quarter without; under 95 %",
    ),
    Definition(
        "K24",
        HOUSE,
        "We report on time",
        "Days until the next report is owed, counted from the last one; reports corrected.",
        "end of the last period reported + one year + 183 days",
        "late",
    ),
    Definition(
        "K25",
        HOUSE,
        "Business model is reviewed",
        "Reviews open for more than 180 days, and drivers that severe risks share without a review.",
        "count of both",
        "any",
    ),
    Definition(
        "K26",
        HOUSE,
        "Pay and training follow rights",
        "Executive offices whose pay depends on a goal about rights; trainings done of those due.",
        "linked / offices; done / due",
        "either under 90 %",
        90,
    ),
)
BY_CODE: Mapping[str, Definition] = {one.code: one for one in KPIS}


def share(code: str, part: int, whole: int, least: int, *, detail: str = "", worse: bool = False) -> Value:
    """Return a share in percent, red under its line.

    Args:
        code: of the indicator.
        part, whole: what is good, of what.
        least: the line in percent; None is never rounded up to it.
        detail: what stands behind it.
        worse: whether something else makes it red.
    """
    if not whole:
        return Value(code, "none yet", detail=detail, red=worse, few_data=not worse)
    red = worse or part * 100 < whole * least
    return Value(
        code,
        f"{100 * part // whole} %",
        number=round(100 * part / whole, 1),
        detail=f"{part} of {whole}. {detail}".strip(),
        red=red,
        few_data=not red and whole < FEW,
    )


def p1_clock(in_time: int, asked: int) -> Value:
    """Return K2."""
    return share("K2", in_time, asked, 95)


def severity_drift(now: tuple[int, int], before: tuple[int, int]) -> Value:
    """Return K3.

    Args:
        now, before: how many judgements raised and lowered a level in the last 90 days, and in the 90 before.
    """
    (rose, fell), (rose_before, fell_before) = now, before
    net, net_before = rose - fell, rose_before - fell_before
    red = net > 0 and net_before > 0
    moved = rose + fell
    return Value(
        "K3",
        f"{net:+d}" if net else "0",
        number=net,
        detail=f"{rose} rose, {fell} fell; in the 90 days before {rose_before} rose, {fell_before} fell.",
        red=red,
        few_data=not red and moved < FEW,
    )


def evidence_quality(heard: int, severe: int) -> Value:
    """Return K5."""
    return share("K5", heard, severe, 80)


def on_time(by_class: Mapping[int, tuple[int, int]]) -> Value:
    """Return K6.

    Args:
        by_class: for each class of intrusiveness, how many were decided in time, of how many due.
    """
    part, whole = (sum(one[nth] for one in by_class.values()) for nth in (0, 1))
    grave_part, grave = (sum(by_class.get(one, (0, 0))[nth] for one in (4, 5)) for nth in (0, 1))
    told = "; ".join(f"I{one}: {by_class[one][0]} of {by_class[one][1]}" for one in sorted(by_class))
    return share(
        "K6", part, whole, 90, detail=f"{told}." if told else "", worse=grave_part * 100 < grave * 98
    )


def automation_guard(by_machine: int, refused: int) -> Value:
    """Return K11.

    Args:
        by_machine: suspensions, bans and what is graver that a machine decided alone.
        refused: what rules or the database refused to a job within a year; a job that tried is broken.
    """
    return Value(
        "K11",
        str(by_machine),
        number=by_machine,
        detail=f"Refused to jobs by a rule or the database, within a year: {refused}.",
        red=by_machine > 0 or refused > 0,
    )


def of_complaints(code: str, told: Mapping[str, tuple[str, str]], parts: Mapping[str, str]) -> Value:
    """Return K15, K16 or K20 from what was published of UNGP 31, in its own words; nothing is counted anew (8.5).

    Args:
        code: of the indicator.
        told: what was printed and its light, by the code of the indicator of UNGP 31; empty before a publication.
        parts: which of them make up this one, with a word for each.
    """
    if not told:
        return Value(code, "not published", missing=NOT_PUBLISHED)
    found = {word: told.get(one, (CASE_UNKNOWN, CASE_UNKNOWN)) for one, word in parts.items()}
    lights = [light for _said, light in found.values()]
    if set(lights) == {CASE_UNKNOWN}:
        return Value(
            code, CASE_UNKNOWN, missing="The record does not hold it yet; the page behind it says why."
        )
    red = CASE_OFF in lights
    return Value(
        code,
        "; ".join(f"{word} {said}" for word, (said, _light) in found.items())[:80],
        detail="As published; small numbers stand as bounds.",
        red=red,
        few_data=not red and CASE_FEW in lights,
    )


def trust(lights: Mapping[str, str]) -> Value:
    """Return K18: how many of the eight are off target; the lights themselves stand beside it.

    Args:
        lights: of each criterion, as published.
    """
    if not lights:
        return Value("K18", "not published", missing=NOT_PUBLISHED)
    off = [name for name, light in lights.items() if light == CASE_OFF]
    few = sum(light == CASE_FEW for light in lights.values())
    return Value(
        "K18",
        f"{len(off)} of {len(lights)} off target",
        detail=(f"Off target: {', '.join(off).lower()}. " if off else "")
        + (f"Few data: {few} of {len(lights)}." if few else ""),
        red=bool(off),
        few_data=not off and few > 0,
    )


def retaliation(open_: int, untriaged: int, confirmed: int, k: int) -> Value:
    """Return K17: under k nothing is told but that it is few, not even none, since the subject is sensitive (8.5).

    Args:
        open_, untriaged, confirmed: reports that are open, those past 48 hours that nobody took up, those confirmed.
        k: the smallest number that is shown.
    """

    def told(many: int) -> str:
        return str(many) if many >= k else f"<{k}"

    red = untriaged > 0
    return Value(
        "K17",
        f"{told(open_)} open; {told(confirmed)} confirmed",
        number=open_ if open_ >= k else None,
        detail=f"Fewer than {k}, none included, are told as <{k}.",
        red=red,
        few_data=not red and open_ < k,
    )


def language_equity(days: Mapping[str, Sequence[float]]) -> Value:
    """Return K21.

    Args:
        days: days to each decision, by language.
    """
    overall = median([one for many in days.values() for one in many])
    medians = {
        language: found for language, many in days.items() if (found := median(list(many))) is not None
    }
    if overall is None or len(medians) < 2:
        return Value(
            "K21",
            "not shown",
            missing="Two languages with ten decisions each are needed before a median may be shown.",
        )
    slowest = max(medians, key=lambda one: (medians[one], one))
    ratio = round(medians[slowest] / overall, 2) if overall else 1.0
    return Value(
        "K21",
        f"{ratio:g}",
        number=ratio,
        detail=f"The slowest is “{slowest}”, among {len(medians)} languages with ten decisions or more.",
        red=ratio > 1.5,
    )


def resources(severe: int, falling: Sequence[str], uncounted: Sequence[str], *, counted: int) -> Value:
    """Return K22.

    Args:
        severe: counts of language and country where an open risk is of level 4 or 5.
        falling: those of them with fewer people per user than at the count before.
        uncounted: countries with such a risk and no count.
        counted: all counts there are.
    """
    if not counted:
        return Value(
            "K22", "not counted", missing="Nobody counted moderators and rights staff against users yet."
        )
    gaps = f" Not counted: {', '.join(uncounted)}." if uncounted else ""
    return Value(
        "K22",
        f"{len(falling)} of {severe} falling",
        number=len(falling),
        detail=(f"Falling: {', '.join(falling)}." if falling else "None falls.") + gaps,
        red=bool(falling),
    )


def leadership(held: Sequence[date], first: date | None, *, on: date, answered: int, due: int) -> Value:
    """Return K23.

    Args:
        held: days of meetings of the board with an item on rights.
        first: the day of the first meeting on record; None without any.
        on: the day.
        answered, due: what was raised with leadership in a year: answered in time, of what was answered or is overdue.
    """
    missed = quarters_without(held, first=first or quarter_before(on), on=on)
    last_missed = bool(missed) and missed[0] == quarter_before(on)
    share_red = answered * 100 < due * 95
    told = f"{answered} of {due} answered in time" if due else "nothing was due"
    quarters = f"{len(missed)} quarter{'' if len(missed) == 1 else 's'} without the board on rights"
    red = last_missed or share_red
    return Value(
        "K23",
        "1 quarter missed" if len(missed) == 1 else f"{len(missed)} quarters missed",
        number=len(missed),
        detail=f"{quarters}{', the last one among them' if last_missed else ''}; {told}.",
        red=red,
        few_data=not red and 0 < due < FEW,
    )


def reporting(
    last_period_end: date | None, *, on: date, corrected: int, redacted: Sequence[tuple[str, int]] = ()
) -> Value:
    """Return K24.

    Args:
        last_period_end: the last day of the latest period that was reported on; None before the first report.
        on: the day.
        corrected: how many published reports were corrected.
        redacted: how many passages the last report took out, by reason in words, as it tells the public itself.
    """
    if last_period_end is None:
        return Value("K24", "none published", detail="No report was published yet.", red=True)
    owed = last_period_end + timedelta(days=REPORT_EVERY_DAYS + REPORT_WITHIN_DAYS)
    left = (owed - on).days
    taken_out = ", ".join(f"{many} for {reason}" for reason, many in redacted) or "none"
    return Value(
        "K24",
        f"{left} days left" if left >= 0 else f"{-left} days late",
        number=left,
        detail=f"The last report ends on {last_period_end:%-d %B %Y}; the next is owed by {owed:%-d %B %Y}. "
        f"Corrected: {corrected}. Passages that the last report took out, by reason: {taken_out}.",
        red=left < 0,
    )


def pay_and_training(linked: int, offices: int, done: int, due: int) -> Value:
    """Return K26: the worse of the two decides its light, neither makes up for the other.

    Args:
        linked, offices: executive offices whose pay depends on a goal about rights, of all recorded.
        done, due: people who had a training, of those who were due it.
    """
    if not offices and not due:
        return Value(
            "K26", "not recorded", missing="Neither incentives of executives nor trainings are recorded yet."
        )
    pay = f"{linked} of {offices} offices" if offices else "pay not recorded"
    trained = f"{100 * done // due} % trained" if due else "training not recorded"
    red = linked * 100 < offices * 90 or done * 100 < due * 90
    return Value(
        "K26",
        f"{trained}; {pay}",
        number=round(100 * done / due, 1) if due else None,
        detail=f"Trained: {done} of {due}. Pay linked: {linked} of {offices}.",
        red=red,
        few_data=not red and min(many for many in (offices, due) if many) < FEW,
    )


def changed(now: Sequence[Value], before: Mapping[str, Value]) -> list[dict[str, str]]:
    """Return what is different since another release: lights that changed first, then figures.

    Args:
        now: the values now.
        before: those of the other release, by code.
    """

    def light(one: Value) -> str:
        return "missing" if one.missing else "red" if one.red else "few data" if one.few_data else "not red"

    found = []
    for one in now:
        then = before.get(one.code)
        if then is None or (then.said == one.said and light(then) == light(one)):
            continue
        turned = light(then) != light(one)
        found.append(
            {
                "code": one.code,
                "title": BY_CODE[one.code].title,
                "then": then.said,
                "now": one.said,
                "turned": light(one) if turned else "",
            }
        )
    return sorted(found, key=lambda one: (one["turned"] != "red", not one["turned"]))
