"""A field that is wrong is named, with how to mend it: in every form, and in whatever the API takes."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.core import validators
from django.forms import BaseForm, formsets
from django.http import QueryDict
from rest_framework import relations, serializers

from hrdd.accounts.forms import DelegationForm
from hrdd.forms import Form
from hrdd.governance.api.problems import errors_in
from hrdd.governance.api.wrong_fields import name_the_fixes

ROOT = Path(__file__).parents[2]
APPS = ("hrdd", "risks", "remedies", "transparency")
OF_THE_INTAKE = "remedies.forms.intake"  # four languages; its own words, tested in test_languages
NONSENSE = ("", "\0", "no such thing", "x" * 20_000, "-1", "99999999999999999999", "<b>%s</b>")
PLACEHOLDER = re.compile(r"\\\{\w+\\\}|%\\\(\w+\\\)\w|%\(\w+\)\w")

# People have the provisions and docs/method.md, and not the document that the numbers of our sections came from.
OF_THE_DOMAIN = re.compile(
    r"domain(\.md| rule)? \d|domain roles|domain\.md|reliability\.md"
    r"|^[1-9]\.\d{1,2}( N\d)?: |[(][1-9]\.\d{1,2}( N\d)?[);]|; [1-9]\.\d{1,2}[),]"
)
SECTION = re.compile(r"[Mm]ethod (\d+[a-z]?(?:\.\d+)?)")

pytestmark = pytest.mark.django_db


def all_of(kind: type) -> Iterator[type]:
    """Yield each class of ours that is one of a kind."""
    for folder in APPS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "forms" in str(path) or "api" in str(path):
                import_module(
                    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                )
    ahead, seen = [kind], set[type]()
    while ahead:
        for one in ahead.pop().__subclasses__():
            if one not in seen:
                seen.add(one)
                ahead.append(one)
                if one.__module__.split(".")[0] in APPS:
                    yield one


def words_of_the_framework() -> re.Pattern[str]:
    """Return what Django and its REST framework say by themselves."""
    said: set[str] = set()
    for module in (forms.fields, forms.models, formsets, serializers, relations):
        for one in vars(module).values():
            if isinstance(one, type):
                said |= {str(text) for text in vars(one).get("default_error_messages", {}).values()}
    for one in vars(validators).values():
        if isinstance(one, type) and isinstance(getattr(one, "message", None), str):
            said.add(str(one.message))
    said |= {"Ensure this", "Null characters are not allowed", "This field"}
    patterns = [PLACEHOLDER.sub(".*", re.escape(text)) for text in said if text]
    return re.compile("|".join(patterns))


FRAMEWORK = words_of_the_framework()


def test_every_form_is_one_that_names_the_field_and_the_fix() -> None:
    found = [one for one in all_of(BaseForm) if not one.__module__.startswith(OF_THE_INTAKE)]

    assert len(found) > 150
    assert [one for one in found if not issubclass(one, Form)] == []


def test_no_form_says_what_the_framework_says_by_itself() -> None:
    wrong, seen = set(), 0

    for one in all_of(Form):
        bare = type("Bare", (Form,), dict(one.base_fields))  # type: ignore[attr-defined]
        for said in NONSENSE:
            sent = QueryDict(mutable=True)
            for name in one.base_fields:  # type: ignore[attr-defined]
                sent[name] = said
            for name, errors in bare(sent).errors.items():
                seen += len(errors)
                wrong |= {(one.__name__, name, text) for text in errors if FRAMEWORK.search(text)}

    assert seen > 1000
    assert not sorted(wrong)


def test_a_form_names_fields_that_are_added_or_renamed_late() -> None:
    form = DelegationForm({}, roles=[], people=[])
    form.fields["role"].label = "100% yours?"

    assert form.errors["role"] == ["100% yours? Choose one from the list."]
    assert form.errors["until"] == ["Last day: choose a day."]


def test_no_list_begins_with_something_chosen_where_somebody_must_choose() -> None:
    begin, unchosen = set(), 0

    for one in all_of(Form):
        bare = type("Bare", (Form,), dict(one.base_fields))()  # type: ignore[attr-defined]
        for shown in bare:
            if (
                type(shown.field.widget) is forms.Select
                and shown.field.required
                and list(shown.field.choices)
            ):
                options = str(shown)
                unchosen += '<option value="" selected>' in options
                if '<option value="" selected>' not in options:
                    begin.add(shown.name)

    assert unchosen > 30
    assert begin == {
        "language",
        "days",
        "disclosure",
        "identity_mode",
        "unit_of_review",
        "automated_decision",
    }


def test_nothing_that_the_api_takes_is_refused_in_the_framework_s_words() -> None:
    wrong, seen = set(), 0

    for one in all_of(serializers.Serializer):
        if issubclass(one, serializers.ModelSerializer) and not hasattr(one, "Meta"):
            continue  # a base that others complete
        names = [name for name, field in one().fields.items() if not field.read_only]
        for said in ({}, "", "\0", "x" * 3000, -(10**30), None, []) if names else ():
            for sent in (dict.fromkeys(names, said), said):
                shape = one(data=sent)
                name_the_fixes(shape)
                shape.is_valid()
                for error in errors_in(shape.errors):
                    seen += 1
                    if FRAMEWORK.search(error["detail"]):
                        wrong.add((one.__name__, error["pointer"], error["detail"]))

    assert seen > 2000
    assert not sorted(wrong)


def sentences() -> Iterator[tuple[str, str]]:
    """Yield each text of ours that a person may read, with the file where it stands."""
    for folder in APPS:
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
            for one in ast.walk(tree):
                said = getattr(one, "value", None) if isinstance(one, ast.Constant) else None
                if isinstance(said, str) and " " in said and id(one) not in told:
                    yield str(path.relative_to(ROOT)), said
    for path in (ROOT / "templates").rglob("*.*"):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_people_are_given_provisions_that_they_can_look_up() -> None:
    found = list(sentences())

    assert len(found) > 5000
    assert [one for one in found if OF_THE_DOMAIN.search(one[1])] == []


def test_every_section_of_the_method_that_a_sentence_names_is_there() -> None:
    method = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    there = set(re.findall(r"^#+ (\d+[a-z]?(?:\.\d+)?)[. ]", method, re.MULTILINE))

    named = {(where, number) for where, said in sentences() for number in SECTION.findall(said)}

    assert len(named) > 20
    assert {one for one in named if one[1] not in there} == set()
