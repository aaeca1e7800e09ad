"""A question that a person answers without a script: plain words, read aloud like any others (ADR 23)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUESTIONS: list[tuple[Promise, list[Promise]]] = [
    (
        _("Which of these do you see in the sky?"),
        [_("sun"), _("moon"), _("cloud"), _("star"), _("rainbow"), _("lightning")],
    ),
    (
        _("Which of these can you eat?"),
        [_("bread"), _("rice"), _("soup"), _("cheese"), _("apple"), _("onion")],
    ),
    (_("Which of these do you wear?"), [_("shirt"), _("shoe"), _("hat"), _("coat"), _("sock"), _("dress")]),
    (
        _("Which of these is a part of the body?"),
        [_("hand"), _("foot"), _("nose"), _("knee"), _("ear"), _("tooth")],
    ),
    (_("Which of these can you sit on?"), [_("chair"), _("bench"), _("sofa"), _("stool")]),
]
NAMES = ("answer_one", "answer_two")


@dataclass(frozen=True)
class Question:
    """One question, its words in a new order, and the place of the right one."""

    name: str
    asks: Promise
    words: list[Promise]
    right: int


def new_questions() -> list[Question]:
    """Return two questions, each with a word of every kind."""
    draw = secrets.SystemRandom()
    asked = draw.sample(range(len(QUESTIONS)), len(NAMES))
    made = []
    for name, kind in zip(NAMES, asked, strict=True):
        order = draw.sample(range(len(QUESTIONS)), len(QUESTIONS))
        words = [draw.choice(QUESTIONS[other][1]) for other in order]
        made.append(Question(name, QUESTIONS[kind][0], words, order.index(kind)))
    return made


def are_right(said: Mapping[str, str], right: tuple[str, ...]) -> bool:
    """Whether both answers that came with a form are the right ones."""
    return len(right) == len(NAMES) and all(
        said.get(name) == one for name, one in zip(NAMES, right, strict=True)
    )
