"""The living page of tokens and components: what a page is made of, as it looks in every mode."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hrdd.forms import Form
from hrdd.governance.access import requires
from hrdd.governance.rules import Permission
from hrdd.workbench.queries.stylesheet import site_tokens
from hrdd.workbench.rules.tokens import DARK, LIGHT, MORE, MORE_DARK, PAIRS, contrast, scoped

MODE_LABELS = {
    LIGHT: "Light",
    DARK: "Dark",
    MORE: "More contrast",
    MORE_DARK: "More contrast, dark",
}
DAY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
ENGLISH = {
    "badge": "Due",
    "harm": "Spyware delivered through a messaging service",
    "state": "In force",
    "button": "Record",
    "second": "Save the view",
    "danger": "Withdraw",
    "said": "Recorded.",
    "refusal": "Say why, in a sentence or more.",
    "words": "Reasons",
    "help": "Others follow the decision by these words.",
    "empty": "No risk matches",
    "tip": "Leave out one of the filters.",
    "step": "Judged severe",
    "link": "Back to the register",
}
ARABIC = {
    "badge": "مستحق",
    "harm": "برامج تجسس عبر خدمة مراسلة",
    "state": "نافذ",
    "button": "تسجيل",
    "second": "حفظ العرض",
    "danger": "سحب",
    "said": "تم التسجيل.",
    "refusal": "اذكر السبب في جملة أو أكثر.",
    "words": "الأسباب",
    "help": "يتابع الآخرون القرار بهذه الكلمات.",
    "empty": "لا يوجد خطر مطابق",
    "tip": "أزل أحد عوامل التصفية.",
    "step": "حُكم بأنه جسيم",
    "link": "العودة إلى السجل",
}
KINDS = (
    ("neutral", "No colour: a word and nothing else"),
    ("urgent", "A triangle: somebody must act now"),
    ("due", "A square: somebody must act by a day"),
    ("ok", "A dot: in order"),
    ("expire", "A ring: ended by its end date"),
    ("lift", "A ring in the colour of links: to be lifted"),
    ("human", "A person decides or signs"),
)


class SpecimenForm(Form):
    """A field of each sort, none of which is ever sent."""

    words = forms.CharField(label="Reasons", help_text=ENGLISH["help"], widget=forms.Textarea({"rows": 3}))
    day = forms.DateField(label="Until", required=False, widget=forms.DateInput({"type": "date"}))
    level = forms.ChoiceField(label="Severity", choices=[("", "Any"), ("5", "5 critical"), ("4", "4 severe")])
    way = forms.ChoiceField(
        label="Outcome", choices=[("keep", "Maintain"), ("lift", "Lift")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="I read the evidence", required=False)


class WordsForm(Form):
    """One field, in the words of its reader."""

    words = forms.CharField(widget=forms.Textarea({"rows": 2}))

    def __init__(self, said: dict[str, str], **rest: Any) -> None:
        super().__init__(**rest)
        self.fields["words"].label, self.fields["words"].help_text = said["words"], said["help"]


class FilterForm(Form):
    """What a list is filtered by."""

    q = forms.CharField(label="Words", widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(label="State", choices=[("", "Any"), ("active", "In force")])


@dataclass(frozen=True)
class Board:
    """The same things on the same ground in one mode, or in one direction."""

    key: str
    label: str
    tongue: str
    words: dict[str, str]
    form: WordsForm


def _board(key: str, label: str, *, tongue: str, words: dict[str, str]) -> Board:
    form = WordsForm(words, auto_id=f"{key}_%s", data={"words": ""})
    form.errors["words"] = form.error_class([words["refusal"]])
    return Board(key, label, tongue, words, form)


@require_safe
@requires(Permission.READ_DESK)
def components(request: HttpRequest) -> HttpResponse:
    """Tokens with their ratios of contrast, and every component as it is used."""
    tokens = site_tokens()
    wrong = SpecimenForm({"words": "", "level": "5", "way": "keep"}, auto_id="wrong_%s")
    wrong.errors["words"] = wrong.error_class([ENGLISH["refusal"]])
    modes = [_board(mode, label, tongue="en", words=ENGLISH) for mode, label in MODE_LABELS.items()]
    context = {
        "modes": MODE_LABELS.values(),
        "pairs": [(pair, _ratios(pair, tokens)) for pair in PAIRS],
        "types": [(name, size) for name, size in tokens[LIGHT].items() if name.startswith("t-")],
        "spaces": [(name, size) for name, size in tokens[LIGHT].items() if name in SPACES],
        "kinds": KINDS,
        "levels": ((5, "critical"), (4, "severe"), (3, "serious"), (2, "moderate"), (1, "minor")),
        "boards": [*modes, _board("rtl", "Right to left", tongue="ar", words=ARABIC)],
        "form": SpecimenForm(auto_id="right_%s"),
        "wrong": wrong,
        "filter": FilterForm(auto_id="filter_%s"),
        "page_obj": Paginator(range(120), 50).page(2),
        "keys": {
            "several": True,
            "beginning": False,
            "previous": "a",
            "next": "b",
            "rows": range(50),
            "count": 120,
        },
        "day": DAY,
        "facts": [("Partner", "Northern Cloud"), ("Known since", DAY.date()), ("Owner", "")],
        "story": [
            {"day": DAY.date(), "what": "Judged severe", "kind": "severity", "url": "#timeline"},
            {"when_said": "in the spring of 2025", "what": "First heard of", "kind": "from the record"},
        ],
    }
    return render(request, "workbench/components.html", context)


SPACES = {f"s{step}" for step in range(1, 8)}


def _ratios(pair: Any, tokens: dict[str, dict[str, str]]) -> list[tuple[str, bool]]:
    found = [(mode, contrast(tokens[mode][pair.front], tokens[mode][pair.back])) for mode in MODE_LABELS]
    return [(f"{ratio:.1f}", ratio >= pair.least_in(mode)) for mode, ratio in found]


@require_safe
@requires(Permission.READ_DESK)
def component_modes(request: HttpRequest) -> HttpResponse:
    """The sheet by which that page shows each mode beside the others, made of the tokens themselves."""
    return HttpResponse(scoped(site_tokens()), content_type="text/css")
