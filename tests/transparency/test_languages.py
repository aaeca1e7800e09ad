"""The public pages in four languages: the address tells which, no sentence escapes, and what people wrote is marked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.utils import translation

from hrdd.governance.rules import Role
from hrdd.governance.templatetags.tongue import in_a_sentence, recorded
from hrdd.tongues import in_language, language_of, languages
from tests.cast import Cast
from tests.risks.policy_stage import in_force, person
from tests.transparency.foreign_words import LATIN, foreign_words
from tests.transparency.statement_stage import stored
from transparency.models import Report

PAGES = (
    *("/", "/risks/", "/consultations/", "/policies/", "/statements/", "/business-model/"),
    *(
        "/partners/",
        "/complaints/",
        "/reports/",
        "/verify/",
        "/corrections/",
        "/data/",
        "/accessibility/",
        "/oversight/",
    ),
)
TEMPLATES = Path(settings.BASE_DIR) / "templates"
OF_STAFF = {"registration", "accounts"}
INCLUDED = re.compile(r'{% (?:include|extends) "([^"]+)"')
LITERAL = re.compile(r"{% include [^%]*?with ([^%]*)%}")
SAID_IN = re.compile(r'(?:aria-label|title|alt|placeholder|data-label|content)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
# Names and signs that are the same in every language.
SAME_EVERYWHERE = {
    "HRDD",
    "JSON",
    "CSV",
    "PDF",
    "Atom",
    "UTC",
    "RFC",
    "SHA",
    "json",
    "csv",
    "width",
    "device",
    "initial",
    "scale",
    "website",
    "summary",
}
# What a reader of Arabic may meet in Latin letters: names, formats, and what is to be typed or found in a file.
NAMES = re.compile(
    r"https?://\S+|/?[\w/.-]*(?:\.(?:json|csv|pdf)|SHA256SUMS)|SHA-256|RFC|Ed25519|UTF-8|YYYY-MM-DD|If-None-Match|CC BY"
    r"|HRDD|JSON|CSV|PDF|Atom|UTC|OK|ADR|WCAG|AA|EN 301 549|c2sp\.org/[a-z-]+|smallest_shown|"
    r"fewer than 10|not shown|" + re.escape(settings.ORGANISATION)
)
RTL = ' dir="rtl"'
OTHERS = [code for code in languages() if code != "en"]
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([a-z-]+)" href="([^"]+)">')


@pytest.mark.parametrize(
    ("path", "language"),
    [
        *(("/", "en"), ("/risks/", "en"), ("/fr/", "fr"), ("/fr", "fr"), ("/ar/policies/x/1/fr/", "ar")),
        *(
            ("/french/", "en"),
            ("/en/", "en"),
            ("/risks/fr/", "en"),
            ("/raise/fr/", "en"),
            ("/de/risks/", "en"),
        ),
    ],
)
def test_the_address_alone_tells_the_language(path: str, language: str) -> None:
    assert language_of(path) == language


@pytest.mark.parametrize("path", ["/", "/fr/", "/risks/", "/ar/risks/", "/es/policies/x/1/en/changes/"])
def test_every_page_leads_to_itself_in_each_language_and_back(path: str) -> None:
    found = {code: in_language(path, code) for code in languages()}

    assert len(set(found.values())) == len(found)
    assert {language_of(each): in_language(each, "en") for each in found.values()} == dict.fromkeys(
        found, found["en"]
    )


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize("page", PAGES)
    def test_says_its_language_and_leads_to_the_others(self, client: Client, page: str) -> None:
        for language in languages():
            address = in_language(page, language)
            answer = client.get(
                f"{address}?page=1", headers={"accept-language": "es", "cookie": "sessionid=x"}
            )
            told = answer.content.decode()

            assert answer.status_code == 200
            assert f'<html lang="{language}"' + (RTL if language == "ar" else "") + ">" in told
            there = dict(ALTERNATE.findall(told))
            assert there == {code: f"http://testserver{in_language(page, code)}" for code in languages()} | {
                "x-default": f"http://testserver{page}"
            }
            assert (
                f'href="{address}?page=1" lang="{language}" hreflang="{language}" aria-current="true"' in told
            )
            assert not answer.cookies
            assert "Accept-Language" not in answer.get("Vary", "")
            english = [one for one in re.findall(r'href="([^"?#]+)"', told) if one in PAGES]
            assert language == "en" or english == []

    def test_data_and_the_desk_stand_at_one_address(self, client: Client) -> None:
        for path in ("/statements.json", "/policies.json", "/desk/", "/raise/"):
            assert client.get(path).status_code in {200, 302}
            assert client.get(f"/fr{path}").status_code == 404

    def test_a_language_that_is_not_spoken_is_no_page(self, client: Client) -> None:
        assert client.get("/de/risks/").status_code == 404
        missing = client.get("/fr/nothing/")
        assert missing.status_code == 404
        assert '<html lang="fr">' in missing.content.decode()
        assert 'href="/fr/"' in missing.content.decode()

    def test_a_page_that_stands_in_one_language_leads_to_no_other(self) -> None:
        request = RequestFactory().get("/reports/2021/")
        request.user = AnonymousUser()
        told = render(request, "transparency/home.html").content.decode()

        assert ALTERNATE.findall(told) == []
        assert 'class="tongues"' not in told


def pages_for_people() -> set[str]:
    """Return the templates of the public pages, with whatever they are made of."""
    found = {"404.html"} | {
        str(file.relative_to(TEMPLATES))
        for file in TEMPLATES.rglob("*.html")
        if 'extends "base_public.html"' in file.read_text() and file.parent.name not in OF_STAFF
    }
    waiting = list(found)
    while waiting:
        for name in INCLUDED.findall((TEMPLATES / waiting.pop()).read_text()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def bare_words(text: str) -> Iterator[str]:
    """Yield the words that stand in a template itself, outside of every tag that translates or fills in."""
    for given in LITERAL.findall(text):
        yield from (
            word
            for said in re.findall(r'(?:label|title|text)="([^"]+)"', given)
            for word in WORD.findall(said)
        )
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.S)
    text = re.sub(r"<(pre|code|style)\b.*?</\1>", "", text, flags=re.S)
    for said in [*SAID_IN.findall(text), re.sub(r"<[^>]*>", " ", text)]:
        yield from WORD.findall(re.sub(r"&\w+;", " ", said))


@pytest.mark.parametrize("name", sorted(pages_for_people()))
def test_no_template_holds_a_word_that_is_not_translated(name: str) -> None:
    assert set(bare_words((TEMPLATES / name).read_text())) - SAME_EVERYWHERE == set()


def test_the_lint_finds_words_wherever_they_stand() -> None:
    hidden = (
        '<p>Some</p><a aria-label="of {{ name }}">{% translate "fine" %}</a>'
        '{% include "x.html" with label="them" %}{% if a == "b" %}escape{% endif %}'
    )
    assert set(bare_words(hidden)) == {"Some", "of", "them", "escape"}
    assert len(pages_for_people()) > 30


@pytest.mark.django_db
def test_a_reader_of_arabic_meets_no_word_in_latin_letters_that_is_not_a_name(
    published: Report, cast: Cast, client: Client
) -> None:
    statement = stored(cast.ana)
    policy = in_force(cast.ana, person("dan", Role.DECIDER)).policy
    pages = [
        *PAGES,
        *(f"/statements/{tail}" for tail in ("?q=nothing+at+all", f"{statement.puid}/", "?country=XX")),
        *(f"/policies/{policy.slug}/{tail}" for tail in ("", "1/", "1/en/", "1/changes/")),
    ]
    found: dict[str, set[str]] = {}
    for page in pages:
        told = client.get(f"/ar{page}").content.decode()
        if left := {one for one in foreign_words(told) if LATIN.search(NAMES.sub("", one))}:
            found[page] = left

    assert found == {}
    in_english = client.get("/risks/").content.decode()
    assert foreign_words(in_english) == set()  # nothing there says that it is Arabic
    assert '<h2 lang="en" dir="ltr">' in client.get("/ar/risks/").content.decode()


def test_a_word_that_nobody_translated_is_found() -> None:
    page = '<html lang="ar"><p>مرحبا Hello</p><p lang="en">Record</p><code>x</code><a title="Go">ن</a></html>'
    assert foreign_words(page) == {"مرحبا Hello", "Go"}


@pytest.mark.parametrize(
    ("language", "read"), [("en", "0 in 24 months"), ("fr", "0 en 24 mois"), ("ar", "0 خلال 24 شهرًا")]
)
def test_a_number_of_a_report_is_read_with_its_unit(language: str, read: str) -> None:
    with translation.override(language):
        assert recorded("0 in 24 months", "" if language == "en" else ' lang="en"') == read


def test_the_names_of_the_languages_are_their_own() -> None:
    assert languages() == {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
    assert settings.LANGUAGE_CODE.startswith("en")


@pytest.mark.parametrize(
    ("language", "read"), [("en", "Arabic"), ("fr", "arabe"), ("es", "árabe"), ("ar", "العربيّة")]
)
def test_a_language_is_written_in_a_sentence_as_the_page_writes_it(language: str, read: str) -> None:
    with translation.override(language):
        assert (
            in_a_sentence({"en": "Arabic", "fr": "Arabe", "es": "Árabe", "ar": "العربيّة"}[language]) == read
        )
