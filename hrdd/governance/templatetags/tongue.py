"""Words, days and numbers as a reader of the page's language knows them."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as marked
from django.utils.translation.trans_real import catalog

from hrdd.tongues import ENGLISH

register = template.Library()
SMALL = ("fr", "es")  # they begin the name of a language with a small letter
COUNTED = re.compile(r"(fewer than|about) (\d+)")
FEWER, ABOUT = marked("fewer than %(number)s"), marked("about %(number)s")
OF_A_UNIT = re.compile(r"(\d+(?:\.\d+)?) (of 5|channels|days|points|in 24 months)")
UNITS = {
    "of 5": marked("%(number)s of 5"),
    "channels": marked("%(number)s channels"),
    "days": marked("%(number)s days"),
    "points": marked("%(number)s points"),
    "in 24 months": marked("%(number)s in 24 months"),
}


@register.filter
def worded(label: object) -> str:
    """Return a fixed label of a form, a table or a list in the page's language.

    What has no translation stands there in English and is marked as English.
    """
    said = str(label) if label else ""
    if not said or (get_language() or ENGLISH).startswith(ENGLISH):
        return said
    if said not in catalog()._catalog:  # type: ignore[attr-defined]  # the stubs leave it out
        return format_html('<span lang="en" dir="ltr">{}</span>', said)
    return gettext(said)


@register.filter
def in_a_sentence(language: str) -> str:
    """Return the name of a language as the page's own language writes it inside a sentence."""
    return language.lower() if get_language() in SMALL else language


@register.filter
def recorded(said: str, written: str = "") -> str:
    """Return a label in the page's language where it is one, else the words of the record, marked by `written`."""
    if not written:
        return said
    if found := OF_A_UNIT.fullmatch(said):
        return gettext(UNITS[found[2]]) % {"number": number_format(found[1], use_l10n=True)}
    known = said in catalog()._catalog  # type: ignore[attr-defined]  # the stubs leave it out
    return gettext(said) if known else format_html("<span{}>{}</span>", written, said)


@register.filter
def counted(said: object) -> str:
    """Return a published number in the page's language, where it is a number or says that it is hidden."""
    told = str(said)
    found = COUNTED.fullmatch(told)
    if found is None:
        return number(told) if told.isdecimal() else worded(told)
    return gettext(FEWER if found[1] == "fewer than" else ABOUT) % {"number": number(found[2])}


@register.filter
def number(value: object) -> str:
    """Return a whole number with its thousands as the page's language groups them."""
    return number_format(int(str(value)), use_l10n=True, force_grouping=True)


@register.filter
def local_day(value: Any) -> str:
    """Return a day in words; nothing for what is no day."""
    if not isinstance(value, date):
        return ""
    day = value.date() if isinstance(value, datetime) else value
    return _in_words(day, get_language() or ENGLISH)


@lru_cache(maxsize=4_000)  # a list of a hundred rows has the same few days
def _in_words(day: date, _language: str) -> str:
    return date_format(day, gettext("j F Y"))


@register.filter
def span_of(report: Any) -> str:
    """Return the period of a report as people say it."""
    said: str = report.period_label
    if said.isdecimal():
        return said
    days = {"begin": local_day(report.period_from), "end": local_day(report.period_to)}
    return gettext("%(begin)s to %(end)s") % days
