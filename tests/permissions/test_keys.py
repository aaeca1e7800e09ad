"""Every key that the API can answer has a disclosure class, and none is of the class that leaves nothing."""

from tests.permissions.keys import HOW, NEVER, PAGE, Disclosure, answered, class_of, classes
from tests.permissions.table import routes

FEWEST_KEYS = 900


def test_every_key_of_the_api_has_a_disclosure_class() -> None:
    keys = {(shape, key) for shape, names in answered().items() for key in names}

    unclassed = sorted(f"{shape}.{key}" for shape, key in keys if class_of(shape, key) is None)
    assert not unclassed, f"Without a class: {unclassed}.{HOW}"
    assert len(keys) >= FEWEST_KEYS
    print(f"{len(keys)} keys of {len(answered())} shapes")  # noqa: T201  # the figure of T6


def test_no_class_is_left_over_from_a_key_that_went() -> None:
    there = {(shape, key) for shape, names in answered().items() for key in names}
    declared = {
        (shape, key)
        for shape, keys in classes().items()
        if shape not in {PAGE, NEVER, *routes()}
        for key in keys
    }

    assert declared - there == set()


def test_nothing_that_could_lead_to_a_person_is_a_key_of_any_shape() -> None:
    never = set(classes()[NEVER])
    found = {(shape, key) for shape, names in answered().items() for key in names & never}
    secret = {
        (shape, key)
        for shape, keys in classes().items()
        for key, one in keys.items()
        if one is Disclosure.SECRET_SAFETY and shape != NEVER
    }

    assert found == set(), "SECRET_SAFETY is never exported (0.4): leave the key out of the serializer."
    assert secret == set()
