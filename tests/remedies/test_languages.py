"""Every sentence that people outside read stands in four languages, and what is shipped is what is written."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from remedies.rules.case import LANGUAGES
from tests.remedies.vault_stage import TOKEN, Vault, post, received, vault_of_three
from transparency.queries.wording import asked

__all__ = ["vault_of_three"]
ROOT = Path(settings.BASE_DIR)
TRANSLATED = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")


def written(language: str) -> dict[str, str]:
    """Return what a `.po` file says; none of ours has plurals or contexts."""
    text = (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    pairs = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', text, re.M)
    return {joined(one): joined(other) for one, other in pairs if joined(one)}


def placeholders(sentence: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(sentence))


def joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    said = written(language)

    assert set(said) == asked()
    assert len(said) >= 1000
    assert [one for one, other in said.items() if not other.strip()] == []
    wrong = [one for one, other in said.items() if placeholders(one) != placeholders(other)]
    assert wrong == []
    assert "#, fuzzy" not in (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    said = written(language)
    assert {one: compiled.gettext(one) for one in said} == said


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_mixes_languages(vault_of_three: Vault, client: Client, language: str) -> None:
    said = {"type": "privacy", "what": "…", "identity_mode": "open", "contact": "…", "about_handlers": "on"}
    start = client.get(f"/raise/{language}/").content.decode()
    first = post(client, f"/raise/{language}/", step="start").content.decode()
    token = TOKEN.findall(first)[0]
    pages = [start, first, client.get(f"/follow/{language}/").content.decode()]
    pages += [
        post(client, f"/raise/{language}/", step=step, token=token, **with_).content.decode()
        for step, with_ in (
            ("details", {}),
            ("review", said | {"contact": ""}),
            ("details", said),
            ("review", said),
            ("send", said),
        )
    ]
    receipt = received()[1]
    pages.append(post(client, f"/follow/{language}/", step="open", receipt="x").content.decode())
    pages.append(post(client, f"/follow/{language}/", step="open", receipt=receipt).content.decode())

    wrong = {
        sentence for sentence in written(language) if len(sentence) > 12 for page in pages if sentence in page
    }
    assert wrong == set()
    assert all(f'<html lang="{language}"' in page for page in pages)
    assert all(('dir="rtl"' in page[:60]) == (language == "ar") for page in pages)
