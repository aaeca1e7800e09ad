"""What each public file holds, as JSON Schema (draft 2020-12): names and types that programs may rely on."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
YES_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
SAID: Schema = {
    "type": ["integer", "string"],
    "description": "A number, or in words why none is told, such as “fewer than 10”.",
}
LEVEL: Schema = {"type": "integer", "minimum": 1, "maximum": 5}


def _record(**fields: Schema) -> Schema:
    """Return an object that has these fields and no other."""
    return {
        "type": "object",
        "properties": fields,
        "required": sorted(fields),
        "additionalProperties": False,
    }


def _many(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_none(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "null"}]}


TEXTS = _many(TEXT)
_DILEMMA = _record(**dict.fromkeys(("question", "decided", "reasons", "policy", "test", "demand"), TEXT))
_RISK = _record(
    id=TEXT,
    title=TEXT,
    summary=TEXT,
    level=LEVEL,
    band=TEXT,
    incomplete=YES_NO,
    places=TEXTS,
    rights=TEXTS,
    involvement=TEXT,
    trend=TEXT,
    measures_in_force=WHOLE,
    approved_plans=WHOLE,
    words_replaced_on=_or_none(DAY),
    dilemmas=_many(_DILEMMA),
)
_ANSWERED = _record(**dict.fromkeys(("theme", "you_said", "response", "we_did", "why"), TEXT))
_CONSULTATION = _record(
    **dict.fromkeys(
        ("anchor", "title", "question", "year", "method", "people", "summary", "limits", "proxy_reasons"),
        TEXT,
    ),
    asked=TEXTS,
    breakdown=_many({"type": "array", "prefixItems": [TEXT, TEXT], "items": False}),
    themes=TEXTS,
    proxy=YES_NO,
    after_the_fact=YES_NO,
    findings=_many(_ANSWERED),
)
_FIGURE = _record(
    period=TEXT,
    edition=WHOLE,
    period_from=DAY,
    period_to=DAY,
    frozen_at=MOMENT,
    table=TEXT,
    title=TEXT,
    code=TEXT,
    label=TEXT,
    value=SAID,
    smallest_shown=_or_none(WHOLE),
    content_sha256=HASH,
)
_FILE = _record(url=ADDRESS, media_type=TEXT, bytes=WHOLE, sha256=HASH)
_EDITION = _record(
    title=TEXT,
    period=TEXT,
    period_from=DAY,
    period_to=DAY,
    edition=WHOLE,
    published_at=_or_none(MOMENT),
    content_sha256=HASH,
    replaced=YES_NO,
    files=_many(_FILE),
)
_REPLACED = _record(edition=WHOLE, content_sha256=HASH)
_CORRECTED = _record(period=TEXT, edition=WHOLE, published_at=_or_none(MOMENT), replaces=_many(_REPLACED))
_CODED: Schema = {"type": ["string", "array", "null"], "items": {"type": "string"}}
_STATEMENT = _record(
    puid=TEXT,
    issued_on=DAY,
    restriction=TEXT,
    restriction_class=WHOLE,
    decision_visibility=_CODED,
    decision_monetary=_CODED,
    decision_provision=_CODED,
    decision_account=_CODED,
    decision_ground=_CODED,
    rule_or_law=TEXT,
    explanation=TEXT,
    category=_CODED,
    content_type=_CODED,
    content_type_other=_or_none(TEXT),
    content_month=TEXT,
    territory=TEXTS,
    application_date=_or_none(DAY),
    end_date=_or_none(DAY),
    decision_facts=_or_none(TEXT),
    source_type=_CODED,
    automated_detection=_CODED,
    automated_decision=_CODED,
    corrects=_or_none(TEXT),
    corrected_by=_or_none(TEXT),
)
_DAYS = _record(
    language=TEXT,
    state=TEXT,
    in_force_on=_or_none(DAY),
    ended_on=_or_none(DAY),
    why_it_ended=TEXT,
    approved_on=_or_none(DAY),
    approved_by=TEXT,
    content_hash=HASH,
)
_POLICY = _record(
    policy=TEXT,
    kind=TEXT,
    title=TEXT,
    version_in_force=_or_none(WHOLE),
    versions=_many(_record(version=WHOLE, languages={"type": "object", "additionalProperties": _DAYS})),
)

_SHAPES: Mapping[str, tuple[str, Schema]] = {
    "figures": ("Every number of every published report, as it was frozen", _record(figures=_many(_FIGURE))),
    "risks": (
        "The salient risks as they stand on a day",
        _record(
            as_of=DAY,
            signed_by_the_board_on=_or_none(DAY),
            severe_not_listed=TEXT,
            risks=_many(_RISK),
        ),
    ),
    "statements": ("Statements of reasons that anyone may read", _record(statements=_many(_STATEMENT))),
    "policies": ("The policies with their public versions", _record(policies=_many(_POLICY))),
    "consultations": (
        "What people said in consultations, and what was done about it",
        _record(consultations=_many(_CONSULTATION)),
    ),
    "business-model": (
        "The reviews of the business model that the board signed",
        _record(
            reviews=_many(
                _record(**dict.fromkeys(("driver", "conclusion", "changes_made", "left_out"), TEXT))
            )
        ),
    ),
    "oversight": (
        "Who answers for human rights, and how it was overseen",
        _record(
            answering=_many(_record(function=TEXT, role=TEXT, reports_to=TEXT, since=DAY)),
            meetings=_many(
                _record(
                    quarter=TEXT,
                    runs=YES_NO,
                    bodies=_many(_record(body=TEXT, met=WHOLE, with_an_item_on_rights=WHOLE)),
                )
            ),
            topics=_many(_record(topic=TEXT, meetings=WHOLE)),
            training=_many(_record(audience=TEXT, done=_or_none(TEXT), due_on=DAY, as_of=DAY)),
            policy_commitment=_or_none({"type": "object"}),
        ),
    ),
    "reports": ("The published reports, by edition, with their files", _record(editions=_many(_EDITION))),
    "corrections": (
        "What was published and then corrected or withdrawn",
        _record(
            reports=_many(_CORRECTED),
            withdrawn=_many(
                _record(period=TEXT, edition=WHOLE, content_sha256=HASH, reason=TEXT, withdrawn_on=DAY)
            ),
            risks=_many(_record(title=TEXT, what=TEXT, replaced_on=DAY)),
            statements=_many(_record(puid=TEXT, corrects=TEXT, issued_on=DAY)),
        ),
    ),
}
SCHEMAS: Mapping[str, Schema] = {
    name: {"$schema": DIALECT, "title": title, **shape} for name, (title, shape) in _SHAPES.items()
}
