"""What a person types is shown as words, whatever it is: on the form, on the desk, behind the receipt (T14)."""

from collections import Counter
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from remedies.models import Case
from tests.remedies.test_case_desk import at_desk
from tests.remedies.vault_stage import Vault, answers, post, sent, to_review, vault_of_three

__all__ = ["vault_of_three"]
OPENINGS = (
    "",
    '"',
    "'",
    "</textarea>",
    '">',
    "'>",
    "-->",
    "]]>",
    "</title>",
    "</script>",
    "</style>",
    "&quot;>",
)
ATTACKS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<form action=//x.example><input name=token>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<base href=//x.example/>",
    "<link rel=stylesheet href=//x.example/x.css>",
    "<style>@import '//x.example'</style>",
    "<math><mtext><mglyph><style><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "{{ request }}{% load static %}{% debug %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028alert(1)\u2029",
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd",
    "\\x3cscript\\x3e",
)
WORDS = (
    "\u202eright to left\u202c",
    "a\u200bb\u200dc\ufeffd",
    "\ufb01 \u2460 \u212b \u210c",
    "\U0001d518\U0001d52b\U0001d526 \U0001f469\U0001f3fd\u200d\u2696\ufe0f \U0001f3f3\ufe0f\u200d\U0001f308",
    "\u0627\u0640\u0651\u064b \u0644\u063a\u0629",
    "Z\u0337\u0321\u0356a\u0335\u0322l\u0338g\u0337o",
    "\U000e0041\U000e0042",
    "\ud7ff\ue000\ufffd",
    "\u00dcn\u00efc\u00f6de U\u0308ni\u0308code",
    "\u2066\u2067\u2068\u2069",
)
HOSTILE = [before + attack for before, attack in product(OPENINGS, ATTACKS)] + list(WORDS)
BATCH = 60


class Page(HTMLParser):
    """The elements of a page with their attributes' names, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[" ".join([tag, *sorted(name for name, _value in attrs)])] += 1
        self.words += "".join(value or "" for name, value in attrs if (tag, name) == ("input", "value"))

    def handle_data(self, data: str) -> None:
        self.words += data


def lines(batch: list[str]) -> str:
    return "\n".join(f"{number}: {one} ." for number, one in enumerate(batch))


def as_shown(page: Any) -> Page:
    return Page(page.content.decode().replace("\r\n", "\n"))


def batches() -> list[list[str]]:
    filled = HOSTILE + ["plain"] * (-len(HOSTILE) % BATCH)
    return [filled[at : at + BATCH] for at in range(0, len(filled), BATCH)]


def shown_everywhere(stage: Vault, text: str) -> dict[str, Page]:
    """Raise a concern with these words, answer with them, and return every page that shows them."""
    visitor, grace = Client(), at_desk(stage.grace)
    said = answers(what=text, where=text[:200])
    token, _receipt = to_review(visitor, said=said)
    pages = {
        "review": post(visitor, "/raise/en/", step="review", token=token, **said),
        "mistaken": post(visitor, "/raise/en/", step="review", token=token, **(said | {"type": ""})),
    }
    before = set(Case.objects.values_list("pk", flat=True))
    sent(visitor, said=said)
    (case,) = Case.objects.exclude(pk__in=before)
    pages["read"] = grace.post(reverse("case-read", args=[case.pk]), {"purpose": "screening"})
    pages["case"] = grace.get(reverse("case-detail", args=[case.pk]))
    assert {page.status_code for page in pages.values()} == {200}
    return {name: as_shown(page) for name, page in pages.items()}


def test_no_word_becomes_an_element_and_each_comes_back_as_it_was(vault_of_three: Vault) -> None:
    plain = shown_everywhere(vault_of_three, lines(["plain"] * BATCH))
    for batch in batches():
        text = lines(batch)

        shown = shown_everywhere(vault_of_three, text)

        assert {name: page.elements for name, page in shown.items()} == {
            name: page.elements for name, page in plain.items()
        }
        for name in ("review", "mistaken", "read"):
            assert [line for line in text.split("\n") if line not in shown[name].words] == [], name
    assert len(HOSTILE) > 300


def test_the_comparison_sees_an_element_that_came_through() -> None:
    """The off-switch: without escaping, the attacks do become elements."""
    plain = Page("<p>plain</p>").elements
    became = [one for one in HOSTILE if Page(f"<p>{one}</p>").elements != plain]

    assert len(became) > len(HOSTILE) / 2


@pytest.mark.parametrize("said", ["a\x00b", "\x00"])
def test_a_null_is_refused_in_words_and_nothing_breaks(vault_of_three: Vault, said: str) -> None:
    token, _receipt = to_review(Client(), said=answers())

    page = post(Client(), "/raise/en/", step="review", token=token, **answers(what=said))

    assert page.status_code == 200
    assert not Case.objects.exists()
