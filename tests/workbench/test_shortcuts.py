"""Single letters act until a person turns them off (WCAG 2.2, 2.1.4)."""

from django.test import Client

from tests.cast import Cast


def test_single_letters_are_turned_off_for_one_person_and_on_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana)
    assert client.get("/desk/shortcuts/state/").json() == {"single_keys": True}

    answer = client.post("/desk/shortcuts/", {}, follow=True)

    assert 'data-single-keys="off"' in answer.content.decode()
    assert client.get("/desk/shortcuts/state/").json() == {"single_keys": False}
    client.force_login(cast.rex)
    assert client.get("/desk/shortcuts/state/").json() == {"single_keys": True}
    client.force_login(cast.ana)
    client.post("/desk/shortcuts/", {"single_keys": "on"})
    assert client.get("/desk/shortcuts/state/").json() == {"single_keys": True}
