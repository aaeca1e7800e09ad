"""Every sentence of these pages stands in four languages, and what is shipped is what is written."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from remedies.rules.case import LANGUAGES
from tests.remedies.vault_stage import TOKEN, Vault, post, received, vault_of_three

__all__ = ["vault_of_three"]
ROOT = Path(settings.BASE_DIR)
TRANSLATED = [language for language in LANGUAGES if language != "en"]
IN_TEMPLATES = re.compile(
    r'{% translate "([^"]+)" %}|{% blocktranslate trimmed %}(.+?){% endblocktranslate %}', re.S
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def used() -> set[str]:
    """Return every sentence that templates and forms ask to have translated."""
    found: set[str] = set()
    for file in (ROOT / "templates" / "remedies").glob("*.html"):
        for line, block in IN_TEMPLATES.findall(file.read_text()):
            found.add(line or re.sub(r"{{ (\w+) }}", r"%(\1)s", " ".join(block.split())))
    for file in (ROOT / "remedies" / "forms").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found.add(ast.literal_eval(node.args[0]))
    return found


def written(language: str) -> dict[str, str]:
    """Return what a `.po` file says; none of ours has plurals or contexts."""
    text = (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    pairs = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', text, re.M)
    return {joined(one): joined(other) for one, other in pairs if joined(one)}


def joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    said = written(language)

    assert set(said) == used()
    assert len(said) >= 160
    assert [one for one, other in said.items() if not other.strip()] == []
    wrong = [one for one, other in said.items() if PLACEHOLDER.findall(one) != PLACEHOLDER.findall(other)]
    assert wrong == []


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
