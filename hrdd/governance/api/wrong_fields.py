"""What the API says of a field that is wrong: which field, and how to mend it, never the framework's own words."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from django.core import validators
from rest_framework import serializers

from hrdd.forms import defaults_of, named

A_MOMENT = "send the day and the hour, such as 2026-11-25T09:30:00Z."
DIGITS = "send fewer digits."
ANY: Mapping[str, str] = {
    "required": "it is missing. Send it.",
    "null": "null is no answer. Send a value.",
    "blank": "it is empty. Write it.",
    "empty": "it is empty. Send at least one.",
    "not_a_list": "send a list.",
    "not_a_dict": "send an object.",
    "invalid_choice": "{input} is none of its values. /api/schema/ lists them.",
    "does_not_exist": "there is no such record, or none for you.",
    "incorrect_type": "send the number of a record.",
    "max_string_length": DIGITS,
    "max_digits": DIGITS,
    "max_decimal_places": "no more than {max_decimal_places} decimal places.",
    "max_whole_digits": "no more than {max_whole_digits} digits before the point.",
    "datetime": "send a day such as 2026-11-25, without the hour.",
    "date": A_MOMENT,
    "overflow": "no calendar has this day.",
    "make_aware": "say in which time zone, such as 2026-11-25T09:30:00Z.",
}
# The first that a field is one of says what it takes.
TAKES: Sequence[tuple[type[serializers.Field[Any, Any, Any, Any]], str]] = (
    (serializers.Serializer, "send an object."),
    (serializers.DateTimeField, A_MOMENT),
    (serializers.DateField, "send a day such as 2026-11-25."),
    (serializers.BooleanField, "send true or false."),
    (serializers.IntegerField, "send a whole number."),
    (serializers.DecimalField, "send a number such as 1.5."),
    (serializers.URLField, "send an address such as https://example.org."),
    (serializers.SlugField, "letters without accents, digits and dashes only."),
    (serializers.RegexField, "it is not written as /api/schema/ says."),
    (serializers.CharField, "send a text."),
    (serializers.Field, "it cannot be read. /api/schema/ says what it takes."),
)
LIMITS: Sequence[tuple[type[Any], str]] = (
    (validators.MaxLengthValidator, "no more than %(limit_value)s {things}."),
    (validators.MinLengthValidator, "at least %(limit_value)s {things}."),
    (validators.MaxValueValidator, "%(limit_value)s or less."),
    (validators.MinValueValidator, "%(limit_value)s or more."),
    (validators.ProhibitNullCharactersValidator, "leave out the character NUL."),
)


def name_the_fixes(shape: serializers.BaseSerializer[Any]) -> None:
    """Let each field of a shape, however deep, say what is wrong in our words; what it says itself stays."""
    for field in _fields_of(shape):
        name = field.field_name or "This"
        takes = next(fix for kind, fix in TAKES if isinstance(field, kind))
        framework = defaults_of(type(field))
        for code, fix in {**ANY, "invalid": takes}.items():
            if code in framework and field.error_messages.get(code) == framework[code]:
                field.error_messages[code] = named(name, fix)
        things = "characters" if isinstance(field, serializers.CharField) else "elements"
        field.validators = [_named(one, name, things, takes) for one in field.validators]


def _named(validator: Any, name: str, things: str, takes: str) -> Any:
    if isinstance(validator, validators.RegexValidator):
        fix = takes
    else:
        fix = next((fix.format(things=things) for kind, fix in LIMITS if type(validator) is kind), "")
    if not fix:
        return validator
    limit = copy(validator)
    limit.message = named(name, fix)
    return limit


def _fields_of(shape: Any) -> Iterator[Any]:
    yield shape
    for inner in getattr(shape, "fields", {}).values():
        yield from _fields_of(inner)
    for name in ("child", "child_relation"):
        if inner := getattr(shape, name, None):
            yield from _fields_of(inner)
