"""The tokens can be told apart in every mode, stand in one place, and the living page shows every component."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from hrdd.workbench.rules.tokens import DARK, LIGHT, MODES, MORE, MORE_DARK, PAIRS, Pair, contrast, tokens_of
from tests.cast import Cast

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
SITE = (CSS / "site.css").read_text()
OWN = {"intake.css": {"line", "edge", "ink", "soft"}}  # plainer and firmer where somebody raises a concern


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21), ("#fff", "#ffffff", 1), ("#777777", "#fff", 4.48), ("#0000ff", "#fff", 8.59)],
)
def test_contrast_is_what_wcag_defines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_colours_are_told_apart_in_every_mode(pair: Pair, mode: str) -> None:
    tokens = tokens_of(SITE)[mode]

    assert contrast(tokens[pair.front], tokens[pair.back]) >= pair.least_in(mode)


def test_a_mode_that_nobody_measures_is_refused() -> None:
    with pytest.raises(ValueError, match="no mode"):
        tokens_of(":root { --ink: #000; } @media (prefers-reduced-data: reduce) { :root { --ink: #111; } }")


@pytest.mark.parametrize("sheet", ["intake.css", "report.css"])
def test_sheets_that_stand_alone_mean_the_same_by_a_name(sheet: str) -> None:
    theirs, ours = tokens_of((CSS / sheet).read_text()), tokens_of(SITE)
    shared = {"ink", "soft", "accent", "on-accent", "due"} - OWN.get(sheet, set())

    assert {name: theirs[LIGHT].get(name, ours[LIGHT][name]) for name in shared} == {
        name: ours[LIGHT][name] for name in shared
    }


def test_every_token_that_is_used_is_set_and_every_one_that_is_set_is_used() -> None:
    said = {token for mode in tokens_of(SITE).values() for token in mode}
    used = set(re.findall(r"var\(--([\w-]+)\)", SITE + (CSS / "desk.css").read_text()))

    assert used - said == set()
    assert said - used == set()


def test_no_rule_stands_twice() -> None:
    plain = re.sub(r"/\*.*?\*/|@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", SITE, flags=re.DOTALL)
    selectors = [" ".join(one.split()) for one in re.findall(r"([^{}]+)\{", plain)]

    assert [one for one in set(selectors) if selectors.count(one) > 1] == []


def test_the_living_page_shows_every_component(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana)

    page = client.get("/desk/components/").content.decode()

    files = [one.name for one in (TEMPLATES / "components").glob("*.html")]
    assert len(files) > 15
    assert [name for name in files if name not in page] == []
    for pair in PAIRS:
        assert f'class="swatch {pair.name}"' in page
    assert "too little" not in page


def test_modes_stand_beside_each_other_by_the_same_tokens(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana)

    answer = client.get("/desk/components/modes.css")

    assert answer.headers["Content-Type"].startswith("text/css")
    sheet, tokens = answer.content.decode(), tokens_of(SITE)
    for mode in (LIGHT, DARK, MORE, MORE_DARK):
        [rule] = re.findall(rf"\.in-{mode} \{{([^}}]*)\}}", sheet)
        assert f"--paper: {tokens[mode]['paper']};" in rule


@pytest.mark.parametrize(("rows", "told"), [(20_000, False), (20_001, True), (1_000_000, True)])
def test_a_file_of_many_rows_is_said_to_take_a_while(rows: int, told: bool) -> None:
    page = render_to_string("components/export.html", {"address": "measure-export", "rows": rows})

    assert ("takes up to a few minutes" in page) is told
