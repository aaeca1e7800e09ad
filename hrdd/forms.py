"""What every form says of a field that is wrong: which field, and how to mend it, never the framework's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.forms import BoundField
from django.forms.utils import pretty_name

SHORTER_NUMBER = "write a shorter number."
LIMITS: Mapping[str, str] = {
    "max_length": "keep it under %(limit_value)s characters.",
    "min_length": "at least %(limit_value)s characters.",
    "min_value": "%(limit_value)s or more.",
    "max_value": "%(limit_value)s or less.",
    "max_digits": SHORTER_NUMBER,
    "max_decimal_places": SHORTER_NUMBER,
    "max_whole_digits": SHORTER_NUMBER,
    "null_characters_not_allowed": "leave out the character NUL.",
}
SAID_AS_IT_STANDS = {"required", "invalid", "missing", "empty", "invalid_list"}  # Django formats the others
UNCHOSEN = ("", "Choose")
SOME_OF_THE_LIST = {
    "required": "choose at least one.",
    **dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), "choose from the list."),
}
Kinds = type[forms.Field] | tuple[type[forms.Field], ...]
# The first that a field is one of says how it is mended.
FIXES: Sequence[tuple[Kinds, Mapping[str, str]]] = (
    ((forms.MultipleChoiceField, forms.ModelMultipleChoiceField), SOME_OF_THE_LIST),
    (
        (forms.ChoiceField, forms.ModelChoiceField),
        dict.fromkeys(("required", "invalid_choice"), "choose one from the list."),
    ),
    (forms.BooleanField, {"required": "tick the box."}),
    (forms.DateField, {"required": "choose a day.", "invalid": "a day such as 2026-11-25."}),
    (
        forms.FileField,
        {
            **dict.fromkeys(("required", "invalid", "missing"), "choose a file."),
            "empty": "this file is empty. Choose another.",
            "max_length": "its name is too long. Give it a shorter one.",
        },
    ),
    (
        (forms.FloatField, forms.DecimalField),
        {"required": "write a number.", "invalid": "a number such as 1.5."},
    ),
    (forms.IntegerField, {"required": "write a number.", "invalid": "a whole number."}),
    (forms.EmailField, {"required": "write it.", "invalid": "write it as name@example.org."}),
    (forms.URLField, {"required": "write it.", "invalid": "write it as https://example.org."}),
    (forms.Field, {"required": "write it."}),
)


class Form(forms.Form):
    """A form that names the field and the fix wherever a field says nothing of its own.

    A list from which somebody must choose begins with nothing chosen, unless the form begins with a value.
    """

    def __getitem__(self, name: str) -> BoundField:
        """Return a field as the page shows it."""
        shown = super().__getitem__(name)
        if shown.initial in (None, "") and shown.field.required:
            begin_unchosen(shown.field)
        return shown

    def full_clean(self) -> None:
        """Check what was sent."""
        for name, field in self.fields.items():
            name_the_fix(field, str(field.label or pretty_name(name)))
        super().full_clean()


def begin_unchosen(field: forms.Field) -> None:
    """Put nothing before the choices of a list that begins with one of them."""
    widget = field.widget
    if type(widget) is forms.Select and (choices := list(widget.choices)) and choices[0][0] not in (None, ""):
        widget.choices = [UNCHOSEN, *choices]


def name_the_fix(field: forms.Field, label: str) -> None:
    """Replace what the framework would say of a field; what the field says itself stays."""
    ours = {**LIMITS, **next(fixes for kind, fixes in FIXES if isinstance(field, kind))}
    framework = defaults_of(type(field))
    for code, fix in ours.items():
        if field.error_messages.get(code) in {None, framework.get(code)}:
            told = label if code in SAID_AS_IT_STANDS else label.replace("%", "%%")
            field.error_messages[code] = named(told, fix)
    if isinstance(field, forms.ModelChoiceField):  # it has this one outside its messages
        nul = field.error_messages["null_characters_not_allowed"]
        field.validate_no_null_characters = ProhibitNullCharactersValidator(nul)  # type: ignore[method-assign]


def defaults_of(kind: type) -> dict[str, Any]:
    """Return what the framework says by itself of a kind of field, by the code of what is wrong."""
    said: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.split(".")[0] in {"django", "rest_framework"}:
            said |= vars(base).get("default_error_messages", {})
    return said


def named(label: str, fix: str) -> str:
    """Return the sentence that names a field and how to mend it."""
    return f"{label} {fix[0].upper()}{fix[1:]}" if label.endswith("?") else f"{label}: {fix}"
