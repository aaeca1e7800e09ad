"""Every sentence and label that a page for people asks to have translated: what a catalogue in `locale/` must hold."""

import ast
import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from django.conf import settings

from remedies.queries.effectiveness import FINDING_WORDS, LANGUAGE_NAMES
from remedies.rules.case import TYPE_WORDS
from remedies.rules.effectiveness import CRITERIA, Facts, Light, indicators
from risks.models import Consultation, ConsultationFinding, Dilemma, DilemmaOption, ModelReview
from risks.queries.exit_figures import ENDED, KEPT, SUSPENDED
from risks.queries.publications import PLACES
from risks.rules.consultation import SILENCE, StakeholderType, heard_as
from risks.rules.countries import country_names
from risks.rules.exit import KIND_LABELS, TRIGGER_LABELS
from risks.rules.ladder import LADDER
from risks.rules.policy import APPROVERS, KINDS, STATES
from risks.rules.policy_diff import Became
from risks.rules.publication import PLAIN_TIES, Trend
from risks.rules.severity import BANDS
from risks.rules.statement_schema import label_of, values_of
from transparency.models import Document
from transparency.queries import consultations, policies
from transparency.queries.releases import TITLES
from transparency.queries.statement_numbers import QUESTIONS
from transparency.rules import releases, shown, withdrawal

ROOT = Path(settings.BASE_DIR)
CODE = ("hrdd", "risks", "remedies", "transparency")
IN_TEMPLATES = re.compile(
    r"""{% translate (?:"([^"]+)"|'([^']+)')(?: as \w+)? %}"""
    r"""|{% blocktranslate trimmed[^%]*%}(.+?){% endblocktranslate %}""",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2,}")
VARIABLE = re.compile(r"{{ (\w+) }}")
ASKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "marked"}
FIELDS = (
    *("decision_ground", "category", "content_type", "content_type_other"),
    *("source_type", "automated_detection", "automated_decision"),
)


def asked() -> set[str]:
    """Return every sentence that a template or the code asks to have translated, and every fixed label of a list."""
    return {*_of_templates(), *_of_code(), *labels()}


def _of_templates() -> Iterator[str]:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        for line, other, block in IN_TEMPLATES.findall(file.read_text(encoding="utf-8")):
            yield line or other or VARIABLE.sub(r"%(\1)s", " ".join(block.split()))


def _of_code() -> Iterator[str]:
    for file in chain.from_iterable(sorted((ROOT / name).rglob("*.py")) for name in CODE):
        text = file.read_text(encoding="utf-8")
        if "django.utils.translation" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS:
                said = node.args[0]
                if isinstance(said, ast.Constant):
                    yield str(said.value)


def labels() -> set[str]:
    """Return the labels of lists, forms and tables that public pages show in the page's language."""
    return {said for said in chain(_of_risks(), _of_statements(), _of_figures(), _of_the_rest()) if said}


def _of_risks() -> Iterable[str]:
    with (ROOT / "risks" / "data" / "rights.csv").open(encoding="utf-8", newline="") as file:
        rights = [row["title"] for row in csv.DictReader(file)]
    bands = [BANDS[level] for level in BANDS]
    return [*rights, *country_names().values(), *PLACES.values(), *bands, *Trend, *PLAIN_TIES.values()]


def _of_statements() -> Iterable[str]:
    of_fields = [label_of(field) for field in FIELDS]
    values = [said for field in FIELDS for said in values_of(field).values()]
    counted = [said for name, _field, answers in QUESTIONS for said in (name, *answers.values())]
    return [
        *of_fields,
        *values,
        *counted,
        *(rung.label for rung in LADDER.values()),
        shown.OTHERS,
        shown.NOT_SHOWN,
    ]


def _of_figures() -> Iterable[str]:
    outcomes = [
        f"{one}, {how}"
        for one in (SUSPENDED, ENDED, KEPT)
        for how in ("by reason", "by severity of the harm")
    ]
    bands = [f"{level} {band}" for level, band in BANDS.items()]
    questions = ("type", "language", "finding", "reason", "severity")
    answers = [
        *TYPE_WORDS.values(),
        *LANGUAGE_NAMES.values(),
        *FINDING_WORDS.values(),
        *TRIGGER_LABELS.values(),
    ]
    titles = [*TITLES.values(), *outcomes, releases.NOT_SPLIT, "Not on record"]
    told = indicators(Facts(), begin=date(2026, 1, 1), end=date(2026, 12, 31))
    of_indicators = [said for one in told for said in (one.label, one.definition, one.target, one.missing)]
    titles += [said for said in of_indicators if WORD.search(said)]
    return [*titles, *questions, *answers, *bands, *CRITERIA.values(), *Light, "reported"]


def _of_the_rest() -> Iterable[str]:
    choices = (
        *Consultation._meta.get_field("method").flatchoices,
        *ConsultationFinding._meta.get_field("response").flatchoices,
        *ModelReview._meta.get_field("driver").flatchoices,
        *ModelReview._meta.get_field("conclusion").flatchoices,
        *DilemmaOption._meta.get_field("kind").flatchoices,
        *Dilemma._meta.get_field("demand_authority").flatchoices,
        *Document.Format.choices,
    )
    heard = [heard_as(one) for one in StakeholderType]
    said = [SILENCE, consultations.NO_QUOTE, policies.NEVER, "not on record"]
    return [
        *(str(label) for _code, label in choices),
        *heard,
        *said,
        *APPROVERS.values(),
        *KINDS.values(),
        *STATES.values(),
        *KIND_LABELS.values(),
        *Became,
        *withdrawal.REASONS.values(),
    ]
