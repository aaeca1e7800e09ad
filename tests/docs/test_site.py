"""The documents build as a site in which every link leads somewhere (ADR 49)."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from docs.pictures import PICTURES

DOCS = Path(settings.BASE_DIR) / "docs"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
# Read as files of the repository, not as pages of the site.
AT_THE_ROOT = [Path(settings.BASE_DIR) / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")]


def built(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "dirhtml",
        str(source),
        str(out),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = built(DOCS, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "guides" / "who-was-harmed" / "index.html").is_file()


@pytest.mark.slow
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    (source / "conf.py").write_text((DOCS / "conf.py").read_text(encoding="utf-8"), encoding="utf-8")
    (source / "index.md").write_text("# A page\n\n[gone](gone.md), [gone](#gone)\n", encoding="utf-8")

    done = built(source, tmp_path / "out")

    assert done.returncode != 0
    assert done.stderr.count("target not found") == 2


def links(page: Path) -> Iterator[Path]:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        yield (page.parent / target).resolve()


@pytest.mark.parametrize("page", AT_THE_ROOT, ids=lambda page: page.name)
def test_what_stands_at_the_root_links_to_files_that_are_there(page: Path) -> None:
    assert [str(one) for one in links(page) if not one.exists()] == []


def test_each_picture_is_taken_by_the_script_and_shown() -> None:
    shown = {
        one.name
        for page in [*DOCS.rglob("*.md"), *AT_THE_ROOT]
        for one in links(page)
        if one.suffix == ".png"
    }

    assert {one.name for one in (DOCS / "img").iterdir()} == {f"{one.name}.png" for one in PICTURES} == shown
